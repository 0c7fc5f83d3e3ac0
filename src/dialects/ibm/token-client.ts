/** Which program asks for a token, by its Basic credentials (ibm-cos.md, 3.1). What a form says of it does not count. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { WireRequest } from '../kernel/wire.ts';
import { TokenError } from './ibm-errors.ts';

export interface TokenClient {
  readonly id: string;
  /** Clients that did not say who they are get none. */
  readonly getsRefreshToken: boolean;
  readonly getsIdToken: boolean;
}

/** Not secrets: they stand in the sources of IBM's tools. */
const known: ReadonlyMap<string, string> = new Map([
  ['bx', 'bx'],
  ['kube', 'kube'],
]);

const ANONYMOUS: TokenClient = { id: 'default', getsRefreshToken: false, getsIdToken: false };
const BASIC = /^basic +([A-Za-z0-9+/_-]+={0,2}) *$/i;
const HEADER_CHARACTERS_MAX = 1024;

/** `registered`: further clients, id and secret. Throws TokenError 401. */
export function clientOf(
  { headers }: Pick<WireRequest, 'headers'>,
  registered: ReadonlyMap<string, string>,
): TokenClient {
  const header = headers.get('authorization');
  if (header === undefined || header === '') return ANONYMOUS;
  const encoded = header.length > HEADER_CHARACTERS_MAX ? undefined : BASIC.exec(header)?.[1];
  if (encoded === undefined) throw refused();
  const pair = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  if (colon < 0) throw refused();
  const id = pair.slice(0, colon);
  const secret = registered.get(id) ?? known.get(id);
  if (secret === undefined || !isSame(secret, pair.slice(colon + 1))) throw refused();
  return { id, getsRefreshToken: true, getsIdToken: id === 'kube' };
}

/** In constant time, whatever the lengths. */
function isSame(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}

function refused(): TokenError {
  return new TokenError(401, 'BXNIM0602E', 'Client authentication failed.', {
    details: 'The client id or secret in the Authorization header is not known.',
    reason: 'unknown-client',
  });
}
