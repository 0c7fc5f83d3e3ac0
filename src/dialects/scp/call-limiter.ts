/**
 * How many calls one address may make in a second (build specification scp.md, section 4.3). Counted in memory; each worker announces
 * the calls that it lets pass to the others, so that the limit is that of the whole server but for the calls under way.
 */
import type { Clock } from '../../lib/clock.ts';
import { tooManyRequests } from './scp-errors.ts';

/** Addresses of one second that are counted; beyond it nobody is. */
const ADDRESSES_MAX = 100_000;
const MICROS_PER_SECOND = 1_000_000;

export class CallLimiter {
  readonly #callsMax: number;
  readonly #clock: Clock;
  readonly #announce: (address: string) => void;
  readonly #counts = new Map<string, number>();
  #second = 0;

  /** `announce`: tells the other workers. */
  constructor(callsMax: number, clock: Clock, announce: (address: string) => void) {
    this.#callsMax = callsMax;
    this.#clock = clock;
    this.#announce = announce;
  }

  /** One from there. Throws TooManyRequests, and then it does not count. */
  admit(address: string): void {
    this.#beginSecond();
    if ((this.#counts.get(address) ?? 0) >= this.#callsMax) throw tooManyRequests(1);
    this.count(address);
    this.#announce(address);
  }

  /** One that has passed here, or at another worker. */
  count(address: string): void {
    this.#beginSecond();
    const calls = this.#counts.get(address);
    if (calls !== undefined || this.#counts.size < ADDRESSES_MAX) this.#counts.set(address, (calls ?? 0) + 1);
  }

  /** By the clock, not by when a call came: calls that take long to arrive would begin seconds that are over. */
  #beginSecond(): void {
    const second = Math.floor(this.#clock.nowMicros() / MICROS_PER_SECOND);
    if (second === this.#second) return;
    this.#second = second;
    this.#counts.clear();
  }
}
