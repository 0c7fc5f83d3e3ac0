/**
 * From Node's message to a `WireRequest` value. This is the hot path of everything: one object, one map of the headers, and
 * no work that the dialect may not need. Only `rawHeaders` are read: Node's own view joins and drops fields.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { ListenerLimits } from '../config/limits.ts';
import type { RequestBody, WireHeaders, WireRequest } from '../dialects/kernel/wire.ts';
import { clientOrigin, forwardedHost, type PublicEndpoint } from './client-origin.ts';
import { decodeHeaderText, isAscii } from './header-text.ts';
import { emptyBody, IncomingBody } from './incoming-body.ts';
import type { Refusal } from './render-refusal.ts';
import {
  type ForwardedClient,
  forwardedClient,
  plainAddress,
  type TrustedProxies,
} from './trusted-proxies.ts';

export interface AcceptSettings {
  readonly limits: ListenerLimits;
  readonly trustedProxies: TrustedProxies | undefined;
  readonly publicEndpoint?: PublicEndpoint | undefined;
}

class IncomingHeaders implements WireHeaders {
  /** Values are latin1 until they are asked for. */
  readonly #values = new Map<string, string>();
  /** How many fields carried a name, where they were several. */
  #repeated: Map<string, number> | undefined;

  constructor(rawHeaders: readonly string[]) {
    for (let index = 0; index < rawHeaders.length; index += 2) {
      const name = rawHeaders[index]!.toLowerCase();
      const value = rawHeaders[index + 1]!;
      const earlier = this.#values.get(name);
      this.#values.set(name, earlier === undefined ? value : `${earlier},${value}`);
      if (earlier !== undefined) this.#countAgain(name);
    }
  }

  #countAgain(name: string): void {
    this.#repeated ??= new Map();
    this.#repeated.set(name, (this.#repeated.get(name) ?? 1) + 1);
  }

  get(name: string): string | undefined {
    const value = this.#values.get(name);
    return value === undefined || isAscii(value) ? value : decodeHeaderText(value);
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  count(name: string): number {
    return this.#repeated?.get(name) ?? (this.#values.has(name) ? 1 : 0);
  }

  names(): Iterable<string> {
    return this.#values.keys();
  }

  /** A target in absolute form names the host, whatever the field says (RFC 9112, section 3.2.2); so does a trusted proxy. */
  replaceHost(host: string): void {
    this.#values.set('host', host);
  }
}

class AcceptedRequest implements WireRequest {
  readonly method: string;
  readonly rawPath: string;
  readonly rawQuery: string;
  readonly headers: WireHeaders;
  readonly body: RequestBody;
  readonly receivedAtMicros: number;
  readonly #message: IncomingMessage;
  readonly #settings: AcceptSettings;
  #client: ForwardedClient | undefined;

  constructor(
    message: IncomingMessage,
    target: string,
    headers: WireHeaders,
    body: RequestBody,
    receivedAtMicros: number,
    settings: AcceptSettings,
  ) {
    const query = target.indexOf('?');
    this.method = message.method ?? 'GET';
    this.rawPath = query < 0 ? target : target.slice(0, query);
    this.rawQuery = query < 0 ? '' : target.slice(query + 1);
    this.headers = headers;
    this.body = body;
    this.receivedAtMicros = receivedAtMicros;
    this.#message = message;
    this.#settings = settings;
  }

  get remoteAddress(): string {
    return this.#findClient().address;
  }

  get isSecure(): boolean {
    return this.#findClient().isSecure;
  }

  get clientOrigin(): string {
    const { trustedProxies, publicEndpoint } = this.#settings;
    const peer = plainAddress(this.#message.socket.remoteAddress);
    const isProxied =
      trustedProxies?.isTrusted(peer) === true && this.headers.get('x-forwarded-host') === undefined;
    return clientOrigin(this.headers.get('host') ?? '', this.isSecure, isProxied, publicEndpoint);
  }

  #findClient(): ForwardedClient {
    if (this.#client === undefined) {
      const { socket } = this.#message;
      const peer: ForwardedClient = {
        address: plainAddress(socket.remoteAddress),
        isSecure: (socket as Partial<TLSSocket>).encrypted === true,
      };
      const { trustedProxies } = this.#settings;
      this.#client =
        trustedProxies === undefined ? peer : forwardedClient(trustedProxies, peer, this.headers);
    }
    return this.#client;
  }
}

export type Accepted = { readonly request: WireRequest } | { readonly refusal: Refusal };

/** `expectsContinue`: the client waits before it sends its body. */
export function acceptRequest(
  message: IncomingMessage,
  response: ServerResponse,
  expectsContinue: boolean,
  receivedAtMicros: number,
  settings: AcceptSettings,
): Accepted {
  const headers = new IncomingHeaders(message.rawHeaders);
  const target = originForm(message.url ?? '', headers);
  if (target === undefined)
    return { refusal: refuse('The request target is not a path or an absolute URI.') };
  const hostProblem = findHostProblem(message, headers);
  if (hostProblem !== undefined) return { refusal: refuse(hostProblem) };
  if (settings.trustedProxies !== undefined) {
    const peer = plainAddress(message.socket.remoteAddress);
    const host = forwardedHost(settings.trustedProxies, peer, headers);
    if (host !== undefined) headers.replaceHost(host);
  }
  const body = bodyOf(message, response, headers, expectsContinue, settings.limits);
  return {
    request: new AcceptedRequest(message, target, headers, body, receivedAtMicros, settings),
  };
}

/** RFC 9112, section 3.2: origin-form, or absolute-form of a proxy-minded client. The parser lets ASCII pass only. */
function originForm(url: string, headers: IncomingHeaders): string | undefined {
  if (url.startsWith('/')) return url;
  const schemeEnd = url.indexOf('://');
  const scheme = url.slice(0, Math.max(schemeEnd, 0)).toLowerCase();
  if (scheme !== 'http' && scheme !== 'https') return undefined;
  const authorityStart = schemeEnd + '://'.length;
  let pathStart = authorityStart;
  while (pathStart < url.length && url[pathStart] !== '/' && url[pathStart] !== '?') pathStart += 1;
  const host = url.slice(authorityStart, pathStart);
  if (host === '' || host.includes('@')) return undefined;
  headers.replaceHost(host);
  const rest = url.slice(pathStart);
  return rest.startsWith('/') ? rest : `/${rest}`;
}

/** RFC 9112, section 3.2: exactly one Host in HTTP/1.1, none needed before. */
function findHostProblem(message: IncomingMessage, headers: WireHeaders): string | undefined {
  const host = headers.get('host');
  if (host === undefined) {
    return message.httpVersionMinor >= 1 ? 'The request has no Host header.' : undefined;
  }
  return host.includes(',') ? 'The request has more than one Host header.' : undefined;
}

/** Node's parser has refused every contradiction between the two headers (RFC 9112, section 6.3). */
function bodyOf(
  message: IncomingMessage,
  response: ServerResponse,
  headers: WireHeaders,
  expectsContinue: boolean,
  limits: ListenerLimits,
): RequestBody {
  const declared = headers.get('content-length');
  if (declared === undefined && !headers.has('transfer-encoding')) return emptyBody;
  const contentLength = declared === undefined ? undefined : Number(declared);
  if (contentLength === 0) return emptyBody;
  return new IncomingBody(message, response, contentLength, expectsContinue, limits);
}

function refuse(message: string): Refusal {
  return { status: 400, code: 'BadRequest', message };
}
