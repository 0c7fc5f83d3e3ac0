import type { Row } from '../../storage/contract/metadata-store.ts';
import type { CoreContext } from '../core-context.ts';
import { bucketKey, parseBucketId, rangeOfSpace, space, usageKey } from '../metadata-keys.ts';
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
      const rows = await context.metadata.scan(rangeOfSpace(space.delta), ROWS_PER_STEP);
      const draft = housekeepingDraft(context);
      const { groups, isWhole } = byBucket(rows);
      for (const [bucket, deltas] of groups) {
        const [owner, folded] = await context.metadata.getMany([bucketKey(bucket), usageKey(bucket)]);
        if (owner === undefined) continue;
        let sum: Usage = folded === undefined ? NO_USAGE : decodeUsage(folded.value);
        for (const delta of deltas) {
          sum = addUsage(sum, decodeUsage(delta.value));
          draft.delete(delta.key);
        }
        draft.check(bucketKey(bucket), owner);
        draft.check(usageKey(bucket), folded);
        draft.put(usageKey(bucket), encodeUsage(sum));
      }
      const isCommitted = await commitStep(context, draft);
      const isMore = rows.length === ROWS_PER_STEP || !isWhole || !isCommitted;
      return isMore && !draft.isEmpty;
    },
  };
}

function byBucket(rows: readonly Row[]): { groups: Map<BucketId, Row[]>; isWhole: boolean } {
  const groups = new Map<BucketId, Row[]>();
  for (const row of rows) {
    const bucket = parseBucketId(row.key);
    const group = groups.get(bucket);
    if (group !== undefined) group.push(row);
    else if (groups.size === BUCKETS_PER_STEP) return { groups, isWhole: false };
    else groups.set(bucket, [row]);
  }
  return { groups, isWhole: true };
}
