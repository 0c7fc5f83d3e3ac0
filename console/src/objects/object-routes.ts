import { hrefOf } from '../parts/route.ts';
import type { BucketAddress, ObjectAddress } from '../s3/s3-address.ts';

/** A prefix may be empty, a segment may not: it stands behind a slash. */
export function folderHref({ place, bucket }: BucketAddress, prefix: string): string {
  return hrefOf('buckets', place, bucket, 'objects', `/${prefix}`);
}

export function objectHref({ place, bucket, key }: ObjectAddress, prefix: string): string {
  return hrefOf('buckets', place, bucket, 'objects', `/${prefix}`, key);
}
