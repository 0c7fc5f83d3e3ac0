/**
 * The data directory of one server: who may use it, what version it has, and what is in it.
 *
 *     FORMAT          one line of JSON with the format version; written last, so without it the directory is not yet one
 *     lock            held by the primary process            lock.holder   its process id, for the message
 *     workers.lock    shared by the worker processes
 *     metadata/       LMDB                                   blobs/        bodies (see file-blob-store)
 *     ballast         space that deleting may use up when the disk is full
 *
 * Other layers keep files of their own beside these. A format newer than this program is refused in words; an older one
 * is brought forward by the upgrade steps, one version at a time, each leaving a directory that is whole.
 */
import {
  chmodSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Entropy } from '../../lib/entropy.ts';
import { type HeldLock, takeLock } from './directory-lock.ts';
import { LmdbEpochRegister } from './epoch-register.ts';
import { openLmdb } from './lmdb-driver.ts';
import { LmdbWriter } from './lmdb-writer.ts';
import { diskRoomOf, ensureBallast } from './space-guard.ts';
import { errorCode, StorageHealth } from './storage-health.ts';

const FORMAT_VERSION = 1;

/** Step *n* brings a directory of format *n* to format *n + 1*; done twice it must do no harm. None so far. */
const upgradeSteps: ReadonlyMap<number, (path: string) => void> = new Map();

const DIRECTORY_MODE = 0o700;
const FILE_MODE = 0o600;
const WORKERS_WAIT_MS = 5_000;
const OWN_NAMES = [
  'FORMAT.new',
  'lock',
  'lock.holder',
  'workers.lock',
  'metadata',
  'blobs',
  'ballast',
  'ballast.new',
];

/** The directory cannot be used. The message is one sentence for the person who starts the server. */
export class DataDirectoryError extends Error {
  override readonly name = 'DataDirectoryError';
}

export interface DataDirectoryOptions {
  readonly path: string;
  readonly entropy: Entropy;
  /** See `SpaceGuardOptions`. */
  readonly reserveBytes?: number | undefined;
  readonly mapBytes?: number | undefined;
  /** How long to wait for workers of an earlier server to end; default 5 s. */
  readonly workersWaitMs?: number | undefined;
}

export interface DataDirectory {
  /** Absolute. */
  readonly path: string;
  /** True when this call has made it: the first start. */
  readonly isNew: boolean;
  /** For the primary, when a worker process has ended: closes its epochs. */
  closeEpochsOf(pid: number): Promise<void>;
  /** Gives the lock back. The workers must have ended. */
  close(): void;
}

export const metadataPathOf = (dataDirectory: string): string => join(dataDirectory, 'metadata');
export const blobsPathOf = (dataDirectory: string): string => join(dataDirectory, 'blobs');
const workersLockPathOf = (dataDirectory: string): string => join(dataDirectory, 'workers.lock');

/**
 * Takes the directory for this primary process: makes it (mode 0700) or checks its format, closes the epochs that dead
 * workers have left open. Throws `DataDirectoryError` when another server uses it, when its format is newer, or when it is
 * something else.
 */
export async function openDataDirectory(options: DataDirectoryOptions): Promise<DataDirectory> {
  const path = resolve(options.path);
  makeDurableDirectory(path);
  refuseForeignDirectory(path);
  const lock = takePrimaryLock(path);
  try {
    writeFileSync(join(path, 'lock.holder'), `${process.pid}\n`, { mode: FILE_MODE });
    const version = readFormatVersion(path);
    if (version === undefined) createLayout(path);
    else upgrade(path, version);
    await whileNoWorkerLives(path, options.workersWaitMs ?? WORKERS_WAIT_MS, () =>
      closeEpochs(path, options.mapBytes, () => true),
    );
    syncPath(metadataPathOf(path)); // the driver makes its file and flushes what is in it, but not its name
    await ensureBallast({
      dataDirectory: path,
      entropy: options.entropy,
      reserveBytes: options.reserveBytes,
    });
    return {
      path,
      isNew: version === undefined,
      closeEpochsOf: (pid) => closeEpochs(path, options.mapBytes, (holder) => holder === pid),
      close: () => lock.release(),
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/**
 * Keeps a directory that no server uses from being used until the lock is released; undefined when one does. Throws
 * `DataDirectoryError` when it is no data directory of this format.
 */
export async function claimUnused(path: string): Promise<HeldLock | undefined> {
  assertFormat(path);
  const lock = takeLock(join(path, 'lock'), 'alone');
  if (lock === undefined) return undefined;
  try {
    writeFileSync(join(path, 'lock.holder'), `${process.pid}\n`, { mode: FILE_MODE });
    await whileNoWorkerLives(path, WORKERS_WAIT_MS, () => Promise.resolve());
    return lock;
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Files of other layers in the directory: keys and credentials. */
export function listForeignFiles(path: string): string[] {
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isFile() && !OWN_NAMES.includes(entry.name) && entry.name !== 'FORMAT')
    .map(({ name }) => name);
}

/** Makes the directory when it is missing. Throws `DataDirectoryError` when something is in it. */
export function makeEmptyDirectory(path: string): void {
  makeDurableDirectory(path);
  const [first] = readdirSync(path);
  if (first !== undefined) throw new DataDirectoryError(`${path} is not empty: ${first} is in it`);
}

/** For readers beside a running server, and for workers: throws `DataDirectoryError` unless the format is this program's. */
export function assertFormat(path: string): void {
  const version = readFormatVersion(path);
  if (version === undefined) throw new DataDirectoryError(`${path} is not a data directory of Gotgan yet`);
  refuseNewerFormat(path, version);
  if (version < FORMAT_VERSION) {
    throw new DataDirectoryError(`${path} has format ${version}: start the server once to bring it forward`);
  }
}

/** What a worker holds while it lives. */
export function joinAsWorker(path: string): HeldLock {
  const lock = takeLock(workersLockPathOf(path), 'shared', WORKERS_WAIT_MS);
  if (lock === undefined) throw new DataDirectoryError(`Another server is taking over ${path}`);
  return lock;
}

function takePrimaryLock(path: string): HeldLock {
  const lock = takeLock(join(path, 'lock'), 'alone');
  if (lock !== undefined) return lock;
  throw new DataDirectoryError(
    `The data directory ${path} is in use by another server (${describeHolder(path)})`,
  );
}

function describeHolder(path: string): string {
  try {
    return `process ${readFileSync(join(path, 'lock.holder'), 'utf8').trim()}`;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return 'starting at this moment';
    throw error;
  }
}

function refuseForeignDirectory(path: string): void {
  if (readFormatVersion(path) !== undefined) return;
  // A start that was interrupted before FORMAT was written leaves our own names, and the next start goes on from them.
  const foreign = readdirSync(path).find((name) => !OWN_NAMES.includes(name));
  if (foreign === undefined) return;
  throw new DataDirectoryError(
    `${path} is not a data directory of Gotgan and not empty: ${foreign} is in it`,
  );
}

function readFormatVersion(path: string): number | undefined {
  let text: string;
  try {
    text = readFileSync(join(path, 'FORMAT'), 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  const version = versionIn(text);
  if (version === undefined)
    throw new DataDirectoryError(`${join(path, 'FORMAT')} cannot be read as a format version`);
  return version;
}

function versionIn(text: string): number | undefined {
  try {
    const record: unknown = JSON.parse(text);
    if (typeof record !== 'object' || record === null || !('format' in record)) return undefined;
    return Number.isSafeInteger(record.format) ? Number(record.format) : undefined;
  } catch {
    return undefined; // not JSON: the caller says so
  }
}

function refuseNewerFormat(path: string, version: number): void {
  if (version <= FORMAT_VERSION) return;
  throw new DataDirectoryError(
    `${path} has format ${version}, made by a newer Gotgan: this one knows formats up to ${FORMAT_VERSION}`,
  );
}

function upgrade(path: string, from: number): void {
  refuseNewerFormat(path, from);
  for (let version = from; version < FORMAT_VERSION; version += 1) {
    const step = upgradeSteps.get(version);
    if (step === undefined) throw new DataDirectoryError(`${path} has format ${version}, which is not known`);
    step(path);
    writeFormat(path, version + 1);
  }
}

function createLayout(path: string): void {
  makeFolders(path);
  finishLayout(path);
}

export function makeFolders(path: string): void {
  for (const folder of [metadataPathOf(path), blobsPathOf(path)]) {
    mkdirSync(folder, { recursive: true, mode: DIRECTORY_MODE });
  }
}

/** From now on the directory is one. */
export function finishLayout(path: string): void {
  writeFormat(path, FORMAT_VERSION);
}

/** Atomic and durable, as are the folders made before it. */
function writeFormat(path: string, version: number): void {
  const partialPath = join(path, 'FORMAT.new');
  rmSync(partialPath, { force: true });
  const file = openSync(partialPath, 'wx', FILE_MODE);
  try {
    writeFileSync(file, `${JSON.stringify({ program: 'gotgan', format: version })}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(partialPath, join(path, 'FORMAT'));
  syncPath(path);
}

/** Makes the directory and those above it that are missing, and their names durable. Others' access is taken away. */
function makeDurableDirectory(path: string): void {
  if (statSync(path, { throwIfNoEntry: false }) === undefined) {
    const firstMade = mkdirSync(path, { recursive: true, mode: DIRECTORY_MODE }) ?? path;
    for (let made = path; ; made = dirname(made)) {
      syncPath(dirname(made));
      if (made === firstMade) break;
    }
  }
  chmodSync(path, DIRECTORY_MODE);
}

/** Files too. */
export function syncPath(path: string): void {
  const directory = openSync(path, 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}

async function whileNoWorkerLives(path: string, waitMs: number, action: () => Promise<void>): Promise<void> {
  const lock = takeLock(workersLockPathOf(path), 'alone', waitMs);
  if (lock === undefined) {
    throw new DataDirectoryError(
      `Worker processes of an earlier server are still using ${path}: end them first`,
    );
  }
  try {
    await action();
  } finally {
    lock.release();
  }
}

async function closeEpochs(
  path: string,
  mapBytes: number | undefined,
  isDead: (pid: number) => boolean,
): Promise<void> {
  const driver = openLmdb(metadataPathOf(path), { mapBytes });
  const writer = new LmdbWriter(driver, new StorageHealth(() => undefined), diskRoomOf(path));
  try {
    const register = new LmdbEpochRegister(driver, writer);
    for (const { epoch, pid } of register.listOpenWithHolders()) {
      if (isDead(pid)) await register.close(epoch);
    }
  } finally {
    writer.stop();
    await driver.close();
  }
}
