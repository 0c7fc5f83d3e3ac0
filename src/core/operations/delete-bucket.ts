/** DeleteBucket in two commits (docs/adr/0002-keys-references-reclaiming.md, Emptiness): mark, then remove or unmark. */
import { encodeBucket, toBucketRecord } from '../bucket-records.ts';
import type { CoreContext } from '../core-context.ts';
import { CoreError } from '../core-errors.ts';
import { loadBucket } from '../load-bucket.ts';
import { bucketKey } from '../metadata-keys.ts';
import type { Bucket } from '../model.ts';
import { retryCommit } from '../retry-commit.ts';
import { isBucketEmpty, settleBucketDeletion } from '../settle-bucket-deletion.ts';

/** Throws BucketNotEmpty, NoSuchBucket. What the bucket leaves behind (uploads, parts, counters) is purged later. */
export async function deleteBucket(context: CoreContext, bucket: Bucket): Promise<void> {
  let marked = await markDeleting(context, bucket);
  for (;;) {
    const settled = await settleBucketDeletion(context, marked);
    if (settled === 'removed') return;
    if (settled === 'unmarked') throw new CoreError('BucketNotEmpty', { name: bucket.name });
    // Somebody else settled it, or the commit has to be tried again.
    const entry = await context.metadata.get(bucketKey(bucket.id));
    if (entry === undefined) return;
    const { state, bucket: current } = context.buckets.bucketOf(bucket.id, entry);
    if (state === 'active') throw new CoreError('BucketNotEmpty', { name: bucket.name });
    marked = current;
  }
}

/** A bucket that visibly holds something is refused without disturbing its writers. */
function markDeleting(context: CoreContext, bucket: Bucket): Promise<Bucket> {
  return retryCommit(context, bucket.name, async (draft) => {
    const current = await loadBucket(context, bucket.id, bucket.name);
    if (!(await isBucketEmpty(context, current))) {
      throw new CoreError('BucketNotEmpty', { name: bucket.name });
    }
    draft.effect = 'shrink';
    draft.check(bucketKey(current.id), { version: current.recordVersion });
    draft.put(bucketKey(current.id), encodeBucket(toBucketRecord(current, 'deleting')));
    return { ...current, recordVersion: draft.id };
  });
}
