/**
 * Commit ids: epoch * 2^32 + counter, so that an id is a safe integer, never repeated, and exact as the double that the
 * driver stores as the version. Counter 0 marks the engine's own record of taking an epoch, the last one of closing it.
 *
 * At 20,000 commits per second a counter lasts two and a half days, so a worker takes a further number from the same
 * counter of epochs in the background when half of it is used. That number names commits only: it has no epoch record,
 * no blobs and no life of its own.
 */
import type { CommitId } from '../contract/metadata-store.ts';
import { StorageFailure } from '../contract/storage-errors.ts';

const COMMITS_PER_EPOCH = 0x1_0000_0000;
/** So that ids stay below 2^53 (design, section 6, and the contract's word about epochs: below 2^20). */
const EPOCH_MAX = 2 ** 20 - 1;

/** Version of the record of an epoch when it is taken. */
export const openingVersion = (epoch: number): CommitId => epoch * COMMITS_PER_EPOCH;
/** Version of the record of an epoch when it is closed. */
export const closingVersion = (epoch: number): CommitId => epoch * COMMITS_PER_EPOCH + COMMITS_PER_EPOCH - 1;

/** The number after `last`. Throws `StorageFailure` when all numbers are used. */
export function followingEpoch(last: number): number {
  if (last >= EPOCH_MAX) {
    throw new StorageFailure(
      `All ${EPOCH_MAX} epochs of this data directory are used: copy its buckets into a fresh one`,
    );
  }
  return last + 1;
}

export class CommitIds {
  readonly #takeEpoch: () => Promise<number>;
  readonly #span: number;
  #epoch: number;
  #counter = 0;
  #next: { epoch?: number } | undefined;

  /** `span`: for tests; how many ids one epoch has. */
  constructor(epoch: number, takeEpoch: () => Promise<number>, span = COMMITS_PER_EPOCH) {
    this.#epoch = epoch;
    this.#takeEpoch = takeEpoch;
    this.#span = span;
  }

  /** Throws `StorageFailure` when the ids are used up and no further epoch could be had in time. */
  next(): CommitId {
    this.#counter += 1;
    if (this.#counter >= this.#span / 2 && this.#next === undefined) this.#prepare();
    if (this.#counter >= this.#span - 1) {
      const epoch = this.#next?.epoch;
      if (epoch === undefined) throw new StorageFailure('This worker has used up its commit ids');
      this.#epoch = epoch;
      this.#counter = 1;
      this.#next = undefined;
    }
    return this.#epoch * COMMITS_PER_EPOCH + this.#counter;
  }

  #prepare(): void {
    const next: { epoch?: number } = {};
    this.#next = next;
    this.#takeEpoch().then(
      (epoch) => {
        next.epoch = epoch;
      },
      () => {
        this.#next = undefined; // tried again at the next id; the failure itself has tripped the engine's latch
      },
    );
  }
}
