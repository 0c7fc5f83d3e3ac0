/**
 * What CompleteMultipartUpload makes of a list of parts: whether the list is right, and size, ETag, checksum and pieces of
 * the object. Pure: nothing is read or written here.
 *
 * Rules: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html and
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
 */
import { type CombinableCrc, combineCrcs } from '../lib/crc-combine.ts';
import { createDigest } from '../lib/digests.ts';
import type { Piece } from './body-records.ts';
import { CoreError } from './core-errors.ts';
import type { Checksum, ChecksumAlgorithm, ChecksumType } from './model.ts';
import type { CompletedPart } from './object-store.ts';
import type { PartRecord } from './upload-records.ts';

/** Declared by CreateMultipartUpload: both or neither. */
export interface UploadChecksum {
  readonly checksumAlgorithm?: ChecksumAlgorithm;
  readonly checksumType?: ChecksumType;
}

export interface SelectedPart {
  readonly partNumber: number;
  readonly record: PartRecord;
}

export interface AssembledObject {
  readonly size: number;
  /** MD5 of the binary MD5s of the parts; the `-N` is the part count. */
  readonly etagMd5: string;
  readonly partCount: number;
  /** MD5 of the hexadecimal MD5s of the parts, joined as text. */
  readonly joinedMd5: string;
  readonly checksum?: Checksum;
  /** Bytes in order; a part without bytes has one piece of length 0, so that every part has its place. */
  readonly pieces: Piece[];
}

/** SHA digests cannot be combined; CRC64NVME always is; CRC32 and CRC32C may be either and are composite by default. */
export function checksumTypeFor(algorithm: ChecksumAlgorithm, asked: ChecksumType | undefined): ChecksumType {
  const only =
    algorithm === 'CRC64NVME'
      ? 'FULL_OBJECT'
      : algorithm === 'SHA1' || algorithm === 'SHA256'
        ? 'COMPOSITE'
        : undefined;
  if (only !== undefined && asked !== undefined && asked !== only) {
    throw new CoreError('ChecksumTypeMismatch', { expected: only, actual: asked });
  }
  return asked ?? only ?? 'COMPOSITE';
}

/** Throws NoParts, InvalidPartOrder and InvalidPartNumber: what is wrong with a list whatever the upload holds. */
export function assertPartList(uploadId: string, parts: readonly CompletedPart[], partsMax: number): void {
  if (parts.length === 0) throw new CoreError('NoParts', {});
  let last = 0;
  for (const { partNumber } of parts) {
    if (!Number.isInteger(partNumber) || partNumber < 1 || partNumber > partsMax) {
      throw new CoreError('InvalidPartNumber', { partNumber, partNumberMax: partsMax });
    }
    if (partNumber <= last) throw new CoreError('InvalidPartOrder', { uploadId });
    last = partNumber;
  }
}

/** The uploaded parts that the list names. Throws InvalidPart and PartTooSmall. */
export function selectParts(
  uploadId: string,
  parts: readonly CompletedPart[],
  uploaded: ReadonlyMap<number, PartRecord>,
  partBytesMin: number,
): SelectedPart[] {
  const selected = parts.map((named) => {
    const record = uploaded.get(named.partNumber);
    if (record === undefined || !isSamePart(named, record)) {
      throw new CoreError('InvalidPart', { partNumber: named.partNumber, uploadId, etag: named.etag });
    }
    return { partNumber: named.partNumber, record };
  });
  for (const { partNumber, record } of selected.slice(0, -1)) {
    if (record.size >= partBytesMin) continue;
    const details = { partNumber, bytes: record.size, bytesMin: partBytesMin, etag: record.etagMd5 };
    throw new CoreError('PartTooSmall', details);
  }
  return selected;
}

function isSamePart(named: CompletedPart, record: PartRecord): boolean {
  if (unquoted(named.etag) !== record.etagMd5) return false;
  if (named.checksum === undefined) return true;
  const { algorithm, value } = named.checksum;
  return record.checksum?.algorithm === algorithm && record.checksum.value === value;
}

/** Clients send ETags with and without quotes, in either case. */
export function unquoted(etag: string): string {
  const inner = etag.length > 1 && etag.startsWith('"') && etag.endsWith('"') ? etag.slice(1, -1) : etag;
  return inner.toLowerCase();
}

export function assembleParts(upload: UploadChecksum, parts: readonly SelectedPart[]): AssembledObject {
  const md5 = createDigest('MD5');
  const joined = createDigest('MD5');
  const pieces: Piece[] = [];
  let size = 0;
  for (const { partNumber, record } of parts) {
    md5.update(Buffer.from(record.etagMd5, 'hex'));
    joined.update(Buffer.from(record.etagMd5, 'latin1'));
    size += record.size;
    pieces.push(...piecesOfPart(upload, partNumber, record));
  }
  const checksum = assembleChecksum(upload, parts);
  return {
    size,
    etagMd5: md5.digest().toString('hex'),
    partCount: parts.length,
    joinedMd5: joined.digest().toString('hex'),
    ...(checksum === undefined ? undefined : { checksum }),
    pieces,
  };
}

/**
 * The digests of the whole part stand on its first piece: its MD5, and its checksum when it is of the algorithm that the
 * object has.
 */
function piecesOfPart(upload: UploadChecksum, partNumber: number, record: PartRecord): Piece[] {
  const { checksum } = record;
  const checksumValue = checksum?.algorithm === upload.checksumAlgorithm ? checksum?.value : undefined;
  const stored = record.body.kind === 'pieces' ? record.body.pieces : [];
  const pieces =
    stored.length > 0 ? stored : [{ blob: { epoch: 0, sequence: 0 }, offset: 0, length: 0, partNumber }];
  return pieces.map((piece, index) => ({
    blob: piece.blob,
    offset: piece.offset,
    length: piece.length,
    partNumber,
    ...(index > 0 ? undefined : { md5Hex: record.etagMd5 }),
    ...(index > 0 || checksumValue === undefined ? undefined : { checksumValue }),
  }));
}

function assembleChecksum(upload: UploadChecksum, parts: readonly SelectedPart[]): Checksum | undefined {
  const { checksumAlgorithm: algorithm, checksumType: type } = upload;
  if (algorithm === undefined || type === undefined) return undefined;
  const checksums = parts.map((part) => Buffer.from(part.record.checksum?.value ?? '', 'base64'));
  if (type === 'FULL_OBJECT') {
    const crcs = parts.map((part, index) => ({ crc: checksums[index]!, length: part.record.size }));
    return { algorithm, type, value: combineCrcs(algorithm as CombinableCrc, crcs).toString('base64') };
  }
  const digest = createDigest(algorithm);
  for (const checksum of checksums) digest.update(checksum);
  return { algorithm, type, value: digest.digest().toString('base64') };
}

/** What the request says about the whole object must hold. Throws ObjectSizeMismatch, ChecksumTypeMismatch, BadChecksum. */
export function assertWholeObject(
  assembled: AssembledObject,
  given: {
    readonly objectSize?: number;
    readonly checksum?: { readonly algorithm: ChecksumAlgorithm; readonly value: string };
    readonly checksumType?: ChecksumType;
  },
): void {
  if (given.objectSize !== undefined && given.objectSize !== assembled.size) {
    throw new CoreError('ObjectSizeMismatch', { expected: given.objectSize, actual: assembled.size });
  }
  const { checksum } = assembled;
  if (given.checksumType !== undefined && given.checksumType !== checksum?.type) {
    const details = { expected: checksum?.type ?? 'null', actual: given.checksumType };
    throw new CoreError('ChecksumTypeMismatch', details);
  }
  if (given.checksum === undefined) return;
  const { algorithm, value } = given.checksum;
  if (checksum?.algorithm !== algorithm) {
    throw new CoreError('ChecksumTypeMismatch', {
      expected: checksum?.algorithm ?? 'null',
      actual: algorithm,
    });
  }
  const shown = checksum.type === 'COMPOSITE' ? `${checksum.value}-${assembled.partCount}` : checksum.value;
  if (value !== checksum.value && value !== shown) {
    throw new CoreError('BadChecksum', { algorithm, expected: value, calculated: shown });
  }
}
