/**
 * How many writes an account and a container take in a second (nhn-openstack.md, section 21.2). What comes too fast waits for its turn,
 * and is refused when that is too far away. Each worker counts by itself, in memory; a request that names many objects counts once.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { SwiftError } from './swift-errors.ts';

/** 0 for a rate: no limit. */
export interface WriteRates {
  readonly accountPerSecond: number;
  readonly containerPerSecond: number;
  /** How long a request may wait for its turn. */
  readonly delaySecondsMax: number;
  /** Of refusals: NHN Cloud's, or OpenStack's. */
  readonly status: 429 | 498;
}

interface Turn {
  readonly key: string;
  /** Between two writes. */
  readonly intervalMicros: number;
  /** When this one has its turn. */
  readonly atMicros: number;
}

const MICROS_PER_SECOND = 1_000_000;
/** Accounts and containers that are remembered before those that are idle are forgotten, once a second. */
const KEPT_IDLE_MAX = 1000;

export class WriteLimiter {
  readonly #rates: WriteRates;
  /** When the next write has its turn. */
  readonly #next = new Map<string, number>();
  #forgottenAtMicros = 0;

  constructor(rates: WriteRates) {
    this.#rates = rates;
  }

  /** Returns when the write has its turn; the writes of one second may come at once. Throws 429 or 498 with Retry-After. */
  async admit(account: string, container: string, nowMicros: number): Promise<void> {
    const waitMicros = this.take(account, container, nowMicros);
    if (waitMicros > 0) await sleep(waitMicros / 1000);
  }

  /** Microseconds until the turn that is taken. Throws as `admit` does, and takes none then. */
  take(account: string, container: string, nowMicros: number): number {
    const { accountPerSecond, containerPerSecond, delaySecondsMax, status } = this.#rates;
    const turns: Turn[] = [];
    if (accountPerSecond > 0) turns.push(this.#turnOf(account, accountPerSecond, nowMicros));
    if (containerPerSecond > 0 && container !== '') {
      turns.push(this.#turnOf(`${account}/${container}`, containerPerSecond, nowMicros));
    }
    const waitMicros = Math.max(0, ...turns.map(({ atMicros }) => atMicros - nowMicros));
    const tooLongMicros = waitMicros - delaySecondsMax * MICROS_PER_SECOND;
    if (tooLongMicros > 0) {
      const seconds = Math.ceil(tooLongMicros / MICROS_PER_SECOND);
      throw new SwiftError(status, 'Slow down', ['Retry-After', `${seconds}`]);
    }
    this.#forgetIdle(nowMicros);
    for (const { key, intervalMicros, atMicros } of turns) this.#next.set(key, atMicros + intervalMicros);
    return waitMicros;
  }

  #turnOf(key: string, perSecond: number, nowMicros: number): Turn {
    const intervalMicros = MICROS_PER_SECOND / perSecond;
    const earliest = nowMicros - MICROS_PER_SECOND + intervalMicros;
    return { key, intervalMicros, atMicros: Math.max(this.#next.get(key) ?? earliest, earliest) };
  }

  #forgetIdle(nowMicros: number): void {
    const isDue = nowMicros - this.#forgottenAtMicros >= MICROS_PER_SECOND;
    if (this.#next.size < KEPT_IDLE_MAX || !isDue) return;
    this.#forgottenAtMicros = nowMicros;
    for (const [key, next] of this.#next) if (next <= nowMicros - MICROS_PER_SECOND) this.#next.delete(key);
  }
}
