/**
 * What an IAM access token says of somebody (ibm-cos.md, 3.2). The members stand in the order in which IBM's tokens have them,
 * because people compare them, and some parse them by hand.
 */
import { iamIdOfService, iamIdOfUser, legacyNumberOf } from './ibm-ids.ts';
import type { Principal } from './principal.ts';

/** Who tokens are made for. */
export type TokenHolder = Extract<Principal, { readonly kind: 'user' | 'service' }>;

export interface ClaimFacts {
  readonly jti: string;
  readonly issuer: string;
  readonly issuedAtSeconds: number;
  readonly expiresAtSeconds: number;
  readonly grantType: string;
  readonly scope: string;
  readonly clientId: string;
}

export function iamClaims(holder: TokenHolder, facts: ClaimFacts): Record<string, unknown> {
  const iamId = iamIdOf(holder);
  return {
    iam_id: iamId,
    id: iamId,
    realmid: holder.kind === 'user' ? 'IBMid' : 'iam',
    jti: facts.jti,
    identifier: iamId.slice(iamId.indexOf('-') + 1),
    ...describe(holder),
    authn: authnOf(holder),
    account: accountOf(holder),
    iat: facts.issuedAtSeconds,
    exp: facts.expiresAtSeconds,
    iss: facts.issuer,
    grant_type: facts.grantType,
    scope: facts.scope,
    client_id: facts.clientId,
    acr: 1,
    amr: ['pwd'],
  };
}

export function iamIdOf(holder: TokenHolder): string {
  return holder.kind === 'user' ? iamIdOfUser(holder.user.id) : iamIdOfService(holder.service.id);
}

/** IBM's number of the user, in the answer of the token endpoint. */
export function legacyUserNumber(holder: TokenHolder): number | undefined {
  return holder.kind === 'user' ? legacyNumberOf(holder.user.id) : undefined;
}

function describe(holder: TokenHolder): Record<string, string> {
  return holder.kind === 'user'
    ? { ...namesOf(holder), sub: addressOf(holder) }
    : { name: holder.service.name, sub: serviceOf(holder), sub_type: 'ServiceId' };
}

function authnOf(holder: TokenHolder): Record<string, string> {
  if (holder.kind === 'service') {
    const { name } = holder.service;
    return { sub: serviceOf(holder), iam_id: iamIdOf(holder), sub_type: 'ServiceId', name };
  }
  const { name, given_name, family_name, email } = namesOf(holder);
  return { sub: addressOf(holder), iam_id: iamIdOf(holder), name, given_name, family_name, email };
}

/** `frozen` says that the token cannot be switched to another account: it is true in every token of IBM's. */
function accountOf(holder: TokenHolder): Record<string, string | boolean> {
  const { id } = holder.account;
  if (holder.kind === 'service') return { valid: true, bss: id, frozen: true };
  return {
    valid: true,
    bss: id,
    ims_user_id: String(legacyNumberOf(holder.user.id)),
    frozen: true,
    ims: String(legacyNumberOf(id)),
  };
}

function serviceOf({ service }: TokenHolder & { readonly kind: 'service' }): string {
  return `ServiceId-${service.id}`;
}

type UserHolder = TokenHolder & { readonly kind: 'user' };

/** IBM's user names are e-mail addresses; ours need none. */
function addressOf({ user }: UserHolder): string {
  return user.email === '' ? user.name : user.email;
}

function namesOf(holder: UserHolder) {
  const { displayName, name } = holder.user;
  const whole = displayName === '' ? name : displayName;
  const blank = whole.lastIndexOf(' ');
  return {
    given_name: blank < 0 ? whole : whole.slice(0, blank),
    family_name: blank < 0 ? '' : whole.slice(blank + 1),
    name: whole,
    email: addressOf(holder),
  };
}
