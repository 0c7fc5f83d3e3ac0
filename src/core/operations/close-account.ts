/**
 * An account that is being removed gets no bucket any more: every creation checks the mark that stands here, in its commit. So
 * once the account is closed, looking for buckets finds all that there will ever be.
 */

import type { CommitDraft } from '../commit-draft.ts';
import type { CoreContext } from '../core-context.ts';
import { CoreError } from '../core-errors.ts';
import { closedAccountKey, directoryRange } from '../metadata-keys.ts';
import type { AccountId } from '../model.ts';
import { encodeJsonRecord } from '../record-format.ts';
import { retryCommit } from '../retry-commit.ts';

/** Answers whether it is closed: not while it has buckets. */
export async function closeAccount(context: CoreContext, account: AccountId): Promise<boolean> {
  const key = closedAccountKey(account);
  await retryCommit(context, account, async (draft) => {
    const entry = await context.metadata.get(key);
    if (entry !== undefined) return;
    draft.effect = 'shrink';
    draft.check(key, undefined);
    draft.put(key, encodeJsonRecord({ closedAtMicros: context.clock.nowMicros() }));
  });
  context.metadata.refresh();
  const rows = await context.metadata.scan(directoryRange(account), 1);
  if (rows.length === 0) return true;
  await openAccount(context, account);
  return false;
}

/** For an account of the same id that is made again. */
export async function openAccount(context: CoreContext, account: AccountId): Promise<void> {
  const key = closedAccountKey(account);
  await retryCommit(context, account, async (draft) => {
    const entry = await context.metadata.get(key);
    if (entry === undefined) return;
    draft.effect = 'shrink';
    draft.check(key, entry);
    draft.delete(key);
  });
}

/** Adds to a commit that makes a bucket that the account is open. Throws AccountClosed. */
export async function checkOpenAccount(
  context: CoreContext,
  draft: CommitDraft,
  account: AccountId,
): Promise<void> {
  const key = closedAccountKey(account);
  const entry = await context.metadata.get(key);
  if (entry !== undefined) throw new CoreError('AccountClosed', { account });
  draft.check(key, undefined);
}
