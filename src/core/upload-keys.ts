/** Keys of multipart uploads, their parts and what is left of them (docs/adr/0002-keys-references-reclaiming.md). */
import type { KeyRange } from '../storage/contract/metadata-store.ts';
import {
  BUCKET_PREFIX_BYTES,
  NUMBER_SUFFIX_BYTES,
  objectKey,
  readUint64,
  space,
  successorOfPrefix,
  writeUint64,
} from './metadata-keys.ts';
import type { BucketId } from './model.ts';

/**
 * Names an upload in its bucket for ever: 16 lower-case hexadecimal characters that sort by time of initiation.
 * See `uploadNumberAt`.
 */
export type UploadNumber = string;

/**
 * Number of an upload that began at `micros` in the worker of `epoch`. Unique in the store as long as a worker never
 * uses one `micros` twice: 52 bits of time, then the low 12 bits of the epoch.
 */
export function uploadNumberAt(micros: number, epoch: number): UploadNumber {
  const high = Math.floor(micros / 0x10_0000);
  const buffer = Buffer.allocUnsafe(8);
  buffer.writeUInt32BE(high, 0);
  buffer.writeUInt32BE((micros % 0x10_0000) * 0x1000 + (epoch & 0xfff), 4);
  return buffer.toString('hex');
}

export function uploadKey(bucket: BucketId, key: string, number: UploadNumber): Buffer {
  const buffer = objectKey(space.upload, bucket, key, NUMBER_SUFFIX_BYTES);
  buffer[buffer.length - NUMBER_SUFFIX_BYTES] = 0;
  buffer.write(number, buffer.length - 8, 'hex');
  return buffer;
}

export function parseUploadKey(key: Buffer): { bucket: BucketId; key: string; number: UploadNumber } {
  return {
    bucket: readUint64(key, 1),
    key: key.toString('utf8', BUCKET_PREFIX_BYTES, key.length - NUMBER_SUFFIX_BYTES),
    number: key.toString('hex', key.length - 8),
  };
}

export function partKey(bucket: BucketId, upload: UploadNumber, partNumber: number): Buffer {
  const buffer = Buffer.allocUnsafe(BUCKET_PREFIX_BYTES + 10);
  buffer[0] = space.part;
  writeUint64(buffer, bucket, 1);
  buffer.write(upload, BUCKET_PREFIX_BYTES, 'hex');
  buffer.writeUInt16BE(partNumber, BUCKET_PREFIX_BYTES + 8);
  return buffer;
}

/** A completed upload, remembered so that repeating the completion gets the same answer. */
export function completionKey(bucket: BucketId, upload: UploadNumber): Buffer {
  const buffer = Buffer.allocUnsafe(BUCKET_PREFIX_BYTES + 8);
  buffer[0] = space.completion;
  writeUint64(buffer, bucket, 1);
  buffer.write(upload, BUCKET_PREFIX_BYTES, 'hex');
  return buffer;
}

/** Parts of an upload in order, from part number `first`. */
export function partRange(bucket: BucketId, upload: UploadNumber, first = 0): KeyRange {
  const start = partKey(bucket, upload, first);
  return { start, end: successorOfPrefix(start.subarray(0, BUCKET_PREFIX_BYTES + 8)) };
}

export function parsePartKey(key: Buffer): { bucket: BucketId; upload: UploadNumber; partNumber: number } {
  return {
    bucket: readUint64(key, 1),
    upload: key.toString('hex', BUCKET_PREFIX_BYTES, 17),
    partNumber: key.readUInt16BE(17),
  };
}

/** A finished upload that has something to be swept, in the order of when that is due. */
export function sweepKey(dueMicros: number, bucket: BucketId, upload: UploadNumber): Buffer {
  const buffer = Buffer.allocUnsafe(25);
  buffer[0] = space.sweep;
  writeUint64(buffer, dueMicros, 1);
  writeUint64(buffer, bucket, 9);
  buffer.write(upload, 17, 'hex');
  return buffer;
}

/** What is due at `nowMicros` or earlier. */
export function sweepRangeUntil(nowMicros: number): KeyRange {
  return { start: Buffer.from([space.sweep]), end: sweepKey(nowMicros + 1, 0, '0000000000000000') };
}

export function parseSweepKey(key: Buffer): {
  dueMicros: number;
  bucket: BucketId;
  upload: UploadNumber;
} {
  return { dueMicros: readUint64(key, 1), bucket: readUint64(key, 9), upload: key.toString('hex', 17) };
}
