/**
 * Logging in with a name and a password. Whatever is wrong (user, password, account, disabled, no business there), the answer and
 * the time it takes are the same; the reason in the error is for the audit log.
 *
 * A user is named by id, by e-mail address, or by name within an account: that of the login, the one before a colon
 * (`tenant:user`, neither of which can contain one), or else the account of the server's root.
 */
import { findAccount } from './accounts.ts';
import type { IdentityContext } from './commit-change.ts';
import { IdentityError, type LoginRefusal } from './identity-errors.ts';
import { identityKeys } from './identity-keys.ts';
import { decodeRecord, type StoredAccount, type StoredRoot, type StoredUser } from './identity-records.ts';
import type { LoginLimiter } from './login-limiter.ts';
import type { PasswordGate } from './password-gate.ts';
import type { ProvenEpochs } from './tokens.ts';
import { userInAccount } from './user-in-account.ts';
import { findUser, findUserByEmail } from './users.ts';

/** Characters. No name that is stored is longer. */
const NAME_LENGTH_MAX = 64;

export interface LoginInput {
  /** Id, e-mail address or name. */
  readonly user: string;
  readonly password: string;
  /** Id or name; absent: no particular account. */
  readonly account?: string;
  /** IP address that asks. */
  readonly source: string;
}

export interface LoginTools {
  readonly limiter: LoginLimiter;
  readonly gate: PasswordGate;
}

export interface LoggedIn {
  readonly userId: string;
  /** The one that was asked for, else the user's own. */
  readonly accountId: string;
  readonly proven: ProvenEpochs;
}

/** Throws LoginRefused, TooManyAttempts. */
export async function logIn(
  context: IdentityContext,
  { limiter, gate }: LoginTools,
  input: LoginInput,
): Promise<LoggedIn> {
  const guess = { source: input.source, user: `${input.account ?? ''} ${input.user}` };
  limiter.assertMayGuess(guess);
  const { account, user, home, hasPart } = await findParties(context, input);
  const isRight = await gate.verify(input.password, user?.passwordHash, () => limiter.assertMayGuess(guess));
  const reason = reasonAgainst(input, { account, user, home, hasPart, isRight });
  if (reason === undefined && user !== undefined) {
    const scope = account ?? home;
    const proven = { user: user.tokenEpoch ?? 0, account: scope?.tokenEpoch ?? 0 };
    return { userId: user.id, accountId: scope?.id ?? user.accountId, proven };
  }
  limiter.failed(guess);
  throw new IdentityError('LoginRefused', {
    reason: reason ?? 'unknown-user',
    ...(user === undefined ? {} : { userId: user.id, accountId: user.accountId }),
  });
}

interface Parties {
  /** The one that was asked for. */
  readonly account: StoredAccount | undefined;
  readonly user: StoredUser | undefined;
  /** The user's own. */
  readonly home: StoredAccount | undefined;
  /** Whether the user has a part in the account that was asked for, or none was. */
  readonly hasPart: boolean;
}

function reasonAgainst(
  input: LoginInput,
  { account, user, home, hasPart, isRight }: Parties & { readonly isRight: boolean },
): LoginRefusal | undefined {
  if (input.account !== undefined && account === undefined) return 'unknown-account';
  if (user === undefined || home === undefined) return 'unknown-user';
  if (!isRight) return 'wrong-password';
  if (!user.enabled) return 'user-disabled';
  const scope = account ?? home;
  if (!scope.enabled || scope.isBeingRemoved) return 'account-disabled';
  return hasPart ? undefined : 'other-account';
}

async function findParties(context: IdentityContext, input: LoginInput): Promise<Parties> {
  const wanted = input.account;
  const isPossible = wanted !== undefined && wanted.length <= NAME_LENGTH_MAX;
  const account = isPossible ? await findAccount(context, wanted) : undefined;
  const userId = await findUserId(context, input.user, account?.id);
  const read = async <T>(key: Buffer): Promise<T | undefined> => {
    const entry = await context.metadata.get(key);
    return entry === undefined ? undefined : decodeRecord<T>(entry.value);
  };
  const user = userId === undefined ? undefined : await read<StoredUser>(identityKeys.user(userId));
  const home =
    user === undefined ? undefined : await read<StoredAccount>(identityKeys.account(user.accountId));
  const part =
    user === undefined || account === undefined
      ? undefined
      : await userInAccount(user, account.id, (key) => context.metadata.get(key));
  return { account, user, home, hasPart: account === undefined || part !== undefined };
}

async function findUserId(
  context: IdentityContext,
  name: string,
  accountId: string | undefined,
): Promise<string | undefined> {
  const byEmail = name.includes('@') ? await findUserByEmail(context, name) : undefined;
  if (byEmail !== undefined) return byEmail.id;
  if (name.length > 2 * NAME_LENGTH_MAX + 1) return undefined;
  const colon = name.indexOf(':');
  if (colon >= 0) {
    const named = await findAccount(context, name.slice(0, colon));
    return named === undefined ? undefined : (await findUser(context, name.slice(colon + 1), named.id))?.id;
  }
  return (await findUser(context, name, accountId ?? (await rootAccountId(context))))?.id;
}

async function rootAccountId({ metadata }: IdentityContext): Promise<string | undefined> {
  const entry = await metadata.get(identityKeys.root());
  return entry === undefined ? undefined : decodeRecord<StoredRoot>(entry.value).accountId;
}
