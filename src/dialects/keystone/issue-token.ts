/** From what somebody has proven to a token, for every dialect of logging in. */
import { IdentityError } from '../../identity/identity-errors.ts';
import { userOfToken } from '../../identity/token-user.ts';
import type { IssuedToken } from '../../identity/tokens.ts';
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
  const { userId, proven } = await identity.logIn({
    user: login.user,
    password: login.password,
    source: request.remoteAddress,
    ...(login.account === undefined ? {} : { account: login.account }),
  });
  return identity.issueToken({
    userId,
    proven,
    isScoped: login.scope !== 'none',
    methods: ['password'],
    expiresAtMicros: clock.nowMicros() + tokenLifetimeSeconds * MICROS_PER_SECOND,
  });
}

/** One token for another: it ends when the first one does. */
async function exchangeToken(
  { identity }: KeystoneServices,
  login: LoginRequest & { readonly method: 'token' },
): Promise<IssuedToken> {
  const held = await identity.findToken(login.token);
  if (held === undefined) throw new IdentityError('LoginRefused', { reason: 'token-void' });
  const { principal } = held;
  const { account } = principal;
  const user = userOfToken(held);
  if (login.account !== undefined && login.account !== account.id && login.account !== account.name) {
    throw new IdentityError('LoginRefused', {
      reason: 'other-account',
      userId: user.id,
      accountId: account.id,
    });
  }
  if (principal.kind === 'role-session') {
    if (held.accessKeyId === undefined) throw new Error('a session has lost its key pair');
    return identity.issueSessionToken(held.accessKeyId, ['token', ...held.methods]);
  }
  return identity.issueToken({
    userId: user.id,
    proven: held.proven,
    isScoped: login.scope !== 'none',
    methods: [...new Set(['token', ...held.methods])],
    expiresAtMicros: held.expiresAtMicros,
  });
}
