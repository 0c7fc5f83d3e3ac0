/**
 * From what somebody proves to whom a token is for: the grants of the token service (ibm-cos.md, 3.1). A bad API key answers 400, not
 * 401, because the SDKs act on that; two of the texts are matched by the SDK for Python.
 */

import type { TokenHolder } from '../../identity/iam-claims.ts';
import type { IssuedIamToken, NewIamToken } from '../../identity/iam-tokens.ts';
import { IdentityError } from '../../identity/identity-errors.ts';
import { isAddressAllowed, settingsOf } from './account-settings.ts';
import type { IbmCall, IbmServices } from './ibm-call.ts';
import { TokenError } from './ibm-errors.ts';
import type { Form } from './read-form.ts';
import type { TokenClient } from './token-client.ts';

const URN = 'urn:ibm:params:oauth:grant-type:';

export const grantTypes = [
  `${URN}apikey`,
  'refresh_token',
  'password',
  `${URN}passcode`,
  `${URN}assume`,
  `${URN}iam-authz`,
  `${URN}cr-token`,
  `${URN}delegated-refresh-token`,
] as const;

type GrantType = (typeof grantTypes)[number];

const SCOPE = 'ibm openid';
/** Scopes that a client may ask for besides. */
const furtherScopes: ReadonlySet<string> = new Set(['email', 'profile']);

export interface TokenRequest {
  readonly grantType: GrantType;
  readonly form: Form;
  readonly client: TokenClient;
}

/** Throws TokenError BXNIM0109E and BXNIM0106E. */
export function readTokenRequest(form: Form, client: TokenClient): TokenRequest {
  const grantType = field(form, 'grant_type');
  if (!isGrantType(grantType)) throw badValue('grant_type', grantType, grantTypes);
  const responseType = form.get('response_type') ?? 'cloud_iam';
  if (responseType !== 'cloud_iam') throw badValue('response_type', responseType, ['cloud_iam']);
  return { grantType, form, client };
}

function isGrantType(text: string): text is GrantType {
  return (grantTypes as readonly string[]).includes(text);
}

/** Throws TokenError, IdentityError. */
export async function grantToken(
  services: IbmServices,
  request: TokenRequest,
  call: IbmCall,
): Promise<IssuedIamToken> {
  const { form } = request;
  switch (request.grantType) {
    case `${URN}apikey`:
      return grantForApiKey(services, request, call, field(form, 'apikey'));
    case 'refresh_token':
      return renew(services, request, call, field(form, 'refresh_token'));
    case 'password':
      demandClient(request);
      return grantForPassword(services, request, call);
    case `${URN}passcode`:
    case `${URN}assume`:
    case `${URN}iam-authz`:
    case `${URN}cr-token`:
    case `${URN}delegated-refresh-token`:
      throw new TokenError(400, 'BXNIM0106E', `This server does not offer the grant ${request.grantType}.`, {
        details:
          'One-time passcodes, trusted profiles, authorizations between services and delegation do not exist here.',
        reason: 'grant-not-offered',
      });
  }
}

async function grantForApiKey(
  services: IbmServices,
  request: TokenRequest,
  call: IbmCall,
  value: string,
): Promise<IssuedIamToken> {
  const found = await services.identity.apiKeys.authenticate(value);
  if (found === undefined) throw unknownApiKey('unknown-api-key');
  const { apiKey, principal, unusable } = found;
  noteLogin(call, principal.account.id, apiKey.id);
  if (unusable === 'expired') throw unknownApiKey('api-key-expired');
  if (unusable !== undefined) {
    const isKey = unusable === 'key-disabled';
    throw new TokenError(
      400,
      'BXNIM0462E',
      isKey ? 'The provided API key is disabled.' : 'The identity of the provided API key is not active.',
      { details: isKey ? 'apikey-disabled' : 'identity-inactive', reason: unusable },
    );
  }
  if (principal.kind === 'role-session') throw unknownApiKey('unknown-api-key');
  const resourceKey = await services.records.resourceKeys.findBy('apiKey', [apiKey.id]);
  return issue(services, request, call, {
    holder: principal,
    apiKeyId: apiKey.id,
    ...(resourceKey !== undefined && { instanceId: resourceKey.record.instanceId }),
  });
}

async function renew(
  services: IbmServices,
  request: TokenRequest,
  call: IbmCall,
  value: string,
): Promise<IssuedIamToken> {
  const { iam } = services;
  const verdict = await iam.findFamily(value, request.client.id);
  if (verdict.kind === 'expired') {
    throw new TokenError(400, 'BXNIM0408E', 'Provided refresh token is expired', { reason: 'token-expired' });
  }
  if (verdict.kind === 'invalid') throw badToken('refresh-token-invalid');
  const { family } = verdict;
  noteLogin(call, family.accountId, family.apiKeyId);
  if (family.apiKeyId !== undefined && !(await iam.isApiKeyUsable(family.apiKeyId))) {
    throw badToken('token-key-revoked');
  }
  const holder = await iam.findHolder(family.subject);
  if (holder === undefined) throw badToken('identity-inactive');
  assertAccount(request.form, holder);
  const { apiKeyId, instanceId } = family;
  const more = {
    ...(apiKeyId !== undefined && { apiKeyId }),
    ...(instanceId !== undefined && { instanceId }),
  };
  return issue(services, request, call, { holder, ...more }, { family, value });
}

async function grantForPassword(
  services: IbmServices,
  request: TokenRequest,
  call: IbmCall,
): Promise<IssuedIamToken> {
  const { form } = request;
  const account = form.get('account');
  const input = { user: field(form, 'username'), password: field(form, 'password') };
  try {
    const { userId, accountId } = await services.identity.logIn({
      ...input,
      source: call.request.remoteAddress,
      ...(account === undefined ? {} : { account }),
    });
    noteLogin(call, accountId, undefined);
    const holder = await services.iam.findHolder(`user:${userId}`);
    if (holder === undefined) throw refusedLogin('The user is not active any more.', 'user-disabled');
    return issue(services, request, call, { holder });
  } catch (error) {
    if (!(error instanceof IdentityError && error.code === 'LoginRefused')) throw error;
    const { reason } = (error as IdentityError<'LoginRefused'>).details;
    throw refusedLogin('The user name or the password is wrong.', reason);
  }
}

type Granted = Pick<NewIamToken, 'holder' | 'apiKeyId' | 'instanceId'>;

async function issue(
  services: IbmServices,
  { grantType, client, form }: TokenRequest,
  call: IbmCall,
  granted: Granted,
  renewed?: Parameters<IbmServices['iam']['issue']>[1],
): Promise<IssuedIamToken> {
  const { iam, records } = services;
  const { holder } = granted;
  const settings = await settingsOf(records, holder.account.id);
  if (!isAddressAllowed(settings, call.request.remoteAddress)) {
    throw new TokenError(400, 'BXNIM0513E', 'The account does not take logins from your address.', {
      details: `Your address is ${call.request.remoteAddress}.`,
      reason: 'address-not-allowed',
    });
  }
  if (call.audit !== undefined) {
    call.audit.accountId = holder.account.id;
    if (holder.kind === 'user') call.audit.userId = holder.user.id;
  }
  const wanted = (form.get('scope') ?? '').split(' ').filter((scope) => furtherScopes.has(scope));
  const atMost = (limit: number, own: number | undefined) => Math.min(limit, own ?? limit);
  return iam.issue(
    {
      ...granted,
      grantType,
      clientId: client.id,
      scope: [SCOPE, ...new Set(wanted)].join(' '),
      withRefreshToken: client.getsRefreshToken,
      settings: {
        accessSeconds: atMost(iam.settings.accessSeconds, settings.accessTokenSeconds),
        refreshSeconds: atMost(iam.settings.refreshSeconds, settings.refreshTokenSeconds),
      },
    },
    renewed,
  );
}

/** A user is in one account only: naming another is a mistake that should not go unnoticed. */
function assertAccount(form: Form, holder: TokenHolder): void {
  const wanted = form.get('account');
  if (wanted === undefined || wanted === holder.account.id) return;
  throw new TokenError(400, 'BXNIM0462E', 'The identity is no member of that account.', {
    details: 'wrong-account',
    reason: 'other-account',
  });
}

/** Throws TokenError BXNIM0109E. */
function field(form: Form, name: string): string {
  const value = form.get(name);
  if (value !== undefined) return value;
  throw new TokenError(400, 'BXNIM0109E', 'Property missing or empty.', {
    details: `Property '${name}' either missing or empty.`,
    reason: 'field-missing',
  });
}

function badValue(name: string, value: string, allowed: readonly string[]): TokenError {
  const shown = JSON.stringify(value.slice(0, 80));
  const message = `Property '${name}' has the value ${shown}, which is none of: ${allowed.join(', ')}.`;
  return new TokenError(400, 'BXNIM0106E', message, { reason: 'bad-value' });
}

function demandClient({ client }: TokenRequest): void {
  if (client.getsRefreshToken) return;
  throw new TokenError(401, 'BXNIM0308E', 'No authorization header found', { reason: 'no-client' });
}

/** The text is matched by the SDK for Python. */
function unknownApiKey(reason: string): TokenError {
  return new TokenError(400, 'BXNIM0415E', 'Provided API key could not be found.', { reason });
}

/** The text is matched by the SDK for Python. */
function badToken(reason: string): TokenError {
  return new TokenError(400, 'BXNIM0407E', 'The supplied token failed to validate.', {
    details: 'The token is malformed, was used before, belongs to another client, or was revoked.',
    reason,
  });
}

function refusedLogin(message: string, reason: string): TokenError {
  return new TokenError(401, 'BXNIM0602E', message, { reason });
}

function noteLogin({ audit }: IbmCall, accountId: string, apiKeyId: string | undefined): void {
  if (audit === undefined) return;
  audit.accountId = accountId;
  if (apiKeyId !== undefined) audit.target = { apiKey: apiKeyId };
}
