/**
 * Makers of presigned URLs move `x-amz-*` headers into the query, where the signature covers them too. They count as the
 * headers they were. Not those of the signature itself, and not checksums: the one in a link was taken of a body that did not
 * exist yet.
 */
import type { QueryParameters } from '../kernel/query-parameters.ts';
import type { WireHeaders, WireRequest } from '../kernel/wire.ts';

const STAYS =
  /^x-amz-(?:algorithm|credential|date|expires|signedheaders|signature|security-token|content-sha256|checksum-.*|sdk-checksum-algorithm|trailer|decoded-content-length|user-agent)$/;

/** The request with what stands in its query as headers, unless such a header was sent too. */
export function withMovedHeaders(request: WireRequest, query: QueryParameters): WireRequest {
  let moved: Map<string, string> | undefined;
  for (const [parameter, value] of query.entries()) {
    const name = parameter.toLowerCase();
    if (!name.startsWith('x-amz-') || STAYS.test(name) || request.headers.has(name)) continue;
    moved ??= new Map();
    moved.set(name, value);
  }
  return moved === undefined ? request : withHeaders(request, joined(request.headers, moved));
}

/** The request with other headers. */
export function withHeaders(request: WireRequest, headers: WireHeaders): WireRequest {
  return {
    method: request.method,
    rawPath: request.rawPath,
    rawQuery: request.rawQuery,
    headers,
    body: request.body,
    remoteAddress: request.remoteAddress,
    isSecure: request.isSecure,
    clientOrigin: request.clientOrigin,
    receivedAtMicros: request.receivedAtMicros,
  };
}

function joined(sent: WireHeaders, moved: ReadonlyMap<string, string>): WireHeaders {
  return {
    get: (name) => sent.get(name) ?? moved.get(name),
    has: (name) => sent.has(name) || moved.has(name),
    count: (name) => sent.count(name) + (moved.has(name) ? 1 : 0),
    *names() {
      yield* sent.names();
      yield* moved.keys();
    },
  };
}
