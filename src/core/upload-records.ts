/** Records of multipart uploads and their parts. Their operations own what the states mean. */
import { type Body, bodyBytes, readBody, writeBody } from './body-records.ts';
import { readUint64, writeUint64 } from './metadata-keys.ts';
import { checksumAlgorithmCode, checksumAlgorithmOfCode } from './metadata-records.ts';
import type {
  AccountId,
  Checksum,
  ChecksumAlgorithm,
  ChecksumType,
  ObjectMetadata,
  VersionId,
} from './model.ts';
import { checkFormat, decodeJsonRecord, encodeJsonRecord } from './record-format.ts';

/** `open`: takes parts. `frozen`: CompleteMultipartUpload is at work. `completed`: remembered for repeated completions. */
export type UploadState = 'open' | 'frozen' | 'completed';

/** What a completion made, so that repeating it gets the same answer. */
export interface UploadCompletion {
  readonly completedAtMicros: number;
  /** Identifies the list of parts that was completed. */
  readonly request: string;
  readonly versionId: VersionId;
  readonly sequence: number;
  readonly size: number;
  readonly etagMd5: string;
  readonly partCount: number;
  readonly checksum?: Checksum;
}

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
  /** When it was frozen: an abandoned completion can be taken up again. */
  readonly frozenAtMicros?: number;
  readonly completion?: UploadCompletion;
}

export function encodeUpload(record: UploadRecord): Buffer {
  return encodeJsonRecord(record);
}

export function decodeUpload(value: Buffer): UploadRecord {
  return decodeJsonRecord<UploadRecord>(value, 'upload');
}

export interface PartRecord {
  readonly size: number;
  readonly lastModifiedMicros: number;
  readonly etagMd5: string;
  /** base64, of this part alone. */
  readonly checksum?: { readonly algorithm: ChecksumAlgorithm; readonly value: string };
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
