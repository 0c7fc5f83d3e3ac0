/**
 * What may be claimed once, or holds for a while, in all processes alike: assertions that have been used, signatures that have been
 * given out. Only the SHA-256 of a text is stored. A claim ends with its time; what has ended is swept.
 */
import { createHash } from 'node:crypto';
import type { Clock } from '../lib/clock.ts';
import type { Change } from './commit-change.ts';
import { IdentityError } from './identity-errors.ts';
import type { IdentityStore } from './identity-store.ts';
import type { RecordCollection } from './record-collection.ts';

interface ClaimRecord {
  /** Of the text, in hexadecimal digits. */
  readonly id: string;
  readonly accountId: string;
  readonly expiresAtMicros: number;
}

/** Sorts as the number does. */
const TIME_DIGITS = 16;
const SWEPT_PER_SLICE = 100;

export class ExpiringClaims {
  readonly #identity: Pick<IdentityStore, 'change'>;
  readonly #clock: Clock;
  readonly #records: RecordCollection<ClaimRecord, 'expiry'>;

  /** `kind`: from the register in identity-keys.ts. */
  constructor(
    identity: Pick<IdentityStore, 'change' | 'collection'>,
    clock: Clock,
    kind: number,
    noun: string,
  ) {
    this.#identity = identity;
    this.#clock = clock;
    this.#records = identity.collection<ClaimRecord, 'expiry'>({
      kind,
      noun,
      account: ({ accountId }) => accountId,
      indexes: {
        expiry: {
          number: 1,
          entries: ({ expiresAtMicros }) => [[String(expiresAtMicros).padStart(TIME_DIGITS, '0')]],
        },
      },
    });
  }

  /** False when it is claimed already. */
  async claim(accountId: string, text: string, expiresAtMicros: number): Promise<boolean> {
    try {
      await this.#identity.change((change) => this.claimIn(change, accountId, text, expiresAtMicros));
      return true;
    } catch (error) {
      if (error instanceof IdentityError && error.code === 'RecordTaken') return false;
      throw error;
    }
  }

  /** As part of a change. Throws RecordTaken. */
  async claimIn(change: Change, accountId: string, text: string, expiresAtMicros: number): Promise<void> {
    const records = this.#records.in(change);
    const id = idOf(text);
    const found = await records.find(id);
    if (found !== undefined && found.record.expiresAtMicros <= this.#clock.nowMicros()) {
      await records.remove(id);
    }
    await records.create({ id, accountId, expiresAtMicros });
  }

  async holds(text: string): Promise<boolean> {
    const found = await this.#records.get(idOf(text));
    return found !== undefined && found.record.expiresAtMicros > this.#clock.nowMicros();
  }

  /** Removes a slice of what has ended. True when there may be more. */
  async sweep(): Promise<boolean> {
    const { items } = await this.#records.list('expiry', [], { limit: SWEPT_PER_SLICE });
    const ended = items.filter(({ record }) => record.expiresAtMicros <= this.#clock.nowMicros());
    for (const { record } of ended) {
      await this.#identity.change(async (change) => {
        const records = this.#records.in(change);
        const found = await records.find(record.id);
        if (found?.record.expiresAtMicros === record.expiresAtMicros) await records.remove(record.id);
      });
    }
    return ended.length === SWEPT_PER_SLICE;
  }
}

function idOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
