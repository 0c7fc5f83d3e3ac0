/**
 * Under which address the client sees this server, for links in answers (GOTGAN_PUBLIC_ENDPOINTS). Normally that is the host it
 * has named. Where a proxy cut a prefix off the path, or put a host of its own into the request, the configuration knows.
 */
import type { WireHeaders } from '../dialects/kernel/wire.ts';
import type { TrustedProxies } from './trusted-proxies.ts';

/** The parts of an endpoint such as `https://storage.example.com/files`. */
export interface PublicEndpoint {
  /** Scheme and host, without a path. */
  readonly origin: string;
  /** With port where it is not the scheme's own. */
  readonly host: string;
  /** Encoded, without final slash; empty for none. */
  readonly pathPrefix: string;
}

export function readPublicEndpoint(url: string): PublicEndpoint {
  const { origin, host, pathname } = new URL(url);
  return { origin, host, pathPrefix: pathname.endsWith('/') ? pathname.slice(0, -1) : pathname };
}

/** `host`: as the client named it, as far as anybody knows. Without final slash. */
export function clientOrigin(
  host: string,
  isSecure: boolean,
  isProxied: boolean,
  endpoint: PublicEndpoint | undefined,
): string {
  const named = `${isSecure ? 'https' : 'http'}://${host}`;
  if (endpoint === undefined) return named;
  const lower = host.toLowerCase();
  if (lower === endpoint.host) return endpoint.origin + endpoint.pathPrefix;
  // A bucket stands before the host.
  if (lower.endsWith(`.${endpoint.host}`)) {
    const scheme = endpoint.origin.slice(0, endpoint.origin.indexOf(':'));
    return `${scheme}://${host}${endpoint.pathPrefix}`;
  }
  return isProxied ? endpoint.origin + endpoint.pathPrefix : named;
}

/** The Host that a trusted proxy was asked for, as the nearest one says it. Undefined when nobody says it. */
export function forwardedHost(
  proxies: TrustedProxies,
  peerAddress: string,
  headers: WireHeaders,
): string | undefined {
  const sent = headers.get('x-forwarded-host');
  if (sent === undefined || !proxies.isTrusted(peerAddress)) return undefined;
  const host = sent.split(',').at(-1)?.trim() ?? '';
  return /^[\w.:[\]-]{1,300}$/.test(host) ? host : undefined;
}
