/**
 * The second half of DeleteBucket (docs/adr/0002-keys-references-reclaiming.md, Emptiness). Once a bucket is marked
 * `deleting` nothing below it changes, because every write checks the bucket's record. So whoever looks finds the same
 * answer, and anybody may commit it: the one who marked the bucket, or one who found it marked by a process that died.
 */
import { decodeClaim, encodeBucket, encodeClaim, encodePurge, toBucketRecord } from './bucket-records.ts';
import { CommitDraft } from './commit-draft.ts';
import type { CoreContext } from './core-context.ts';
import { bucketKey, claimKey, directoryKey, purgeKey, rangeOfBucket, space } from './metadata-keys.ts';
import type { Bucket } from './model.ts';

/**
 * Removes or unmarks a bucket that was read in state `deleting`. Answers whether this call removed it; undefined when
 * somebody else settled it first.
 */
export async function settleBucketDeletion(
  context: CoreContext,
  bucket: Bucket,
): Promise<'removed' | 'unmarked' | undefined> {
  context.metadata.refresh();
  const draft = new CommitDraft(context.metadata.newCommitId());
  draft.effect = 'shrink';
  draft.check(bucketKey(bucket.id), { version: bucket.recordVersion });
  const isEmpty = await isBucketEmpty(context, bucket);
  if (isEmpty) await removeBucket(context, bucket, draft);
  else draft.put(bucketKey(bucket.id), encodeBucket(toBucketRecord(bucket, 'active')));
  let outcome: 'committed' | 'conflict' | 'unknown' | 'absent' = await context.metadata.commit(draft);
  if (outcome === 'unknown') outcome = await context.metadata.outcomeOf(draft.id);
  if (outcome !== 'committed') return undefined;
  return isEmpty ? 'removed' : 'unmarked';
}

/** No version of any key. Only conclusive while the bucket is marked `deleting`. */
export async function isBucketEmpty(context: CoreContext, bucket: Bucket): Promise<boolean> {
  for (const spaceByte of [space.head, space.tombstone, space.older] as const) {
    const rows = await context.metadata.scan(rangeOfBucket(spaceByte, bucket.id), 1);
    if (rows.length > 0) return false;
  }
  return true;
}

async function removeBucket(context: CoreContext, bucket: Bucket, draft: CommitDraft): Promise<void> {
  const { account, place, name } = bucket;
  const nowMicros = context.clock.nowMicros();
  draft.delete(bucketKey(bucket.id));
  draft.delete(directoryKey(account, place, name));
  draft.put(purgeKey(bucket.id), encodePurge({ account, name, removedAtMicros: nowMicros }));
  for (const mode of ['global', 'account'] as const) {
    const key = claimKey(mode, place, name);
    const entry = await context.metadata.get(key);
    if (entry === undefined) continue;
    const claim = decodeClaim(entry.value);
    if (claim.kind !== 'held' || claim.bucket !== bucket.id) continue;
    const untilMicros = nowMicros + context.settings.claimCooldownMicros;
    draft.check(key, entry);
    if (untilMicros > nowMicros) draft.put(key, encodeClaim({ kind: 'cooling', account, untilMicros }));
    else draft.delete(key);
  }
}
