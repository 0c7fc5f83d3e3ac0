/** Counters of a bucket: what was folded, and what the commits since then have changed (docs/adr/0002, Counters). */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CoreContext } from './core-context.ts';
import { CoreError } from './core-errors.ts';
import { keyAfter, rangeOfBucket, space, usageKey } from './metadata-keys.ts';
import type { Bucket, BucketId } from './model.ts';
import type { Usage } from './object-store.ts';
import { decodeUsage } from './usage-records.ts';

const SLICE_ROWS = 1000;
const ATTEMPTS_MAX = 16;
const BUCKETS_PER_TURN = 100;

/**
 * Exact as of one moment of the call. The deltas are read in slices; when they were folded into the counters meanwhile,
 * which the version of the folded record tells, they are read again: there are fewer of them then.
 */
export async function bucketUsage(context: CoreContext, bucket: Bucket): Promise<Usage> {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    if (attempt > 0) context.metadata.refresh();
    const before = await context.metadata.get(usageKey(bucket.id));
    const change = await sumDeltas(context, bucket.id);
    const after = await context.metadata.get(usageKey(bucket.id));
    if (before?.version !== after?.version) continue;
    return addUsage(before === undefined ? NO_USAGE : decodeUsage(before.value), change);
  }
  throw new CoreError('TooMuchContention', { key: bucket.name });
}

/** As `bucketUsage`, of many; other requests run in between. */
export async function bucketUsages(
  context: CoreContext,
  buckets: readonly Bucket[],
): Promise<readonly Usage[]> {
  const usages: Usage[] = [];
  for (const bucket of buckets) {
    if (usages.length % BUCKETS_PER_TURN === BUCKETS_PER_TURN - 1) await nextTurn();
    usages.push(await bucketUsage(context, bucket));
  }
  return usages;
}

export const NO_USAGE: Usage = { objects: 0, bytes: 0 };

export function addUsage(left: Usage, right: Usage): Usage {
  return { objects: left.objects + right.objects, bytes: left.bytes + right.bytes };
}

async function sumDeltas(context: CoreContext, bucket: BucketId): Promise<Usage> {
  const { start, end } = rangeOfBucket(space.delta, bucket);
  let sum = NO_USAGE;
  for (let from = start; ; ) {
    const rows = await context.metadata.scan({ start: from, end }, SLICE_ROWS);
    for (const row of rows) sum = addUsage(sum, decodeUsage(row.value));
    const last = rows[rows.length - 1];
    if (last === undefined || rows.length < SLICE_ROWS) return sum;
    from = keyAfter(last.key);
  }
}
