import type { KeyRange, Row } from '../../storage/contract/metadata-store.ts';
import type { CommitDraft } from '../commit-draft.ts';
import type { CoreContext } from '../core-context.ts';
import {
  bucketKey,
  epochOfDelta,
  keyAfter,
  parseBucketId,
  rangeOfBucket,
  rangeOfSpace,
  space,
  successorOfPrefix,
  usageKey,
} from '../metadata-keys.ts';
import type { BucketId } from '../model.ts';
import { addUsage, NO_USAGE } from '../usage.ts';
import { decodeUsage, encodeUsage } from '../usage-records.ts';
import { commitStep, housekeepingDraft, type Job } from './job.ts';

const ROWS_PER_STEP = 900;
/** Two checks for each bucket. */
const BUCKETS_PER_STEP = 30;

/** `hasFolded`: nothing that the ended worker of this closed epoch has counted is still to be added. */
export interface FoldUsage extends Job {
  hasFolded(epoch: number): boolean;
}

/**
 * Adds the deltas of workers that have ended to the counters of their buckets, by commits that check the counters (so that no
 * delta is counted twice) and the buckets (so that nothing is left of one that is being removed: purging takes those). A worker
 * that lives writes to its own deltas again: they stay. One pass over all of them at the start, and one whenever an epoch has
 * been closed.
 */
export function createFoldUsage(context: CoreContext): FoldUsage {
  const { start, end } = rangeOfSpace(space.delta);
  let folded: readonly number[] | undefined;
  let pass: { readonly closed: readonly number[]; readonly from: Buffer } | undefined;
  return {
    name: 'fold-usage',
    hasFolded: (epoch) => folded?.includes(epoch) === true,
    async step() {
      context.metadata.refresh();
      const closed = await context.engine.epochs.listClosed();
      const open = await context.engine.epochs.listOpen();
      if (pass === undefined && folded !== undefined && closed.every((epoch) => folded?.includes(epoch))) {
        return false;
      }
      pass ??= { closed, from: start };
      // Everything that the workers which have ended by now have committed is visible from here on.
      context.metadata.refresh();
      const draft = housekeepingDraft(context);
      const next = await foldSlice(context, draft, { start: pass.from, end }, endedAmong(closed, open));
      if (!(await commitStep(context, draft))) return true;
      if (next === undefined) folded = pass.closed;
      pass = next === undefined ? undefined : { closed: pass.closed, from: next };
      return true;
    },
  };
}

type IsFoldable = (delta: Row) => boolean;

/** Whoever has begun since is younger than all that were known then. */
function endedAmong(closed: readonly number[], open: readonly number[]): IsFoldable {
  const youngest = Math.max(0, ...closed, ...open);
  return ({ key }) => epochOfDelta(key) <= youngest && !open.includes(epochOfDelta(key));
}

/** Answers where to go on; undefined at the end. */
async function foldSlice(
  context: CoreContext,
  draft: CommitDraft,
  range: KeyRange,
  isFoldable: IsFoldable,
): Promise<Buffer | undefined> {
  let from = range.start;
  let rowsLeft = ROWS_PER_STEP;
  for (let count = 0; count < BUCKETS_PER_STEP && rowsLeft > 0; count++) {
    const [next] = await context.metadata.scan({ start: from, end: range.end }, 1);
    if (next === undefined) return undefined;
    const bucket = parseBucketId(next.key);
    const end = successorOfPrefix(rangeOfBucket(space.delta, bucket).start);
    const rows = await foldBucket(context, draft, bucket, { start: next.key, end }, rowsLeft, isFoldable);
    const last = rows[rowsLeft - 1];
    from = last === undefined ? end : keyAfter(last.key);
    rowsLeft -= rows.length;
  }
  return from;
}

/**
 * The counters are read before the deltas: who folds at the same time changes the counters when it takes deltas away, so
 * those that are found here have not been added to what was read. Answers the deltas that were looked at.
 */
async function foldBucket(
  context: CoreContext,
  draft: CommitDraft,
  bucket: BucketId,
  range: KeyRange,
  rowsMax: number,
  isFoldable: IsFoldable,
): Promise<readonly Row[]> {
  const [owner, folded] = await context.metadata.getMany([bucketKey(bucket), usageKey(bucket)]);
  const rows = await context.metadata.scan(range, rowsMax);
  const deltas = rows.filter(isFoldable);
  if (owner === undefined || deltas.length === 0) return rows;
  let sum = folded === undefined ? NO_USAGE : decodeUsage(folded.value);
  for (const delta of deltas) {
    sum = addUsage(sum, decodeUsage(delta.value));
    draft.delete(delta.key);
  }
  draft.check(bucketKey(bucket), owner);
  draft.check(usageKey(bucket), folded);
  draft.put(usageKey(bucket), encodeUsage(sum));
  return rows;
}
