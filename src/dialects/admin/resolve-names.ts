/**
 * Accounts and users in paths: an id, a name, or a word with a colon, which no name can have: `:own` is the account of the
 * caller, `:root` the root user of the account.
 */
import { IdentityError } from '../../identity/identity-errors.ts';
import type { IdentityStore } from '../../identity/identity-store.ts';
import { type AccountRecord, accountOf, type UserRecord } from '../../identity/principal.ts';
import type { AdminCall } from './admin-call.ts';

const PAGE = 1000;

/** Throws NoSuchAccount. */
export async function resolveAccount(identity: IdentityStore, call: AdminCall): Promise<AccountRecord> {
  const name = call.parameter('account');
  const account = await identity.findAccount(name === ':own' ? (accountOf(call.caller) ?? '') : name);
  if (account === undefined) throw new IdentityError('NoSuchAccount', { account: name });
  return account;
}

/** Throws NoSuchAccount, NoSuchUser. */
export async function resolveUser(identity: IdentityStore, call: AdminCall): Promise<UserRecord> {
  const account = await resolveAccount(identity, call);
  const name = call.parameter('user');
  const user =
    name === ':root' ? await findRootUser(identity, account.id) : await identity.findUser(name, account.id);
  // An id finds users of every account.
  if (user === undefined || user.accountId !== account.id)
    throw new IdentityError('NoSuchUser', { user: name });
  return user;
}

async function findRootUser(identity: IdentityStore, accountId: string): Promise<UserRecord | undefined> {
  for (let after: string | undefined = ''; after !== undefined; ) {
    const page = await identity.listUsers(accountId, after, PAGE);
    const root = page.users.find(({ isRoot }) => isRoot);
    if (root !== undefined) return root;
    after = page.next;
  }
  return undefined;
}
