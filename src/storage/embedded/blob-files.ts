/**
 * The few file operations under the blob store, so that a simulated file system, which forgets what was not flushed, can
 * stand in for the real one. Errors are the system's own, with `code`.
 *
 * Callback functions on plain descriptors: a FileHandle costs more per call and closes itself behind our back.
 */
import {
  close,
  constants,
  fdatasync,
  fstatSync,
  fsync,
  mkdir,
  open,
  read,
  readdir,
  rmdir,
  unlink,
  writev,
} from 'node:fs';

export interface WritableBlobFile {
  /** Appends what the file system takes of these buffers, in order, and returns how many bytes that was. */
  append(buffers: readonly Buffer[]): Promise<number>;
  /** Makes everything appended so far durable, but not the file's name. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

export interface ReadableBlobFile {
  readonly sizeBytes: number;
  /** Fills `buffer` from `position`; returns fewer bytes only at the end of the file. */
  read(buffer: Buffer, position: number): Promise<number>;
  close(): Promise<void>;
}

export interface BlobFiles {
  /** A new, empty file. `EEXIST` when the name is taken, `ENOENT` when the folder is not there. */
  createFile(path: string): Promise<WritableBlobFile>;
  openFile(path: string): Promise<ReadableBlobFile>;
  /** False when it was there already. */
  makeDirectory(path: string): Promise<boolean>;
  listDirectory(path: string): Promise<string[]>;
  removeFile(path: string): Promise<void>;
  removeDirectory(path: string): Promise<void>;
  /** Makes the names in a directory durable: those made as well as those removed. */
  syncDirectory(path: string): Promise<void>;
}

const FILE_MODE = 0o600;
const DIRECTORY_MODE = 0o700;

/** Turns a call that ends with a node callback into a promise. Cheaper than `util.promisify` of the same call. */
function call<T>(
  start: (done: (error: NodeJS.ErrnoException | null, value?: T) => void) => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    start((error, value) => {
      if (error !== null) reject(error);
      else resolve(value as T);
    });
  });
}

const closeDescriptor = (descriptor: number): Promise<void> => call((done) => close(descriptor, done));

function writableFile(descriptor: number): WritableBlobFile {
  return {
    append: (buffers) => call((done) => writev(descriptor, buffers, done)),
    // The size is part of what fdatasync flushes, since the data could not be read back without it.
    sync: () => call((done) => fdatasync(descriptor, done)),
    close: () => closeDescriptor(descriptor),
  };
}

async function readFully(descriptor: number, buffer: Buffer, position: number): Promise<number> {
  let filled = 0;
  while (filled < buffer.length) {
    const from = filled;
    const count = await call<number>((done) =>
      read(descriptor, buffer, from, buffer.length - from, position + from, done),
    );
    if (count === 0) break;
    filled += count;
  }
  return filled;
}

function readableFile(descriptor: number): ReadableBlobFile {
  return {
    sizeBytes: fstatSync(descriptor).size, // from the inode in memory: no disk is touched
    read: (buffer, position) => readFully(descriptor, buffer, position),
    close: () => closeDescriptor(descriptor),
  };
}

export const realBlobFiles: BlobFiles = {
  async createFile(path) {
    const flags = constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY;
    return writableFile(await call<number>((done) => open(path, flags, FILE_MODE, done)));
  },

  async openFile(path) {
    return readableFile(await call<number>((done) => open(path, constants.O_RDONLY, done)));
  },

  async makeDirectory(path) {
    try {
      await call<void>((done) => mkdir(path, DIRECTORY_MODE, done));
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    }
  },

  listDirectory: (path) => call((done) => readdir(path, done)),
  removeFile: (path) => call((done) => unlink(path, done)),
  removeDirectory: (path) => call((done) => rmdir(path, done)),

  async syncDirectory(path) {
    const descriptor = await call<number>((done) => open(path, constants.O_RDONLY, done));
    try {
      await call<void>((done) => fsync(descriptor, done));
    } finally {
      await closeDescriptor(descriptor);
    }
  },
};
