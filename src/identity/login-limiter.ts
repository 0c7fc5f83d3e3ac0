/**
 * How often a password may be guessed wrongly: per source and user, per source, and per user. Counted in memory, so that guessing
 * costs no writes; each worker announces what it counts to the others, so that the bounds are those of the whole server but for the
 * guesses under way. Right passwords are not counted.
 */
import { isIPv6 } from 'node:net';
import type { Clock } from '../lib/clock.ts';
import { IdentityError } from './identity-errors.ts';

const WINDOW_MICROS = 60_000_000;
/** Wrong guesses in a window. Ours: a person mistypes a few times, a program that has the wrong password asks for ever. */
const PAIR_MAX = 10;
const SOURCE_MAX = 60;
/** From everywhere together: slows down a guess that is spread over many sources. */
const USER_MAX = 100;
/** About 200 bytes each. Oldest out first. */
const WINDOWS_MAX = 20_000;

interface Window {
  readonly endsAtMicros: number;
  failures: number;
}

export interface GuessedLogin {
  /** IP address. */
  readonly source: string;
  /** As claimed, whether it exists or not. */
  readonly user: string;
}

export class LoginLimiter {
  readonly #clock: Clock;
  readonly #announce: ((guess: GuessedLogin) => void) | undefined;
  readonly #windows = new Map<string, Window>();

  /** `announce`: tells the other workers. */
  constructor(clock: Clock, announce?: (guess: GuessedLogin) => void) {
    this.#clock = clock;
    this.#announce = announce;
  }

  /** Throws TooManyAttempts with the seconds until the next guess may be made. */
  assertMayGuess(guess: GuessedLogin): void {
    const now = this.#clock.nowMicros();
    for (const [key, failuresMax] of boundsOf(guess)) {
      const window = this.#windows.get(key);
      if (window === undefined || window.endsAtMicros <= now || window.failures < failuresMax) continue;
      const retryAfterSeconds = Math.max(1, Math.ceil((window.endsAtMicros - now) / 1_000_000));
      throw new IdentityError('TooManyAttempts', { retryAfterSeconds });
    }
  }

  failed(guess: GuessedLogin): void {
    this.count(guess);
    this.#announce?.(guess);
  }

  /** One that failed here, or at another worker. */
  count(guess: GuessedLogin): void {
    const now = this.#clock.nowMicros();
    for (const [key] of boundsOf(guess)) {
      const window = this.#windows.get(key);
      if (window !== undefined && window.endsAtMicros > now) {
        window.failures += 1;
        continue;
      }
      this.#windows.delete(key);
      this.#makeRoom();
      this.#windows.set(key, { endsAtMicros: now + WINDOW_MICROS, failures: 1 });
    }
  }

  #makeRoom(): void {
    if (this.#windows.size < WINDOWS_MAX) return;
    const [oldest] = this.#windows.keys();
    if (oldest !== undefined) this.#windows.delete(oldest);
  }
}

function boundsOf({ source, user }: GuessedLogin): readonly (readonly [string, number])[] {
  const network = networkOf(source);
  const claimed = user.toLowerCase();
  return [
    [`pair ${network} ${claimed}`, PAIR_MAX],
    [`source ${network}`, SOURCE_MAX],
    [`user ${claimed}`, USER_MAX],
  ];
}

/** One customer of IPv6 has at least a /64. */
function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const [head = '', tail] = (address.split('%')[0] ?? '').split('::');
  const before = head === '' ? [] : head.split(':');
  const behind = tail === undefined || tail === '' ? [] : tail.split(':');
  const gap = tail === undefined ? 0 : Math.max(0, 8 - before.length - behind.length);
  const groups = [...before, ...new Array<string>(gap).fill('0'), ...behind];
  return `${groups.slice(0, 4).join(':')}::/64`;
}
