/** Symbolic links: objects that stand for others, also of other accounts (nhn-openstack.md, section 21.4). */
import { type LinkTarget, linkDocument } from '../../core/composition/composition-documents.ts';
import { CoreError } from '../../core/core-errors.ts';
import type { ObjectMetadata } from '../../core/model.ts';
import type { FoundObject, ObjectStore } from '../../core/object-store.ts';
import { accountOfName, checkNames, decodePath } from './addressing.ts';
import { unquote } from './conditions.ts';
import { mayReadOf } from './large-objects.ts';
import { swiftEtag } from './object-headers.ts';
import type { SwiftCall } from './swift-call.ts';
import { SwiftError } from './swift-errors.ts';

const LINK_TYPE = 'application/symlink';

/** What a PUT wants to be a link to; undefined: nothing. Throws 400 and 412. */
export function decodeLink(call: SwiftCall): LinkTarget | undefined {
  const { request, account: own, containerName, key: ownKey } = call;
  const { headers, body } = request;
  const value = headers.get('x-symlink-target') ?? '';
  if (value === '') {
    if (headers.has('x-symlink-target-account') || headers.has('x-symlink-target-etag')) return refuseHalf();
    return undefined;
  }
  if (body.contentLength !== 0) throw new SwiftError(400, 'Symlink requests require a zero byte body');
  if (headers.has('x-object-manifest')) throw new SwiftError(400, 'A symlink cannot be a manifest');
  const path = decodePath(value);
  const slash = path.indexOf('/');
  if (slash <= 0 || slash === path.length - 1) {
    throw new SwiftError(412, 'X-Symlink-Target header must be of the form <container name>/<object name>');
  }
  const bucket = path.slice(0, slash);
  const key = path.slice(slash + 1);
  checkNames(bucket, key);
  const account = accountIn(headers.get('x-symlink-target-account'), own);
  if (account === own && bucket === containerName && key === ownKey) {
    throw new SwiftError(400, 'Symlink cannot target itself');
  }
  const etag = unquote((headers.get('x-symlink-target-etag') ?? '').trim()).toLowerCase();
  return { account, bucket, key, ...(etag !== '' && { etag }) };
}

function refuseHalf(): never {
  throw new SwiftError(400, 'X-Symlink-Target is missing');
}

function accountIn(value: string | undefined, own: string): string {
  if (value === undefined || value === '') return own;
  const name = decodePath(value);
  if (name.includes('/')) throw new SwiftError(412, 'Account name cannot contain slashes');
  const account = accountOfName(name);
  if (account === undefined) throw new SwiftError(412, 'Account name is not valid');
  return account;
}

/** The metadata of the link. One that names an ETag holds only for what is there now. Throws 409. */
export async function linkMetadata(
  store: ObjectStore,
  call: SwiftCall,
  metadata: ObjectMetadata,
  target: LinkTarget,
): Promise<ObjectMetadata> {
  const bytes = target.etag === undefined ? undefined : await sizeOfTarget(store, call, target, target.etag);
  const sentType = call.request.headers.get('content-type') ?? '';
  return {
    ...metadata,
    system: { ...metadata.system, ...(sentType === '' && { contentType: LINK_TYPE }) },
    documents: {
      ...metadata.documents,
      ...linkDocument(bytes === undefined ? target : { ...target, bytes }),
    },
  };
}

async function sizeOfTarget(
  store: ObjectStore,
  call: SwiftCall,
  { account, bucket: name, key }: LinkTarget,
  etag: string,
): Promise<number> {
  const mayRead = mayReadOf(call);
  let found: FoundObject;
  try {
    const bucket = await store.findBucket({ caller: undefined, place: call.place, name, account });
    if (!(await mayRead(bucket, key, 'read'))) throw new SwiftError(call.refusal);
    found = await store.headObject({ bucket, key, conditions: {}, mayRead });
  } catch (error) {
    const isAbsent =
      error instanceof CoreError && (error.code === 'NoSuchBucket' || error.code === 'NoSuchKey');
    throw isAbsent ? new SwiftError(409, 'X-Symlink-Target does not exist') : error;
  }
  const actual = swiftEtag(found.version);
  if (actual === etag) return found.version.size;
  throw new SwiftError(409, `Object Etag '${actual}' does not match X-Symlink-Target-Etag header '${etag}'`);
}

/** Whether a read with `symlink=get` has come to a link: it is then shown itself. */
export async function showsLink(store: ObjectStore, { query, bucket, key }: SwiftCall): Promise<boolean> {
  if (query.get('symlink') !== 'get') return false;
  const { version } = await store.headObject({ bucket, key, conditions: {}, asStored: true });
  return version.composition === 'link';
}
