/**
 * Opening the LMDB environment, and the few calls of the driver (lmdb-js) that the engine uses.
 *
 * `overlappingSync: false`, so that what is visible is flushed, to whichever worker; by default a put resolves before its
 * flush (design, section 6, "Mind the driver", 1). The map is a large fixed one: it costs address space, not disk, and a
 * map that never grows never has to be remapped under the readers of other processes.
 *
 * `eventTurnBatching: false`: the driver's own batch around an event turn has a promise that nobody can reach, and when a
 * transaction fails its rejection is unhandled and ends the process. Commits share a flush without it just as well.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { open, type RootDatabaseOptionsWithPath } from 'lmdb';

const TIB = 2 ** 40;
const MAP_BYTES_DEFAULT = TIB;

/** Every process of a server and every command that looks into its directory takes one place. */
const READERS_MAX = 512;

/**
 * Of a new environment; one that is there keeps its own. A value that takes several pages needs them side by side, and after some
 * overwriting the driver looks through most of the free pages for such a place, again and again: 16 KiB in one value came to cost five times
 * the CPU of the first minute. So nothing that comes in numbers is longer than one page, and this one holds what is most often asked
 * of small objects, 4 KiB (docs/performance.md, "Where the time of a small PUT goes").
 */
const PAGE_BYTES = 8192;
/** What a page takes of one value: without its header, and without the version that the driver writes before the bytes. */
export const PAGE_VALUE_BYTES = PAGE_BYTES - 24 - 8;

/**
 * How many writes may gather before a transaction starts within an event turn. With the driver's 5, each turn makes
 * several transactions, and a commit of 16 concurrent writers cost up to twice the CPU.
 */
const TRANSACTION_START_THRESHOLD = 1000;

export interface LmdbRow {
  readonly key: Buffer;
  readonly value: Buffer;
  readonly version: number;
}

export interface LmdbRange {
  start: Buffer;
  end: Buffer;
  exclusiveStart?: boolean;
  inclusiveEnd?: boolean;
  reverse?: boolean;
  versions: true;
  limit: number;
}

/** What the engine uses of the driver; also what a test can stand in for. */
export interface LmdbDriver {
  /** Bytes in a buffer that the next read overwrites, with an own `length`. `getLastVersion()` is its version. */
  getBinaryFast(key: Buffer): Buffer | undefined;
  getRange(range: LmdbRange): Iterable<LmdbRow>;
  put(key: Buffer, value: Buffer, version: number): Promise<boolean>;
  remove(key: Buffer): Promise<boolean>;
  ifVersion(key: Buffer, version: number, action: () => void): Promise<boolean>;
  ifNoExists(key: Buffer, action: () => void): Promise<boolean>;
  batch(action: () => void): Promise<boolean>;
  resetReadTxn(): void;
  close(): Promise<void>;
}

export interface LmdbOpenOptions {
  readonly mapBytes?: number | undefined;
  readonly readOnly?: boolean | undefined;
}

/**
 * How rows come out of the driver: copied into Node's pool. By itself it gives every key and every value an `ArrayBuffer` of
 * its own, which was half of what a listing cost. What is stored are the bytes as they are.
 */
function copyBytes(source: Buffer, start: number, end: number): Buffer {
  const copy = Buffer.allocUnsafe(end - start);
  source.copy(copy, 0, start, end);
  return copy;
}

const valueCoder = {
  encode: (value: Buffer): Buffer => value,
  decode: (source: Buffer, size: number): Buffer => copyBytes(source, 0, size),
};

const keyCoder = {
  /** Answers the offset after what was written. */
  writeKey(key: Buffer, target: Buffer, offset: number): number {
    target.set(key, offset);
    return offset + key.length;
  },
  readKey: copyBytes,
};

/** Opens (and unless `readOnly` creates) the environment in the folder `path`. The folder must exist. */
export function openLmdb(path: string, options: LmdbOpenOptions = {}): LmdbDriver {
  const readOnly = options.readOnly === true;
  if (readOnly && !existsSync(join(path, 'data.mdb'))) {
    throw new Error(`${path} holds no metadata: the server has not been started on it yet`);
  }
  // The driver's declarations leave these out.
  const settings: RootDatabaseOptionsWithPath & {
    txnStartThreshold: number;
    encoder: typeof valueCoder;
    keyEncoder: typeof keyCoder;
  } = {
    path,
    noSubdir: false,
    encoding: 'binary',
    encoder: valueCoder,
    keyEncoder: keyCoder,
    useVersions: true,
    overlappingSync: false,
    eventTurnBatching: false,
    txnStartThreshold: TRANSACTION_START_THRESHOLD,
    maxDbs: 1,
    pageSize: PAGE_BYTES,
    maxReaders: READERS_MAX,
    mapSize: options.mapBytes ?? MAP_BYTES_DEFAULT,
    readOnly,
  };
  const database = open<Buffer, Buffer>(settings);
  return database as unknown as LmdbDriver;
}

/**
 * Copies the environment in the folder `from`, as it is at one moment, into the empty folder `to`, without the pages that
 * are free. Servers may be writing to it. Not flushed.
 */
export async function copyLmdb(from: string, to: string): Promise<void> {
  const driver = openLmdb(from, { readOnly: true });
  try {
    await (driver as unknown as { backup(path: string, compact: boolean): Promise<void> }).backup(to, true);
  } finally {
    await driver.close();
  }
}
