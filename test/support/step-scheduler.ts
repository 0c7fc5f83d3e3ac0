/**
 * Runs asynchronous actors one step at a time, in an order that a seed decides. An actor takes a step when it waits: for
 * the storage (the in-memory engine calls `pause` at every step), for a pause of the core, or for `idle`.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { SeededRandom } from './memory-faults.ts';

export class StepScheduler {
  readonly #random: SeededRandom;
  readonly #waiting: { readonly point: string; readonly resume: () => void }[] = [];
  /** False: nobody is held any more, everything runs as it comes. */
  isHolding = true;
  steps = 0;

  constructor(random: SeededRandom) {
    this.#random = random;
  }

  /** Parks the caller until it is chosen. */
  readonly pause = (point: string): Promise<void> => {
    if (!this.isHolding) return Promise.resolve();
    return new Promise((resume) => this.#waiting.push({ point, resume }));
  };

  /** Parks the caller for so many of its own steps. */
  async idle(steps: number): Promise<void> {
    for (let step = 0; step < steps; step++) await this.pause('idle');
  }

  /** Lets one waiting actor go on to its next step, and answers where it had waited; undefined when nobody waits. */
  async step(): Promise<string | undefined> {
    if (this.#waiting.length === 0) await nextTurn();
    if (this.#waiting.length === 0) return undefined;
    const index = this.#random.below(this.#waiting.length);
    const chosen = this.#waiting[index]!;
    this.#waiting[index] = this.#waiting[this.#waiting.length - 1]!;
    this.#waiting.pop();
    this.steps += 1;
    chosen.resume();
    // All microtasks run before the next turn: by then the actor waits again, or has ended.
    await nextTurn();
    return chosen.point;
  }

  /** Everybody runs freely from now on. */
  release(): void {
    this.isHolding = false;
    for (const { resume } of this.#waiting.splice(0)) resume();
  }
}
