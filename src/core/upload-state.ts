/** What the operations of multipart uploads share: finding an upload by its id, and moving the references of its parts. */
import type { Entry } from '../storage/contract/metadata-store.ts';
import { encodeReclaimable, type Piece } from './body-records.ts';
import type { CommitDraft } from './commit-draft.ts';
import type { CoreContext } from './core-context.ts';
import { CoreError } from './core-errors.ts';
import { type BodyId, bodyIdOfBlob } from './metadata-keys.ts';
import type { Bucket, Upload, UploadedPart } from './model.ts';
import { decodeOpaqueId, encodeOpaqueId } from './opaque-ids.ts';
import { blobReferenceKey, candidateKey } from './reclaiming-keys.ts';
import { type UploadNumber, uploadKey } from './upload-keys.ts';
import { decodeUpload, encodeUpload, type PartRecord, type UploadRecord } from './upload-records.ts';

export interface StoredUpload {
  readonly number: UploadNumber;
  readonly entry: Entry;
  readonly record: UploadRecord;
}

function uploadIdOf(number: UploadNumber, nonce: string): string {
  return encodeOpaqueId('upload', number, nonce);
}

/** The number and nonce in an upload id. Throws NoSuchUpload for anything that was never issued. */
export function parseUploadId(uploadId: string): { number: UploadNumber; nonce: string } {
  const id = decodeOpaqueId('upload', uploadId);
  if (id === undefined) throw new CoreError('NoSuchUpload', { uploadId });
  return { number: id.numberHex, nonce: id.nonce };
}

/** The unfinished upload of this key, or undefined. Throws NoSuchUpload when the id was never issued. */
export async function findUpload(
  context: CoreContext,
  bucket: Bucket,
  key: string,
  uploadId: string,
): Promise<StoredUpload | undefined> {
  const { number, nonce } = parseUploadId(uploadId);
  const entry = await context.metadata.get(uploadKey(bucket.id, key, number));
  if (entry === undefined) return undefined;
  const record = decodeUpload(entry.value);
  return record.nonce === nonce ? { number, entry, record } : undefined;
}

/** As `findUpload`; throws NoSuchUpload when there is none. */
export async function readUpload(
  context: CoreContext,
  bucket: Bucket,
  key: string,
  uploadId: string,
): Promise<StoredUpload> {
  const upload = await findUpload(context, bucket, key, uploadId);
  if (upload === undefined) throw new CoreError('NoSuchUpload', { uploadId });
  return upload;
}

export function toUpload(key: string, number: UploadNumber, record: UploadRecord): Upload {
  return {
    uploadId: uploadIdOf(number, record.nonce),
    key,
    initiatedAtMicros: record.initiatedAtMicros,
    initiator: record.initiator,
    owner: record.owner,
    metadata: record.metadata,
    ...(record.checksumAlgorithm === undefined ? undefined : { checksumAlgorithm: record.checksumAlgorithm }),
    ...(record.checksumType === undefined ? undefined : { checksumType: record.checksumType }),
  };
}

export function toUploadedPart(partNumber: number, record: PartRecord): UploadedPart {
  return {
    partNumber,
    lastModifiedMicros: record.lastModifiedMicros,
    size: record.size,
    etagMd5: record.etagMd5,
    ...(record.checksum === undefined ? undefined : { checksumValue: record.checksum.value }),
  };
}

export function assertPartNumber(partNumber: number, partNumberMax: number): void {
  if (Number.isInteger(partNumber) && partNumber >= 1 && partNumber <= partNumberMax) return;
  throw new CoreError('InvalidPartNumber', { partNumber, partNumberMax });
}

/**
 * The commit adds something to this upload: it must still be as it was read. One that a completion has frozen is opened
 * again, which makes that completion look again: parts and completions come one after the other, whoever may have died.
 */
export function checkOpen(draft: CommitDraft, bucket: Bucket, key: string, upload: StoredUpload): void {
  const recordKey = uploadKey(bucket.id, key, upload.number);
  draft.check(recordKey, upload.entry);
  if (upload.record.state === 'frozen') {
    draft.put(recordKey, encodeUpload({ ...upload.record, state: 'open' }));
  }
}

/** References of one part go from what it was to what it becomes; what loses a reference becomes a candidate. */
export function moveReferences(
  draft: CommitDraft,
  body: BodyId,
  partNumber: number,
  before: PartRecord | undefined,
  after: PartRecord | undefined,
): void {
  const removed = blobsOf(before);
  for (const [id, piece] of blobsOf(after)) {
    if (removed.delete(id)) continue;
    draft.put(blobReferenceKey(piece.blob, body, partNumber), Buffer.alloc(0));
  }
  for (const [id, piece] of removed) {
    draft.delete(blobReferenceKey(piece.blob, body, partNumber));
    draft.put(candidateKey('blob', id), encodeReclaimable(undefined));
  }
}

/** Each blob once; pieces of length 0 name none. */
function blobsOf(part: PartRecord | undefined): Map<string, Piece> {
  const blobs = new Map<string, Piece>();
  if (part?.body.kind !== 'pieces') return blobs;
  for (const piece of part.body.pieces) {
    if (piece.length > 0) blobs.set(bodyIdOfBlob(piece.blob), piece);
  }
  return blobs;
}
