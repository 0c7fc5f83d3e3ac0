/**
 * Core actions as policies call them. Every action has one name of its own, so that a statement means the same whichever dialect
 * the call came through; a new action does not compile until it has its row here.
 *
 * Names: AWS Service Authorization Reference, "Actions, resources, and condition keys for Amazon S3". Names of actions that
 * cannot be called here are accepted in policies, as far as they exist; misspelt ones are refused.
 */
import { type Action, actions } from './actions.ts';

/** What a statement must name for the action to be in it. */
export type ResourceKind = 'account' | 'bucket' | 'object';

type NamedAction = Extract<Action, `account:${string}` | `bucket:${string}` | `object:${string}`>;

const names: Readonly<Record<NamedAction, `s3:${string}`>> = {
  'account:list-buckets': 's3:ListAllMyBuckets',
  // Swift's alone, since S3 has nothing of the kind: their names are this server's own.
  'account:write': 's3:PutAccountMetadata',
  'bucket:write-metadata': 's3:PutBucketMetadata',
  'bucket:create': 's3:CreateBucket',
  'bucket:delete': 's3:DeleteBucket',
  'bucket:head': 's3:ListBucket',
  'bucket:list-objects': 's3:ListBucket',
  'bucket:list-versions': 's3:ListBucketVersions',
  'bucket:list-uploads': 's3:ListBucketMultipartUploads',
  'bucket:read-location': 's3:GetBucketLocation',
  'bucket:read-acl': 's3:GetBucketAcl',
  'bucket:write-acl': 's3:PutBucketAcl',
  'bucket:read-policy': 's3:GetBucketPolicy',
  'bucket:write-policy': 's3:PutBucketPolicy',
  'bucket:delete-policy': 's3:DeleteBucketPolicy',
  'bucket:read-policy-status': 's3:GetBucketPolicyStatus',
  'bucket:read-public-access-block': 's3:GetBucketPublicAccessBlock',
  'bucket:write-public-access-block': 's3:PutBucketPublicAccessBlock',
  'bucket:read-ownership-controls': 's3:GetBucketOwnershipControls',
  'bucket:write-ownership-controls': 's3:PutBucketOwnershipControls',
  'bucket:read-versioning': 's3:GetBucketVersioning',
  'bucket:write-versioning': 's3:PutBucketVersioning',
  'bucket:read-cors': 's3:GetBucketCORS',
  'bucket:write-cors': 's3:PutBucketCORS',
  'bucket:read-tagging': 's3:GetBucketTagging',
  'bucket:write-tagging': 's3:PutBucketTagging',
  'bucket:read-lifecycle': 's3:GetLifecycleConfiguration',
  'bucket:write-lifecycle': 's3:PutLifecycleConfiguration',
  'bucket:read-encryption': 's3:GetEncryptionConfiguration',
  'bucket:write-encryption': 's3:PutEncryptionConfiguration',
  'bucket:read-object-lock': 's3:GetBucketObjectLockConfiguration',
  'bucket:write-object-lock': 's3:PutBucketObjectLockConfiguration',
  'bucket:read-protection': 's3:GetBucketObjectLockConfiguration',
  'bucket:write-protection': 's3:PutBucketObjectLockConfiguration',
  'bucket:read-basic': 's3:ListBucket',
  'bucket:read-firewall': 's3:GetBucketPolicy',
  'bucket:write-firewall': 's3:PutBucketPolicy',
  'bucket:write-quota': 's3:PutMetricsConfiguration',
  'bucket:write-activity-tracking': 's3:PutBucketLogging',
  'bucket:write-metrics-monitoring': 's3:PutMetricsConfiguration',
  'bucket:read-replication': 's3:GetReplicationConfiguration',
  'bucket:write-replication': 's3:PutReplicationConfiguration',
  'bucket:read-website': 's3:GetBucketWebsite',
  'bucket:write-website': 's3:PutBucketWebsite',
  'bucket:delete-website': 's3:DeleteBucketWebsite',
  'bucket:read-logging': 's3:GetBucketLogging',
  'bucket:write-logging': 's3:PutBucketLogging',
  'bucket:read-notification': 's3:GetBucketNotification',
  'bucket:write-notification': 's3:PutBucketNotification',
  'bucket:read-acceleration': 's3:GetAccelerateConfiguration',
  'bucket:write-acceleration': 's3:PutAccelerateConfiguration',
  'bucket:read-request-payment': 's3:GetBucketRequestPayment',
  'bucket:write-request-payment': 's3:PutBucketRequestPayment',
  'object:read': 's3:GetObject',
  'object:read-version': 's3:GetObjectVersion',
  'object:head': 's3:GetObject',
  'object:head-version': 's3:GetObjectVersion',
  'object:copy-source': 's3:GetObject',
  'object:copy-source-version': 's3:GetObjectVersion',
  'object:write': 's3:PutObject',
  'object:copy': 's3:PutObject',
  'object:delete': 's3:DeleteObject',
  'object:delete-version': 's3:DeleteObjectVersion',
  'object:read-acl': 's3:GetObjectAcl',
  'object:read-version-acl': 's3:GetObjectVersionAcl',
  'object:write-acl': 's3:PutObjectAcl',
  'object:write-version-acl': 's3:PutObjectVersionAcl',
  'object:read-attributes': 's3:GetObjectAttributes',
  'object:read-version-attributes': 's3:GetObjectVersionAttributes',
  'object:read-tagging': 's3:GetObjectTagging',
  'object:read-version-tagging': 's3:GetObjectVersionTagging',
  'object:write-tagging': 's3:PutObjectTagging',
  'object:write-version-tagging': 's3:PutObjectVersionTagging',
  'object:delete-tagging': 's3:DeleteObjectTagging',
  'object:delete-version-tagging': 's3:DeleteObjectVersionTagging',
  'object:read-retention': 's3:GetObjectRetention',
  'object:write-retention': 's3:PutObjectRetention',
  'object:read-legal-hold': 's3:GetObjectLegalHold',
  'object:write-legal-hold': 's3:PutObjectLegalHold',
  'object:bypass-governance': 's3:BypassGovernanceRetention',
  'object:read-named-holds': 's3:GetObjectLegalHold',
  'object:write-named-holds': 's3:PutObjectLegalHold',
  'object:extend-retention': 's3:PutObjectRetention',
  'object:list-parts': 's3:ListMultipartUploadParts',
  'object:abort-upload': 's3:AbortMultipartUpload',
};

/** Known to S3 and not callable here. */
const otherNames: Readonly<Record<ResourceKind, readonly string[]>> = {
  account: ['GetAccountPublicAccessBlock', 'PutAccountPublicAccessBlock', 'ListAccessPoints', 'ListJobs'],
  bucket: [
    'GetAnalyticsConfiguration',
    'PutAnalyticsConfiguration',
    'GetInventoryConfiguration',
    'PutInventoryConfiguration',
    'GetMetricsConfiguration',
    'GetIntelligentTieringConfiguration',
    'PutIntelligentTieringConfiguration',
    'GetBucketMetadataTableConfiguration',
    'CreateBucketMetadataTableConfiguration',
    'DeleteBucketMetadataTableConfiguration',
    'GetBucketAbac',
    'PutBucketAbac',
  ],
  object: [
    'GetObjectTorrent',
    'GetObjectVersionTorrent',
    'GetObjectVersionForReplication',
    'InitiateReplication',
    'ObjectOwnerOverrideToBucketOwner',
    'ReplicateDelete',
    'ReplicateObject',
    'ReplicateTags',
    'RestoreObject',
    'UpdateObjectEncryption',
  ],
};

export interface PolicyAction {
  /** In lower case: names in policies are compared without regard to case. */
  readonly comparable: string;
  readonly resource: ResourceKind;
  /** Undefined for what cannot be called here. */
  readonly action: NamedAction | undefined;
}

export const policyActions: readonly PolicyAction[] = [
  ...actions.filter(isNamed).map((action) => ({
    comparable: names[action].toLowerCase(),
    resource: kindOf(action),
    action,
  })),
  ...(['account', 'bucket', 'object'] as const).flatMap((resource) =>
    otherNames[resource].map((name) => ({
      comparable: `s3:${name}`.toLowerCase(),
      resource,
      action: undefined,
    })),
  ),
];

/** As it stands in policies. */
export function policyNameOf(action: Action): string | undefined {
  return isNamed(action) ? names[action] : undefined;
}

function isNamed(action: Action): action is NamedAction {
  return Object.hasOwn(names, action);
}

/** Buckets are created in an account, and S3 names the bucket that is to be. */
function kindOf(action: NamedAction): ResourceKind {
  if (action.startsWith('object:')) return 'object';
  return action.startsWith('bucket:') ? 'bucket' : 'account';
}
