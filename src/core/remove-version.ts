/** Taking one version out of the history of its key: a later one stays current, or the next older one becomes it. */
import type { Row } from '../storage/contract/metadata-store.ts';
import type { CommitDraft } from './commit-draft.ts';
import type { CoreContext } from './core-context.ts';
import type { FoundVersion } from './find-version.ts';
import {
  checkKeyState,
  type KeyState,
  releaseVersion,
  type StoredVersion,
  storedVersion,
} from './key-state.ts';
import { headKey, olderRange, tombstoneKey } from './metadata-keys.ts';
import type { VersionRecord } from './metadata-records.ts';
import type { Bucket } from './model.ts';
import { isDeleteMarkerValue, withNullSequence } from './version-layout.ts';

/** Whether it may go is for the caller to have decided by `found`, which the commit checks. */
export async function removeVersion(
  context: CoreContext,
  draft: CommitDraft,
  bucket: Bucket,
  key: string,
  found: FoundVersion,
): Promise<void> {
  const state = await readCurrent(context, bucket, key);
  draft.check(found.storedUnder, { version: found.recordVersion });
  if (found.isLatest) await removeCurrent(context, draft, bucket, key, state);
  else removeOlder(draft, bucket, key, state, found);
  releaseVersion(draft, bucket, key, found.record);
}

async function readCurrent(context: CoreContext, bucket: Bucket, key: string): Promise<KeyState> {
  const [head, tombstone] = await context.metadata.getMany([
    headKey(bucket.id, key),
    tombstoneKey(bucket.id, key),
  ]);
  return { head: storedVersion(head), tombstone: storedVersion(tombstone), olderNull: undefined };
}

/** Takes the current version away and puts the next older one, object or delete marker, in its place. */
async function removeCurrent(
  context: CoreContext,
  draft: CommitDraft,
  bucket: Bucket,
  key: string,
  state: KeyState,
): Promise<void> {
  checkKeyState(draft, bucket, key, state);
  const [next] = await context.metadata.scan(olderRange(bucket.id, key), 1);
  const nextIsMarker = next !== undefined && isDeleteMarkerValue(next.value);
  if (state.head !== undefined) {
    draft.count(-1, 0);
    if (next === undefined || nextIsMarker) draft.delete(headKey(bucket.id, key));
  }
  if (state.tombstone !== undefined && !nextIsMarker) draft.delete(tombstoneKey(bucket.id, key));
  if (next !== undefined) promote(draft, bucket, key, next, state.head ?? state.tombstone);
}

function promote(
  draft: CommitDraft,
  bucket: Bucket,
  key: string,
  next: Row,
  removed: StoredVersion | undefined,
): void {
  const promoted = storedVersion(next)!.record;
  const nullSequence = promoted.isNullVersion ? 0 : (removed?.record.nullSequence ?? 0);
  draft.check(next.key, next);
  draft.delete(next.key);
  const place = promoted.isDeleteMarker ? tombstoneKey(bucket.id, key) : headKey(bucket.id, key);
  draft.put(place, withNullSequence(next.value, nullSequence));
  if (!promoted.isDeleteMarker) draft.count(1, 0);
}

/** The current version is written anew, also when nothing in it changes: it is the serialisation point of the key. */
function removeOlder(
  draft: CommitDraft,
  bucket: Bucket,
  key: string,
  state: KeyState,
  found: { readonly record: VersionRecord; readonly storedUnder: Buffer },
): void {
  checkKeyState(draft, bucket, key, state);
  draft.delete(found.storedUnder);
  const current = state.head ?? state.tombstone;
  if (current === undefined) return;
  const place = state.head === undefined ? tombstoneKey(bucket.id, key) : headKey(bucket.id, key);
  const nullSequence = found.record.isNullVersion ? 0 : current.record.nullSequence;
  draft.put(place, withNullSequence(current.entry.value, nullSequence));
}
