/** Accounts and the root user that each of them has. */
import type { Entry } from '../storage/contract/metadata-store.ts';
import { checkValue } from './check-values.ts';
import { type Change, commitChange, type IdentityContext } from './commit-change.ts';
import { IdentityError } from './identity-errors.ts';
import { accountNameRange, identityKeys, userNameRange } from './identity-keys.ts';
import {
  accountOfRecord,
  decodeRecord,
  encodeRecord,
  type StoredAccount,
  userOfRecord,
} from './identity-records.ts';
import type { AccountRecord, UserRecord } from './principal.ts';
import { readAccount } from './read-records.ts';
import type { CollectionRegister } from './record-collection.ts';
import { addUser, removeUser } from './users.ts';

const ID_BYTES = 16;
const ID = /^[0-9a-f]{32}$/;
const ROOT_USER_NAME = 'root';
const USERS_PER_SLICE = 50;

export interface NewAccount {
  readonly name: string;
  readonly id?: string;
}

/** The account and its root user, in one commit. Throws AccountNameTaken, AccountIdTaken, InvalidValue. */
export async function createAccount(
  context: IdentityContext,
  input: NewAccount,
): Promise<{ readonly account: AccountRecord; readonly rootUser: UserRecord }> {
  return commitChange(context, async (change) => {
    const account = await addAccount(context, change, { ...input, isServerRoot: false });
    const rootUser = await addUser(context, change, {
      accountId: account.id,
      name: ROOT_USER_NAME,
      displayName: '',
      email: '',
      isRoot: true,
    });
    return { account: accountOfRecord(account), rootUser: userOfRecord(rootUser) };
  });
}

export async function addAccount(
  { clock, entropy }: IdentityContext,
  change: Change,
  input: NewAccount & { readonly isServerRoot: boolean },
): Promise<StoredAccount> {
  const name = checkValue('name', input.name);
  const id = input.id === undefined ? entropy.bytes(ID_BYTES).toString('hex') : checkValue('id', input.id);
  if ((await change.read(identityKeys.account(id))) !== undefined) {
    throw new IdentityError('AccountIdTaken', { id });
  }
  if ((await change.read(identityKeys.accountByName(name))) !== undefined) {
    throw new IdentityError('AccountNameTaken', { name });
  }
  const account: StoredAccount = {
    id,
    name,
    enabled: true,
    createdAtMicros: clock.nowMicros(),
    isServerRoot: input.isServerRoot,
    isBeingRemoved: false,
  };
  change.put(identityKeys.account(id), encodeRecord(account));
  change.put(identityKeys.accountByName(name), Buffer.from(id, 'hex'));
  return account;
}

/** By id or by name; an id wins. */
export async function findAccount(
  { metadata }: IdentityContext,
  idOrName: string,
): Promise<StoredAccount | undefined> {
  const byId = ID.test(idOrName) ? await metadata.get(identityKeys.account(idOrName)) : undefined;
  if (byId !== undefined) return decodeRecord<StoredAccount>(byId.value);
  const named = await metadata.get(identityKeys.accountByName(idOrName.normalize('NFC')));
  if (named === undefined) return undefined;
  const entry = await metadata.get(identityKeys.account(named.value.toString('hex')));
  return entry === undefined ? undefined : decodeRecord<StoredAccount>(entry.value);
}

export interface AccountsPage {
  readonly accounts: readonly AccountRecord[];
  /** Pass as `after` for the next page; set exactly when there is one. */
  readonly next?: string;
}

/** In the order of their names. */
export async function listAccounts(
  { metadata }: IdentityContext,
  after: string,
  limit: number,
): Promise<AccountsPage> {
  const rows = await metadata.scan(accountNameRange(after), limit + 1);
  const page = rows.slice(0, limit);
  const entries = await metadata.getMany(
    page.map(({ value }) => identityKeys.account(value.toString('hex'))),
  );
  const accounts = entries
    .filter(isEntry)
    .map(({ value }) => accountOfRecord(decodeRecord<StoredAccount>(value)));
  const last = page.at(-1);
  return rows.length > limit && last !== undefined
    ? { accounts, next: last.key.toString('utf8', 1) }
    : { accounts };
}

export async function setAccountEnabled(
  context: IdentityContext,
  id: string,
  enabled: boolean,
): Promise<AccountRecord> {
  return commitChange(context, async (change) => {
    const account = await readAccount(change, id);
    if (account.isServerRoot && !enabled) {
      throw new IdentityError('RootIsPermanent', { what: 'the root account' });
    }
    const changed: StoredAccount = {
      ...account,
      enabled,
      ...(enabled ? {} : { tokenEpoch: (account.tokenEpoch ?? 0) + 1 }),
    };
    change.put(identityKeys.account(id), encodeRecord(changed));
    return accountOfRecord(changed);
  });
}

/**
 * Ends every session of the account at once, then asks `isEmpty`; only if so, removes users, keys and account in slices.
 * Otherwise the account is as before and the answer is false. A removal that was cut short is continued by the next one.
 */
export async function removeAccount(
  context: IdentityContext,
  id: string,
  isEmpty: () => Promise<boolean>,
  collections: Pick<CollectionRegister, 'removeSlice'>,
): Promise<boolean> {
  const before = await setBeingRemoved(context, id, true);
  if (!(await isEmpty())) {
    await setBeingRemoved(context, id, false);
    return false;
  }
  const range = userNameRange(id, '');
  for (;;) {
    context.metadata.refresh();
    const rows = await context.metadata.scan(range, USERS_PER_SLICE);
    if (rows.length === 0) break;
    for (const { value } of rows) await removeUser(context, value.toString('hex'), { evenRoot: true });
  }
  while (await collections.removeSlice(id));
  await commitChange(context, async (change) => {
    if ((await change.read(identityKeys.account(id))) === undefined) return;
    change.delete(identityKeys.account(id));
    change.delete(identityKeys.accountByName(before.name));
    change.delete(identityKeys.grants(id));
  });
  return true;
}

/** While it is set, no key of the account is accepted and nothing can be added to it. */
async function setBeingRemoved(
  context: IdentityContext,
  id: string,
  isBeingRemoved: boolean,
): Promise<StoredAccount> {
  return commitChange(context, async (change) => {
    const entry = await change.read(identityKeys.account(id));
    if (entry === undefined) throw new IdentityError('NoSuchAccount', { account: id });
    const account = decodeRecord<StoredAccount>(entry.value);
    if (account.isServerRoot) throw new IdentityError('RootIsPermanent', { what: 'the root account' });
    change.put(identityKeys.account(id), encodeRecord({ ...account, isBeingRemoved }));
    return account;
  });
}

function isEntry(entry: Entry | undefined): entry is Entry {
  return entry !== undefined;
}
