/**
 * Decide, commit, and when somebody else was faster decide again: everything that an attempt looks at is read afresh,
 * and bytes are never written twice. Writers of other processes are kept apart by waiting a random while; those of this
 * process by `KeyQueue`.
 */
import { CommitDraft } from './commit-draft.ts';
import type { CoreContext } from './core-context.ts';
import { CoreError } from './core-errors.ts';
import { loadBucket } from './load-bucket.ts';
import { bucketKey } from './metadata-keys.ts';
import type { Bucket } from './model.ts';
import { NO_USAGE } from './usage.ts';

const ATTEMPTS_MAX = 64;
const BACKOFF_MILLIS_MAX = 64;

/**
 * Runs `decide` on a fresh view and commits its draft until there is no conflict. A draft left empty is not committed.
 * `name` is what TooMuchContention names.
 */
export async function retryCommit<T>(
  context: CoreContext,
  name: string,
  decide: (draft: CommitDraft, attempt: number) => Promise<T>,
): Promise<T> {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    if (attempt > 0) await backOff(context, attempt);
    context.metadata.refresh();
    const draft = new CommitDraft(context.metadata.newCommitId());
    const result = await decide(draft, attempt);
    if (draft.isEmpty || (await submitDraft(context, draft))) return result;
  }
  throw new CoreError('TooMuchContention', { key: name });
}

type DecideBelow<T> = (draft: CommitDraft, bucket: Bucket) => Promise<T>;

/**
 * As `retryCommit`, for a change of what `key` holds in `bucket`: adds the check of the bucket's record and the delta of
 * its counters. When the record has changed, `decide` gets the bucket as it is then, also when it refused by the one that
 * was passed in. Throws NoSuchBucket when it is gone.
 */
export async function commitBelowBucket<T>(
  context: CoreContext,
  bucket: Bucket,
  key: string,
  decide: DecideBelow<T>,
): Promise<T> {
  try {
    return await commitBelow(context, bucket, key, decide);
  } catch (error) {
    if (!(error instanceof CoreError)) throw error;
    const current = await loadBucket(context, bucket.id, bucket.name);
    if (current.recordVersion === bucket.recordVersion) throw error;
    return commitBelow(context, current, key, decide);
  }
}

async function commitBelow<T>(
  context: CoreContext,
  bucket: Bucket,
  key: string,
  decide: DecideBelow<T>,
): Promise<T> {
  let change = NO_USAGE;
  const committed = await retryCommit(context, key, async (draft, attempt) => {
    change = NO_USAGE;
    const current = attempt === 0 ? bucket : await loadBucket(context, bucket.id, bucket.name);
    const result = await decide(draft, current);
    if (draft.isEmpty) return result;
    draft.check(bucketKey(bucket.id), { version: current.recordVersion });
    change = draft.counted;
    const looking = context.quotas.assertRoom(context, current, change);
    if (looking !== undefined) await looking;
    draft.change(bucket.id, change);
    return result;
  });
  if (change !== NO_USAGE) context.quotas.add(bucket, change);
  return committed;
}

/** Whether the draft was committed; a lost answer is looked up before anything else happens. */
export async function submitDraft(context: CoreContext, draft: CommitDraft): Promise<boolean> {
  const deltas = context.usageDeltas.take(draft);
  const outcome = await context.metadata.commit(draft);
  const isCommitted =
    outcome === 'unknown'
      ? (await context.metadata.outcomeOf(draft.id)) === 'committed'
      : outcome === 'committed';
  context.usageDeltas.giveBack(deltas, isCommitted);
  return isCommitted;
}

/** Waits a random while, longer with every attempt up to a bound. */
async function backOff(context: CoreContext, attempt: number): Promise<void> {
  const millisMax = Math.min(2 ** (attempt - 1), BACKOFF_MILLIS_MAX);
  await context.pause((context.entropy.bytes(2).readUInt16BE(0) / 0xffff) * millisMax);
}
