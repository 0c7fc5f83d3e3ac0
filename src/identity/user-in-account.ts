/** A user as it is in an account: in its own as its record says, in another with the role of its part there, and never root. */
import type { Entry } from '../storage/contract/metadata-store.ts';
import { type TenancyRecord, tenancyCollection, tenancyId } from './identity-collections.ts';
import { collectionKeys } from './identity-keys.ts';
import { decodeRecord, type StoredUser, userOfRecord } from './identity-records.ts';
import type { UserRecord } from './principal.ts';

const keys = collectionKeys(tenancyCollection.kind);

/** `read`: one record of the store. Undefined: the user has no part in the account. */
export async function userInAccount(
  user: StoredUser,
  accountId: string,
  read: (key: Buffer) => Entry | undefined | Promise<Entry | undefined>,
): Promise<UserRecord | undefined> {
  const shown = userOfRecord(user);
  if (user.accountId === accountId) return shown;
  const entry = await read(keys.record(tenancyId(user.id, accountId)));
  if (entry === undefined) return undefined;
  return { ...shown, isRoot: false, role: decodeRecord<TenancyRecord>(entry.value).role };
}
