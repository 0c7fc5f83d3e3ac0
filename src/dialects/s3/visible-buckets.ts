/** A page of an account's buckets: of those that S3 can see, and of one service instance where a call is about one. */
import type { AccountId, Bucket, Place } from '../../core/model.ts';
import { bucketNameFault } from '../../core/names.ts';
import type { S3Call, S3Services } from './s3-call.ts';

export interface VisibleBucketsQuery {
  readonly account: AccountId;
  /** Undefined: of every place. */
  readonly place: Place | undefined;
  readonly prefix: string;
  readonly after: string;
  readonly limit: number;
}

/** Goes on until the page is as full as it can be. Buckets of one name in several places are never divided. */
export async function listVisibleBuckets(
  { store }: Pick<S3Services, 'store'>,
  { account, place, prefix, after: start, limit }: VisibleBucketsQuery,
  call: Pick<S3Call, 'instanceId' | 'instanceOf'>,
): Promise<{ readonly buckets: readonly Bucket[]; readonly isTruncated: boolean }> {
  const buckets: Bucket[] = [];
  let after = start;
  while (true) {
    const query = { account, prefix, after, limit: limit - buckets.length };
    const page = await store.listBuckets(place === undefined ? query : { ...query, place });
    for (const bucket of page.buckets) if (isVisible(bucket, call)) buckets.push(bucket);
    const last = page.buckets.at(-1);
    if (!page.isTruncated || last === undefined) return { buckets, isTruncated: false };
    if (buckets.length >= limit) return { buckets, isTruncated: true };
    after = last.name;
  }
}

function isVisible(bucket: Bucket, call: Pick<S3Call, 'instanceId' | 'instanceOf'>): boolean {
  if (bucketNameFault(bucket.name) !== undefined) return false;
  return call.instanceId === undefined || call.instanceOf(bucket) === call.instanceId;
}
