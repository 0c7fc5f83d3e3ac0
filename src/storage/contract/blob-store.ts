/**
 * The bytes half of the storage contract: write-once blobs under names that are never reused (design, section 6).
 *
 * Nothing is assumed about overwriting or about how fresh a listing is, so that RADOS, Swift or any S3 store can stand
 * behind the same calls.
 */
import type { ByteSource } from '../../lib/byte-source.ts';

/** Name of a blob: the writer's epoch and a sequence in it. Sorts as written; never reused, not even after a failed write. */
export interface BlobId {
  readonly epoch: number;
  readonly sequence: number;
}

export interface BlobWriter {
  readonly id: BlobId;
  /** Back-pressure: resolves when the writer can take more. The buffer is the writer's from then on, and may lose its bytes. */
  write(chunk: Buffer): Promise<void>;
  /** Makes bytes, checksums and directory durable. Returns the length in bytes. Rejects with StorageFailure/StorageFull. */
  finish(): Promise<number>;
  /** Removes what was written. Never rejects. */
  abort(): Promise<void>;
}

export interface BlobStore {
  /** Rejects with `StorageFull` when there is no room for new bytes. */
  create(): Promise<BlobWriter>;
  /**
   * Bytes `offset` to `offset + length` of a blob, in pieces of the store's own choosing. Every block that is touched is
   * verified against its checksum *before* its bytes are returned; a mismatch rejects with `CorruptBlob`.
   * `close()` must be called unless `read()` returned null or rejected; it never rejects.
   */
  open(id: BlobId, offset: number, length: number): Promise<ByteSource & { close(): Promise<void> }>;
  /** Durable when it resolves; call it for many at once, since they then share flushes. Removing an absent blob is no error. */
  remove(id: BlobId): Promise<void>;
  /** Length of the data, without reading it. Rejects as `open` does. */
  bytesOf(id: BlobId): Promise<number>;
  /** Every blob of one epoch, unfinished ones included, in no order; for sweeping closed epochs and for audits. */
  list(epoch: number): AsyncIterable<BlobId>;
  /** Every epoch under which there may be a blob, in ascending order; for audits. */
  listEpochs(): Promise<number[]>;
}
