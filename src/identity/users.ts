/** Users of an account. Names are unique within their account, e-mail addresses in the whole server. */
import { checkValue } from './check-values.ts';
import { type Change, commitChange, type IdentityContext } from './commit-change.ts';
import { IdentityError } from './identity-errors.ts';
import { identityKeys, userIdRange, userNameRange } from './identity-keys.ts';
import { decodeRecord, encodeRecord, type StoredUser, userOfRecord } from './identity-records.ts';
import type { PasswordGate } from './password-gate.ts';
import type { AccountRole, UserRecord } from './principal.ts';
import { readAccount, readUser } from './read-records.ts';

const ID_BYTES = 16;
const ID = /^[0-9a-f]{32}$/;
/** None that is stored is longer (`checkValue`), and keys of this length are always legal. */
const EMAIL_LENGTH_MAX = 254;

export interface NewUser {
  readonly accountId: string;
  readonly name: string;
  readonly displayName: string;
  /** Empty: none. */
  readonly email: string;
  readonly role?: AccountRole;
  /** Absent: the user cannot log in. */
  readonly password?: string;
}

/** Throws NoSuchAccount, UserNameTaken, EmailTaken, InvalidValue. */
export async function createUser(
  context: IdentityContext,
  gate: PasswordGate,
  { password, ...input }: NewUser,
): Promise<UserRecord> {
  const hashed =
    password === undefined ? {} : { passwordHash: await gate.hash(checkValue('password', password)) };
  return commitChange(context, async (change) => {
    await readAccount(change, input.accountId);
    return userOfRecord(await addUser(context, change, { ...input, ...hashed, isRoot: false }));
  });
}

/** Voids the tokens of the user. Throws NoSuchUser, InvalidValue. */
export async function setUserPassword(
  context: IdentityContext,
  gate: PasswordGate,
  id: string,
  password: string,
): Promise<UserRecord> {
  const passwordHash = await gate.hash(checkValue('password', password));
  return commitChange(context, async (change) => {
    const user = await readUser(change, id);
    const changed: StoredUser = { ...user, passwordHash, tokenEpoch: (user.tokenEpoch ?? 0) + 1 };
    change.put(identityKeys.user(id), encodeRecord(changed));
    return userOfRecord(changed);
  });
}

/** As part of a change that has made sure of the account. */
export async function addUser(
  { clock, entropy }: IdentityContext,
  change: Change,
  input: Omit<NewUser, 'password'> & { readonly isRoot: boolean; readonly passwordHash?: string },
): Promise<StoredUser> {
  const name = checkValue('name', input.name);
  const email = input.email === '' ? '' : checkValue('email', input.email);
  const id = entropy.bytes(ID_BYTES).toString('hex');
  const nameKey = identityKeys.userByName(input.accountId, name);
  if ((await change.read(nameKey)) !== undefined) throw new IdentityError('UserNameTaken', { name });
  if (email !== '' && (await change.read(identityKeys.userByEmail(email))) !== undefined) {
    throw new IdentityError('EmailTaken', { email });
  }
  const user: StoredUser = {
    id,
    accountId: input.accountId,
    name,
    displayName: checkValue('displayName', input.displayName),
    email,
    isRoot: input.isRoot,
    enabled: true,
    createdAtMicros: clock.nowMicros(),
    accessKeyIds: [],
    ...(input.role === undefined ? {} : { role: input.role }),
    ...(input.passwordHash === undefined ? {} : { passwordHash: input.passwordHash }),
  };
  change.put(identityKeys.user(id), encodeRecord(user));
  change.put(nameKey, Buffer.from(id, 'hex'));
  if (email !== '') change.put(identityKeys.userByEmail(email), Buffer.from(id, 'hex'));
  return user;
}

/** By id, or by name within an account; an id wins. */
export async function findUser(
  { metadata }: IdentityContext,
  idOrName: string,
  accountId: string | undefined,
): Promise<UserRecord | undefined> {
  const byId = ID.test(idOrName) ? await metadata.get(identityKeys.user(idOrName)) : undefined;
  if (byId !== undefined) return userOfRecord(decodeRecord<StoredUser>(byId.value));
  if (accountId === undefined) return undefined;
  const named = await metadata.get(identityKeys.userByName(accountId, idOrName.normalize('NFC')));
  if (named === undefined) return undefined;
  const entry = await metadata.get(identityKeys.user(named.value.toString('hex')));
  return entry === undefined ? undefined : userOfRecord(decodeRecord<StoredUser>(entry.value));
}

/** The one user whose id lies between these, both included; nobody when there are several. */
export async function findUserBetween(
  { metadata }: IdentityContext,
  firstId: string,
  lastId: string,
): Promise<UserRecord | undefined> {
  const [found, ...others] = await metadata.scan(userIdRange(firstId, lastId), 2);
  if (found === undefined || others.length > 0) return undefined;
  return userOfRecord(decodeRecord<StoredUser>(found.value));
}

/** Addresses are compared without regard to case. */
export async function findUserByEmail(
  { metadata }: IdentityContext,
  email: string,
): Promise<UserRecord | undefined> {
  const normal = email.normalize('NFC');
  if (normal === '' || normal.length > EMAIL_LENGTH_MAX) return undefined;
  const found = await metadata.get(identityKeys.userByEmail(normal));
  if (found === undefined) return undefined;
  const entry = await metadata.get(identityKeys.user(found.value.toString('hex')));
  return entry === undefined ? undefined : userOfRecord(decodeRecord<StoredUser>(entry.value));
}

export interface UsersPage {
  readonly users: readonly UserRecord[];
  /** Pass as `after` for the next page; set exactly when there is one. */
  readonly next?: string;
}

/** Users of one account in the order of their names. */
export async function listUsers(
  { metadata }: IdentityContext,
  accountId: string,
  after: string,
  limit: number,
): Promise<UsersPage> {
  const rows = await metadata.scan(userNameRange(accountId, after), limit + 1);
  const page = rows.slice(0, limit);
  const entries = await metadata.getMany(page.map(({ value }) => identityKeys.user(value.toString('hex'))));
  const users = entries.flatMap((entry) =>
    entry === undefined ? [] : [userOfRecord(decodeRecord<StoredUser>(entry.value))],
  );
  const last = page.at(-1);
  return rows.length > limit && last !== undefined
    ? { users, next: last.key.toString('utf8', 1 + ID_BYTES) }
    : { users };
}

export async function setUserEnabled(
  context: IdentityContext,
  id: string,
  enabled: boolean,
): Promise<UserRecord> {
  return commitChange(context, async (change) => {
    const user = await readUser(change, id);
    if (user.isRoot && !enabled) throw new IdentityError('RootIsPermanent', { what: 'the root user' });
    const changed: StoredUser = {
      ...user,
      enabled,
      ...(enabled ? {} : { tokenEpoch: (user.tokenEpoch ?? 0) + 1 }),
    };
    change.put(identityKeys.user(id), encodeRecord(changed));
    return userOfRecord(changed);
  });
}

/** In its own account, from the next request on. Throws NoSuchUser, RootIsPermanent. */
export async function setUserRole(
  context: IdentityContext,
  id: string,
  role: AccountRole,
): Promise<UserRecord> {
  return commitChange(context, async (change) => {
    const user = await readUser(change, id);
    if (user.isRoot) throw new IdentityError('RootIsPermanent', { what: 'the role of the root user' });
    const changed: StoredUser = { ...user, role };
    change.put(identityKeys.user(id), encodeRecord(changed));
    return userOfRecord(changed);
  });
}

/** With all its access keys, in one commit. The root user goes only together with its account. */
export async function removeUser(
  context: IdentityContext,
  id: string,
  { evenRoot }: { readonly evenRoot: boolean },
): Promise<UserRecord> {
  return commitChange(context, async (change) => {
    const user = await readUser(change, id);
    if (user.isRoot && !evenRoot) {
      throw new IdentityError('RootIsPermanent', { what: 'the root user of an account' });
    }
    change.delete(identityKeys.user(id));
    change.delete(identityKeys.userByName(user.accountId, user.name));
    if (user.email !== '') change.delete(identityKeys.userByEmail(user.email));
    for (const accessKeyId of user.accessKeyIds) change.delete(identityKeys.accessKey(accessKeyId));
    return userOfRecord(user);
  });
}
