/**
 * Façade of the identity records: accounts, users, services, groups, roles, policies and their credentials, on the metadata half of the storage contract. Errors are
 * `IdentityError`s. It knows neither HTTP nor buckets.
 */
import type { Clock } from '../lib/clock.ts';
import type { Entropy } from '../lib/entropy.ts';
import type { MetadataStore } from '../storage/contract/metadata-store.ts';
import {
  type AccessKeyRecord,
  type CreatedAccessKey,
  createAccessKey,
  listAccessKeys,
  type NewAccessKey,
  removeAccessKey,
  setAccessKeyEnabled,
} from './access-keys.ts';
import {
  type AccountsPage,
  createAccount,
  findAccount,
  listAccounts,
  type NewAccount,
  removeAccount,
  setAccountEnabled,
} from './accounts.ts';
import { assumeRole, type IssuedSession, type NewSession, sweepSessions } from './assume-role.ts';
import { type Change, commitChange } from './commit-change.ts';
import { type CreatedRoot, checkRoot, createRoot, findRootAccountId, type NewRoot } from './create-root.ts';
import type { AccessKeyCredential, CredentialSource, TokenSource } from './credentials.ts';
import { AccessKeyFinder } from './find-access-key.ts';
import type { AssumedSession, FoundPrincipal } from './find-principal.ts';
import type { Grants } from './grants.ts';
import { accountOfRecord } from './identity-records.ts';
import { type LoggedIn, type LoginInput, logIn } from './log-in.ts';
import { type ApiKeyLoginInput, type LoggedInByApiKey, logInWithApiKey } from './log-in-with-api-key.ts';
import { type KeyLoginInput, logInWithKey } from './log-in-with-key.ts';
import { type GuessedLogin, LoginLimiter } from './login-limiter.ts';
import type { MasterKey } from './master-key.ts';
import { openParties, type PartyStores } from './open-parties.ts';
import { PasswordGate } from './password-gate.ts';
import type { AccountRecord, AccountRole, UserRecord } from './principal.ts';
import { type CollectionDefinition, CollectionRegister, type RecordCollection } from './record-collection.ts';
import { addMasterKey, type ResealedSlice, resealSlice } from './rotate-master-key.ts';
import type { Subject } from './subjects.ts';
import {
  DecodedTokens,
  findToken,
  type IssuedToken,
  issueSessionToken,
  issueToken,
  type NewToken,
  revokeToken,
  sweepTokens,
} from './tokens.ts';
import {
  createUser,
  findUser,
  findUserBetween,
  findUserByEmail,
  listUsers,
  type NewUser,
  removeUser,
  setUserEnabled,
  setUserPassword,
  setUserRole,
  type UsersPage,
} from './users.ts';

export interface IdentityStore extends CredentialSource, TokenSource, PartyStores {
  /** By whom it is, with what is granted, for proofs that are no records of the store; of a role in a session. Read anew each time. */
  findPrincipal(subject: Subject, session?: AssumedSession): Promise<FoundPrincipal | undefined>;
  /** Throws NoSuchRecord, LoginRefused, InvalidValue, InvalidPolicy, AccessKeyTaken. */
  assumeRole(input: NewSession): Promise<IssuedSession>;

  /** Whether the first records exist. Throws `MasterKeyError` when they were made under another master key. */
  hasRoot(): Promise<boolean>;
  createRoot(input: NewRoot): Promise<CreatedRoot>;

  /** With its root user. Throws AccountNameTaken, AccountIdTaken, InvalidValue. */
  createAccount(
    input: NewAccount,
  ): Promise<{ readonly account: AccountRecord; readonly rootUser: UserRecord }>;
  /** By id or name. */
  findAccount(idOrName: string): Promise<AccountRecord | undefined>;
  /** By name, from behind `after`. */
  listAccounts(after: string, limit: number): Promise<AccountsPage>;
  setAccountEnabled(id: string, enabled: boolean): Promise<AccountRecord>;
  /**
   * Shuts the account, asks `isEmpty`, and removes it with its users and keys, or answers false and opens it again.
   * Throws NoSuchAccount, RootIsPermanent.
   */
  removeAccount(id: string, isEmpty: () => Promise<boolean>): Promise<boolean>;

  /** Throws NoSuchAccount, AccountIsBeingRemoved, UserNameTaken, EmailTaken, InvalidValue. */
  createUser(input: NewUser): Promise<UserRecord>;
  /** By id, or by name within an account. */
  findUser(idOrName: string, accountId: string | undefined): Promise<UserRecord | undefined>;
  findUserByEmail(email: string): Promise<UserRecord | undefined>;
  /** The one user whose id lies between these, both included; nobody when there are several. */
  findUserBetween(firstId: string, lastId: string): Promise<UserRecord | undefined>;
  listUsers(accountId: string, after: string, limit: number): Promise<UsersPage>;
  /** Disabling voids the tokens of the user for ever. */
  setUserEnabled(id: string, enabled: boolean): Promise<UserRecord>;
  /** In its own account, from the next request on. Throws NoSuchUser, RootIsPermanent. */
  setUserRole(id: string, role: AccountRole): Promise<UserRecord>;
  /** Voids the tokens of the user. Throws NoSuchUser, InvalidValue, TooManyAttempts. */
  setUserPassword(id: string, password: string): Promise<UserRecord>;
  /** With its keys, memberships and attachments. Throws NoSuchUser, RootIsPermanent. */
  removeUser(id: string): Promise<void>;

  /** Throws NoSuchUser, NoSuchRecord, AccessKeyTaken, TooManyAccessKeys, InvalidValue. */
  createAccessKey(input: NewAccessKey): Promise<CreatedAccessKey>;
  /** Throws NoSuchUser, NoSuchRecord. */
  listAccessKeys(holder: NewAccessKey['holder']): Promise<readonly AccessKeyRecord[]>;
  setAccessKeyEnabled(id: string, enabled: boolean): Promise<AccessKeyRecord>;
  /** Throws NoSuchAccessKey, RootIsPermanent. */
  removeAccessKey(id: string): Promise<void>;

  /** What an account's policies give to everybody; undefined: nothing. */
  findPublicGrants(accountId: string): Promise<Grants | undefined>;

  /** Throws LoginRefused, TooManyAttempts. */
  logIn(input: LoginInput): Promise<LoggedIn>;
  /** One that failed at another worker. */
  countFailedLogin(guess: GuessedLogin): void;
  /** Throws LoginRefused, TooManyAttempts. */
  logInWithKey(input: KeyLoginInput): Promise<LoggedIn>;
  /** Throws LoginRefused, TooManyAttempts. */
  logInWithApiKey(input: ApiKeyLoginInput): Promise<LoggedInByApiKey>;
  /** Throws LoginRefused. */
  issueToken(input: NewToken): Promise<IssuedToken>;
  /** For a session of a role, by its key pair; it ends with the session. Throws LoginRefused. */
  issueSessionToken(accessKeyId: string, methods: readonly string[]): Promise<IssuedToken>;
  /** For exchanging a token for one of another account, which proves it: what tokens of that account are issued under. */
  tokenEpochOf(accountId: string): Promise<number>;
  /** Whether there was one. */
  revokeToken(value: string): Promise<boolean>;
  /** Removes a slice of the tokens and sessions that have expired. True when there may be more. */
  sweepTokens(): Promise<boolean>;

  /**
   * Records of another layer's own, kept and removed with their accounts. Opened once per store, before the first request. Throws
   * RangeError when the kind is taken.
   */
  collection<R extends { readonly id: string }, I extends string>(
    definition: CollectionDefinition<R, I>,
  ): RecordCollection<R, I>;
  /** The account whose root user administers the server: what is nobody's own is kept with it. */
  rootAccountId(): Promise<string>;
  /** The id of a new master key. Throws TooMuchContention when another one is being made at this moment. */
  addMasterKey(): Promise<number>;
  /** Seals a slice of the secrets under the newest master key. Throws InvalidValue. */
  resealSlice(after: string): Promise<ResealedSlice>;
  /** One checked commit over several records. `decide` may run several times; it throws to give up. */
  change<T>(decide: (change: Change) => Promise<T>): Promise<T>;
}

export interface IdentityStoreParts {
  /** Tells the other workers of a wrong guess; they pass it to `countFailedLogin`. */
  readonly announceFailedLogin?: (guess: GuessedLogin) => void;
  readonly metadata: MetadataStore;
  readonly masterKey: MasterKey;
  readonly clock: Clock;
  readonly entropy: Entropy;
}

export function createIdentityStore(parts: IdentityStoreParts): IdentityStore {
  const gate = new PasswordGate(parts.entropy);
  const limiter = new LoginLimiter(parts.clock, parts.announceFailedLogin);
  const collections = new CollectionRegister(parts);
  const parties = openParties(parts, collections);
  const { principals, removeHoldings, findPublicGrants } = parties;
  const { apiKeys } = parties.stores;
  const finder = new AccessKeyFinder({ ...parts, principals });
  const tokenFinder = { principals, apiKeys, decoded: new DecodedTokens() };
  return {
    ...parties.stores,
    findAccessKey: (id): Promise<AccessKeyCredential | undefined> => finder.find(id),
    findPublicGrants,
    findPrincipal: (subject, session) => principals.findSubject(subject, session),
    assumeRole: (input) => assumeRole(parts, input),
    hasRoot: () => checkRoot(parts),
    createRoot: (input) => createRoot(parts, input),
    createAccount: (input) => createAccount(parts, input),
    async findAccount(idOrName) {
      const found = await findAccount(parts, idOrName);
      return found === undefined ? undefined : accountOfRecord(found);
    },
    listAccounts: (after, limit) => listAccounts(parts, after, limit),
    setAccountEnabled: (id, enabled) => setAccountEnabled(parts, id, enabled),
    removeAccount: (id, isEmpty) => removeAccount(parts, id, isEmpty, collections),
    createUser: (input) => createUser(parts, gate, input),
    findUser: (idOrName, accountId) => findUser(parts, idOrName, accountId),
    findUserByEmail: (email) => findUserByEmail(parts, email),
    findUserBetween: (firstId, lastId) => findUserBetween(parts, firstId, lastId),
    listUsers: (accountId, after, limit) => listUsers(parts, accountId, after, limit),
    setUserEnabled: (id, enabled) => setUserEnabled(parts, id, enabled),
    setUserRole: (id, role) => setUserRole(parts, id, role),
    setUserPassword: (id, password) => setUserPassword(parts, gate, id, password),
    async removeUser(id) {
      const { accountId } = await removeUser(parts, id, { evenRoot: false });
      await removeHoldings(`user:${id}`, accountId);
    },
    createAccessKey: (input) => createAccessKey(parts, input),
    listAccessKeys: (holder) => listAccessKeys(parts, holder),
    setAccessKeyEnabled: (id, enabled) => setAccessKeyEnabled(parts, id, enabled),
    removeAccessKey: (id) => removeAccessKey(parts, id),
    countFailedLogin: (guess) => limiter.count(guess),
    logIn: (input) => logIn(parts, { gate, limiter }, input),
    logInWithKey: (input) => logInWithKey(parts, { limiter, credentials: finder }, input),
    issueToken: (input) => issueToken(parts, input),
    logInWithApiKey: (input) => logInWithApiKey({ limiter, apiKeys }, input),
    findToken: (value) => findToken(parts, tokenFinder, value),
    issueSessionToken: (accessKeyId, methods) => issueSessionToken(parts, principals, accessKeyId, methods),
    async tokenEpochOf(accountId) {
      return (await findAccount(parts, accountId))?.tokenEpoch ?? 0;
    },
    revokeToken: (value) => revokeToken(parts, value),
    async sweepTokens() {
      const [hasTokens, hasSessions] = [await sweepTokens(parts), await sweepSessions(parts)];
      return hasTokens || hasSessions;
    },
    collection: (definition) => collections.open(definition),
    rootAccountId: () => findRootAccountId(parts),
    addMasterKey: () => addMasterKey(parts),
    resealSlice: (after) => resealSlice(parts, after),
    change: (decide) => commitChange(parts, decide),
  };
}
