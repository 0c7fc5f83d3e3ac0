/**
 * Logging in with an access-key pair, for people who have no password: the console's way in (docs/adr/0020). As with passwords, the
 * answer is the same whatever is wrong, wrong guesses are counted, and the reason in the error is for the audit log.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IdentityContext } from './commit-change.ts';
import type { AccessKeyCredential } from './credentials.ts';
import { IdentityError, type LoginRefusal } from './identity-errors.ts';
import { identityKeys } from './identity-keys.ts';
import { decodeRecord, type StoredAccount, type StoredUser } from './identity-records.ts';
import type { LoggedIn } from './log-in.ts';
import type { LoginLimiter } from './login-limiter.ts';

/** Characters. No id that is stored is longer, so nothing longer is looked up. */
const ID_LENGTH_MAX = 128;

export interface KeyLoginInput {
  readonly accessKeyId: string;
  readonly secretKey: string;
  /** IP address that asks. */
  readonly source: string;
}

export interface KeyLoginTools {
  readonly limiter: LoginLimiter;
  readonly credentials: { find(accessKeyId: string): Promise<AccessKeyCredential | undefined> };
}

/** Throws LoginRefused, TooManyAttempts. */
export async function logInWithKey(
  context: IdentityContext,
  { limiter, credentials }: KeyLoginTools,
  input: KeyLoginInput,
): Promise<LoggedIn> {
  const guess = { source: input.source, user: `key ${input.accessKeyId.slice(0, ID_LENGTH_MAX)}` };
  limiter.assertMayGuess(guess);
  const credential =
    input.accessKeyId.length > ID_LENGTH_MAX ? undefined : await credentials.find(input.accessKeyId);
  // An unknown id is compared as well: what takes longer must tell nothing.
  const isRight = isSame(input.secretKey, credential?.secret ?? '') && credential !== undefined;
  const principal = credential?.principal.kind === 'user' ? credential.principal : undefined;
  const reason = reasonAgainst(credential, isRight, principal !== undefined);
  if (reason === undefined && principal !== undefined) {
    const [userEntry, accountEntry] = await context.metadata.getMany([
      identityKeys.user(principal.user.id),
      identityKeys.account(principal.account.id),
    ]);
    if (userEntry !== undefined && accountEntry !== undefined) {
      return {
        userId: principal.user.id,
        accountId: principal.account.id,
        proven: {
          user: decodeRecord<StoredUser>(userEntry.value).tokenEpoch ?? 0,
          account: decodeRecord<StoredAccount>(accountEntry.value).tokenEpoch ?? 0,
        },
      };
    }
  }
  limiter.failed(guess);
  throw new IdentityError('LoginRefused', {
    reason: reason ?? 'unknown-user',
    ...(principal === undefined ? {} : { userId: principal.user.id, accountId: principal.account.id }),
  });
}

function reasonAgainst(
  credential: AccessKeyCredential | undefined,
  isRight: boolean,
  isUser: boolean,
): LoginRefusal | undefined {
  if (credential === undefined) return 'unknown-key';
  if (!isRight) return 'wrong-secret';
  if (!isUser) return 'unknown-user';
  switch (credential.unusable) {
    case 'user-disabled':
    case 'account-disabled':
      return credential.unusable;
    case undefined:
      return undefined;
    default:
      return 'key-disabled';
  }
}

/** In constant time, whatever the lengths. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
