/**
 * The embedded engine: LMDB for metadata and small bodies, files for larger ones, on one machine (design, section 6).
 *
 * The primary process opens the data directory once (`openDataDirectory`: lock, format, epochs of the dead). Each worker
 * then opens its own engine here. Commands beside a running server open a reader.
 */
import type { Clock } from '../../lib/clock.ts';
import type { EpochRegister, StorageEngine } from '../contract/storage-engine.ts';
import type { StorageFailure } from '../contract/storage-errors.ts';
import { type BlobFiles, realBlobFiles } from './blob-files.ts';
import { CommitIds } from './commit-ids.ts';
import { assertFormat, blobsPathOf, joinAsWorker, metadataPathOf } from './data-directory.ts';
import { LmdbEpochRegister } from './epoch-register.ts';
import { FileBlobStore } from './file-blob-store.ts';
import { type LmdbDriver, openLmdb, PAGE_VALUE_BYTES } from './lmdb-driver.ts';
import { LmdbMetadataReader, LmdbMetadataStore, type MetadataReader } from './lmdb-metadata-store.ts';
import { LmdbWriter } from './lmdb-writer.ts';
import { diskRoomOf, type FileSystemSpace, SpaceGuard } from './space-guard.ts';
import { StorageHealth } from './storage-health.ts';

/** Measured: up to here a body in the commit costs a fifth to a tenth of the CPU of a file (design, section 6). */
const INLINE_BYTES_MAX = 64 * 1024;

export interface EmbeddedEngineOptions {
  /** A directory that the primary has opened with `openDataDirectory`. */
  readonly dataDirectory: string;
  readonly clock: Clock;
  /**
   * Called once, with the first failure after which nothing can be promised any more. The process must stop
   * acknowledging and be replaced; every later call that writes rejects with the same failure.
   */
  readonly onFailure: (failure: StorageFailure) => void;
  readonly inlineBytesMax?: number | undefined;
  /** Address space for the metadata, in bytes; default 1 TiB. The same for all processes of one directory. */
  readonly mapBytes?: number | undefined;
  /** Free space that writing leaves alone, in bytes; default 1% of the file system, at least 256 MiB. */
  readonly reserveBytes?: number | undefined;
  /** For tests. */
  readonly measureSpace?: (() => Promise<FileSystemSpace>) | undefined;
  /** For tests. */
  readonly files?: BlobFiles | undefined;
}

/** Opens a worker's engine under a fresh epoch. Throws `DataDirectoryError` in one sentence when it cannot. */
export async function openEmbeddedEngine(options: EmbeddedEngineOptions): Promise<StorageEngine> {
  const { dataDirectory, mapBytes } = options;
  assertFormat(dataDirectory);
  const workerLock = joinAsWorker(dataDirectory);
  const driver = openLmdb(metadataPathOf(dataDirectory), { mapBytes });
  const health = new StorageHealth(options.onFailure);
  const writer = new LmdbWriter(driver, health, diskRoomOf(dataDirectory));
  const release = async (): Promise<void> => {
    writer.stop();
    await driver.close();
    workerLock.release();
  };
  try {
    return await assembleEngine(options, { driver, health, writer, release });
  } catch (error) {
    await release();
    throw error;
  }
}

interface EngineParts {
  readonly driver: LmdbDriver;
  readonly health: StorageHealth;
  readonly writer: LmdbWriter;
  readonly release: () => Promise<void>;
}

async function assembleEngine(
  options: EmbeddedEngineOptions,
  { driver, health, writer, release }: EngineParts,
): Promise<StorageEngine> {
  const { dataDirectory, clock, reserveBytes, measureSpace } = options;
  const register = new LmdbEpochRegister(driver, writer);
  const epoch = await register.take(process.pid);
  const space = new SpaceGuard({ dataDirectory, clock, reserveBytes, measure: measureSpace });
  const blobs = new FileBlobStore({
    directory: blobsPathOf(dataDirectory),
    epoch,
    files: options.files ?? realBlobFiles,
    health,
    space,
  });
  const commitIds = new CommitIds(epoch, () => register.takeForCommitIds());
  return {
    epoch,
    blobs,
    metadata: new LmdbMetadataStore({ driver, writer, commitIds, space }),
    epochs: createEpochRegister(register, blobs),
    inlineBytesMax: options.inlineBytesMax ?? INLINE_BYTES_MAX,
    inlineRowBytes: PAGE_VALUE_BYTES,
    async close() {
      await writer.idle();
      if (health.failure === undefined) await register.close(epoch);
      await release();
    },
  };
}

function createEpochRegister(register: LmdbEpochRegister, blobs: FileBlobStore): EpochRegister {
  return {
    listOpen: () => register.listOpen(),
    listClosed: () => register.listClosed(),
    close: (epoch) => register.close(epoch),
    async forget(epoch) {
      await register.forget(epoch);
      await blobs.removeEpochFolder(epoch);
    },
  };
}

/** Opens the metadata for reading only, beside a server that may be running. */
export function openEmbeddedReader(options: {
  readonly dataDirectory: string;
  readonly mapBytes?: number | undefined;
}): MetadataReader & { close(): Promise<void> } {
  assertFormat(options.dataDirectory);
  const driver = openLmdb(metadataPathOf(options.dataDirectory), {
    mapBytes: options.mapBytes,
    readOnly: true,
  });
  const reader = new LmdbMetadataReader(driver);
  return Object.assign(reader, { close: () => driver.close() });
}
