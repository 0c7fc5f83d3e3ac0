import type { Clock } from '../lib/clock.ts';
import { type UploadNumber, uploadNumberAt } from './upload-keys.ts';

/** Numbers for the uploads that begin in one worker: increasing, also when the clock stands still or goes back. */
export class UploadNumbers {
  readonly #clock: Clock;
  readonly #epoch: number;
  #lastMicros = 0;

  constructor(clock: Clock, epoch: number) {
    this.#clock = clock;
    this.#epoch = epoch;
  }

  next(): UploadNumber {
    this.#lastMicros = Math.max(this.#clock.nowMicros(), this.#lastMicros + 1);
    return uploadNumberAt(this.#lastMicros, this.#epoch);
  }
}
