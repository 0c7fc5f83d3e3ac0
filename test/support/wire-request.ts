/** Requests as dialects see them, made by hand: for tests below the listener. */
import type { WireHeaders, WireRequest } from '../../src/dialects/kernel/wire.ts';

export type HeaderFields = readonly (readonly [string, string])[];

/** Lower-case names; several fields of one name are joined, as the listener does it. */
export function wireHeaders(fields: HeaderFields): WireHeaders {
  const byName = new Map<string, string[]>();
  for (const [name, value] of fields) byName.set(name, [...(byName.get(name) ?? []), value]);
  return {
    get: (name) => byName.get(name)?.join(','),
    has: (name) => byName.has(name),
    count: (name) => byName.get(name)?.length ?? 0,
    names: () => byName.keys(),
  };
}

export function wireRequest(parts: {
  readonly method?: string;
  /** Path and query as sent. */
  readonly target?: string;
  readonly headers?: HeaderFields;
  /** Handed out in this order. */
  readonly pieces?: readonly Buffer[];
  readonly at: Date;
}): WireRequest {
  const target = parts.target ?? '/';
  const question = target.indexOf('?');
  const pieces = [...(parts.pieces ?? [])];
  const contentLength = pieces.reduce((sum, piece) => sum + piece.length, 0);
  let bytesRead = 0;
  return {
    method: parts.method ?? 'GET',
    rawPath: question < 0 ? target : target.slice(0, question),
    rawQuery: question < 0 ? '' : target.slice(question + 1),
    headers: wireHeaders(parts.headers ?? []),
    body: {
      contentLength,
      get bytesRead() {
        return bytesRead;
      },
      async read() {
        const piece = pieces.shift() ?? null;
        bytesRead += piece?.length ?? 0;
        return piece;
      },
    },
    remoteAddress: '127.0.0.1',
    isSecure: false,
    clientOrigin: 'http://127.0.0.1',
    receivedAtMicros: parts.at.getTime() * 1000,
  };
}
