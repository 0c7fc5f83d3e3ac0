/**
 * Bodies that are read whole (XML documents) are verified here, since the core never sees them: Content-MD5, the signed
 * SHA-256, and one checksum by header or trailer.
 */

import type { ByteSource } from '../../lib/byte-source.ts';
import { digestOf } from '../../lib/digests.ts';
import { decodeContentMd5 } from './body-input.ts';
import { checksumHeaderOf, declaredChecksum, trailingChecksumValue } from './checksum-headers.ts';
import type { S3Call } from './s3-call.ts';
import { S3Error } from './s3-errors.ts';

/** Hands the bytes on as they come, and rejects at the end of them when they are not what the request promised. */
export function verifiedBody(call: S3Call): ByteSource {
  const { source } = call.body;
  const chunks: Buffer[] = [];
  return {
    async read() {
      const chunk = await source.read();
      if (chunk !== null) chunks.push(chunk);
      else verifyWholeBody(call, Buffer.concat(chunks));
      return chunk;
    },
  };
}

/** Throws InvalidDigest, BadDigest, XAmzContentSHA256Mismatch, InvalidRequest and MalformedTrailerError. */
function verifyWholeBody(call: S3Call, bytes: Buffer): void {
  const { headers } = call.request;
  const { payloadSha256Hex, trailerNames } = call.body;
  if (payloadSha256Hex !== undefined) {
    const calculated = digestOf('SHA256', bytes).toString('hex');
    if (calculated !== payloadSha256Hex) {
      throw new S3Error('XAmzContentSHA256Mismatch', {
        ClientComputedContentSHA256: payloadSha256Hex,
        S3ComputedContentSHA256: calculated,
      });
    }
  }
  const md5Hex = decodeContentMd5(headers.get('content-md5'));
  if (md5Hex !== undefined) {
    const calculated = digestOf('MD5', bytes);
    if (calculated.toString('hex') !== md5Hex) {
      throw new S3Error('BadDigest', {
        ExpectedDigest: headers.get('content-md5') ?? '',
        CalculatedDigest: calculated.toString('base64'),
      });
    }
  }
  // CompleteMultipartUpload, the one operation with a document on an object's upload, gives the object's checksum there.
  if (call.addressed === 'object' && call.query.has('uploadId')) return;
  const declared = declaredChecksum(headers, trailerNames);
  if (declared === undefined) return;
  const { algorithm } = declared;
  const expected =
    declared.value ?? trailingChecksumValue(algorithm, call.body.trailer(checksumHeaderOf(algorithm)));
  const calculated = digestOf(algorithm, bytes).toString('base64');
  if (calculated !== expected) {
    throw new S3Error(
      'BadDigest',
      { ExpectedDigest: expected, CalculatedDigest: calculated },
      `The ${algorithm} you specified did not match the calculated checksum.`,
    );
  }
}
