/** Counters of an account: exact, added up over its containers in this place (nhn-openstack.md, section 6). */
import type { AccountId, Bucket, Place } from '../../core/model.ts';
import type { ObjectStore, Usage } from '../../core/object-store.ts';
import type { AccountSettings } from '../../core/operations/account-settings.ts';
import { storagePolicyOf } from './container-settings.ts';

export interface CountedContainer {
  readonly bucket: Bucket;
  readonly usage: Usage;
}

export interface AccountSummary {
  readonly settings: AccountSettings;
  /** All of them, by name. */
  readonly containers: readonly CountedContainer[];
}

const BUCKETS_PER_PAGE = 10_000;

export async function summariseAccount(
  store: ObjectStore,
  account: AccountId,
  place: Place,
): Promise<AccountSummary> {
  const containers: CountedContainer[] = [];
  for (let after = ''; ; ) {
    const page = await store.listBuckets({ account, place, prefix: '', after, limit: BUCKETS_PER_PAGE });
    const usages = await store.bucketUsages(page.buckets);
    for (const [index, bucket] of page.buckets.entries()) {
      containers.push({ bucket, usage: usages[index] ?? { objects: 0, bytes: 0 } });
    }
    const last = page.buckets.at(-1);
    if (!page.isTruncated || last === undefined) break;
    after = last.name;
  }
  return { settings: await store.readAccount(account, place), containers };
}

/** The counters, all together and by storage policy. */
export function pushAccountCounters(headers: string[], containers: readonly CountedContainer[]): void {
  pushCounters(headers, 'X-Account', containers);
  for (const [policy, ofPolicy] of Map.groupBy(containers, ({ bucket }) => storagePolicyOf(bucket))) {
    pushCounters(headers, `X-Account-Storage-Policy-${policy}`, ofPolicy);
  }
}

function pushCounters(headers: string[], prefix: string, containers: readonly CountedContainer[]): void {
  let objects = 0;
  let bytes = 0;
  for (const { usage } of containers) {
    objects += usage.objects;
    bytes += usage.bytes;
  }
  headers.push(`${prefix}-Container-Count`, `${containers.length}`);
  headers.push(`${prefix}-Object-Count`, `${objects}`, `${prefix}-Bytes-Used`, `${bytes}`);
}
