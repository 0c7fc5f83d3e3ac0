/**
 * Requests and responses as values: what the listener hands in and gets back. The only view of HTTP that dialects have.
 *
 * Header bytes are UTF-8 here; the listener converts from and to the latin1 that the HTTP parser speaks.
 */
import type { Caller } from '../../identity/principal.ts';
import type { ByteSource } from '../../lib/byte-source.ts';

/** Header fields in arrival order. Names are lower case; several fields of one name are joined with `,` in `get`. */
export interface WireHeaders {
  get(name: string): string | undefined;
  has(name: string): boolean;
  /** How many fields carried the name. */
  count(name: string): number;
  /** Distinct names in arrival order. */
  names(): Iterable<string>;
}

export interface RequestBody extends ByteSource {
  /** Declared by Content-Length; undefined for chunked transfer. 0 when the request has no body. */
  readonly contentLength: number | undefined;
  /** Bytes handed out so far. */
  readonly bytesRead: number;
}

export interface WireRequest {
  readonly method: string;
  /** Path of the target exactly as sent, undecoded, without query. Begins with `/`. */
  readonly rawPath: string;
  /** Query of the target exactly as sent, without `?`. */
  readonly rawQuery: string;
  readonly headers: WireHeaders;
  /** The first read acknowledges `Expect: 100-continue`, so nothing may read before the call is authorised. */
  readonly body: RequestBody;
  readonly remoteAddress: string;
  /** The client's connection was TLS, here or at a trusted proxy. */
  readonly isSecure: boolean;
  /** Scheme, host and, behind a proxy, path prefix by which the client knows this server; without final slash. For links. */
  readonly clientOrigin: string;
  readonly receivedAtMicros: number;
  /**
   * Set by the console's entry, which has verified a session: the call is that caller's, and no other proof is looked for. Dialects
   * that a browser cannot reach ignore it.
   */
  readonly sessionCaller?: Caller;
}

/** Bytes of a response that are produced while they are sent. The listener always calls `close`. */
export interface StreamedBody {
  readonly size: number | undefined;
  read(): Promise<Buffer | null>;
  close(): Promise<void>;
}

export interface WireResponse {
  readonly status: number;
  /** Flat list: name, value, name, value. Content-Length and Date are the listener's. */
  readonly headers: readonly string[];
  readonly body: string | Buffer | StreamedBody | null;
  /** For HEAD and for 304 of a known size: announced without being sent. */
  readonly contentLength?: number;
  /** Ask the listener to close the connection after this response. */
  readonly close?: boolean;
}

/** The same answer with other headers. Not by a spread, which is slow when members follow it. */
export function withResponseHeaders(
  { status, body, contentLength, close }: WireResponse,
  headers: readonly string[],
): WireResponse {
  const response: { -readonly [P in keyof WireResponse]: WireResponse[P] } = { status, headers, body };
  if (contentLength !== undefined) response.contentLength = contentLength;
  if (close !== undefined) response.close = close;
  return response;
}
