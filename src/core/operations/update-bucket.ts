import { encodeBucket, toBucketRecord } from '../bucket-records.ts';
import type { CoreContext } from '../core-context.ts';
import { CoreError } from '../core-errors.ts';
import { loadBucket } from '../load-bucket.ts';
import { bucketKey } from '../metadata-keys.ts';
import type { Bucket, BucketLock } from '../model.ts';
import type { VersioningChange } from '../object-store.ts';
import { assertLockChange } from '../protection.ts';
import { retryCommit } from '../retry-commit.ts';
import { isBucketEmpty } from '../settle-bucket-deletion.ts';
import { mergeDocuments } from './update-object.ts';

export interface BucketChange {
  /** `null` removes a document. */
  readonly documents?: Readonly<Record<string, string | null>>;
  readonly versioning?: VersioningChange;
  readonly lock?: BucketLock;
  /** Only while the bucket's record still is that one; PreconditionFailed otherwise. */
  readonly ifRecordVersion?: number;
}

/**
 * Changes the newest state of the bucket, whatever the value that was passed in says. Throws NoSuchBucket and
 * BucketLockRefused.
 */
export function updateBucket(context: CoreContext, bucket: Bucket, change: BucketChange): Promise<Bucket> {
  return retryCommit(context, bucket.name, async (draft) => {
    const current = await loadBucket(context, bucket.id, bucket.name);
    const { ifRecordVersion } = change;
    if (ifRecordVersion !== undefined && ifRecordVersion !== current.recordVersion) {
      throw new CoreError('PreconditionFailed', { condition: 'if-match' });
    }
    await assertAllowed(context, current, change);
    const changed: Bucket = {
      ...current,
      versioning: change.versioning ?? current.versioning,
      documents: mergeDocuments(current.documents, change.documents ?? {}),
      ...(change.lock === undefined ? undefined : { lock: change.lock }),
    };
    draft.check(bucketKey(current.id), { version: current.recordVersion });
    draft.put(bucketKey(current.id), encodeBucket(toBucketRecord(changed, 'active')));
    return { ...changed, recordVersion: draft.id };
  });
}

async function assertAllowed(context: CoreContext, bucket: Bucket, change: BucketChange): Promise<void> {
  const { name, lock } = bucket;
  if (change.lock !== undefined) {
    assertLockChange(bucket, change.lock);
    // An object that is written at this very moment is not protected: it was not asked to be.
    if (lock === undefined && change.lock.kind === 'protection' && !(await isBucketEmpty(context, bucket))) {
      throw new CoreError('BucketLockRefused', { name, reason: 'not-empty' });
    }
  }
  if (change.versioning === undefined || change.versioning === bucket.versioning) return;
  const kind = (change.lock ?? lock)?.kind;
  if (kind === 'protection')
    throw new CoreError('BucketLockRefused', { name, reason: 'excludes-versioning' });
  if (kind === 'object-lock' && change.versioning === 'suspended') {
    throw new CoreError('BucketLockRefused', { name, reason: 'keeps-versioning' });
  }
}
