/**
 * From the head of a request to a `WireRequest` value. This is the hot path of everything: one object, one map of the headers, and
 * no work that the dialect may not need.
 */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { RequestBody, WireHeaders, WireRequest } from '../dialects/kernel/wire.ts';
import { clientOrigin, forwardedHost, type PublicEndpoint } from './client-origin.ts';
import { IncomingHeaders } from './incoming-headers.ts';
import type { Refusal } from './render-refusal.ts';
import {
  type ForwardedClient,
  forwardedClient,
  plainAddress,
  type TrustedProxies,
} from './trusted-proxies.ts';

/** A request's head, whoever read it. */
export interface RequestHead {
  readonly method: string;
  /** As sent. */
  readonly target: string;
  readonly headers: IncomingHeaders;
  /** In HTTP/1.1, but not before. */
  readonly needsHost: boolean;
}

export interface AcceptSettings {
  readonly trustedProxies: TrustedProxies | undefined;
  readonly publicEndpoint?: PublicEndpoint | undefined;
}

class AcceptedRequest implements WireRequest {
  readonly method: string;
  readonly rawPath: string;
  readonly rawQuery: string;
  readonly headers: WireHeaders;
  readonly body: RequestBody;
  readonly receivedAtMicros: number;
  readonly #socket: Socket;
  readonly #settings: AcceptSettings;
  #client: ForwardedClient | undefined;

  /** `target` in origin-form. */
  constructor(
    { method, headers }: RequestHead,
    target: string,
    socket: Socket,
    body: RequestBody,
    receivedAtMicros: number,
    settings: AcceptSettings,
  ) {
    const query = target.indexOf('?');
    this.method = method;
    this.rawPath = query < 0 ? target : target.slice(0, query);
    this.rawQuery = query < 0 ? '' : target.slice(query + 1);
    this.headers = headers;
    this.body = body;
    this.receivedAtMicros = receivedAtMicros;
    this.#socket = socket;
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
    const peer = plainAddress(this.#socket.remoteAddress);
    const isProxied =
      trustedProxies?.isTrusted(peer) === true && this.headers.get('x-forwarded-host') === undefined;
    return clientOrigin(this.headers.get('host') ?? '', this.isSecure, isProxied, publicEndpoint);
  }

  #findClient(): ForwardedClient {
    if (this.#client === undefined) {
      const peer: ForwardedClient = {
        address: plainAddress(this.#socket.remoteAddress),
        isSecure: (this.#socket as Partial<TLSSocket>).encrypted === true,
      };
      const { trustedProxies } = this.#settings;
      this.#client =
        trustedProxies === undefined ? peer : forwardedClient(trustedProxies, peer, this.headers);
    }
    return this.#client;
  }
}

export type Accepted = { readonly request: WireRequest } | { readonly refusal: Refusal };

export function acceptRequest(
  head: RequestHead,
  socket: Socket,
  body: RequestBody,
  receivedAtMicros: number,
  settings: AcceptSettings,
): Accepted {
  const { headers } = head;
  const target = originForm(head.target, headers);
  if (target === undefined)
    return { refusal: refuse('The request target is not a path or an absolute URI.') };
  const hostProblem = findHostProblem(head);
  if (hostProblem !== undefined) return { refusal: refuse(hostProblem) };
  if (settings.trustedProxies !== undefined) {
    const peer = plainAddress(socket.remoteAddress);
    const host = forwardedHost(settings.trustedProxies, peer, headers);
    if (host !== undefined) headers.replaceHost(host);
  }
  return { request: new AcceptedRequest(head, target, socket, body, receivedAtMicros, settings) };
}

/** Only `rawHeaders` are read: Node's own view joins and drops fields. */
export function headOfMessage(message: IncomingMessage): RequestHead {
  const { rawHeaders } = message;
  const headers = new IncomingHeaders(false);
  for (let index = 0; index < rawHeaders.length; index += 2) {
    headers.add(rawHeaders[index]!.toLowerCase(), rawHeaders[index + 1]!);
  }
  const needsHost = message.httpVersionMinor >= 1;
  return { method: message.method ?? 'GET', target: message.url ?? '', headers, needsHost };
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
function findHostProblem({ headers, needsHost }: RequestHead): string | undefined {
  const host = headers.get('host');
  if (host === undefined) return needsHost ? 'The request has no Host header.' : undefined;
  return host.includes(',') ? 'The request has more than one Host header.' : undefined;
}

function refuse(message: string): Refusal {
  return { status: 400, code: 'BadRequest', message };
}
