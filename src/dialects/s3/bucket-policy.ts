/** The policy of a bucket, as the operations on it share it. */
import type { Bucket } from '../../core/model.ts';
import { accountOf } from '../../identity/principal.ts';
import type { S3Call } from './s3-call.ts';
import { S3Error } from './s3-errors.ts';

/** The bucket's document that holds it, as sent. */
export const POLICY_DOCUMENT = 'policy';

/** Throws NoSuchBucketPolicy. */
export function policyOf({ documents, name }: Pick<Bucket, 'documents' | 'name'>): string {
  const policy = documents[POLICY_DOCUMENT];
  if (policy === undefined) throw new S3Error('NoSuchBucketPolicy', { BucketName: name });
  return policy;
}

/**
 * Whoever may, but is of another account than the bucket, still may not (Amazon S3 API Reference, "PutBucketPolicy": 405). Throws
 * MethodNotAllowed.
 */
export function refuseOtherAccounts({ bucket, caller, request }: S3Call): void {
  if (accountOf(caller) === bucket.account) return;
  throw new S3Error('MethodNotAllowed', { Method: request.method, ResourceType: 'BUCKETPOLICY' });
}
