/**
 * Writing one blob: chunks are gathered, never copied, and appended with one `writev` at a time while the next batch
 * gathers, so that at most two batches are in memory; what has been appended is given back. Order on disk (design,
 * section 6): bytes, their directory; only then does `finish()` resolve and may the caller commit.
 */
import { releaseBytes } from '../../lib/release-bytes.ts';
import type { BlobId, BlobWriter } from '../contract/blob-store.ts';
import { StorageFull } from '../contract/storage-errors.ts';
import type { WritableBlobFile } from './blob-files.ts';
import { BlockChecksums } from './blob-format.ts';
import { errorCode, type StorageHealth } from './storage-health.ts';

/** Large enough that a system call per batch does not show, small enough for a thousand uploads at once. */
const BATCH_BYTES = 256 * 1024;
/** Bodies cut into tiny chunks must not make endless lists. */
const BATCH_CHUNKS_MAX = 512;

export interface BlobWriterOptions {
  readonly id: BlobId;
  readonly file: WritableBlobFile;
  readonly health: StorageHealth;
  /** Throws or rejects with `StorageFull` under the reserve. */
  readonly assertRoom: () => Promise<void> | undefined;
  readonly noteFull: () => void;
  /** Makes the file's name durable, and those of new folders above it. */
  readonly flushNames: () => Promise<void>;
  /** Removes the file; never rejects. */
  readonly discard: () => Promise<void>;
}

export class FileBlobWriter implements BlobWriter {
  readonly id: BlobId;
  readonly #options: BlobWriterOptions;
  readonly #checksums = new BlockChecksums();
  #batch: Buffer[] = [];
  #batchBytes = 0;
  /** The append under way. Never rejects: `#error` has what went wrong. */
  #appending: Promise<void> | undefined;
  #error: unknown;
  #ended = false;
  #closed = false;

  constructor(options: BlobWriterOptions) {
    this.id = options.id;
    this.#options = options;
  }

  async write(chunk: Buffer): Promise<void> {
    this.#assertOpen();
    if (chunk.length === 0) return;
    this.#checksums.add(chunk);
    this.#batch.push(chunk);
    this.#batchBytes += chunk.length;
    if (this.#batchBytes < BATCH_BYTES && this.#batch.length < BATCH_CHUNKS_MAX) return;
    if (this.#appending !== undefined) await this.#appending;
    this.#assertOpen();
    this.#appendBatch();
  }

  async finish(): Promise<number> {
    this.#assertOpen();
    this.#ended = true;
    const { file, health, flushNames } = this.#options;
    try {
      if (this.#appending !== undefined) await this.#appending;
      this.#throwError();
      this.#batch.push(this.#checksums.footer(this.id));
      this.#appendBatch();
      await this.#appending;
      this.#throwError();
      health.assertSound();
      await file.sync().catch((cause: unknown) => {
        throw health.fail('A blob could not be flushed', cause);
      });
      await Promise.all([this.#closeFile(), flushNames()]);
    } catch (error) {
      await this.#discard();
      throw error;
    }
    return this.#checksums.dataBytes;
  }

  async abort(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#appending !== undefined) await this.#appending;
    await this.#discard();
  }

  #assertOpen(): void {
    this.#throwError();
    if (this.#ended) throw new Error('This blob writer has ended');
  }

  #throwError(): void {
    if (this.#error !== undefined) throw this.#error;
  }

  /** Starts appending the batch. Nothing may be under way. */
  #appendBatch(): void {
    const batch = this.#batch;
    this.#batch = [];
    this.#batchBytes = 0;
    this.#appending = this.#append(batch).then(
      () => {
        this.#appending = undefined;
      },
      (error: unknown) => {
        this.#error = error;
        this.#appending = undefined;
      },
    );
  }

  async #append(batch: Buffer[]): Promise<void> {
    const { file, health, assertRoom, noteFull } = this.#options;
    const looking = assertRoom();
    if (looking !== undefined) await looking;
    try {
      for (let rest = batch; rest.length > 0; ) rest = skipBytes(rest, await file.append(rest));
    } catch (error) {
      if (!isNoRoom(error)) throw health.fail('A blob could not be written', error);
      noteFull();
      throw new StorageFull('The disk is full', { cause: error });
    }
    for (const buffer of batch) releaseBytes(buffer);
  }

  /** What cannot be closed or removed is an unfinished file that the sweep of this epoch will find. */
  async #discard(): Promise<void> {
    await this.#closeFile().catch(() => undefined);
    await this.#options.discard();
  }

  /** Once only: a second time the descriptor may be somebody else's. */
  async #closeFile(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const { file, health } = this.#options;
    await file.close().catch((cause: unknown) => {
      throw health.fail('A blob could not be closed', cause);
    });
  }
}

export function isNoRoom(error: unknown): boolean {
  const code = errorCode(error);
  return code === 'ENOSPC' || code === 'EDQUOT';
}

/** What is left of `buffers` after their first `count` bytes (a file system that is nearly full takes only a part). */
function skipBytes(buffers: Buffer[], count: number): Buffer[] {
  let skipped = 0;
  for (const [index, buffer] of buffers.entries()) {
    if (skipped + buffer.length > count) {
      return [buffer.subarray(count - skipped), ...buffers.slice(index + 1)];
    }
    skipped += buffer.length;
  }
  return [];
}
