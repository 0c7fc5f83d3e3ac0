/** Records that a change depends on: read, checked by its commit, and there. */
import type { Change } from './commit-change.ts';
import { IdentityError } from './identity-errors.ts';
import { identityKeys } from './identity-keys.ts';
import {
  decodeRecord,
  type StoredAccessKey,
  type StoredAccount,
  type StoredUser,
} from './identity-records.ts';

/** Throws NoSuchAccount, and AccountIsBeingRemoved because nothing may be added to such an account. */
export async function readAccount(change: Change, id: string): Promise<StoredAccount> {
  const entry = await change.read(identityKeys.account(id));
  if (entry === undefined) throw new IdentityError('NoSuchAccount', { account: id });
  const account = decodeRecord<StoredAccount>(entry.value);
  if (account.isBeingRemoved) throw new IdentityError('AccountIsBeingRemoved', { account: id });
  return account;
}

/** Throws NoSuchUser. */
export async function readUser(change: Change, id: string): Promise<StoredUser> {
  const entry = await change.read(identityKeys.user(id));
  if (entry === undefined) throw new IdentityError('NoSuchUser', { user: id });
  return decodeRecord<StoredUser>(entry.value);
}

/** Throws NoSuchAccessKey. */
export async function readAccessKey(change: Change, id: string): Promise<StoredAccessKey> {
  const entry = await change.read(identityKeys.accessKey(id));
  if (entry === undefined) throw new IdentityError('NoSuchAccessKey', { accessKeyId: id });
  return decodeRecord<StoredAccessKey>(entry.value);
}
