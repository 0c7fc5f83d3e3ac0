/**
 * Hashing passwords is dear on purpose (`password-hash.ts`: 32 MiB each), so a worker does two at a time and lets only so
 * many wait. Who has no password, or does not exist, costs the same as a wrong one.
 */
import type { Entropy } from '../lib/entropy.ts';
import { IdentityError } from './identity-errors.ts';
import { hashPassword, passwordThatNobodyHas, verifyPassword } from './password-hash.ts';

const AT_A_TIME = 2;
/** About ten seconds of work; who would wait longer is told so at once. Ours. */
const WAITING_MAX = 128;
const RETRY_AFTER_SECONDS = 10;

export class PasswordGate {
  readonly #entropy: Entropy;
  readonly #nobodys: string;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(entropy: Entropy) {
    this.#entropy = entropy;
    this.#nobodys = passwordThatNobodyHas(entropy);
  }

  hash(password: string): Promise<string> {
    return this.#pass(() => hashPassword(password, this.#entropy));
  }

  /** `mayGuess` is asked when the turn has come, and throws when too many guesses were wrong meanwhile. */
  async verify(password: string, encoded: string | undefined, mayGuess: () => void): Promise<boolean> {
    return this.#pass(async () => {
      mayGuess();
      const isRight = await verifyPassword(password, encoded ?? this.#nobodys);
      return isRight && encoded !== undefined;
    });
  }

  /** Throws TooManyAttempts. */
  async #pass<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= AT_A_TIME) {
      if (this.#waiting.length >= WAITING_MAX) {
        throw new IdentityError('TooManyAttempts', { retryAfterSeconds: RETRY_AFTER_SECONDS });
      }
      // Whoever leaves hands its place on.
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else {
      this.#running += 1;
    }
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }
}
