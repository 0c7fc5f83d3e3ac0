/** Records of buckets and of their names: directory, claims, purge (docs/adr/0002-keys-references-reclaiming.md). */
import { readUint64, writeUint64 } from './metadata-keys.ts';
import type { AccountId, Bucket, BucketId, BucketLock, Place, VersioningState } from './model.ts';
import { checkFormat, decodeJsonRecord, encodeJsonRecord } from './record-format.ts';

/** `deleting`: DeleteBucket is finding out whether the bucket is empty; nothing below the bucket may be written. */
export type BucketState = 'active' | 'deleting';

export interface BucketRecord {
  readonly state: BucketState;
  readonly account: AccountId;
  readonly place: Place;
  readonly name: string;
  readonly createdAtMicros: number;
  readonly versioning: VersioningState;
  /** The name stands in the register of claims for this bucket. */
  readonly claimed: boolean;
  readonly documents: Readonly<Record<string, string>>;
  readonly lock?: BucketLock;
}

/** 2: has something that a server of format 1 would not respect. */
const BUCKET_FORMAT = 2;

export function encodeBucket(record: BucketRecord): Buffer {
  return encodeJsonRecord(record, record.lock === undefined ? 1 : BUCKET_FORMAT);
}

export function decodeBucket(value: Buffer): BucketRecord {
  return decodeJsonRecord<BucketRecord>(value, 'bucket', BUCKET_FORMAT);
}

export function toBucket(id: BucketId, recordVersion: number, record: BucketRecord): Bucket {
  return {
    id,
    account: record.account,
    place: record.place,
    name: record.name,
    createdAtMicros: record.createdAtMicros,
    versioning: record.versioning,
    claimed: record.claimed,
    documents: record.documents,
    ...(record.lock === undefined ? undefined : { lock: record.lock }),
    recordVersion,
  };
}

/** The record that a bucket value was made from, in a state. */
export function toBucketRecord(bucket: Bucket, state: BucketState): BucketRecord {
  return {
    state,
    account: bucket.account,
    place: bucket.place,
    name: bucket.name,
    createdAtMicros: bucket.createdAtMicros,
    versioning: bucket.versioning,
    claimed: bucket.claimed,
    documents: bucket.documents,
    ...(bucket.lock === undefined ? undefined : { lock: bucket.lock }),
  };
}

const DIRECTORY_FORMAT = 1;

export function encodeDirectoryEntry(id: BucketId): Buffer {
  const value = Buffer.allocUnsafe(9);
  value[0] = DIRECTORY_FORMAT;
  writeUint64(value, id, 1);
  return value;
}

export function decodeDirectoryEntry(value: Buffer): BucketId {
  checkFormat(value, DIRECTORY_FORMAT, 'directory');
  return readUint64(value, 1);
}

/** A claimed name: held by a bucket, or cooling down after its bucket went (only `account` may claim it until then). */
export type ClaimRecord =
  | { readonly kind: 'held'; readonly account: AccountId; readonly place: Place; readonly bucket: BucketId }
  | { readonly kind: 'cooling'; readonly account: AccountId; readonly untilMicros: number };

export function encodeClaim(record: ClaimRecord): Buffer {
  return encodeJsonRecord(record);
}

export function decodeClaim(value: Buffer): ClaimRecord {
  return decodeJsonRecord<ClaimRecord>(value, 'claim');
}

/** A removed bucket whose uploads, parts, pages, deltas and usage are still to be swept. */
export interface PurgeRecord {
  readonly account: AccountId;
  readonly name: string;
  readonly removedAtMicros: number;
}

export function encodePurge(record: PurgeRecord): Buffer {
  return encodeJsonRecord(record);
}
