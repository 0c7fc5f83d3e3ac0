/** The body of a request that makes an object, and what the request promises about it (nhn-openstack.md, section 8.1). */
import type { BodyInput } from '../../core/object-store.ts';
import type { WireRequest } from '../kernel/wire.ts';
import { unquote } from './conditions.ts';
import { SwiftError } from './swift-errors.ts';
import { swiftLimits } from './swift-limits.ts';

const MD5_HEX = /^[0-9a-f]{32}$/;

/** Throws 411, 501 for codings other than chunks, 413, and 422 for an ETag that no content can have. */
export function decodeObjectBody({ headers, body }: WireRequest): BodyInput {
  if (!headers.has('content-length') && !headers.has('transfer-encoding')) {
    throw new SwiftError(411, 'Missing Content-Length header.');
  }
  const coding = headers.get('transfer-encoding');
  if (coding !== undefined && coding.toLowerCase() !== 'chunked') throw new SwiftError(501);
  const size = body.contentLength;
  if (size !== undefined && size > swiftLimits.objectBytesMax) {
    throw new SwiftError(413, 'Your request is too large.');
  }
  const etag = headers.get('etag');
  if (etag === undefined || etag === '') return { source: body, size, expected: {} };
  const md5Hex = unquote(etag.trim()).toLowerCase();
  if (!MD5_HEX.test(md5Hex)) throw new SwiftError(422);
  return { source: body, size, expected: { md5Hex } };
}
