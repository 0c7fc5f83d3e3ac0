/**
 * How much is stored, over all accounts. Counting walks the buckets, so what was counted is shown for a while, and a store
 * with very many buckets is counted in part and says so.
 */
import type { ObjectStore } from '../core/object-store.ts';
import type { IdentityStore } from '../identity/identity-store.ts';
import type { Clock } from '../lib/clock.ts';

export interface StoreFigures {
  readonly accounts: number;
  readonly buckets: number;
  readonly objects: number;
  readonly bytes: number;
  /** Not all buckets were counted. */
  readonly isPartial: boolean;
}

const SHOWN_MICROS = 30_000_000;
const PAGE = 1000;
const BUCKETS_MAX = 20_000;

type Source = Pick<ObjectStore, 'listBuckets' | 'bucketUsage'>;

export class StoreFigureCounter {
  readonly #store: Source;
  readonly #identity: Pick<IdentityStore, 'listAccounts'>;
  readonly #clock: Clock;
  #counting: Promise<StoreFigures> | undefined;
  #countedAtMicros = Number.NEGATIVE_INFINITY;

  constructor(store: Source, identity: Pick<IdentityStore, 'listAccounts'>, clock: Clock) {
    this.#store = store;
    this.#identity = identity;
    this.#clock = clock;
  }

  count(): Promise<StoreFigures> {
    const now = this.#clock.nowMicros();
    if (this.#counting === undefined || now - this.#countedAtMicros > SHOWN_MICROS) {
      this.#countedAtMicros = now;
      this.#counting = this.#count();
      this.#counting.catch(() => {
        this.#counting = undefined;
      });
    }
    return this.#counting;
  }

  async #count(): Promise<StoreFigures> {
    const sum = { accounts: 0, buckets: 0, objects: 0, bytes: 0, isPartial: false };
    for (let after: string | undefined = ''; after !== undefined; ) {
      const page = await this.#identity.listAccounts(after, PAGE);
      for (const { id } of page.accounts) {
        sum.accounts += 1;
        if (!sum.isPartial) await this.#addBuckets(id, sum);
      }
      after = page.next;
    }
    return sum;
  }

  async #addBuckets(
    account: string,
    sum: { buckets: number; objects: number; bytes: number; isPartial: boolean },
  ): Promise<void> {
    for (let after: string | undefined = ''; after !== undefined; ) {
      const page = await this.#store.listBuckets({ account, prefix: '', after, limit: PAGE });
      for (const bucket of page.buckets) {
        const usage = await this.#store.bucketUsage(bucket);
        sum.buckets += 1;
        sum.objects += usage.objects;
        sum.bytes += usage.bytes;
      }
      sum.isPartial = sum.buckets >= BUCKETS_MAX;
      after = page.isTruncated && !sum.isPartial ? page.buckets.at(-1)?.name : undefined;
    }
  }
}
