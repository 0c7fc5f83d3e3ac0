/** Records of multipart uploads and their parts. Their operations own what the states mean. */
import { type Body, bodyBytes, readBody, writeBody } from './body-records.ts';
import { type BodyId, readUint64, writeUint64 } from './metadata-keys.ts';
import { checksumAlgorithmCode, checksumAlgorithmOfCode } from './metadata-records.ts';
import type { AccountId, ChecksumAlgorithm, ChecksumType, ObjectMetadata } from './model.ts';
import type { ProtectionRequest } from './protection.ts';
import { checkFormat, decodeJsonRecord, encodeJsonRecord } from './record-format.ts';

/**
 * `open`: takes parts. `frozen`: CompleteMultipartUpload is at work; whoever needs the upload open again (another
 * completion, a part) writes the record anew, and the one who had frozen it notices in its commit and looks again.
 * Completed and aborted uploads have no record: see `CompletionRecord` and `SweepRecord`.
 */
export type UploadState = 'open' | 'frozen';

export interface UploadRecord {
  readonly state: UploadState;
  /** 24 hexadecimal characters; with the upload number they make the upload id. */
  readonly nonce: string;
  readonly initiatedAtMicros: number;
  readonly initiator: string;
  readonly owner: AccountId;
  readonly metadata: ObjectMetadata;
  readonly checksumAlgorithm?: ChecksumAlgorithm;
  readonly checksumType?: ChecksumType;
  /** What the object to be was asked to be protected by. */
  readonly protection?: ProtectionRequest;
  /** When it expires. */
  readonly expiresAtMicros?: number;
  /** Body of the object to be: references of the parts' blobs are made under this name from the beginning. */
  readonly body: BodyId;
}

/** 2: has something that a server of format 1 would not respect. */
const UPLOAD_FORMAT = 2;

export function encodeUpload(record: UploadRecord): Buffer {
  const isPlain = record.protection === undefined && record.expiresAtMicros === undefined;
  return encodeJsonRecord(record, isPlain ? 1 : UPLOAD_FORMAT);
}

export function decodeUpload(value: Buffer): UploadRecord {
  return decodeJsonRecord<UploadRecord>(value, 'upload', UPLOAD_FORMAT);
}

/** What a completion made, so that repeating it gets the same answer: value of the space `completion`. */
export interface CompletionRecord {
  readonly key: string;
  readonly nonce: string;
  /** Identifies the list of parts that was completed. */
  readonly request: string;
  /** Both of the version that was made. */
  readonly sequence: number;
  readonly body: BodyId;
  readonly completedAtMicros: number;
}

export function encodeCompletion(record: CompletionRecord): Buffer {
  return encodeJsonRecord(record);
}

export function decodeCompletion(value: Buffer): CompletionRecord {
  return decodeJsonRecord<CompletionRecord>(value, 'completion');
}

/**
 * What is left of a finished upload: value of the space `sweep`. `aborted`: parts, and pages of a completion that did not
 * come to its end. `completed`: parts; those that the object consists of (`kept`) leave their bytes to it. `remembered`:
 * only the completion record.
 */
export type SweepRecord =
  | { readonly kind: 'aborted'; readonly body: BodyId }
  | {
      readonly kind: 'completed';
      readonly body: BodyId;
      /** base64 bitmap of part numbers. */
      readonly kept: string;
      readonly completedAtMicros: number;
    }
  | { readonly kind: 'remembered' };

export function encodeSweep(record: SweepRecord): Buffer {
  return encodeJsonRecord(record);
}

export function decodeSweep(value: Buffer): SweepRecord {
  return decodeJsonRecord<SweepRecord>(value, 'sweep');
}

/** Part numbers as bits, so that 10,000 of them take 1,250 bytes. */
export class PartSet {
  readonly #bits: Buffer;

  constructor(bits: Buffer) {
    this.#bits = bits;
  }

  static of(partNumbers: readonly number[]): PartSet {
    const bits = Buffer.alloc((Math.max(0, ...partNumbers) >> 3) + 1);
    for (const partNumber of partNumbers) bits[partNumber >> 3]! |= 1 << (partNumber & 7);
    return new PartSet(bits);
  }

  static parse(text: string): PartSet {
    return new PartSet(Buffer.from(text, 'base64'));
  }

  has(partNumber: number): boolean {
    return ((this.#bits[partNumber >> 3] ?? 0) & (1 << (partNumber & 7))) !== 0;
  }

  toString(): string {
    return this.#bits.toString('base64');
  }
}

export interface PartRecord {
  readonly size: number;
  readonly lastModifiedMicros: number;
  readonly etagMd5: string;
  /** base64, of this part alone. */
  readonly checksum?: { readonly algorithm: ChecksumAlgorithm; readonly value: string };
  /** `none` or `pieces`; the latter under the upload's body id, and up to `PIECES_IN_PAGE_MAX` of them. */
  readonly body: Body;
}

const PART_FORMAT = 1;
const PART_PREFIX_BYTES = 35;

export function encodePart(record: PartRecord): Buffer {
  const checksumBytes =
    record.checksum === undefined ? 0 : Buffer.byteLength(record.checksum.value, 'base64');
  const bodyStart = PART_PREFIX_BYTES + checksumBytes;
  const value = Buffer.allocUnsafe(bodyStart + bodyBytes(record.body));
  value[0] = PART_FORMAT;
  value[1] = checksumAlgorithmCode(record.checksum?.algorithm);
  value[2] = checksumBytes;
  writeUint64(value, record.size, 3);
  writeUint64(value, record.lastModifiedMicros, 11);
  value.write(record.etagMd5, 19, 16, 'hex');
  if (record.checksum !== undefined) value.write(record.checksum.value, PART_PREFIX_BYTES, 'base64');
  writeBody(value, record.body, bodyStart);
  return value;
}

export function decodePart(value: Buffer): PartRecord {
  checkFormat(value, PART_FORMAT, 'part');
  const algorithm = checksumAlgorithmOfCode(value[1]!);
  const bodyStart = PART_PREFIX_BYTES + value[2]!;
  return {
    size: readUint64(value, 3),
    lastModifiedMicros: readUint64(value, 11),
    etagMd5: value.toString('hex', 19, 35),
    ...(algorithm === undefined
      ? undefined
      : { checksum: { algorithm, value: value.toString('base64', PART_PREFIX_BYTES, bodyStart) } }),
    body: readBody(value, bodyStart).body,
  };
}
