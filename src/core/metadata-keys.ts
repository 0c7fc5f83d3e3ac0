/**
 * Keys of the store, built and taken apart here, in `upload-keys.ts` and in `reclaiming-keys.ts`, and nowhere else
 * (docs/adr/0002-keys-references-reclaiming.md).
 *
 * Integers are big-endian. Below a bucket every key begins with a space byte and the bucket's 8-byte id. Object keys are
 * UTF-8 without NUL, so that `key 0 number` sorts everything of one key together, before any longer key.
 * 64-bit integers are written as two 32-bit halves: no BigInt on the hot path.
 */
import type { BlobId } from '../storage/contract/blob-store.ts';
import type { KeyRange } from '../storage/contract/metadata-store.ts';
import type { AccountId, BucketId, Place } from './model.ts';

/** Names a body for ever: 16 lower-case hexadecimal characters, 8 bytes in a key. See `bodyIdOfBlob`, `bodyIdOfCommit`. */
export type BodyId = string;

export const space = {
  directory: 0x01,
  claim: 0x02,
  bucket: 0x03,
  purge: 0x04,
  account: 0x05,
  head: 0x10,
  tombstone: 0x11,
  older: 0x12,
  body: 0x13,
  upload: 0x14,
  part: 0x15,
  page: 0x16,
  delta: 0x17,
  usage: 0x18,
  completion: 0x19,
  bodyReference: 0x20,
  blobReference: 0x21,
  candidate: 0x22,
  condemned: 0x23,
  round: 0x24,
  worker: 0x25,
  sweep: 0x26,
  scrub: 0x27,
  expiry: 0x28,
} as const;

export type BucketSpace =
  | typeof space.head
  | typeof space.tombstone
  | typeof space.older
  | typeof space.body
  | typeof space.upload
  | typeof space.part
  | typeof space.page
  | typeof space.delta
  | typeof space.completion;

/** Bytes before the object key in the spaces below a bucket. */
export const BUCKET_PREFIX_BYTES = 9;
/** Bytes after the object key in the spaces `older` and `upload`: NUL and a 64-bit number. */
export const NUMBER_SUFFIX_BYTES = 9;

const TWO_32 = 0x1_0000_0000;
/** Bits 53 to 63 set: a body id born by a commit. Blob names of these epochs would look alike, so they are refused. */
const COMMIT_BORN_HIGH = 0xffe0_0000;
const EPOCH_MAX = 0xffdff;
const BLOB_SEQUENCE_MAX = 2 ** 44 - 1;

/** Writes a non-negative safe integer as 8 bytes. */
export function writeUint64(target: Buffer, value: number, offset: number): void {
  const low = value % TWO_32;
  target.writeUInt32BE((value - low) / TWO_32, offset);
  target.writeUInt32BE(low, offset + 4);
}

/** Reads 8 bytes written by `writeUint64`; exact for safe integers. */
export function readUint64(source: Buffer, offset: number): number {
  return source.readUInt32BE(offset) * TWO_32 + source.readUInt32BE(offset + 4);
}

function writeInvertedUint64(target: Buffer, value: number, offset: number): void {
  const low = value % TWO_32;
  target.writeUInt32BE(0xffff_ffff - (value - low) / TWO_32, offset);
  target.writeUInt32BE(0xffff_ffff - low, offset + 4);
}

function readInvertedUint64(source: Buffer, offset: number): number {
  return (
    (0xffff_ffff - source.readUInt32BE(offset)) * TWO_32 + (0xffff_ffff - source.readUInt32BE(offset + 4))
  );
}

/** The least key that is greater than every key beginning with `prefix`. `prefix` has a byte below 0xff. */
export function successorOfPrefix(prefix: Buffer): Buffer {
  let length = prefix.length;
  while (length > 0 && prefix[length - 1] === 0xff) length -= 1;
  const successor = Buffer.from(prefix.subarray(0, length));
  if (length > 0) successor[length - 1] = prefix[length - 1]! + 1;
  return successor;
}

/** The first key behind this one. */
export function keyAfter(key: Buffer): Buffer {
  return Buffer.concat([key, Buffer.alloc(1)]);
}

/** Every key that begins with `prefix`. */
export function rangeOfPrefix(prefix: Buffer): KeyRange {
  return { start: prefix, end: successorOfPrefix(prefix) };
}

/** Every key of one space, across buckets. */
export function rangeOfSpace(spaceByte: number): KeyRange {
  return { start: Buffer.from([spaceByte]), end: Buffer.from([spaceByte + 1]) };
}

// -- Buckets -------------------------------------------------------------------------------------------------------

export function directoryKey(account: AccountId, place: Place, name: string): Buffer {
  return textKey(space.directory, `${account}\0${place}\0${name}`);
}

/** The directory entries of an account, of one place or of all, whose names begin with `prefix` (one place only). */
export function directoryRange(account: AccountId, place?: Place, prefix = ''): KeyRange {
  const text = place === undefined ? `${account}\0` : `${account}\0${place}\0${prefix}`;
  return rangeOfPrefix(textKey(space.directory, text));
}

export function parseDirectoryKey(key: Buffer): { account: AccountId; place: Place; name: string } {
  const [account = '', place = '', name = ''] = key.toString('utf8', 1).split('\0');
  return { account, place, name };
}

/**
 * The register of claimed names. Mode `global`: one register for all places. Mode `account`: one register per place, in
 * which the first account to create a name makes it public. No name begins with NUL, so the two never meet.
 */
export function claimKey(mode: 'global' | 'account', place: Place, name: string): Buffer {
  return textKey(space.claim, mode === 'global' ? name : `\0${place}\0${name}`);
}

/** Settings of an account in one place. */
export function accountKey(account: AccountId, place: Place): Buffer {
  return textKey(space.account, `${account}\0${place}`);
}

/** The mark of an account that is being removed. No place is called so. */
export function closedAccountKey(account: AccountId): Buffer {
  return textKey(space.account, `${account}\0\0closed`);
}

export function bucketKey(id: BucketId): Buffer {
  return numberKey(space.bucket, id);
}

export function purgeKey(id: BucketId): Buffer {
  return numberKey(space.purge, id);
}

export function parseBucketId(key: Buffer): BucketId {
  return readUint64(key, 1);
}

/** Every key of one space below one bucket. */
export function rangeOfBucket(spaceByte: BucketSpace, id: BucketId): KeyRange {
  return rangeOfPrefix(numberKey(spaceByte, id));
}

// -- Objects and versions ------------------------------------------------------------------------------------------

export function headKey(bucket: BucketId, key: string): Buffer {
  return objectKey(space.head, bucket, key, 0);
}

export function tombstoneKey(bucket: BucketId, key: string): Buffer {
  return objectKey(space.tombstone, bucket, key, 0);
}

export function olderKey(bucket: BucketId, key: string, sequence: number): Buffer {
  const buffer = objectKey(space.older, bucket, key, NUMBER_SUFFIX_BYTES);
  buffer[buffer.length - NUMBER_SUFFIX_BYTES] = 0;
  writeInvertedUint64(buffer, sequence, buffer.length - 8);
  return buffer;
}

/** All versions of a key that are not current, latest first. */
export function olderRange(bucket: BucketId, key: string): KeyRange {
  const prefix = objectKey(space.older, bucket, key, 1);
  prefix[prefix.length - 1] = 0;
  return rangeOfPrefix(prefix);
}

/** The object key in a key of the spaces `head` and `tombstone`. */
export function parseHeadKey(key: Buffer): string {
  return key.toString('utf8', BUCKET_PREFIX_BYTES);
}

export function parseOlderKey(key: Buffer): { key: string; sequence: number } {
  const end = key.length - NUMBER_SUFFIX_BYTES;
  return {
    key: key.toString('utf8', BUCKET_PREFIX_BYTES, end),
    sequence: readInvertedUint64(key, key.length - 8),
  };
}

/** Space byte, bucket id and raw bytes of (the beginning of) an object key: where a listing seeks to. */
export function seekKey(spaceByte: BucketSpace, bucket: BucketId, keyBytes: Buffer): Buffer {
  const buffer = Buffer.allocUnsafe(BUCKET_PREFIX_BYTES + keyBytes.length);
  buffer[0] = spaceByte;
  writeUint64(buffer, bucket, 1);
  keyBytes.copy(buffer, BUCKET_PREFIX_BYTES);
  return buffer;
}

// -- Bodies --------------------------------------------------------------------------------------------------------

/** A body that is one whole blob carries the blob's name. */
export function bodyIdOfBlob(blob: BlobId): BodyId {
  const buffer = Buffer.allocUnsafe(8);
  writeBlobId(buffer, blob, 0);
  return buffer.toString('hex');
}

/** A body made by a commit (inline bytes, completed uploads) carries the commit's id: never that of a blob. */
export function bodyIdOfCommit(commit: number): BodyId {
  const low = commit % TWO_32;
  const buffer = Buffer.allocUnsafe(8);
  buffer.writeUInt32BE((COMMIT_BORN_HIGH | ((commit - low) / TWO_32)) >>> 0, 0);
  buffer.writeUInt32BE(low, 4);
  return buffer.toString('hex');
}

/** Inline bytes of a body: row 0, or one of up to 255 behind it, which bear their number. */
export function bodyKey(bucket: BucketId, body: BodyId, row: number): Buffer {
  const buffer = Buffer.allocUnsafe(BUCKET_PREFIX_BYTES + (row === 0 ? 8 : 9));
  buffer[0] = space.body;
  writeUint64(buffer, bucket, 1);
  buffer.write(body, BUCKET_PREFIX_BYTES, 'hex');
  if (row > 0) buffer[BUCKET_PREFIX_BYTES + 8] = row;
  return buffer;
}

export function parseBodyKey(key: Buffer): { bucket: BucketId; body: BodyId } {
  return { bucket: readUint64(key, 1), body: key.toString('hex', BUCKET_PREFIX_BYTES, 17) };
}

/** A page of pieces; `startOffset` is the offset in the body of its first byte. */
export function pageKey(bucket: BucketId, body: BodyId, startOffset: number): Buffer {
  const buffer = Buffer.allocUnsafe(BUCKET_PREFIX_BYTES + 16);
  buffer[0] = space.page;
  writeUint64(buffer, bucket, 1);
  buffer.write(body, BUCKET_PREFIX_BYTES, 'hex');
  writeUint64(buffer, startOffset, BUCKET_PREFIX_BYTES + 8);
  return buffer;
}

/** All pages of a body, in order of their offsets. */
export function pageRange(bucket: BucketId, body: BodyId): KeyRange {
  return rangeOfPrefix(pageKey(bucket, body, 0).subarray(0, BUCKET_PREFIX_BYTES + 8));
}

export function parsePageKey(key: Buffer): { bucket: BucketId; body: BodyId; startOffset: number } {
  return {
    bucket: readUint64(key, 1),
    body: key.toString('hex', BUCKET_PREFIX_BYTES, 17),
    startOffset: readUint64(key, 17),
  };
}

// -- Counters ------------------------------------------------------------------------------------------------------

/** `number` is the id of the commit that wrote it first: unique in its epoch. */
export function deltaKey(bucket: BucketId, epoch: number, number: number): Buffer {
  const buffer = Buffer.allocUnsafe(BUCKET_PREFIX_BYTES + 12);
  buffer[0] = space.delta;
  writeUint64(buffer, bucket, 1);
  buffer.writeUInt32BE(epoch, BUCKET_PREFIX_BYTES);
  writeUint64(buffer, number, BUCKET_PREFIX_BYTES + 4);
  return buffer;
}

export function epochOfDelta(key: Buffer): number {
  return key.readUInt32BE(BUCKET_PREFIX_BYTES);
}

export function usageKey(bucket: BucketId): Buffer {
  return numberKey(space.usage, bucket);
}

// -- Parts of keys -------------------------------------------------------------------------------------------------

/** 20 bits of epoch, 44 bits of sequence. */
export function writeBlobId(target: Buffer, blob: BlobId, offset: number): void {
  if (blob.epoch > EPOCH_MAX || blob.sequence > BLOB_SEQUENCE_MAX) {
    throw new RangeError(`blob ${blob.epoch}/${blob.sequence} is outside the range of blob names`);
  }
  const low = blob.sequence % TWO_32;
  target.writeUInt32BE(blob.epoch * 0x1000 + (blob.sequence - low) / TWO_32, offset);
  target.writeUInt32BE(low, offset + 4);
}

export function readBlobId(source: Buffer, offset: number): BlobId {
  const high = source.readUInt32BE(offset);
  return { epoch: high >>> 12, sequence: (high & 0xfff) * TWO_32 + source.readUInt32BE(offset + 4) };
}

/** The blob whose name `bodyIdOfBlob` wrote. */
export function blobOfBodyId(id: BodyId): BlobId {
  return readBlobId(Buffer.from(id, 'hex'), 0);
}

function textKey(spaceByte: number, text: string): Buffer {
  const buffer = Buffer.allocUnsafe(1 + Buffer.byteLength(text));
  buffer[0] = spaceByte;
  buffer.write(text, 1);
  return buffer;
}

function numberKey(spaceByte: number, number: number): Buffer {
  const buffer = Buffer.allocUnsafe(9);
  buffer[0] = spaceByte;
  writeUint64(buffer, number, 1);
  return buffer;
}

/** Space byte, bucket id, object key, and room for `suffixBytes` more. */
export function objectKey(
  spaceByte: BucketSpace,
  bucket: BucketId,
  key: string,
  suffixBytes: number,
): Buffer {
  const buffer = Buffer.allocUnsafe(BUCKET_PREFIX_BYTES + Buffer.byteLength(key) + suffixBytes);
  buffer[0] = spaceByte;
  writeUint64(buffer, bucket, 1);
  buffer.write(key, BUCKET_PREFIX_BYTES);
  return buffer;
}
