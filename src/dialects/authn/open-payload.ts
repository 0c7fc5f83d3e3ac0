/**
 * A request's body as its proof demands it to be read: decoded, verified while it is read, with the digest it must have
 * and the trailers that follow it.
 */
import type { ByteSource } from '../../lib/byte-source.ts';
import type { WireHeaders, WireRequest } from '../kernel/wire.ts';
import { AuthnError } from './authn-errors.ts';
import { createChunkSignatures } from './chunk-signatures.ts';
import { decodeChunkedBody } from './chunked-body.ts';
import type { PayloadMode } from './payload-mode.ts';

export interface OpenedPayload {
  /** Decoded bytes. Rejects with AuthnError when framing, length, signatures or trailers are wrong. */
  readonly source: ByteSource;
  /** Declared number of decoded bytes; undefined when the request does not say. */
  readonly size: number | undefined;
  /** What the decoded bytes must hash to; to be checked by who computes digests anyway. Lower-case hexadecimal. */
  readonly sha256Hex: string | undefined;
  /** Lower-case names announced in `x-amz-trailer`. All of them have arrived when the source has ended. */
  readonly announcedTrailers: readonly string[];
  /** After the source has ended. */
  trailer(name: string): string | undefined;
}

/** AWS: "Only the last chunk is allowed to have a size less than 8192 bytes". */
const CHUNK_BYTES_MIN = 8192;

/**
 * Reads nothing yet. Throws MissingDecodedLength, InvalidDecodedLength, DuplicateHeader, and MalformedTrailer when trailers
 * are announced that the mode cannot deliver (a checksum promised there would never be checked).
 */
export function openPayload(request: WireRequest, mode: PayloadMode): OpenedPayload {
  const announcedTrailers = readAnnouncedTrailers(request.headers);
  const hasTrailer = mode.kind === 'chunks' || (mode.kind === 'signed-chunks' && mode.hasTrailer);
  if (announcedTrailers.length > 0 && !hasTrailer)
    throw new AuthnError('MalformedTrailer', { reason: 'mode' });
  if (mode.kind === 'unsigned' || mode.kind === 'hash') {
    return {
      source: request.body,
      size: request.body.contentLength,
      sha256Hex: mode.kind === 'hash' ? mode.sha256Hex : undefined,
      announcedTrailers,
      trailer: () => undefined,
    };
  }
  const decodedBytes = readDecodedLength(request.headers);
  const body = decodeChunkedBody({
    source: request.body,
    decodedBytes,
    signatures: mode.kind === 'signed-chunks' ? createChunkSignatures(mode.chain) : undefined,
    announcedTrailers: hasTrailer ? announcedTrailers : undefined,
    chunkBytesMin: CHUNK_BYTES_MIN,
  });
  return {
    source: body,
    size: decodedBytes,
    sha256Hex: undefined,
    announcedTrailers,
    trailer: (name) => body.trailers().get(name),
  };
}

/** `Content-Encoding` without the framing that has been taken off; undefined when nothing else is in it. As sent otherwise. */
export function stripAwsChunked(contentEncoding: string): string | undefined {
  const codings = contentEncoding.split(',').map((coding) => coding.trim());
  const kept = codings.filter((coding) => coding !== '' && coding.toLowerCase() !== 'aws-chunked');
  if (kept.length === codings.length) return contentEncoding;
  return kept.length === 0 ? undefined : kept.join(',');
}

function readAnnouncedTrailers(headers: WireHeaders): readonly string[] {
  const announced = headers.get('x-amz-trailer');
  if (announced === undefined) return [];
  const names = announced.split(',').map((name) => name.trim().toLowerCase());
  return names.filter((name) => name !== '' && name !== 'x-amz-trailer-signature');
}

const DIGITS = /^\d{1,15}$/;

function readDecodedLength(headers: WireHeaders): number {
  const header = 'x-amz-decoded-content-length';
  const value = headers.get(header);
  if (value === undefined) throw new AuthnError('MissingDecodedLength', {});
  if (headers.count(header) > 1) throw new AuthnError('DuplicateHeader', { header });
  if (!DIGITS.test(value)) throw new AuthnError('InvalidDecodedLength', { value });
  return Number(value);
}
