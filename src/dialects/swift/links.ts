/** Symbolic links: objects that stand for others, also of other accounts (nhn-openstack.md, section 21.4). */
import { type LinkTarget, linkDocument, linkOf } from '../../core/composition/composition-documents.ts';
import { CoreError } from '../../core/core-errors.ts';
import type { Bucket, ObjectMetadata, ObjectVersion, VersionId } from '../../core/model.ts';
import type { ObjectStore } from '../../core/object-store.ts';
import { accountOfName, checkNames, decodePath } from './addressing.ts';
import { unquote } from './conditions.ts';
import { mayReadOf } from './large-objects.ts';
import { pathOf } from './link-headers.ts';
import type { SwiftCall } from './swift-call.ts';
import { toSwiftError } from './swift-error-maps.ts';
import { SwiftError } from './swift-errors.ts';
import { addressedVersion } from './version-ids.ts';

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

/** The metadata of the link. One that names an ETag holds only for what is there now, and has its type. Throws 409. */
export async function linkMetadata(
  store: ObjectStore,
  call: SwiftCall,
  metadata: ObjectMetadata,
  target: LinkTarget,
): Promise<ObjectMetadata> {
  const named = target.etag === undefined ? undefined : await findTarget(store, call, target, target.etag);
  const isTyped = (call.request.headers.get('content-type') ?? '') !== '';
  const contentType = named?.metadata.system.contentType ?? LINK_TYPE;
  return {
    ...metadata,
    system: isTyped ? metadata.system : { ...metadata.system, contentType },
    documents: {
      ...metadata.documents,
      ...linkDocument(named === undefined ? target : { ...target, bytes: named.size, ...sloEtagOf(named) }),
    },
  };
}

function sloEtagOf({ joinedMd5 }: ObjectVersion): { readonly joinedMd5?: string } {
  return joinedMd5 === undefined ? {} : { joinedMd5 };
}

/** What has that ETag: the object under the name itself, or behind a link that names one, too. */
async function findTarget(
  store: ObjectStore,
  call: SwiftCall,
  { account, bucket: name, key }: LinkTarget,
  etag: string,
): Promise<ObjectVersion> {
  const mayRead = mayReadOf(call);
  try {
    const bucket = await store.findBucket({ caller: undefined, place: call.place, name, account });
    if (!(await mayRead(bucket, key, 'read'))) throw new SwiftError(call.refusal);
    const asked = { bucket, key, conditions: {}, mayRead };
    const { version: itself } = await store.headObject({ ...asked, asStored: true });
    const isChain = linkOf(itself.metadata)?.etag !== undefined;
    const { version } = isChain
      ? await store.headObject({ ...asked, asStored: 'behind-links' })
      : { version: itself };
    const actual = version.stored?.etagMd5 ?? version.etagMd5;
    if (actual !== etag && !(version.partCount !== undefined && version.joinedMd5 === etag)) {
      throw new SwiftError(
        409,
        `Object Etag '${actual}' does not match X-Symlink-Target-Etag header '${etag}'`,
      );
    }
    // As its reader gets it, for the size.
    return itself.composition === 'link' && !isChain ? itself : (await store.headObject(asked)).version;
  } catch (error) {
    const isAbsent =
      error instanceof CoreError && (error.code === 'NoSuchBucket' || error.code === 'NoSuchKey');
    throw isAbsent ? new SwiftError(409, 'X-Symlink-Target does not exist') : error;
  }
}

/** How far links are followed to say where a read would have gone. */
const HOPS_MAX = 2;

/** What went wrong behind a link says where that is (as Swift does). */
export async function locatedError(store: ObjectStore, call: SwiftCall, error: unknown): Promise<unknown> {
  const { place, bucket, key, refusal } = call;
  let target: LinkTarget | undefined;
  try {
    let at: { bucket: Bucket; key: string; versionId?: VersionId };
    at = { bucket, key, ...addressedVersion(call) };
    for (let hop = 0; hop <= HOPS_MAX; hop++) {
      const { version } = await store.headObject({ ...at, conditions: {}, asStored: true });
      const next = version.composition === 'link' ? linkOf(version.metadata) : undefined;
      if (next === undefined) break;
      target = next;
      const { account, bucket: name } = next;
      at = { bucket: await store.findBucket({ caller: undefined, place, name, account }), key: next.key };
    }
  } catch {
    // The way ends here: the last link that was read says where.
  }
  if (target === undefined) return error;
  const { status, text, headers } = toSwiftError(error, refusal);
  return new SwiftError(status, text, [...headers, 'Content-Location', pathOf(target)]);
}

/** Whether a read with `symlink=get` has come to a link: it is then shown itself. */
export async function showsLink(store: ObjectStore, call: SwiftCall): Promise<boolean> {
  const { query, bucket, key } = call;
  if (query.get('symlink') !== 'get') return false;
  const asked = { bucket, key, conditions: {}, ...addressedVersion(call) };
  const { version } = await store.headObject({ ...asked, asStored: true });
  return version.composition === 'link';
}
