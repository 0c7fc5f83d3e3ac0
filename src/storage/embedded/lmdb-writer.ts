/**
 * Checked writes through the driver, and what its failures mean.
 *
 * Checks are native conditions, nested, with every put and delete in the innermost one; a `transaction()` callback would
 * hold the store's one write lock while it waits for this process's event loop (design, section 6, "Mind the driver", 3).
 *
 * The results of *all* conditions count, not the innermost one alone: in lmdb-js 3.5 an `ifNoExists` inside a condition
 * that failed resolves true although its puts are not applied (`validated = true` in `WriteWorker::DoWrites` forgets the
 * outer conditions), which would acknowledge a write that never happened. A condition that fails always says so itself.
 *
 * A failed transaction takes every commit with it that shared it. The driver never settles what is queued behind a
 * transaction that could not even begin, so a failure here rejects everything under way, and a watch does when the
 * driver falls silent.
 */
import type { Check, CommitId, Put } from '../contract/metadata-store.ts';
import { type StorageFailure, StorageFull } from '../contract/storage-errors.ts';
import type { LmdbDriver } from './lmdb-driver.ts';
import { errorCode, type StorageHealth } from './storage-health.ts';

export interface CheckedWrite {
  readonly id: CommitId;
  readonly checks: readonly Check[];
  readonly puts: readonly Put[];
  readonly deletes: readonly Buffer[];
}

/** MDB_MAP_FULL, MDB_TXN_FULL, ENOSPC, EDQUOT: nothing was written, and there was no room to. */
const NO_ROOM_CODES: readonly (string | number | undefined)[] = [-30792, -30788, 28, 122];
/** EIO: a flush that failed, or the driver's word for a write that a full disk took in part, before any flush. */
const IO_ERROR_CODE = 5;
/** MDB_BAD_TXN: an earlier call of the same transaction failed; the driver reports only the last error. */
const BAD_TRANSACTION_CODE = -30782;

const WATCH_INTERVAL_MS = 5_000;
/** Ticks, not time: a process that was stopped for an hour must not blame the driver for it. */
const SILENT_TICKS_MAX = 12;

/** What the writer needs to know of the disk, and may do about it. */
export interface DiskRoom {
  releaseBallast(): Promise<void>;
  /** Not even what deleting takes is left. */
  isExhausted(): Promise<boolean>;
}

interface PendingWrite {
  readonly reject: (failure: StorageFailure) => void;
  ticks: number;
}

export class LmdbWriter {
  readonly #driver: LmdbDriver;
  readonly #health: StorageHealth;
  readonly #room: DiskRoom;
  readonly #pending = new Set<PendingWrite>();
  readonly #watch: NodeJS.Timeout;
  #idlers: (() => void)[] = [];

  constructor(driver: LmdbDriver, health: StorageHealth, room: DiskRoom) {
    this.#driver = driver;
    this.#health = health;
    this.#room = room;
    this.#watch = setInterval(() => this.#watchPending(), WATCH_INTERVAL_MS).unref();
  }

  /**
   * True: written, flushed and visible everywhere. False: a check failed, nothing was written. Rejects with `StorageFull`
   * (nothing was written) or with the engine's first `StorageFailure`.
   */
  write(request: CheckedWrite): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.#health.assertSound();
      const results = queueWrite(this.#driver, request);
      const pending: PendingWrite = { reject, ticks: 0 };
      this.#pending.add(pending);
      let open = results.length;
      let haveHeld = true;
      const onResult = (hasHeld: boolean) => {
        haveHeld &&= hasHeld;
        open -= 1;
        if (open > 0) return;
        this.#settle(pending);
        const { failure } = this.#health;
        if (failure !== undefined) reject(failure);
        else resolve(haveHeld);
      };
      const onError = (error: unknown) => {
        if (this.#settle(pending)) this.#explain(error).then(reject, reject);
      };
      for (const result of results) result.then(onResult, onError);
    });
  }

  /**
   * For what must go on when the disk is full: tried a second time, on the pages of the ballast file, when the first found
   * no room. The first has written nothing.
   */
  async writeOnBallast(request: CheckedWrite): Promise<boolean> {
    try {
      return await this.write(request);
    } catch (error) {
      if (!(error instanceof StorageFull)) throw error;
      await this.#room.releaseBallast();
      return this.write(request);
    }
  }

  /** Resolves when nothing is under way any more. */
  idle(): Promise<void> {
    if (this.#pending.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idlers.push(resolve));
  }

  stop(): void {
    clearInterval(this.#watch);
  }

  /** Whether it was still open. */
  #settle(pending: PendingWrite): boolean {
    const wasOpen = this.#pending.delete(pending);
    if (this.#pending.size > 0 || this.#idlers.length === 0) return wasOpen;
    for (const resolve of this.#idlers) resolve();
    this.#idlers = [];
    return wasOpen;
  }

  /**
   * What a rejection of the driver means to the caller. An I/O error on a disk with no room left is one of room: the transaction is
   * given up before anything refers to its pages, and whoever tries again writes and flushes all of them anew.
   */
  async #explain(rejection: unknown): Promise<StorageFull | StorageFailure> {
    const cause = await commitErrorOf(rejection);
    const code = errorCode(cause);
    const isFull = code === IO_ERROR_CODE ? await this.#room.isExhausted() : NO_ROOM_CODES.includes(code);
    if (isFull || code === BAD_TRANSACTION_CODE) {
      return new StorageFull('The metadata store has no room for this commit', { cause });
    }
    const failure = this.#health.fail('A metadata commit could not be made durable', cause);
    this.#rejectPending(failure);
    return failure;
  }

  #rejectPending(failure: StorageFailure): void {
    for (const pending of this.#pending) {
      pending.reject(failure);
      this.#settle(pending);
    }
  }

  #watchPending(): void {
    let silent = false;
    for (const pending of this.#pending) {
      pending.ticks += 1;
      silent ||= pending.ticks > SILENT_TICKS_MAX;
    }
    if (!silent) return;
    const seconds = (SILENT_TICKS_MAX * WATCH_INTERVAL_MS) / 1000;
    this.#rejectPending(this.#health.fail('A metadata commit got no answer', `none in ${seconds} seconds`));
  }
}

/** Hands everything to the driver within this turn of the event loop, and returns one result per condition. */
function queueWrite(driver: LmdbDriver, { id, checks, puts, deletes }: CheckedWrite): Promise<boolean>[] {
  const results: Promise<boolean>[] = [];
  function write(): void {
    for (const key of deletes) void driver.remove(key);
    for (const put of puts) void driver.put(put.key, put.value, id);
  }
  function nest(index: number): void {
    const check = checks[index];
    if (check === undefined) {
      write();
      return;
    }
    const inner = (): void => nest(index + 1);
    results.push(
      check.version === null
        ? driver.ifNoExists(check.key, inner)
        : driver.ifVersion(check.key, check.version, inner),
    );
  }
  if (checks.length === 0) results.push(driver.batch(write));
  else nest(0);
  return results;
}

/** The driver rejects with an error whose `commitError` is a promise that rejects with the real one. */
async function commitErrorOf(rejection: unknown): Promise<unknown> {
  if (!(rejection instanceof Error) || !('commitError' in rejection)) return rejection;
  try {
    await rejection.commitError;
    return rejection;
  } catch (error) {
    return error;
  }
}
