/** From what somebody has proven to a token, for every dialect of logging in. */
import { IdentityError } from '../../identity/identity-errors.ts';
import { userOfToken } from '../../identity/token-user.ts';
import type { IssuedToken, TokenRecord } from '../../identity/tokens.ts';
import type { KeystoneCall, KeystoneServices } from './keystone-call.ts';
import type { LoginRequest } from './read-login.ts';

const MICROS_PER_SECOND = 1_000_000;

/** Throws LoginRefused, TooManyAttempts. */
export async function issueTokenFor(
  services: KeystoneServices,
  login: LoginRequest,
  call: KeystoneCall,
): Promise<IssuedToken> {
  const issued = await (login.method === 'password'
    ? issueForPassword(services, login, call)
    : exchangeToken(services, login));
  if (call.audit !== undefined) {
    call.audit.userId = userOfToken(issued).id;
    call.audit.accountId = issued.principal.account.id;
    call.audit.target = { token: issued.auditId };
  }
  return issued;
}

async function issueForPassword(
  { identity, clock, tokenLifetimeSeconds }: KeystoneServices,
  login: LoginRequest & { readonly method: 'password' },
  { request }: KeystoneCall,
): Promise<IssuedToken> {
  const { userId, accountId, proven } = await identity.logIn({
    user: login.user,
    password: login.password,
    source: request.remoteAddress,
    ...(login.account === undefined ? {} : { account: login.account }),
  });
  return identity.issueToken({
    userId,
    accountId,
    proven,
    isScoped: login.scope !== 'none',
    methods: ['password'],
    expiresAtMicros: clock.nowMicros() + tokenLifetimeSeconds * MICROS_PER_SECOND,
  });
}

/** The account of the token, or another one in which its user has a part: what holds there is proven by the token. */
async function findWanted(
  identity: KeystoneServices['identity'],
  { account: wanted }: LoginRequest,
  held: TokenRecord,
): Promise<{ readonly accountId: string; readonly proven: TokenRecord['proven'] }> {
  const { account } = held.principal;
  if (wanted === undefined || wanted === account.id || wanted === account.name) {
    return { accountId: account.id, proven: held.proven };
  }
  const user = userOfToken(held);
  const other =
    held.principal.kind === 'user'
      ? (await identity.tenancies.accountsOf(user.id)).find(
          ({ id, name }) => id === wanted || name === wanted,
        )
      : undefined;
  if (other === undefined) {
    throw new IdentityError('LoginRefused', {
      reason: 'other-account',
      userId: user.id,
      accountId: account.id,
    });
  }
  const proven = { user: held.proven.user, account: await identity.tokenEpochOf(other.id) };
  return { accountId: other.id, proven };
}

/** One token for another: it ends when the first one does. */
async function exchangeToken(
  { identity }: KeystoneServices,
  login: LoginRequest & { readonly method: 'token' },
): Promise<IssuedToken> {
  const held = await identity.findToken(login.token);
  if (held === undefined) throw new IdentityError('LoginRefused', { reason: 'token-void' });
  const { principal } = held;
  const user = userOfToken(held);
  const wanted = await findWanted(identity, login, held);
  if (principal.kind === 'role-session') {
    if (held.accessKeyId === undefined) throw new Error('a session has lost its key pair');
    return identity.issueSessionToken(held.accessKeyId, ['token', ...held.methods]);
  }
  return identity.issueToken({
    userId: user.id,
    accountId: wanted.accountId,
    proven: wanted.proven,
    isScoped: login.scope !== 'none',
    methods: [...new Set(['token', ...held.methods])],
    expiresAtMicros: held.expiresAtMicros,
  });
}
