/** What a bucket says about who may use it, from its documents: the same through whichever dialect the question comes. */
import type { Bucket } from '../../core/model.ts';
import type { AccessResource } from '../../identity/evaluate-access.ts';
import { decodePublicAccessBlock } from '../../identity/public-access-block.ts';

/** Set for good once an account other than the bucket's may have written an object into the bucket. */
export const FOREIGN_OBJECTS_DOCUMENT = 'foreign-objects';

/** Without lists where they are switched off (Amazon S3 User Guide, "Controlling ownership of objects"). */
export function hasListsDisabled({ documents }: Pick<Bucket, 'documents'>): boolean {
  return documents['object-ownership'] === 'BucketOwnerEnforced';
}

/** The bucket, or `key` in it. */
export function accessResourceOf(
  bucket: Pick<Bucket, 'account' | 'name' | 'documents'>,
  key?: string,
): AccessResource {
  const { documents } = bucket;
  const block = documents['public-access-block'];
  return {
    account: bucket.account,
    bucket: bucket.name,
    bucketAcl: hasListsDisabled(bucket) ? undefined : documents['acl'],
    bucketPolicy: documents['policy'],
    firewall: documents['firewall'],
    publicAccessBlock: block === undefined ? undefined : decodePublicAccessBlock(block),
    mayHoldForeignObjects: documents[FOREIGN_OBJECTS_DOCUMENT] !== undefined,
    ...(key !== undefined && { key }),
  };
}
