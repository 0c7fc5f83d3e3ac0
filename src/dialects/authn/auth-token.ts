/**
 * Tokens in headers: Keystone's, and with them Swift's. `X-Auth-Token`, else `X-Storage-Token` (keystonemiddleware's `auth_token` takes
 * both). A token that does not hold is not the same as none: the dialect answers 401 and never goes on as anonymous.
 */
import type { TokenSource } from '../../identity/credentials.ts';
import type { Caller } from '../../identity/principal.ts';
import type { TokenRecord } from '../../identity/tokens.ts';
import type { WireRequest } from '../kernel/wire.ts';

export type AuthTokenProof =
  | { readonly kind: 'none' }
  /** Unknown, expired, revoked or void, without a difference. */
  | { readonly kind: 'refused' }
  | {
      readonly kind: 'verified';
      readonly value: string;
      readonly token: TokenRecord;
      readonly caller: Caller;
    };

export async function verifyAuthToken(
  { headers }: Pick<WireRequest, 'headers'>,
  tokens: TokenSource,
): Promise<AuthTokenProof> {
  const value = headers.get('x-auth-token') ?? headers.get('x-storage-token') ?? '';
  if (value === '') return { kind: 'none' };
  const token = await tokens.findToken(value);
  if (token === undefined) return { kind: 'refused' };
  const caller: Caller = {
    principal: token.principal,
    proof: { kind: 'token', auditId: token.auditId },
  };
  return { kind: 'verified', value, token, caller };
}
