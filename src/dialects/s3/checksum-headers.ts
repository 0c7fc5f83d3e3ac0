/**
 * The five checksums of S3 as header fields and trailers (Amazon S3 User Guide, "Checking object integrity"; S3 API
 * Reference, PutObject). Wording of the refusals is the service's.
 */
import type { Checksum, ChecksumAlgorithm, ChecksumType } from '../../core/model.ts';
import type { WireHeaders } from '../kernel/wire.ts';
import type { S3Call } from './s3-call.ts';
import { S3Error } from './s3-errors.ts';

interface ChecksumForm {
  readonly algorithm: ChecksumAlgorithm;
  readonly header: string;
  /** Length of the digest in base64. */
  readonly characters: number;
}

const forms: Readonly<Record<ChecksumAlgorithm, ChecksumForm>> = {
  CRC32: { algorithm: 'CRC32', header: 'x-amz-checksum-crc32', characters: 8 },
  CRC32C: { algorithm: 'CRC32C', header: 'x-amz-checksum-crc32c', characters: 8 },
  CRC64NVME: { algorithm: 'CRC64NVME', header: 'x-amz-checksum-crc64nvme', characters: 12 },
  SHA1: { algorithm: 'SHA1', header: 'x-amz-checksum-sha1', characters: 28 },
  SHA256: { algorithm: 'SHA256', header: 'x-amz-checksum-sha256', characters: 44 },
};
const allForms = Object.values(forms);

/** What AWS offers besides (S3 API Reference, PutObject). Refused: a checksum that is promised must be checked. */
const unsupportedHeaders = ['md5', 'sha512', 'xxhash3', 'xxhash64', 'xxhash128'].map(
  (name) => `x-amz-checksum-${name}`,
);

/** `x-amz-checksum-crc32` and its like. */
export function checksumHeaderOf(algorithm: ChecksumAlgorithm): string {
  return forms[algorithm].header;
}

/** A checksum that a request gives for its own body: the value is known now, or follows as a trailer. */
export interface DeclaredChecksum {
  readonly algorithm: ChecksumAlgorithm;
  /** base64; undefined when it follows. */
  readonly value: string | undefined;
}

/** For documents whose loss on the way would do harm. Throws InvalidRequest when neither MD5 nor checksum comes with one. */
export function requireDigest({ request: { headers }, body }: Pick<S3Call, 'request' | 'body'>): void {
  if (headers.has('content-md5') || declaredChecksum(headers, body.trailerNames) !== undefined) return;
  throw new S3Error('InvalidRequest', {}, 'Missing required header for this request: Content-MD5');
}

/**
 * At most one of all checksum headers and trailers; undefined when there is none. Throws InvalidRequest, and NotImplemented
 * for a checksum that cannot be verified here.
 */
export function declaredChecksum(
  headers: WireHeaders,
  trailerNames: readonly string[],
): DeclaredChecksum | undefined {
  let found: DeclaredChecksum | undefined;
  for (const header of unsupportedHeaders) if (headers.has(header)) throw checksumNotImplemented(header);
  for (const name of trailerNames) checkTrailerName(name);
  for (const form of allForms) {
    const value = headers.get(form.header);
    const follows = trailerNames.includes(form.header);
    if (value === undefined && !follows) continue;
    if (found !== undefined || (value !== undefined && follows)) {
      throw new S3Error(
        'InvalidRequest',
        {},
        'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.',
      );
    }
    if (value !== undefined) checkValue(form, value);
    found = { algorithm: form.algorithm, value };
  }
  checkSdkAlgorithm(headers.get('x-amz-sdk-checksum-algorithm'), found);
  return found;
}

/** Value of a checksum that came as a trailer. Throws MalformedTrailerError and InvalidRequest. */
export function trailingChecksumValue(algorithm: ChecksumAlgorithm, value: string | undefined): string {
  if (value === undefined) throw new S3Error('MalformedTrailerError');
  checkValue(forms[algorithm], value);
  return value;
}

/** Of `x-amz-checksum-algorithm`; undefined when absent. Throws InvalidRequest. */
export function checksumAlgorithmOf(text: string | undefined): ChecksumAlgorithm | undefined {
  if (text === undefined) return undefined;
  const form = allForms.find(({ algorithm }) => algorithm === text.toUpperCase());
  if (form !== undefined) return form.algorithm;
  throw new S3Error(
    'InvalidRequest',
    {},
    'Checksum algorithm provided is unsupported. Please try again with any of the valid types: ' +
      `[${allForms.map(({ algorithm }) => algorithm).join(', ')}]`,
  );
}

/** As the wire shows it: a composite checksum carries the number of parts. */
export function checksumText(checksum: Checksum, partCount: number | undefined): string {
  return checksum.type === 'COMPOSITE' && partCount !== undefined
    ? `${checksum.value}-${partCount}`
    : checksum.value;
}

/** Appends `x-amz-checksum-…` and `x-amz-checksum-type` to a flat list of headers. */
export function pushChecksumHeaders(
  headers: string[],
  algorithm: ChecksumAlgorithm,
  type: ChecksumType,
  text: string,
): void {
  headers.push(forms[algorithm].header, text, 'x-amz-checksum-type', type);
}

function checkValue(form: ChecksumForm, value: string): void {
  if (value.length === form.characters && isBase64(value)) return;
  throw new S3Error('InvalidRequest', {}, `Value for ${form.header} header is invalid.`);
}

function checkTrailerName(name: string): void {
  if (unsupportedHeaders.includes(name)) throw checksumNotImplemented(name);
  if (allForms.some(({ header }) => header === name)) return;
  throw new S3Error('InvalidRequest', {}, 'The value specified in the x-amz-trailer header is not supported');
}

function checksumNotImplemented(header: string): S3Error {
  return new S3Error('NotImplemented', {
    Header: header,
    AdditionalMessage: 'This checksum algorithm is not implemented.',
  });
}

/** Whether the text is what encoding its bytes again would give. */
function isBase64(text: string): boolean {
  return Buffer.from(text, 'base64').toString('base64') === text;
}

function checkSdkAlgorithm(named: string | undefined, found: DeclaredChecksum | undefined): void {
  if (named === undefined) return;
  if (found === undefined) {
    throw new S3Error(
      'InvalidRequest',
      {},
      'x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.',
    );
  }
  if (found.algorithm !== named.toUpperCase()) {
    throw new S3Error('InvalidRequest', {}, 'Value for x-amz-sdk-checksum-algorithm header is invalid.');
  }
}
