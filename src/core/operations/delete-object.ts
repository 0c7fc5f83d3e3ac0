/**
 * Deleting: without a version id the object goes (unversioned) or a delete marker is placed; with one that version goes,
 * and when it was the current one the next older becomes current.
 */
import { archiveDeleted } from '../archive-versions.ts';
import type { CommitDraft } from '../commit-draft.ts';
import type { CoreContext } from '../core-context.ts';
import { findVersionById, parseVersionId } from '../find-version.ts';
import {
  checkKeyState,
  deleteMarkerOf,
  liveHead,
  placeVersion,
  readKeyState,
  releaseVersion,
} from '../key-state.ts';
import { headKey } from '../metadata-keys.ts';
import { versionIdOf } from '../metadata-records.ts';
import type { Bucket, VersionId } from '../model.ts';
import { assertKey } from '../names.ts';
import type { DeletedObject, DeleteObjectInput } from '../object-store.ts';
import { checkWriteConditions } from '../preconditions.ts';
import { assertDestroyable } from '../protection.ts';
import { removeVersion } from '../remove-version.ts';
import { commitBelowBucket } from '../retry-commit.ts';

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
      // A bucket that never had versions has none besides its current one, which its archive is to have.
      const isCurrent = versionId === 'null' && current.versioning === 'unversioned';
      if (versionId === undefined || isCurrent) return deleteCurrent(context, draft, current, input);
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
  const head = liveHead(context, state);
  checkWriteConditions(input.conditions, key, head?.record, state.tombstone?.record);
  if (bucket.versioning === 'unversioned') {
    const isRestored = (await archiveDeleted(context, draft, bucket, key, state)) === 'restored';
    if (isRestored || head === undefined) return { deleteMarker: false, existed: isRestored };
    assertDestroyable(head.record, key, context.clock.nowMicros(), input.bypassGovernance);
    checkKeyState(draft, bucket, key, state);
    draft.delete(headKey(bucket.id, key));
    draft.count(-1, 0);
    releaseVersion(draft, bucket, key, head.record);
    return { deleteMarker: false, existed: true };
  }
  const marker = placeVersion(context, draft, bucket, key, state, deleteMarkerOf(bucket));
  return { versionId: versionIdOf(marker), deleteMarker: true, existed: head !== undefined };
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
  await removeVersion(context, draft, bucket, key, found);
  return { ...shown, deleteMarker: found.record.isDeleteMarker, existed: true };
}
