/**
 * The session of a browser (docs/adr/0020). It is a token of the identity services (docs/adr/0010), so that disabling, deleting and a
 * new password end it everywhere at once; the browser holds it in a cookie that no script can read and that no other site's page sends.
 *
 * A page at another port of this host is of the same site, and an object may be such a page. Therefore nothing is changed without the
 * CSRF token, which only a page of this origin can learn, and a browser that says where a request comes from must say: from here.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { TokenSource } from '../../identity/credentials.ts';
import type { TokenRecord } from '../../identity/tokens.ts';
import type { WireRequest } from '../kernel/wire.ts';
import { ConsoleError } from './console-errors.ts';

export const CONSOLE_PATH = '/console/';

const COOKIE = 'gotgan-console';
const CSRF_HEADER = 'x-gotgan-csrf';
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD']);
/** Longer than any token; a cookie that is longer is none of ours. */
const VALUE_LENGTH_MAX = 128;

export interface HeldSession {
  readonly value: string;
  readonly token: TokenRecord;
}

/** Throws NotLoggedIn, SessionExpired, ForeignOrigin, CsrfTokenWrong. */
export async function requireSession(request: WireRequest, tokens: TokenSource): Promise<HeldSession> {
  refuseForeignOrigin(request);
  const value = readSessionCookie(request);
  if (value === undefined) throw new ConsoleError('NotLoggedIn');
  const token = await tokens.findToken(value);
  if (token === undefined) throw new ConsoleError('SessionExpired');
  if (!SAFE_METHODS.has(request.method) && !isCsrfToken(request.headers.get(CSRF_HEADER) ?? '', value)) {
    throw new ConsoleError('CsrfTokenWrong');
  }
  return { value, token };
}

/** Browsers add `Sec-Fetch-Site` by themselves (W3C Fetch Metadata); `none` is a person who typed the address. */
export function refuseForeignOrigin({ headers }: WireRequest): void {
  const site = headers.get('sec-fetch-site');
  if (site !== undefined && site !== 'same-origin' && site !== 'none')
    throw new ConsoleError('ForeignOrigin');
}

/** Two cookies of the name mean that somebody else has set one: neither counts. */
export function readSessionCookie({ headers }: WireRequest): string | undefined {
  const found = (headers.get('cookie') ?? '')
    .split(/[;,]/)
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${COOKIE}=`))
    .map((pair) => pair.slice(COOKIE.length + 1));
  const [value = ''] = found;
  return found.length === 1 && value !== '' && value.length <= VALUE_LENGTH_MAX ? value : undefined;
}

/** What a page of this origin is told, and sends back with everything that changes something. */
export function csrfTokenOf(sessionValue: string): string {
  return createHash('sha256').update(`csrf ${sessionValue}`).digest('base64url');
}

function isCsrfToken(given: string, sessionValue: string): boolean {
  const expected = Buffer.from(csrfTokenOf(sessionValue));
  const sent = Buffer.from(given);
  return sent.length === expected.length && timingSafeEqual(sent, expected);
}

/** The cookie goes to the console only, also where a proxy puts a prefix before it. */
export function sessionCookie(request: WireRequest, value: string, seconds: number): readonly string[] {
  const prefix = /^https?:\/\/[^/]+((?:\/[\w.~-]+)*)$/.exec(request.clientOrigin)?.[1] ?? '';
  const attributes = [
    `${COOKIE}=${value}`,
    `Path=${prefix}${CONSOLE_PATH}`,
    `Max-Age=${seconds}`,
    'HttpOnly',
    'SameSite=Strict',
    ...(request.isSecure ? ['Secure'] : []),
  ];
  return ['Set-Cookie', attributes.join('; ')];
}
