/**
 * Writers of one key queue inside the process: one attempt is in flight per key (design, section 4, step 4). Without it,
 * 64 check-and-retry writers on one key fail about 100 times each.
 *
 * Writers that neither look at what they replace nor keep it may share one commit: when their turn comes together, the
 * last of them leads and the others are absorbed, as if each had been overwritten at once by the next.
 */
import type { BucketId } from './model.ts';

/** Turn of a writer that others were absorbed by; it must `settle` or `fail`, exactly once. */
export interface LeadTurn<O> {
  readonly kind: 'lead';
  /** Writers that the leader's commit overwrites. */
  readonly absorbedCount: number;
  settle(outcome: O): void;
  fail(error: unknown): void;
}

/** The leader has settled. `distance`: how many writers came after this one, the leader included. */
export interface AbsorbedTurn<O> {
  readonly kind: 'absorbed';
  readonly outcome: O;
  readonly distance: number;
}

interface Waiter {
  readonly isShared: boolean;
  start(followed: Waiter[]): void;
  absorb(outcome: unknown, distance: number): void;
  fail(error: unknown): void;
}

export class KeyQueue {
  /** Waiting writers of the keys that are being written. */
  readonly #lanes = new Map<string, Waiter[]>();

  /** Runs `task` when no other writer of the key is at work in this process. */
  async run<T>(bucket: BucketId, key: string, task: () => Promise<T>): Promise<T> {
    const lane = laneOf(bucket, key);
    if (this.#lanes.has(lane)) await this.#wait(lane);
    else this.#lanes.set(lane, []);
    try {
      return await task();
    } finally {
      this.#leave(lane);
    }
  }

  /** As `run`, for writers that may overwrite each other: answers whether to lead, or the outcome of the one who led. */
  async enterShared<O>(bucket: BucketId, key: string): Promise<LeadTurn<O> | AbsorbedTurn<O>> {
    const lane = laneOf(bucket, key);
    const waiting = this.#lanes.get(lane);
    if (waiting === undefined) {
      this.#lanes.set(lane, []);
      return this.#lead<O>(lane, []);
    }
    return new Promise((resolve, reject) => {
      waiting.push({
        isShared: true,
        start: (absorbed) => resolve(this.#lead<O>(lane, absorbed)),
        absorb: (outcome, distance) => resolve({ kind: 'absorbed', outcome: outcome as O, distance }),
        fail: reject,
      });
    });
  }

  #wait(lane: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const unused = () => reject(new Error('a writer that shares nothing was absorbed'));
      this.#lanes.get(lane)!.push({ isShared: false, start: () => resolve(), absorb: unused, fail: unused });
    });
  }

  #lead<O>(lane: string, absorbed: readonly Waiter[]): LeadTurn<O> {
    return {
      kind: 'lead',
      absorbedCount: absorbed.length,
      settle: (outcome) => {
        for (const [index, waiter] of absorbed.entries()) waiter.absorb(outcome, absorbed.length - index);
        this.#leave(lane);
      },
      fail: (error) => {
        for (const waiter of absorbed) waiter.fail(error);
        this.#leave(lane);
      },
    };
  }

  #leave(lane: string): void {
    const waiting = this.#lanes.get(lane)!;
    const first = waiting.shift();
    if (first === undefined) {
      this.#lanes.delete(lane);
      return;
    }
    if (!first.isShared) {
      first.start([]);
      return;
    }
    let together = 0;
    while (waiting[together]?.isShared === true) together += 1;
    const group = [first, ...waiting.splice(0, together)];
    group.pop()!.start(group);
  }
}

function laneOf(bucket: BucketId, key: string): string {
  return `${bucket}/${key}`;
}
