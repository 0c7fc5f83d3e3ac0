/**
 * Blobs as files: `blobs/<epoch>/<sequence div 1024>/<sequence>`, so that one epoch's blobs can be listed alone and no
 * folder grows beyond 1,024 names. Names are made from the worker's epoch and never reused (design, section 6).
 */
import { join } from 'node:path';
import type { BlobId, BlobStore, BlobWriter } from '../contract/blob-store.ts';
import { StorageFailure, StorageFull } from '../contract/storage-errors.ts';
import type { BlobFiles, WritableBlobFile } from './blob-files.ts';
import { type BlobRange, openBlobRange, readBlobBytes } from './blob-reader.ts';
import { FileBlobWriter, isNoRoom } from './blob-writer.ts';
import { DirectoryFlushes } from './directory-flushes.ts';
import type { SpaceGuard } from './space-guard.ts';
import { errorCode, type StorageHealth } from './storage-health.ts';

const BLOBS_PER_FOLDER = 1024;
/** A folder may be removed by a sweep between making it and using it; not this often. */
const CREATE_ATTEMPTS_MAX = 16;
const NUMBER = /^\d{1,16}$/;

export interface FileBlobStoreOptions {
  /** The folder `blobs`; it exists and its own name is durable. */
  readonly directory: string;
  readonly epoch: number;
  readonly files: BlobFiles;
  readonly health: StorageHealth;
  readonly space: Pick<SpaceGuard, 'assertRoom' | 'noteFull'>;
}

export class FileBlobStore implements BlobStore {
  readonly #directory: string;
  readonly #epoch: number;
  readonly #files: BlobFiles;
  readonly #health: StorageHealth;
  readonly #space: Pick<SpaceGuard, 'assertRoom' | 'noteFull'>;
  readonly #flushes: DirectoryFlushes;
  #sequence = 0;
  /** The folder that this worker is filling; made, and its name flushed, once. */
  #current:
    | { readonly path: string; readonly made: Promise<void>; flushed: Promise<void> | undefined }
    | undefined;

  constructor({ directory, epoch, files, health, space }: FileBlobStoreOptions) {
    this.#directory = directory;
    this.#epoch = epoch;
    this.#files = files;
    this.#health = health;
    this.#space = space;
    this.#flushes = new DirectoryFlushes((path) => files.syncDirectory(path));
  }

  async create(): Promise<BlobWriter> {
    this.#health.assertSound();
    const looking = this.#space.assertRoom();
    if (looking !== undefined) await looking;
    this.#sequence += 1;
    const id: BlobId = { epoch: this.#epoch, sequence: this.#sequence };
    const folder = this.#folderOf(id);
    const path = join(folder, String(id.sequence));
    const file = await this.#createFile(folder, path);
    return new FileBlobWriter({
      id,
      file,
      health: this.#health,
      assertRoom: () => this.#space.assertRoom(),
      noteFull: () => this.#space.noteFull(),
      flushNames: () => this.#flushNames(folder),
      discard: () => this.#files.removeFile(path).catch(() => undefined), // the sweep of this epoch finds it
    });
  }

  open(id: BlobId, offset: number, length: number): Promise<BlobRange> {
    return openBlobRange(this.#files, this.#pathOf(id), id, offset, length);
  }

  bytesOf(id: BlobId): Promise<number> {
    return readBlobBytes(this.#files, this.#pathOf(id), id);
  }

  /** The last name of a folder takes the folder with it. */
  async remove(id: BlobId): Promise<void> {
    this.#health.assertSound();
    const folder = this.#folderOf(id);
    try {
      await ignoring(['ENOENT'], this.#files.removeFile(this.#pathOf(id)));
      const emptied = await ignoring(['ENOTEMPTY', 'EEXIST', 'ENOENT'], this.#files.removeDirectory(folder));
      await this.#flushRemoval(emptied ? this.#epochFolder(id.epoch) : folder);
    } catch (error) {
      throw error instanceof StorageFailure ? error : describeFailure('removing a blob', error);
    }
  }

  async *list(epoch: number): AsyncGenerator<BlobId> {
    const epochFolder = this.#epochFolder(epoch);
    for (const folder of await this.#namesIn(epochFolder)) {
      for (const name of await this.#namesIn(join(epochFolder, folder))) {
        yield { epoch, sequence: Number(name) };
      }
    }
  }

  async listEpochs(): Promise<number[]> {
    return (await this.#namesIn(this.#directory)).map(Number).sort((left, right) => left - right);
  }

  /** Removes the emptied folder of an epoch that is about to be forgotten; leaves it when blobs are still in it. */
  async removeEpochFolder(epoch: number): Promise<void> {
    try {
      await ignoring(
        ['ENOTEMPTY', 'EEXIST', 'ENOENT'],
        this.#files.removeDirectory(this.#epochFolder(epoch)),
      );
    } catch (error) {
      throw describeFailure('removing a folder', error);
    }
  }

  async #createFile(folder: string, path: string): Promise<WritableBlobFile> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#makeFolder(folder);
        return await this.#files.createFile(path);
      } catch (error) {
        if (errorCode(error) === 'ENOENT' && attempt < CREATE_ATTEMPTS_MAX) {
          if (this.#current?.path === folder) this.#current = undefined; // emptied and removed by a sweep
          continue;
        }
        if (isNoRoom(error)) {
          this.#space.noteFull();
          throw new StorageFull('The disk is full', { cause: error });
        }
        throw describeFailure('creating a blob', error);
      }
    }
  }

  #makeFolder(folder: string): Promise<void> {
    if (this.#current?.path !== folder) {
      const made = this.#makeDirectories(folder);
      this.#current = { path: folder, made, flushed: undefined };
    }
    return this.#current.made;
  }

  async #makeDirectories(folder: string): Promise<void> {
    await this.#files.makeDirectory(this.#epochFolder(this.#epoch));
    await this.#files.makeDirectory(folder);
  }

  /** The blob's name in its folder, the folder's in the epoch's, and the epoch's in `blobs`. */
  async #flushNames(folder: string): Promise<void> {
    try {
      await Promise.all([this.#flushes.flush(folder), this.#flushFolderName(folder)]);
    } catch (cause) {
      throw this.#health.fail('A directory could not be flushed', cause);
    }
    this.#health.assertSound(); // a flush that comes after a failed one proves nothing
  }

  #flushFolderName(folder: string): Promise<unknown> {
    const flushParents = (): Promise<unknown> =>
      Promise.all([
        this.#flushes.flush(this.#epochFolder(this.#epoch)),
        this.#flushes.flush(this.#directory),
      ]);
    const current = this.#current;
    if (current?.path !== folder) return flushParents(); // a slow upload into a folder that is full by now
    current.flushed ??= flushParents().then(() => undefined);
    return current.flushed;
  }

  /** A folder that is gone by now took the name with it: then its parent has to be flushed, up to `blobs`. */
  async #flushRemoval(folder: string): Promise<void> {
    try {
      await this.#flushes.flush(folder);
    } catch (cause) {
      if (errorCode(cause) !== 'ENOENT' || folder === this.#directory) {
        throw this.#health.fail('A directory could not be flushed', cause);
      }
      await this.#flushRemoval(join(folder, '..'));
    }
    this.#health.assertSound();
  }

  async #namesIn(folder: string): Promise<string[]> {
    try {
      return (await this.#files.listDirectory(folder)).filter((name) => NUMBER.test(name));
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return [];
      throw describeFailure('listing blobs', error);
    }
  }

  #epochFolder(epoch: number): string {
    return join(this.#directory, String(epoch));
  }

  #folderOf(id: BlobId): string {
    return folderOf(this.#directory, id);
  }

  #pathOf(id: BlobId): string {
    return blobPathOf(this.#directory, id);
  }
}

function folderOf(directory: string, { epoch, sequence }: BlobId): string {
  return join(directory, String(epoch), String(Math.floor(sequence / BLOBS_PER_FOLDER)));
}

/** The file of a blob below the folder `blobs`. */
export function blobPathOf(directory: string, id: BlobId): string {
  return join(folderOf(directory, id), String(id.sequence));
}

/** False when it failed in one of the expected ways. */
async function ignoring(codes: readonly string[], operation: Promise<void>): Promise<boolean> {
  try {
    await operation;
    return true;
  } catch (error) {
    if (codes.includes(String(errorCode(error)))) return false;
    throw error;
  }
}

/** Not final: too many open files, say, or a permission that somebody took away. */
function describeFailure(what: string, error: unknown): StorageFailure {
  return new StorageFailure(`${what} failed: ${String(errorCode(error) ?? error)}`, { cause: error });
}
