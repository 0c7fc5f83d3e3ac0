/**
 * Core actions and the names S3 policies use for them (AWS Service Authorization Reference, "Actions, resources, and
 * condition keys for Amazon S3"). Total: a new core action does not compile until it has a name, or `undefined`, here.
 */
import type { Action } from '../../identity/actions.ts';

const s3ActionNames: Readonly<Record<Action, readonly `s3:${string}`[]>> = {
  'account:list-buckets': ['s3:ListAllMyBuckets'],
  'bucket:create': ['s3:CreateBucket'],
  'bucket:delete': ['s3:DeleteBucket'],
  'bucket:head': ['s3:ListBucket'],
  'bucket:list-objects': ['s3:ListBucket'],
  'bucket:list-versions': ['s3:ListBucketVersions'],
  'bucket:list-uploads': ['s3:ListBucketMultipartUploads'],
  'bucket:read-location': ['s3:GetBucketLocation'],
  'bucket:read-acl': ['s3:GetBucketAcl'],
  'bucket:write-acl': ['s3:PutBucketAcl'],
  'bucket:read-policy': ['s3:GetBucketPolicy', 's3:GetBucketPolicyStatus'],
  'bucket:write-policy': ['s3:PutBucketPolicy', 's3:DeleteBucketPolicy'],
  'bucket:read-versioning': ['s3:GetBucketVersioning'],
  'bucket:write-versioning': ['s3:PutBucketVersioning'],
  'bucket:read-configuration': [
    's3:GetBucketCORS',
    's3:GetBucketTagging',
    's3:GetBucketWebsite',
    's3:GetBucketLogging',
    's3:GetBucketNotification',
    's3:GetBucketRequestPayment',
    's3:GetBucketObjectLockConfiguration',
    's3:GetBucketOwnershipControls',
    's3:GetBucketPublicAccessBlock',
    's3:GetLifecycleConfiguration',
    's3:GetEncryptionConfiguration',
    's3:GetReplicationConfiguration',
    's3:GetAccelerateConfiguration',
  ],
  'bucket:write-configuration': [
    's3:PutBucketCORS',
    's3:PutBucketTagging',
    's3:PutBucketWebsite',
    's3:DeleteBucketWebsite',
    's3:PutBucketLogging',
    's3:PutBucketNotification',
    's3:PutBucketRequestPayment',
    's3:PutBucketObjectLockConfiguration',
    's3:PutBucketOwnershipControls',
    's3:PutBucketPublicAccessBlock',
    's3:PutLifecycleConfiguration',
    's3:PutEncryptionConfiguration',
    's3:PutReplicationConfiguration',
    's3:PutAccelerateConfiguration',
  ],
  'object:read': ['s3:GetObject'],
  'object:read-version': ['s3:GetObjectVersion'],
  'object:write': ['s3:PutObject'],
  'object:delete': ['s3:DeleteObject'],
  'object:delete-version': ['s3:DeleteObjectVersion'],
  'object:read-acl': ['s3:GetObjectAcl', 's3:GetObjectVersionAcl'],
  'object:write-acl': ['s3:PutObjectAcl', 's3:PutObjectVersionAcl'],
  'object:read-attributes': ['s3:GetObjectAttributes', 's3:GetObjectVersionAttributes'],
  'object:read-tagging': ['s3:GetObjectTagging', 's3:GetObjectVersionTagging'],
  'object:write-tagging': [
    's3:PutObjectTagging',
    's3:PutObjectVersionTagging',
    's3:DeleteObjectTagging',
    's3:DeleteObjectVersionTagging',
  ],
  'object:list-parts': ['s3:ListMultipartUploadParts'],
  'object:abort-upload': ['s3:AbortMultipartUpload'],
  // Administration of this server is not an S3 matter.
  'identity:read': [],
  'identity:write': [],
  'admin:read': [],
  'admin:write': [],
};

/** Every name that a policy may use for a core action; the first is the one shown. */
export function s3NamesOf(action: Action): readonly string[] {
  return s3ActionNames[action];
}

/** S3 has an action of its own for an addressed version (`s3:GetObjectVersion`, `s3:DeleteObjectVersion`). */
export function actionOnVersion(action: Action): Action {
  if (action === 'object:read') return 'object:read-version';
  if (action === 'object:delete') return 'object:delete-version';
  return action;
}
