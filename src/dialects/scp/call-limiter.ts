/** How many calls one address may make in a second (build specification scp.md, section 4.3). Each worker counts by itself. */
import type { WireRequest } from '../kernel/wire.ts';
import { tooManyRequests } from './scp-errors.ts';

/** Addresses of one second that are counted; beyond it nobody is. */
const ADDRESSES_MAX = 100_000;
const MICROS_PER_SECOND = 1_000_000;

export class CallLimiter {
  readonly #callsMax: number;
  readonly #counts = new Map<string, number>();
  #second = 0;

  constructor(callsMax: number) {
    this.#callsMax = callsMax;
  }

  /** Throws TooManyRequests. */
  count({ remoteAddress, receivedAtMicros }: Pick<WireRequest, 'remoteAddress' | 'receivedAtMicros'>): void {
    const second = Math.floor(receivedAtMicros / MICROS_PER_SECOND);
    if (second !== this.#second) {
      this.#second = second;
      this.#counts.clear();
    }
    const calls = (this.#counts.get(remoteAddress) ?? 0) + 1;
    if (calls > this.#callsMax) throw tooManyRequests(1);
    if (this.#counts.size < ADDRESSES_MAX) this.#counts.set(remoteAddress, calls);
  }
}
