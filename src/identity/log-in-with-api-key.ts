/** Logging in with an API key, as people at IBM Cloud do. As with a pair: one answer whatever is wrong, and wrong guesses are counted. */
import type { ApiKeys } from './api-keys.ts';
import { IdentityError, type LoginRefusal } from './identity-errors.ts';
import type { LoggedIn } from './log-in.ts';
import type { LoginLimiter } from './login-limiter.ts';

export interface ApiKeyLoginInput {
  readonly apiKey: string;
  /** IP address that asks. */
  readonly source: string;
}

export interface LoggedInByApiKey extends LoggedIn {
  /** Absent: it is the one from the first start, which cannot be disabled apart from its user. */
  readonly apiKeyId?: string;
}

/** Throws LoginRefused, also for the keys of services, and TooManyAttempts. */
export async function logInWithApiKey(
  {
    limiter,
    apiKeys,
  }: { readonly limiter: LoginLimiter; readonly apiKeys: Pick<ApiKeys, 'authenticate' | 'get'> },
  input: ApiKeyLoginInput,
): Promise<LoggedInByApiKey> {
  // Nothing in a request says whose key is being guessed.
  const guess = { source: input.source, user: 'api key' };
  limiter.assertMayGuess(guess);
  const found = await apiKeys.authenticate(input.apiKey);
  if (found?.principal.kind === 'user' && found.unusable === undefined) {
    const { principal, epochs, apiKey } = found;
    const isStored = (await apiKeys.get(apiKey.id)) !== undefined;
    return {
      userId: principal.user.id,
      accountId: principal.account.id,
      proven: epochs,
      ...(isStored ? { apiKeyId: apiKey.id } : {}),
    };
  }
  limiter.failed(guess);
  throw new IdentityError('LoginRefused', { reason: reasonAgainst(found) });
}

function reasonAgainst(found: Awaited<ReturnType<ApiKeys['authenticate']>>): LoginRefusal {
  if (found === undefined) return 'unknown-key';
  if (found.principal.kind !== 'user') return 'unknown-user';
  return found.unusable === 'user-disabled' || found.unusable === 'account-disabled'
    ? found.unusable
    : 'key-disabled';
}
