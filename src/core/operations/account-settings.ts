/**
 * What an account has in one place besides its buckets: documents by kind, kept verbatim for the layer that owns the kind (metadata
 * and quotas of Swift). An account exists without a record; the record's time is that of its first change.
 */
import type { CoreContext } from '../core-context.ts';
import { accountKey } from '../metadata-keys.ts';
import type { AccountId, Bucket, Place } from '../model.ts';
import type { Usage } from '../object-store.ts';
import { decodeJsonRecord, encodeJsonRecord } from '../record-format.ts';
import { retryCommit } from '../retry-commit.ts';
import { mergeDocuments } from './update-object.ts';

export interface AccountSettings {
  readonly documents: Readonly<Record<string, string>>;
  /** Undefined: nothing has ever been set. */
  readonly createdAtMicros?: number;
  readonly changedAtMicros?: number;
}

/** What the façade offers about accounts as a whole. */
export interface AccountStore {
  /** As `bucketUsage`, of many: in their order. One that vanishes meanwhile has nothing. */
  bucketUsages(buckets: readonly Bucket[]): Promise<readonly Usage[]>;
  /** From then on it gets no bucket, also none whose creation is under way. Answers false, and does nothing, while it has buckets. */
  closeAccount(account: AccountId): Promise<boolean>;
  /** Takes that back, for an account of the same id that is made again. */
  openAccount(account: AccountId): Promise<void>;
  /** What is kept about an account in one place, beside its buckets. */
  readAccount(account: AccountId, place: Place): Promise<AccountSettings>;
  /** Replaces (or with null removes) documents. */
  updateAccount(
    account: AccountId,
    place: Place,
    documents: Readonly<Record<string, string | null>>,
  ): Promise<AccountSettings>;
}

const NOTHING: AccountSettings = { documents: {} };

export async function readAccount(
  context: CoreContext,
  account: AccountId,
  place: Place,
): Promise<AccountSettings> {
  const entry = await context.metadata.get(accountKey(account, place));
  return entry === undefined ? NOTHING : decodeJsonRecord<AccountSettings>(entry.value, 'account');
}

export function updateAccount(
  context: CoreContext,
  account: AccountId,
  place: Place,
  documents: Readonly<Record<string, string | null>>,
): Promise<AccountSettings> {
  const key = accountKey(account, place);
  return retryCommit(context, account, async (draft) => {
    const entry = await context.metadata.get(key);
    const current = entry === undefined ? NOTHING : decodeJsonRecord<AccountSettings>(entry.value, 'account');
    const now = context.clock.nowMicros();
    const changed: AccountSettings = {
      documents: mergeDocuments(current.documents, documents),
      createdAtMicros: current.createdAtMicros ?? now,
      changedAtMicros: Math.max(now, (current.changedAtMicros ?? 0) + 1),
    };
    draft.check(key, entry);
    draft.put(key, encodeJsonRecord(changed));
    return changed;
  });
}
