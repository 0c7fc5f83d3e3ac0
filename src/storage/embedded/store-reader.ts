/** The whole store for reading only, beside a server that may be running: for `gotgan check` and `gotgan backup`. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { StoreReader } from '../contract/storage-engine.ts';
import { realBlobFiles } from './blob-files.ts';
import { assertFormat, blobsPathOf, DataDirectoryError, metadataPathOf } from './data-directory.ts';
import { LmdbEpochRegister } from './epoch-register.ts';
import { FileBlobStore } from './file-blob-store.ts';
import { openLmdb } from './lmdb-driver.ts';
import { LmdbMetadataReader } from './lmdb-metadata-store.ts';
import { LmdbWriter } from './lmdb-writer.ts';
import { StorageHealth } from './storage-health.ts';

/** Names no blob: nothing is created under it. */
const NO_EPOCH = 0;

/** Throws `DataDirectoryError` when the directory is none, or of another format, unless it is still being made. */
export function openStoreReader(
  dataDirectory: string,
  state: 'finished' | 'unfinished' = 'finished',
): StoreReader & { close(): Promise<void> } {
  if (state === 'finished') assertFormat(dataDirectory);
  if (!existsSync(join(metadataPathOf(dataDirectory), 'data.mdb'))) {
    throw new DataDirectoryError(
      `${dataDirectory} holds no metadata: the server has not been started on it yet`,
    );
  }
  const driver = openLmdb(metadataPathOf(dataDirectory), { readOnly: true });
  const health = new StorageHealth(() => undefined);
  const writer = new LmdbWriter(driver, health, {
    releaseBallast: () => Promise.resolve(),
    isExhausted: () => Promise.resolve(false),
  });
  writer.stop();
  const noRoom = { assertRoom: () => undefined, noteFull: () => undefined };
  return {
    metadata: new LmdbMetadataReader(driver),
    blobs: new FileBlobStore({
      directory: blobsPathOf(dataDirectory),
      epoch: NO_EPOCH,
      files: realBlobFiles,
      health,
      space: noRoom,
    }),
    epochs: new LmdbEpochRegister(driver, writer),
    close: () => driver.close(),
  };
}
