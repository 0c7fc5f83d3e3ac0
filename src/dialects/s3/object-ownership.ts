/**
 * Who owns what is written into a bucket, by the bucket's rule of object ownership (Amazon S3 User Guide, "Controlling ownership of
 * objects and disabling ACLs for your bucket"):
 *
 * - `ObjectWriter`, and without a rule: the account that writes. AWS's default since April 2023 is `BucketOwnerEnforced`;
 *   with it, nothing that the guides print about ACLs would work.
 * - `BucketOwnerPreferred`: the same, unless the request says `bucket-owner-full-control`.
 * - `BucketOwnerEnforced`: the bucket's account, and there are no ACLs.
 *
 * What is written without a proof of identity belongs to the bucket's account in every case. (At AWS it belongs to an account
 * called "anonymous", so that the bucket's owner pays for what only strangers can read.)
 */
import type { AccountId, Bucket, ObjectMetadata } from '../../core/model.ts';
import { accountOf, type Caller } from '../../identity/principal.ts';
import { hasListsDisabled } from '../kernel/bucket-access.ts';
import { type AclRequest, aclDocument } from './acl-headers.ts';
import { refusePublicAcl } from './public-access.ts';
import type { S3Call, S3Services } from './s3-call.ts';
import { S3Error } from './s3-errors.ts';

/** The bucket's document that holds its rule. */
export const OWNERSHIP_DOCUMENT = 'object-ownership';
export const ownershipRules: readonly string[] = [
  'BucketOwnerEnforced',
  'BucketOwnerPreferred',
  'ObjectWriter',
];

export const hasAclsDisabled = hasListsDisabled;

/** Owner and list of the object that a call is about to write. Throws as `aclDocument`, AccessControlListNotSupported and AccessDenied. */
export async function ownerAndAcl(
  services: S3Services,
  call: S3Call,
  request: AclRequest | undefined,
): Promise<{ readonly owner: AccountId; readonly documents: ObjectMetadata['documents'] }> {
  const { bucket } = call;
  const isForBucketOwner = request?.kind === 'canned' && request.name === 'bucket-owner-full-control';
  if (hasAclsDisabled(bucket)) {
    if (request !== undefined && !isForBucketOwner) throw new S3Error('AccessControlListNotSupported');
    return { owner: bucket.account, documents: {} };
  }
  const isGivenAway = isForBucketOwner && bucket.documents[OWNERSHIP_DOCUMENT] === 'BucketOwnerPreferred';
  const owner = isGivenAway ? bucket.account : writerOf(call.caller, bucket);
  const subject = { kind: 'object', owner, bucketOwner: bucket.account } as const;
  const acl = await aclDocument(request, subject, services.accounts);
  refusePublicAcl(bucket, acl);
  // What nobody known writes belongs to the bucket's account, which gives it to whom it likes.
  if (acl !== null && call.caller.principal.kind !== 'anonymous') confirmGranting(call, owner);
  return { owner, documents: acl === null ? {} : { acl } };
}

/**
 * Writing an object with a list of its own takes the right to write lists, too (Amazon S3 API Reference, "PutObject", permissions;
 * ibm-cos.md, section 7.1). Throws AccessDenied.
 */
function confirmGranting(call: Pick<S3Call, 'decideOn' | 'key'>, owner: string): void {
  const object = { kind: 'present', account: owner, acl: undefined } as const;
  if (!call.decideOn('object:write-acl', call.key, undefined, object).allowed)
    throw new S3Error('AccessDenied');
}

/** Whether a write of that caller makes the bucket one that holds objects of other accounts. */
export function writesForeignObjects(caller: Caller, bucket: Bucket): boolean {
  return !hasAclsDisabled(bucket) && writerOf(caller, bucket) !== bucket.account;
}

function writerOf(caller: Caller, bucket: Bucket): AccountId {
  return accountOf(caller) ?? bucket.account;
}
