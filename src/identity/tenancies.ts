/**
 * Parts that users have in accounts other than their own: with the role of each, as OpenStack assigns roles to a user on a project. For
 * such an account the user gets tokens and keys of its own, which end with the part. The root user of one account has no more in
 * another than its role there.
 */
import { type Change, commitChange, type IdentityContext } from './commit-change.ts';
import { type TenancyRecord, tenancyId } from './identity-collections.ts';
import { IdentityError } from './identity-errors.ts';
import { identityKeys } from './identity-keys.ts';
import {
  decodeRecord,
  encodeRecord,
  type StoredAccessKey,
  type StoredAccount,
  type StoredUser,
} from './identity-records.ts';
import type { AccountRecord, AccountRole } from './principal.ts';
import { readUser } from './read-records.ts';
import type { CollectionPage, PageRequest, RecordCollection } from './record-collection.ts';

export interface Tenancies {
  /** Gives the part, or another role in it. Throws NoSuchUser, NoSuchAccount, InvalidValue for the user's own account. */
  set(userId: string, accountId: string, role: AccountRole): Promise<TenancyRecord>;
  /** With the keys for the account; tokens of the user are void. Whether there was one. */
  remove(userId: string, accountId: string): Promise<boolean>;
  /** Of an account, by the users' ids. */
  list(accountId: string, page: PageRequest): Promise<CollectionPage<TenancyRecord>>;
  /** The user's own first, then the others that are enabled. Empty: no such user. */
  accountsOf(userId: string): Promise<readonly AccountRecord[]>;
}

export function createTenancies(
  context: IdentityContext,
  collection: RecordCollection<TenancyRecord, 'user' | 'account'>,
): Tenancies {
  const { clock, metadata } = context;
  return {
    set: (userId, accountId, role) =>
      commitChange(context, async (change) => {
        if ((await readUser(change, userId)).accountId === accountId) {
          throw new IdentityError('InvalidValue', {
            what: 'account',
            expected: "one that is not the user's own",
          });
        }
        const parts = collection.in(change);
        const id = tenancyId(userId, accountId);
        const now = clock.nowMicros();
        if ((await parts.find(id)) !== undefined) {
          const changed = await parts.update(id, (part) => ({ ...part, role, modifiedAtMicros: now }));
          return changed.record;
        }
        const made = { id, accountId, userId, role, createdAtMicros: now, modifiedAtMicros: now };
        return (await parts.create(made)).record;
      }),
    remove: (userId, accountId) =>
      commitChange(context, async (change) => {
        const parts = collection.in(change);
        const id = tenancyId(userId, accountId);
        if ((await parts.find(id)) === undefined) return false;
        await parts.remove(id);
        await endCredentials(change, userId, accountId);
        return true;
      }),
    list: (accountId, page) => collection.list('account', [accountId], page),
    async accountsOf(userId) {
      const entry = await metadata.get(identityKeys.user(userId));
      if (entry === undefined) return [];
      const ids = [decodeRecord<StoredUser>(entry.value).accountId];
      for await (const { record } of collection.listAll('user', [userId])) ids.push(record.accountId);
      const accounts = await metadata.getMany(ids.map(identityKeys.account));
      return accounts.flatMap((account) => {
        if (account === undefined) return [];
        const { isServerRoot, isBeingRemoved, tokenEpoch, ...shown } = decodeRecord<StoredAccount>(
          account.value,
        );
        return shown.enabled && !isBeingRemoved ? [shown] : [];
      });
    },
  };
}

/** For good: whoever gets the part again begins anew. Tokens of the user for other accounts end, too. */
async function endCredentials(change: Change, userId: string, accountId: string): Promise<void> {
  const user = await readUser(change, userId);
  const kept: string[] = [];
  for (const id of user.accessKeyIds) {
    const entry = await change.read(identityKeys.accessKey(id));
    const isOfPart =
      entry !== undefined && decodeRecord<StoredAccessKey>(entry.value).accountId === accountId;
    if (isOfPart) change.delete(identityKeys.accessKey(id));
    else kept.push(id);
  }
  const changed: StoredUser = { ...user, accessKeyIds: kept, tokenEpoch: (user.tokenEpoch ?? 0) + 1 };
  change.put(identityKeys.user(userId), encodeRecord(changed));
}
