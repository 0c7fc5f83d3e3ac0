/** The bytes half of the in-memory engine. A blob that was removed is gone at once, also for those who are reading it. */
import type { BlobId, BlobStore, BlobWriter } from '../../src/storage/contract/blob-store.ts';
import { CorruptBlob, MissingBlob, StorageFull } from '../../src/storage/contract/storage-errors.ts';
import type { Faults } from './memory-faults.ts';

interface MemoryBlob {
  readonly id: BlobId;
  bytes: Buffer;
  finished: boolean;
  corrupt: boolean;
}

const nameOf = (id: BlobId): string => `${id.epoch}/${id.sequence}`;

/** All blobs of one store. */
export class MemoryBlobs {
  readonly #blobs = new Map<string, MemoryBlob>();

  find(id: BlobId): MemoryBlob | undefined {
    return this.#blobs.get(nameOf(id));
  }

  add(blob: MemoryBlob): void {
    if (this.find(blob.id) !== undefined) throw new Error(`Blob ${nameOf(blob.id)} exists already`);
    this.#blobs.set(nameOf(blob.id), blob);
  }

  remove(id: BlobId): void {
    this.#blobs.delete(nameOf(id));
  }

  corrupt(id: BlobId): void {
    const blob = this.find(id);
    if (blob === undefined) throw new Error(`No blob ${nameOf(id)} to corrupt`);
    blob.corrupt = true;
  }

  all(): BlobId[] {
    return [...this.#blobs.values()].map((blob) => blob.id);
  }

  /** The writer of this epoch is gone: what it had not finished is lost, or lies there torn. */
  abandon(epoch: number, survives: () => boolean): void {
    for (const blob of this.#blobs.values()) {
      if (blob.id.epoch === epoch && !blob.finished && !survives()) this.remove(blob.id);
    }
  }
}

interface MemoryBlobStoreOptions {
  readonly epoch: number;
  readonly blobs: MemoryBlobs;
  readonly faults: Faults;
  readonly isFull: () => boolean;
  /** Throws once the engine has crashed. */
  readonly assertAlive: () => void;
}

const PIECE_BYTES_MAX = 64 * 1024;

export function createMemoryBlobStore(options: MemoryBlobStoreOptions): BlobStore {
  const { epoch, blobs, faults, assertAlive } = options;
  let sequence = 0;

  async function step(point: string): Promise<void> {
    assertAlive();
    await faults.pause(point);
    assertAlive();
  }

  async function* list(listed: number): AsyncGenerator<BlobId> {
    for (const id of blobs.all()) {
      if (id.epoch !== listed) continue;
      await step('blob-list');
      if (blobs.find(id) !== undefined) yield id;
    }
  }

  return {
    async create() {
      await step('blob-create');
      if (options.isFull() || faults.chance(faults.plan.full)) throw new StorageFull('No room for new bytes');
      sequence += 1;
      const blob: MemoryBlob = {
        id: { epoch, sequence },
        bytes: Buffer.alloc(0),
        finished: false,
        corrupt: false,
      };
      blobs.add(blob);
      return createWriter(blob, options, step);
    },

    async open(id, offset, length) {
      await step('blob-open');
      assertReadable(blobs, id);
      const end = offset + length;
      if (offset < 0 || length < 0 || end > assertReadable(blobs, id).bytes.length) {
        throw new RangeError(`Bytes ${offset} to ${end} are not in blob ${nameOf(id)}`);
      }
      let position = offset;
      return {
        async read() {
          await step('blob-read');
          if (position === end) return null;
          const { bytes } = assertReadable(blobs, id);
          const pieceEnd = Math.min(end, position + 1 + faults.random.below(PIECE_BYTES_MAX));
          const piece = Buffer.from(bytes.subarray(position, pieceEnd));
          position = pieceEnd;
          return piece;
        },
        async close() {},
      };
    },

    async remove(id) {
      await step('blob-remove');
      blobs.remove(id);
    },

    async bytesOf(id) {
      await step('blob-open');
      return assertReadable(blobs, id).bytes.length;
    },

    list,

    async listEpochs() {
      await step('blob-list');
      return [...new Set(blobs.all().map((blob) => blob.epoch))].sort((left, right) => left - right);
    },
  };
}

function assertReadable(blobs: MemoryBlobs, id: BlobId): MemoryBlob {
  const blob = blobs.find(id);
  if (blob === undefined) throw new MissingBlob(`There is no blob ${nameOf(id)}`);
  if (!blob.finished) throw new CorruptBlob(`Blob ${nameOf(id)} was never finished`);
  if (blob.corrupt) throw new CorruptBlob(`A block of blob ${nameOf(id)} does not match its checksum`);
  return blob;
}

function createWriter(
  blob: MemoryBlob,
  { blobs, assertAlive }: MemoryBlobStoreOptions,
  step: (point: string) => Promise<void>,
): BlobWriter {
  const chunks: Buffer[] = [];
  let ended = false;
  return {
    id: blob.id,
    async write(chunk) {
      if (ended) throw new Error('This blob writer has ended');
      chunks.push(chunk);
      await step('blob-write');
    },
    async finish() {
      if (ended) throw new Error('This blob writer has ended');
      ended = true;
      await step('blob-finish');
      blob.bytes = Buffer.concat(chunks);
      blob.finished = true;
      return blob.bytes.length;
    },
    async abort() {
      if (ended) return;
      ended = true;
      try {
        assertAlive();
      } catch {
        return; // a crashed worker removes nothing; its epoch is swept
      }
      blobs.remove(blob.id);
    },
  };
}
