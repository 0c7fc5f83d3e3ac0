/**
 * One latch for one worker's engine. After a failed flush nobody knows what is on the disk, and asking the kernel again
 * gets a comforting lie (reliability notes, 3.4: EIO, then success, with the data gone). So the first failure is final:
 * nothing is acknowledged any more, and the process must be replaced by one that reads what is really there.
 */
import { StorageFailure } from '../contract/storage-errors.ts';

export class StorageHealth {
  readonly #onFailure: (failure: StorageFailure) => void;
  #failure: StorageFailure | undefined;

  /** `onFailure` is called once, with the first failure. */
  constructor(onFailure: (failure: StorageFailure) => void) {
    this.#onFailure = onFailure;
  }

  get failure(): StorageFailure | undefined {
    return this.#failure;
  }

  /** Throws the first failure, if there was one. */
  assertSound(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Trips the latch and returns the first failure, which need not be this one. */
  fail(message: string, cause: unknown): StorageFailure {
    if (this.#failure === undefined) {
      this.#failure = new StorageFailure(`${message}: ${describeCause(cause)}`, { cause });
      this.#onFailure(this.#failure);
    }
    return this.#failure;
  }
}

function describeCause(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

/** The `code` of a system error (`'ENOSPC'`) or of the LMDB driver (`-30792`, or a positive errno). */
export function errorCode(error: unknown): string | number | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  const { code } = error;
  return typeof code === 'string' || typeof code === 'number' ? code : undefined;
}
