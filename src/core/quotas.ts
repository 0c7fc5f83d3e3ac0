/**
 * Quotas: how many objects and bytes a bucket, or an account in one place, may hold. Decided by the exact counters (bytes of
 * all versions, current objects) as they were at most a second ago, and by what this worker has committed since. So what may
 * go beyond a quota is what other workers commit within that second, and commits that are in flight at the same moment; and
 * room that another worker made is noticed within the same second. A change that adds nothing is never refused.
 *
 * Parts of unfinished uploads do not count: the object that they become does.
 */
import type { CoreContext } from './core-context.ts';
import { CoreError } from './core-errors.ts';
import type { AccountId, Bucket, Place } from './model.ts';
import type { Usage } from './object-store.ts';
import { readAccount } from './operations/account-settings.ts';
import { listBuckets } from './operations/list-buckets.ts';
import { addUsage, bucketUsage, bucketUsages, NO_USAGE } from './usage.ts';

const QUOTA_DOCUMENT = 'quota';
const FRESH_MICROS = 1_000_000;
const ENTRIES_MAX = 10_000;
const BUCKETS_PAGE = 1000;

export interface Quota {
  readonly bytes?: number;
  readonly objects?: number;
}

type Documents = Readonly<Record<string, string>>;

/** For the `documents` of a bucket (`updateBucket`) or of an account in one place (`updateAccount`). */
export function quotaDocument(quota: Quota | null): Record<string, string | null> {
  const isNone = quota === null || (quota.bytes === undefined && quota.objects === undefined);
  return { [QUOTA_DOCUMENT]: isNone ? null : JSON.stringify(quota) };
}

export function quotaOf({ documents }: { readonly documents: Documents }): Quota | undefined {
  const text = documents[QUOTA_DOCUMENT];
  return text === undefined ? undefined : (JSON.parse(text) as Quota);
}

interface Estimate {
  readonly quota: Quota | undefined;
  readonly takenAtMicros: number;
  usage: Usage;
}

/** One per worker. */
export class QuotaWatch {
  readonly #buckets = new Map<number, Estimate>();
  readonly #accounts = new Map<string, Estimate>();

  /**
   * Throws or rejects with QuotaExceeded when `change` would add what is not allowed. Answers at once, without a promise, when
   * nothing has a quota as far as is known: it stands before and in every commit that adds.
   */
  assertRoom(context: CoreContext, bucket: Bucket, change: Usage): Promise<void> | undefined {
    if (change.bytes <= 0 && change.objects <= 0) return undefined;
    const account = this.#accounts.get(accountName(bucket.account, bucket.place));
    const isFree =
      account !== undefined && account.quota === undefined && isFresh(account, context.clock.nowMicros());
    return isFree && quotaOf(bucket) === undefined ? undefined : this.#lookForRoom(context, bucket, change);
  }

  async #lookForRoom(context: CoreContext, bucket: Bucket, change: Usage): Promise<void> {
    const quota = quotaOf(bucket);
    if (quota !== undefined) {
      const { usage } = await this.#ofBucket(context, bucket);
      refuseExcess(quota, usage, change, { scope: 'bucket', name: bucket.name });
    }
    const account = await this.#ofAccount(context, bucket.account, bucket.place);
    if (account.quota === undefined) return;
    refuseExcess(account.quota, account.usage, change, { scope: 'account', name: bucket.account });
  }

  /** What this worker has committed. */
  add(bucket: Bucket, change: Usage): void {
    for (const estimate of [
      this.#buckets.get(bucket.id),
      this.#accounts.get(accountName(bucket.account, bucket.place)),
    ]) {
      if (estimate !== undefined) estimate.usage = addUsage(estimate.usage, change);
    }
  }

  async #ofBucket(context: CoreContext, bucket: Bucket): Promise<Estimate> {
    const known = this.#buckets.get(bucket.id);
    const takenAtMicros = context.clock.nowMicros();
    if (known !== undefined && isFresh(known, takenAtMicros)) return known;
    const taken = { quota: undefined, takenAtMicros, usage: await bucketUsage(context, bucket) };
    remember(this.#buckets, bucket.id, taken);
    return taken;
  }

  async #ofAccount(context: CoreContext, account: AccountId, place: Place): Promise<Estimate> {
    const name = accountName(account, place);
    const known = this.#accounts.get(name);
    const takenAtMicros = context.clock.nowMicros();
    if (known !== undefined && isFresh(known, takenAtMicros)) return known;
    const quota = quotaOf(await readAccount(context, account, place));
    const usage = quota === undefined ? NO_USAGE : await accountUsage(context, account, place);
    const taken = { quota, takenAtMicros, usage };
    remember(this.#accounts, name, taken);
    return taken;
  }
}

function isFresh({ takenAtMicros }: Estimate, nowMicros: number): boolean {
  return nowMicros >= takenAtMicros && nowMicros - takenAtMicros < FRESH_MICROS;
}

function remember<K>(estimates: Map<K, Estimate>, key: K, estimate: Estimate): void {
  if (estimates.size >= ENTRIES_MAX) estimates.clear();
  estimates.set(key, estimate);
}

function accountName(account: AccountId, place: Place): string {
  return `${account} ${place}`;
}

async function accountUsage(context: CoreContext, account: AccountId, place: Place): Promise<Usage> {
  let usage = NO_USAGE;
  for (let after = ''; ; ) {
    const query = { account, place, prefix: '', after, limit: BUCKETS_PAGE };
    const { buckets, isTruncated } = await listBuckets(context, query);
    for (const one of await bucketUsages(context, buckets)) usage = addUsage(usage, one);
    const last = buckets.at(-1);
    if (last === undefined || !isTruncated) return usage;
    after = last.name;
  }
}

function refuseExcess(
  quota: Quota,
  usage: Usage,
  change: Usage,
  whose: { readonly scope: 'bucket' | 'account'; readonly name: string },
): void {
  for (const resource of ['bytes', 'objects'] as const) {
    const max = quota[resource];
    const isGranted = max === undefined || usage[resource] + change[resource] <= max;
    if (isGranted || change[resource] <= 0) continue;
    throw new CoreError('QuotaExceeded', { ...whose, of: resource, max });
  }
}

/**
 * Before a body is read: what it would add is known when its size is declared. What it replaces makes room, as it will in the
 * commit. Throws QuotaExceeded.
 */
export function refuseOverQuota(
  context: CoreContext,
  bucket: Bucket,
  size: number | undefined,
  replaced: () => Promise<Usage>,
): Promise<void> | undefined {
  if (size === undefined) return undefined;
  const looking = context.quotas.assertRoom(context, bucket, { bytes: size, objects: 1 });
  return looking?.catch(async (error: unknown) => {
    if (!(error instanceof CoreError && error.code === 'QuotaExceeded')) throw error;
    const { bytes, objects } = await replaced();
    await context.quotas.assertRoom(context, bucket, { bytes: size - bytes, objects: 1 - objects });
  });
}
