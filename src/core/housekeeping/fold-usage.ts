import type { CommitDraft } from '../commit-draft.ts';
import type { CoreContext } from '../core-context.ts';
import {
  bucketKey,
  parseBucketId,
  rangeOfBucket,
  rangeOfSpace,
  space,
  successorOfPrefix,
  usageKey,
} from '../metadata-keys.ts';
import type { BucketId } from '../model.ts';
import type { Usage } from '../object-store.ts';
import { addUsage, NO_USAGE } from '../usage.ts';
import { decodeUsage, encodeUsage } from '../usage-records.ts';
import { commitStep, housekeepingDraft, type Job } from './job.ts';

const ROWS_PER_STEP = 900;
/** Two checks for each bucket. */
const BUCKETS_PER_STEP = 30;

/**
 * Adds the deltas of some buckets to their counters, by a commit that checks the counters (so that no delta is counted
 * twice) and the buckets (so that nothing is left of one that is being removed: purging takes those).
 */
export function createFoldUsage(context: CoreContext): Job {
  return {
    name: 'fold-usage',
    async step() {
      context.metadata.refresh();
      const draft = housekeepingDraft(context);
      const { end, start } = rangeOfSpace(space.delta);
      let from = start;
      let rowsLeft = ROWS_PER_STEP;
      for (let count = 0; count < BUCKETS_PER_STEP && rowsLeft > 0; count++) {
        const [next] = await context.metadata.scan({ start: from, end }, 1);
        if (next === undefined) break;
        const bucket = parseBucketId(next.key);
        rowsLeft -= await foldBucket(context, draft, bucket, rowsLeft);
        from = successorOfPrefix(rangeOfBucket(space.delta, bucket).start);
      }
      const isCommitted = await commitStep(context, draft);
      const isMore = rowsLeft === 0 || draft.checks.length === 2 * BUCKETS_PER_STEP || !isCommitted;
      return isMore && !draft.isEmpty;
    },
  };
}

/**
 * The counters are read before the deltas: who folds at the same time changes the counters when it takes deltas away, so
 * those that are found here have not been added to what was read. Answers how many deltas go with the commit.
 */
async function foldBucket(
  context: CoreContext,
  draft: CommitDraft,
  bucket: BucketId,
  rowsMax: number,
): Promise<number> {
  const [owner, folded] = await context.metadata.getMany([bucketKey(bucket), usageKey(bucket)]);
  if (owner === undefined) return 0;
  const deltas = await context.metadata.scan(rangeOfBucket(space.delta, bucket), rowsMax);
  if (deltas.length === 0) return 0;
  let sum: Usage = folded === undefined ? NO_USAGE : decodeUsage(folded.value);
  for (const delta of deltas) {
    sum = addUsage(sum, decodeUsage(delta.value));
    draft.delete(delta.key);
  }
  draft.check(bucketKey(bucket), owner);
  draft.check(usageKey(bucket), folded);
  draft.put(usageKey(bucket), encodeUsage(sum));
  return deltas.length;
}
