/**
 * What a request promises about the bytes it carries: their number, MD5, signed SHA-256 and one checksum. The promises are
 * handed to the core, which computes the digests where the bytes are stored (design, section 4).
 */
import type { BodyInput, ExpectedDigests } from '../../core/object-store.ts';
import { checksumHeaderOf, declaredChecksum, trailingChecksumValue } from './checksum-headers.ts';
import type { S3Call } from './s3-call.ts';
import { S3Error } from './s3-errors.ts';

/** A single PUT, and a part: 5 GiB (Amazon S3 User Guide, "Uploading objects"). */
const uploadBytesMax = 5 * 1024 ** 3;

/**
 * The body of PutObject and UploadPart. Throws MissingContentLength, EntityTooLarge, InvalidDigest, and InvalidRequest for
 * checksums that are malformed or more than one.
 */
export function decodeBodyInput(call: S3Call): BodyInput {
  const { headers } = call.request;
  const { source, size, payloadSha256Hex, trailerNames } = call.body;
  // A body of unknown length is refused, also when HTTP would read "no length" as "no body" (as AWS, 411).
  const isDeclared = headers.has('content-length') || headers.has('transfer-encoding');
  if (size === undefined || !isDeclared) throw new S3Error('MissingContentLength');
  if (size > uploadBytesMax) {
    throw new S3Error('EntityTooLarge', { ProposedSize: `${size}`, MaxSizeAllowed: `${uploadBytesMax}` });
  }
  const md5Hex = decodeContentMd5(headers.get('content-md5'));
  const declared = declaredChecksum(headers, trailerNames);
  const expected: ExpectedDigests = {
    ...(md5Hex !== undefined && { md5Hex }),
    ...(payloadSha256Hex !== undefined && { payloadSha256Hex }),
    ...(declared?.value !== undefined && {
      checksum: { algorithm: declared.algorithm, value: declared.value },
    }),
  };
  if (declared === undefined || declared.value !== undefined) return { source, size, expected };
  const { algorithm } = declared;
  const value = () => trailingChecksumValue(algorithm, call.body.trailer(checksumHeaderOf(algorithm)));
  return { source, size, expected, trailingChecksum: { algorithm, value } };
}

/** Content-MD5 (RFC 1864) as hexadecimal; undefined when absent. Throws InvalidDigest unless it is base64 of 16 bytes. */
export function decodeContentMd5(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length !== 16 || bytes.toString('base64') !== text) {
    throw new S3Error('InvalidDigest', { 'Content-MD5': text });
  }
  return bytes.toString('hex');
}
