/**
 * Deleting: without a version id the object goes (unversioned) or a delete marker is placed; with one that version goes,
 * and when it was the current one the next older becomes current.
 */
import type { Row } from '../../storage/contract/metadata-store.ts';
import { archiveDeleted } from '../archive-versions.ts';
import type { CommitDraft } from '../commit-draft.ts';
import type { CoreContext } from '../core-context.ts';
import { findVersionById, parseVersionId } from '../find-version.ts';
import {
  checkKeyState,
  type KeyState,
  placeVersion,
  readKeyState,
  releaseVersion,
  type StoredVersion,
  storedVersion,
} from '../key-state.ts';
import { headKey, olderRange, tombstoneKey } from '../metadata-keys.ts';
import { EMPTY_MD5, type VersionRecord, versionIdOf } from '../metadata-records.ts';
import type { Bucket, ObjectMetadata, VersionId } from '../model.ts';
import { assertKey } from '../names.ts';
import type { DeletedObject, DeleteObjectInput } from '../object-store.ts';
import { checkWriteConditions } from '../preconditions.ts';
import { assertDestroyable } from '../protection.ts';
import { commitBelowBucket } from '../retry-commit.ts';
import { isDeleteMarkerValue, withNullSequence } from '../version-layout.ts';

const noMetadata: ObjectMetadata = { system: { contentType: '' }, user: {}, documents: {} };

/**
 * Deleting what is not there succeeds, unless a condition names it. Conditions look at the version that is addressed. Throws
 * ObjectProtected for a version that must stay.
 */
export function deleteObject(context: CoreContext, input: DeleteObjectInput): Promise<DeletedObject> {
  const { bucket, key, versionId } = input;
  return context.keyQueue.run(bucket.id, key, async () => {
    assertKey(key, context.settings.keyBytesMax);
    if (versionId !== undefined) parseVersionId(versionId);
    return commitBelowBucket(context, bucket, key, (draft, current) => {
      draft.effect = 'shrink';
      if (versionId === undefined) return deleteCurrent(context, draft, current, input);
      return deleteVersion(context, draft, current, input, versionId);
    });
  });
}

async function deleteCurrent(
  context: CoreContext,
  draft: CommitDraft,
  bucket: Bucket,
  input: DeleteObjectInput,
): Promise<DeletedObject> {
  const { key } = input;
  const state = await readKeyState(context, bucket, key);
  checkWriteConditions(input.conditions, key, state.head?.record, state.tombstone?.record);
  if (bucket.versioning === 'unversioned') {
    const isRestored = (await archiveDeleted(context, draft, bucket, key, state.head)) === 'restored';
    if (isRestored || state.head === undefined) return { deleteMarker: false, existed: isRestored };
    assertDestroyable(state.head.record, key, context.clock.nowMicros(), input.bypassGovernance);
    checkKeyState(draft, bucket, key, state);
    draft.delete(headKey(bucket.id, key));
    draft.count(-1, 0);
    releaseVersion(draft, bucket, key, state.head.record);
    return { deleteMarker: false, existed: true };
  }
  const marker = placeVersion(context, draft, bucket, key, state, {
    isDeleteMarker: true,
    size: 0,
    etagMd5: EMPTY_MD5,
    owner: bucket.account,
    body: { kind: 'none' },
    metadata: noMetadata,
  });
  return { versionId: versionIdOf(marker), deleteMarker: true, existed: state.head !== undefined };
}

async function deleteVersion(
  context: CoreContext,
  draft: CommitDraft,
  bucket: Bucket,
  input: DeleteObjectInput,
  versionId: VersionId,
): Promise<DeletedObject> {
  const { key } = input;
  const found = await findVersionById(context, bucket, key, versionId);
  const object = found?.record.isDeleteMarker === false ? found.record : undefined;
  checkWriteConditions(input.conditions, key, object, found?.record);
  const shown = bucket.versioning === 'unversioned' ? undefined : { versionId };
  if (found === undefined) return { ...shown, deleteMarker: false, existed: false };
  assertDestroyable(found.record, key, context.clock.nowMicros(), input.bypassGovernance);
  const state = await readCurrent(context, bucket, key);
  draft.check(found.storedUnder, { version: found.recordVersion });
  if (found.isLatest) await removeCurrent(context, draft, bucket, key, state);
  else removeOlder(draft, bucket, key, state, found);
  releaseVersion(draft, bucket, key, found.record);
  return { ...shown, deleteMarker: found.record.isDeleteMarker, existed: true };
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
