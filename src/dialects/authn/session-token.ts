/**
 * The token of a temporary access-key pair: `x-amz-security-token`, as a header or, in a presigned request, in the query, where the
 * signature covers it either way. Called after the signature has held, so that nothing is told to who does not hold the secret.
 *
 * Source: AWS, "Using temporary credentials with AWS resources".
 */
import type { AccessKeyCredential } from '../../identity/credentials.ts';
import type { WireRequest } from '../kernel/wire.ts';
import { AuthnError, type ProofPlace } from './authn-errors.ts';
import type { QueryPair } from './sigv4-canonical.ts';

const NAME = 'x-amz-security-token';

/** `needsNoToken`: the signature was given out for this one request. Throws SessionToken, UnusableAccessKey. */
export function checkUsable(
  credential: AccessKeyCredential,
  token: string | undefined,
  needsNoToken = false,
): void {
  const { accessKeyId, session, unusable } = credential;
  const refuse = (reason: 'missing' | 'wrong' | 'unexpected' | 'expired') =>
    new AuthnError('SessionToken', { accessKeyId, reason, token });
  if (session === undefined) {
    if (token !== undefined) throw refuse('unexpected');
  } else {
    if (token === undefined && !needsNoToken) throw refuse('missing');
    if (token !== undefined && !session.tokenMatches(token)) throw refuse('wrong');
    if (unusable === 'expired') throw refuse('expired');
  }
  if (unusable !== undefined) throw new AuthnError('UnusableAccessKey', { accessKeyId, reason: unusable });
}

/** Empty counts as none. */
export function sessionTokenOf(
  request: WireRequest,
  place: ProofPlace,
  pairs: readonly QueryPair[],
): string | undefined {
  const inQuery =
    place === 'query' ? pairs.find(({ name }) => name.toLowerCase() === NAME)?.value : undefined;
  const token = inQuery ?? request.headers.get(NAME);
  return token === '' ? undefined : token;
}
