/**
 * Which proof of identity a request carries, by what S3 looks at: the scheme of the Authorization header, without regard
 * to case; `X-Amz-Algorithm` in the query; `Signature` in the query. Two of them are refused before either is read, and an
 * empty Authorization header is none. Each kind is verified in a file of its own (sigv4.ts; sigv2.ts and others follow).
 */
import type { WireRequest } from '../kernel/wire.ts';
import { AuthnError } from './authn-errors.ts';

export type FoundProof =
  | { readonly kind: 'none' }
  | { readonly kind: 'sigv4' }
  | { readonly kind: 'sigv4-query' }
  | { readonly kind: 'sigv2' }
  | { readonly kind: 'sigv2-query' }
  | { readonly kind: 'bearer'; readonly token: string };

/** Throws SeveralMechanisms, DuplicateHeader, UnsupportedAuthorization and UnsupportedAlgorithm. */
export function findProof(request: WireRequest): FoundProof {
  const isSigV4Query = hasParameter(request.rawQuery, 'X-Amz-Algorithm');
  const isSigV2Query = hasParameter(request.rawQuery, 'Signature');
  const authorization = request.headers.get('authorization');
  if (authorization !== undefined) {
    if (isSigV4Query || isSigV2Query) throw new AuthnError('SeveralMechanisms', { authorization });
    if (request.headers.count('authorization') > 1) {
      throw new AuthnError('DuplicateHeader', { header: 'authorization' });
    }
    if (authorization !== '') return proofOfScheme(authorization);
  }
  if (isSigV4Query && isSigV2Query) throw new AuthnError('SeveralMechanisms', { authorization });
  if (isSigV4Query) return { kind: 'sigv4-query' };
  return isSigV2Query ? { kind: 'sigv2-query' } : { kind: 'none' };
}

function proofOfScheme(authorization: string): FoundProof {
  const space = authorization.indexOf(' ');
  if (space < 0) {
    // What is left of `Bearer ` and an empty variable.
    if (authorization.toUpperCase() === 'BEARER') return { kind: 'bearer', token: '' };
    throw new AuthnError('UnsupportedAuthorization', { authorization, reason: 'no-space' });
  }
  const scheme = authorization.slice(0, space).toUpperCase();
  switch (scheme) {
    case 'AWS4-HMAC-SHA256':
      return { kind: 'sigv4' };
    case 'AWS':
      return { kind: 'sigv2' };
    case 'BEARER':
      return { kind: 'bearer', token: authorization.slice(space + 1).trim() };
    case 'AWS4-ECDSA-P256-SHA256':
      throw new AuthnError('UnsupportedAlgorithm', { place: 'header', algorithm: scheme });
    default:
      throw new AuthnError('UnsupportedAuthorization', { authorization, reason: 'scheme' });
  }
}

/** Whether the raw query has the parameter; such names are never escaped. */
function hasParameter(rawQuery: string, name: string): boolean {
  for (let at = rawQuery.indexOf(name); at >= 0; at = rawQuery.indexOf(name, at + 1)) {
    const isStart = at === 0 || rawQuery[at - 1] === '&';
    const after = rawQuery[at + name.length];
    if (isStart && (after === undefined || after === '=' || after === '&')) return true;
  }
  return false;
}
