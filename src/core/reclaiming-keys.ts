/** Keys of references, of what is being reclaimed, and of the rounds (docs/adr/0002-keys-references-reclaiming.md). */
import type { BlobId } from '../storage/contract/blob-store.ts';
import type { KeyRange } from '../storage/contract/metadata-store.ts';
import {
  type BodyId,
  bodyIdOfBlob,
  rangeOfPrefix,
  readBlobId,
  readUint64,
  space,
  writeBlobId,
  writeUint64,
} from './metadata-keys.ts';
import type { BucketId } from './model.ts';

/** Who needs a body: a version of an object, whose sequence never changes. */
export interface BodyOwner {
  readonly bucket: BucketId;
  readonly key: string;
  readonly sequence: number;
}

/** In the key, for what else may come to own bodies. */
const OWNER_VERSION = 1;

export function bodyReferenceKey(body: BodyId, owner: BodyOwner): Buffer {
  const buffer = Buffer.allocUnsafe(26 + Buffer.byteLength(owner.key));
  buffer[0] = space.bodyReference;
  buffer.write(body, 1, 'hex');
  buffer[9] = OWNER_VERSION;
  writeUint64(buffer, owner.bucket, 10);
  writeUint64(buffer, owner.sequence, 18);
  buffer.write(owner.key, 26);
  return buffer;
}

export function bodyReferenceRange(body: BodyId): KeyRange {
  return idRange(space.bodyReference, body);
}

export function parseBodyReferenceKey(key: Buffer): { body: BodyId; owner: BodyOwner } {
  return {
    body: key.toString('hex', 1, 9),
    owner: { bucket: readUint64(key, 10), key: key.toString('utf8', 26), sequence: readUint64(key, 18) },
  };
}

export function blobReferenceKey(blob: BlobId, body: BodyId, partNumber: number): Buffer {
  const buffer = Buffer.allocUnsafe(19);
  buffer[0] = space.blobReference;
  writeBlobId(buffer, blob, 1);
  buffer.write(body, 9, 'hex');
  buffer.writeUInt16BE(partNumber, 17);
  return buffer;
}

export function blobReferenceRange(blob: BlobId): KeyRange {
  return idRange(space.blobReference, bodyIdOfBlob(blob));
}

export function parseBlobReferenceKey(key: Buffer): { blob: BlobId; body: BodyId; partNumber: number } {
  return { blob: readBlobId(key, 1), body: key.toString('hex', 9, 17), partNumber: key.readUInt16BE(17) };
}

export type Reclaimable = 'body' | 'blob';

/** `id`: of a body, or of a blob as `bodyIdOfBlob` writes it. */
export function candidateKey(kind: Reclaimable, id: BodyId): Buffer {
  const buffer = Buffer.allocUnsafe(10);
  buffer[0] = space.candidate;
  writeReclaimable(buffer, kind, id, 1);
  return buffer;
}

export function parseCandidateKey(key: Buffer): { kind: Reclaimable; id: BodyId } {
  return readReclaimable(key, 1);
}

/** By round, so that what may be deleted stands first and what was condemned last stands last. */
export function condemnedKey(round: number, kind: Reclaimable, id: BodyId): Buffer {
  const buffer = Buffer.allocUnsafe(18);
  buffer[0] = space.condemned;
  writeUint64(buffer, round, 1);
  writeReclaimable(buffer, kind, id, 9);
  return buffer;
}

/** What was condemned in a round before `round`. */
export function condemnedRangeBefore(round: number): KeyRange {
  const end = Buffer.allocUnsafe(9);
  end[0] = space.condemned;
  writeUint64(end, round, 1);
  return { start: Buffer.from([space.condemned]), end };
}

export function parseCondemnedKey(key: Buffer): { round: number; kind: Reclaimable; id: BodyId } {
  return { round: readUint64(key, 1), ...readReclaimable(key, 9) };
}

export const roundKey: Buffer = Buffer.from([space.round]);

export function workerKey(epoch: number): Buffer {
  const buffer = Buffer.allocUnsafe(5);
  buffer[0] = space.worker;
  buffer.writeUInt32BE(epoch, 1);
  return buffer;
}

function idRange(spaceByte: number, id: BodyId): KeyRange {
  const prefix = Buffer.allocUnsafe(9);
  prefix[0] = spaceByte;
  prefix.write(id, 1, 'hex');
  return rangeOfPrefix(prefix);
}

function writeReclaimable(target: Buffer, kind: Reclaimable, id: BodyId, offset: number): void {
  target[offset] = kind === 'body' ? 1 : 2;
  target.write(id, offset + 1, 'hex');
}

function readReclaimable(source: Buffer, offset: number): { kind: Reclaimable; id: BodyId } {
  return { kind: source[offset] === 1 ? 'body' : 'blob', id: source.toString('hex', offset + 1, offset + 9) };
}
