/**
 * What the data directory takes of its disk. Bodies lie in files, which must be looked at one by one: what was measured is
 * shown for a while, and a store with very many files is measured in part and says so.
 */
import { opendir, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../lib/clock.ts';
import { blobsPathOf, metadataPathOf } from '../storage/embedded/data-directory.ts';

export interface DiskFigures {
  /** Taken by the metadata file, which holds small bodies too. */
  readonly metadataBytes: number;
  readonly blobFiles: number;
  readonly blobBytes: number;
  /** Not all files were counted. */
  readonly isPartial: boolean;
  /** Of the file system, for the server's user. */
  readonly freeBytes: number;
  readonly totalBytes: number;
}

const SHOWN_MICROS = 10_000_000;
const FILES_MAX = 100_000;
/** `stat` counts in these, whatever the file system does. */
const BLOCK_BYTES = 512;

export class DiskMeter {
  readonly #dataDirectory: string;
  readonly #clock: Clock;
  #measuring: Promise<DiskFigures> | undefined;
  #measuredAtMicros = Number.NEGATIVE_INFINITY;

  constructor(dataDirectory: string, clock: Clock) {
    this.#dataDirectory = dataDirectory;
    this.#clock = clock;
  }

  measure(): Promise<DiskFigures> {
    const now = this.#clock.nowMicros();
    if (this.#measuring === undefined || now - this.#measuredAtMicros > SHOWN_MICROS) {
      this.#measuredAtMicros = now;
      this.#measuring = measureDisk(this.#dataDirectory);
      this.#measuring.catch(() => {
        this.#measuring = undefined;
      });
    }
    return this.#measuring;
  }
}

async function measureDisk(dataDirectory: string): Promise<DiskFigures> {
  const [metadata, blobs, { bavail, blocks, bsize }] = await Promise.all([
    sumFiles(metadataPathOf(dataDirectory)),
    sumFiles(blobsPathOf(dataDirectory)),
    statfs(dataDirectory),
  ]);
  return {
    metadataBytes: metadata.bytes,
    blobFiles: blobs.files,
    blobBytes: blobs.bytes,
    isPartial: blobs.isPartial,
    freeBytes: bavail * bsize,
    totalBytes: blocks * bsize,
  };
}

/** Bytes as the disk counts them: the metadata file has holes. */
async function sumFiles(folder: string): Promise<{ files: number; bytes: number; isPartial: boolean }> {
  const sum = { files: 0, bytes: 0, isPartial: false };
  const folders = [folder];
  for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
    for await (const entry of await openOrSkip(next)) {
      const path = join(next, entry.name);
      if (entry.isDirectory()) folders.push(path);
      if (!entry.isFile()) continue;
      if (sum.files >= FILES_MAX) return { ...sum, isPartial: true };
      sum.files += 1;
      sum.bytes += await takenBytes(path);
    }
  }
  return sum;
}

/** Files and folders vanish while they are looked at: reclaiming is at work. */
async function openOrSkip(folder: string) {
  try {
    return await opendir(folder);
  } catch (error) {
    if (isAbsence(error)) return [];
    throw error;
  }
}

async function takenBytes(path: string): Promise<number> {
  try {
    return (await stat(path)).blocks * BLOCK_BYTES;
  } catch (error) {
    if (isAbsence(error)) return 0;
    throw error;
  }
}

function isAbsence(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
