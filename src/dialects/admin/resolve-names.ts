/**
 * Accounts and users in paths: an id, a name, or a word with a colon, which no name can have: `:own` is the account of the
 * caller, `:root` the root user of the account.
 */
import { IdentityError } from '../../identity/identity-errors.ts';
import type { IdentityStore } from '../../identity/identity-store.ts';
import {
  type AccountRecord,
  accountOf,
  type ServiceRecord,
  type UserRecord,
} from '../../identity/principal.ts';
import type { Versioned } from '../../identity/record-collection.ts';
import type { Subject } from '../../identity/subjects.ts';
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

type Named = { readonly record: { readonly id: string; readonly accountId: string; readonly name: string } };

/** By id, or by the one name that it has. Throws NoSuchRecord. */
export async function resolveService(
  { services }: IdentityStore,
  accountId: string,
  idOrName: string,
): Promise<Versioned<ServiceRecord>> {
  const byId = inAccount(await services.get(idOrName), accountId);
  if (byId !== undefined) return byId;
  const { items } = await services.list(accountId, { name: idOrName.normalize('NFC'), limit: 2 });
  const [only, second] = items;
  if (only !== undefined && second === undefined) return only;
  throw new IdentityError('NoSuchRecord', { noun: 'service', id: idOrName });
}

/** Throws NoSuchRecord. */
export async function resolveGroup({ groups }: IdentityStore, accountId: string, idOrName: string) {
  return resolveRecord('group', groups, accountId, idOrName);
}

/** Throws NoSuchRecord. */
export async function resolveRole({ roles }: IdentityStore, accountId: string, idOrName: string) {
  return resolveRecord('role', roles, accountId, idOrName);
}

/** Throws NoSuchRecord. */
export async function resolvePolicy({ policies }: IdentityStore, accountId: string, idOrName: string) {
  return resolveRecord('policy', policies, accountId, idOrName);
}

interface Lookups<R> {
  get(id: string): Promise<R | undefined>;
  findByName(accountId: string, name: string): Promise<R | undefined>;
}

async function resolveRecord<R extends Named>(
  noun: string,
  records: Lookups<R>,
  accountId: string,
  idOrName: string,
): Promise<R> {
  const found =
    inAccount(await records.get(idOrName), accountId) ??
    (await records.findByName(accountId, idOrName.normalize('NFC')));
  if (found === undefined) throw new IdentityError('NoSuchRecord', { noun, id: idOrName });
  return found;
}

function inAccount<R extends Named>(found: R | undefined, accountId: string): R | undefined {
  return found?.record.accountId === accountId ? found : undefined;
}

/** `user:kim`, `service:…`, `group:…`, `role:…`, each by id or name, or `public`. Throws NoSuchSubject. */
export async function resolveSubject(
  identity: IdentityStore,
  accountId: string,
  text: string,
): Promise<Subject> {
  if (text === 'public') return text;
  const [, kind, name = ''] = /^(user|service|group|role):(.+)$/s.exec(text) ?? [];
  const refusal = new IdentityError('NoSuchSubject', { subject: text });
  try {
    switch (kind) {
      case 'user': {
        const user = await identity.findUser(name, accountId);
        if (user === undefined || user.accountId !== accountId) throw refusal;
        return `user:${user.id}`;
      }
      case 'service':
        return `service:${(await resolveService(identity, accountId, name)).record.id}`;
      case 'group':
        return `group:${(await resolveGroup(identity, accountId, name)).record.id}`;
      case 'role':
        return `role:${(await resolveRole(identity, accountId, name)).record.id}`;
      default:
        throw refusal;
    }
  } catch (error) {
    throw error instanceof IdentityError && error.code === 'NoSuchRecord' ? refusal : error;
  }
}
