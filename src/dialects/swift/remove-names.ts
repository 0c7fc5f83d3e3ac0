/** Removing many objects and containers in one request, each with the caller's own rights (nhn-openstack.md, section 13.1). */
import type { Bucket } from '../../core/model.ts';
import type { ObjectStore } from '../../core/object-store.ts';
import { encodeStrictPath } from '../../lib/percent-encoding.ts';
import { checkNames } from './addressing.ts';
import type { ListingType } from './listing-format.ts';
import type { SwiftCall } from './swift-call.ts';
import { toSwiftError } from './swift-error-maps.ts';
import { SwiftError, type SwiftStatus, statusLine } from './swift-errors.ts';
import { FailureList, renderReport } from './work-report.ts';

/** Removals under way at the same time. */
const CONCURRENCY = 8;
/** OpenStack Swift, `max_failed_deletes`. */
export const FAILED_REMOVALS_MAX = 1000;

/** `key` empty: a container. `fault`: known beforehand, instead of a removal. */
export interface NamedRemoval {
  readonly container: string;
  readonly key: string;
  readonly versionId?: string;
  readonly fault?: { readonly status: SwiftStatus; readonly text: string };
}

interface Tally {
  deleted: number;
  notFound: number;
  readonly failed: FailureList;
}

/** The report on it. Objects come before containers, which they may empty. */
export async function removeNames(
  store: ObjectStore,
  call: SwiftCall,
  names: readonly NamedRemoval[],
  type: ListingType | undefined,
): Promise<string> {
  const tally: Tally = { deleted: 0, notFound: 0, failed: new FailureList() };
  const objects = names.filter(({ key }) => key !== '');
  const containers = names.filter(({ key }) => key === '');
  const isComplete =
    (await removeAll(store, call, objects, tally)) && (await removeAll(store, call, containers, tally));
  const { failures } = tally.failed;
  let status = failures.length === 0 ? '200 OK' : statusLine(tally.failed.status);
  let body = '';
  if (!isComplete) [status, body] = [statusLine(400), 'Max delete failures exceeded'];
  else if (failures.length === 0 && tally.deleted + tally.notFound === 0) {
    [status, body] = [statusLine(400), 'Invalid bulk delete.'];
  }
  return renderRemovals({ deleted: tally.deleted, notFound: tally.notFound, status, body, failures }, type);
}

export function renderRemovals(
  done: {
    readonly deleted: number;
    readonly notFound: number;
    readonly status: string;
    readonly body: string;
    readonly failures: FailureList['failures'];
  },
  type: ListingType | undefined,
): string {
  const members = {
    'Response Status': done.status,
    'Response Body': done.body,
    'Number Deleted': done.deleted,
    'Number Not Found': done.notFound,
  };
  return renderReport({ members, failures: done.failures }, type, 'delete');
}

/** False: given up, after too many failures. */
async function removeAll(
  store: ObjectStore,
  call: SwiftCall,
  names: readonly NamedRemoval[],
  tally: Tally,
): Promise<boolean> {
  const rest = names.values();
  async function work(): Promise<void> {
    for (const name of rest) {
      if (tally.failed.failures.length >= FAILED_REMOVALS_MAX) return;
      await removeCounted(store, call, name, tally);
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  return tally.failed.failures.length < FAILED_REMOVALS_MAX;
}

async function removeCounted(
  store: ObjectStore,
  call: SwiftCall,
  name: NamedRemoval,
  tally: Tally,
): Promise<void> {
  const { container, key, fault } = name;
  const path = encodeStrictPath(key === '' ? `/${container}` : `/${container}/${key}`);
  if (fault !== undefined && fault.status !== 404) {
    tally.failed.addText(path, fault.status, fault.text);
    return;
  }
  try {
    if (fault !== undefined) throw new SwiftError(404);
    await removeOne(store, call, name);
    tally.deleted += 1;
  } catch (error) {
    const { status } = toSwiftError(error);
    if (status === 404) tally.notFound += 1;
    else tally.failed.add(path, status);
  }
}

/** Throws 401, 403, 404, 409 and what the core throws. */
export async function removeOne(store: ObjectStore, call: SwiftCall, name: NamedRemoval): Promise<void> {
  const { container, key, versionId } = name;
  checkNames(container, key);
  const bucket = await findContainer(store, call, container);
  const action = key === '' ? 'bucket:delete' : 'object:delete';
  const decision = await call.decideOn(action, bucket, key === '' ? undefined : key);
  if (!decision.allowed) throw deniedTo(call);
  if (key === '') {
    await store.deleteBucket(bucket);
    return;
  }
  const target = { bucket, key, conditions: {}, ...(versionId !== undefined && { versionId }) };
  const { existed } = await store.deleteObject(target);
  if (!existed) throw new SwiftError(404);
}

/** Strangers do not learn which containers there are. */
export async function findContainer(store: ObjectStore, call: SwiftCall, name: string): Promise<Bucket> {
  const { account, place } = call;
  try {
    return await store.findBucket({ caller: undefined, place, name, account });
  } catch (error) {
    if (!call.isOwner && toSwiftError(error).status === 404) throw deniedTo(call);
    throw error;
  }
}

export function deniedTo({ refusal }: Pick<SwiftCall, 'refusal'>): SwiftError {
  return new SwiftError(refusal);
}
