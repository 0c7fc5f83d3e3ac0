/**
 * Keeps new bytes out while the disk is nearly full (design, section 6). A copy-on-write store needs pages even to delete,
 * so writing stops at a reserve, deleting goes on below it, and a ballast file gives deletes their pages when others
 * have filled the disk to the last block.
 */
import { closeSync, fsyncSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { statfs, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../lib/clock.ts';
import type { Entropy } from '../../lib/entropy.ts';
import { StorageFull } from '../contract/storage-errors.ts';
import type { DiskRoom } from './lmdb-writer.ts';
import { errorCode } from './storage-health.ts';

const MIB = 1024 * 1024;
const RESERVE_BYTES_MIN = 256 * MIB;
const BALLAST_BYTES_MAX = 64 * MIB;
/** How long a look at the free space is believed. */
const LOOK_MICROS = 1_000_000;
const BALLAST_NAME = 'ballast';

export interface FileSystemSpace {
  readonly totalBytes: number;
  /** What an ordinary process may still use. */
  readonly freeBytes: number;
}

export interface SpaceGuardOptions {
  readonly dataDirectory: string;
  readonly clock: Clock;
  /** Default: 1% of the file system, at least 256 MiB. 0 switches the reserve off. */
  readonly reserveBytes?: number | undefined;
  /** For tests; default: `statfs` of the data directory. */
  readonly measure?: (() => Promise<FileSystemSpace>) | undefined;
}

async function measureSpace(directory: string): Promise<FileSystemSpace> {
  const { blocks, bavail, bsize } = await statfs(directory);
  return { totalBytes: blocks * bsize, freeBytes: bavail * bsize };
}

export class SpaceGuard {
  readonly #clock: Clock;
  readonly #reserveBytes: number | undefined;
  readonly #measure: () => Promise<FileSystemSpace>;
  #lookedAtMicros = Number.NEGATIVE_INFINITY;
  #isFull = false;
  #look: Promise<void> | undefined;

  constructor(options: SpaceGuardOptions) {
    this.#clock = options.clock;
    this.#reserveBytes = options.reserveBytes;
    this.#measure = options.measure ?? (() => measureSpace(options.dataDirectory));
  }

  /**
   * Throws or rejects with `StorageFull` while free space is under the reserve. Answers at once, without a promise, when
   * the last look is younger than a second: it stands before every commit.
   */
  assertRoom(): Promise<void> | undefined {
    const age = this.#clock.nowMicros() - this.#lookedAtMicros;
    if (age >= 0 && age < LOOK_MICROS) {
      this.#assertNotFull();
      return undefined;
    }
    this.#look ??= this.#lookAgain();
    return this.#look.then(() => this.#assertNotFull());
  }

  /** Somebody met a full disk: the next question looks again, and until then there is no room. */
  noteFull(): void {
    this.#isFull = true;
    this.#lookedAtMicros = this.#clock.nowMicros();
  }

  async #lookAgain(): Promise<void> {
    try {
      const { totalBytes, freeBytes } = await this.#measure();
      this.#isFull = freeBytes < reserveBytesOf(totalBytes, this.#reserveBytes);
      this.#lookedAtMicros = this.#clock.nowMicros();
    } finally {
      this.#look = undefined;
    }
  }

  #assertNotFull(): void {
    if (this.#isFull)
      throw new StorageFull('The disk is full up to the reserve: only deleting and reading go on');
  }
}

function reserveBytesOf(totalBytes: number, configuredBytes: number | undefined): number {
  return configuredBytes ?? Math.max(RESERVE_BYTES_MIN, Math.ceil(totalBytes / 100));
}

/** Below this a commit may fail for want of pages. */
const EXHAUSTED_BYTES = MIB;

/** For commits that free space: they get the ballast's pages. */
export function diskRoomOf(dataDirectory: string): DiskRoom {
  return {
    async releaseBallast() {
      try {
        await unlink(join(dataDirectory, BALLAST_NAME));
      } catch (error) {
        if (errorCode(error) !== 'ENOENT') throw error; // absent: released before
      }
    },
    isExhausted: async () => (await measureSpace(dataDirectory)).freeBytes < EXHAUSTED_BYTES,
  };
}

export interface BallastOptions {
  readonly dataDirectory: string;
  readonly entropy: Entropy;
  readonly reserveBytes?: number | undefined;
}

/**
 * Makes the ballast file when it is missing and there is room for it: a quarter of the reserve, at most 64 MiB, of bytes
 * that no file system can compress away. For the primary, at its start: a half-made file of before is removed.
 */
export async function ensureBallast(options: BallastOptions): Promise<void> {
  const path = join(options.dataDirectory, BALLAST_NAME);
  if (statSync(path, { throwIfNoEntry: false }) !== undefined) return;
  const { totalBytes, freeBytes } = await measureSpace(options.dataDirectory);
  const reserveBytes = reserveBytesOf(totalBytes, options.reserveBytes);
  const ballastBytes = Math.min(BALLAST_BYTES_MAX, Math.floor(reserveBytes / 4));
  if (ballastBytes === 0 || freeBytes < reserveBytes + ballastBytes) return;
  const partialPath = `${path}.new`;
  rmSync(partialPath, { force: true });
  const file = openSync(partialPath, 'wx', 0o600);
  try {
    const block = Buffer.from(options.entropy.bytes(Math.min(MIB, ballastBytes)));
    for (let written = 0; written < ballastBytes; ) {
      written += writeSync(file, block, 0, Math.min(block.length, ballastBytes - written));
    }
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(partialPath, path);
}
