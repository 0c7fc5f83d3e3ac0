/**
 * What a request's `x-amz-content-sha256` says about its body (AWS, "Signature Calculations for the Authorization
 * Header", and "… Transferring Payload in Multiple Chunks"). Keywords are spelt exactly; a hash may be of either case.
 */
import type { HmacSha256Key } from '../../lib/hmac-sha256.ts';
import type { WireHeaders, WireRequest } from '../kernel/wire.ts';
import { AuthnError } from './authn-errors.ts';

/** What the bytes on the wire are, and what they must satisfy. */
export type PayloadMode =
  | { readonly kind: 'unsigned' }
  /** The body's SHA-256, lower-case hexadecimal. */
  | { readonly kind: 'hash'; readonly sha256Hex: string }
  /** aws-chunked, with a trailer and no signatures. */
  | { readonly kind: 'chunks' }
  /** aws-chunked, every chunk signed in a chain that begins with the request's signature. */
  | { readonly kind: 'signed-chunks'; readonly hasTrailer: boolean; readonly chain: SignatureChain };

/** What the signatures of chunks and trailers are computed from. */
export interface SignatureChain {
  readonly accessKeyId: string;
  readonly signingKey: HmacSha256Key;
  /** `YYYYMMDDTHHMMSSZ`, as in the string to sign. */
  readonly timestamp: string;
  /** `date/region/service/aws4_request`. */
  readonly scope: string;
  readonly seedSignature: string;
  /** Of the headers; shown when a chunk's signature is wrong. */
  readonly canonicalRequest: string;
}

/** A declared mode before the signature has been verified. */
export type DeclaredPayload = 'unsigned' | 'hash' | 'chunks' | 'signed-chunks' | 'signed-chunks-trailer';

const keywords: ReadonlyMap<string, DeclaredPayload> = new Map([
  ['UNSIGNED-PAYLOAD', 'unsigned'],
  ['STREAMING-UNSIGNED-PAYLOAD-TRAILER', 'chunks'],
  ['STREAMING-AWS4-HMAC-SHA256-PAYLOAD', 'signed-chunks'],
  ['STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER', 'signed-chunks-trailer'],
]);

const unsupportedKeywords: readonly string[] = [
  'STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD',
  'STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER',
];

const SHA256_HEX = /^[0-9a-fA-F]{64}$/;

/** Throws InvalidContentSha256 and UnsupportedPayloadMode. */
export function declaredPayload(value: string): DeclaredPayload {
  if (SHA256_HEX.test(value)) return 'hash';
  const keyword = keywords.get(value);
  if (keyword !== undefined) return keyword;
  if (unsupportedKeywords.includes(value)) throw new AuthnError('UnsupportedPayloadMode', { value });
  throw new AuthnError('InvalidContentSha256', { value });
}

/** What only a framed body has: its coding, and the length or the trailer that the coding hides. */
function isFramed(headers: WireHeaders): boolean {
  const codings = headers.get('content-encoding')?.toLowerCase().split(',') ?? [];
  return (
    codings.some((coding) => coding.trim() === 'aws-chunked') &&
    (headers.has('x-amz-decoded-content-length') || headers.has('x-amz-trailer'))
  );
}

/**
 * For requests proven otherwise than by SigV4, or not at all: SDKs frame the bodies of those too, some without a word in
 * `x-amz-content-sha256` (ibm-cos.md, section 0, point 11). Throws as
 * `declaredPayload`; UnsupportedPayloadMode for signed chunks, since there is no signature that they could follow.
 */
export function payloadModeWithoutSigV4(request: WireRequest): PayloadMode {
  const value = request.headers.get('x-amz-content-sha256');
  if (value === undefined) return { kind: isFramed(request.headers) ? 'chunks' : 'unsigned' };
  const declared = declaredPayload(value);
  switch (declared) {
    case 'unsigned':
    case 'chunks':
      return { kind: declared };
    case 'hash':
      return { kind: 'hash', sha256Hex: value.toLowerCase() };
    case 'signed-chunks':
    case 'signed-chunks-trailer':
      throw new AuthnError('UnsupportedPayloadMode', { value });
  }
}
