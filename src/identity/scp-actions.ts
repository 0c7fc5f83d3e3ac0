/**
 * Core actions as Samsung Cloud Platform calls them, in policies and refusals (build specification scp.md, sections 5.3 and 12). One
 * name is documented for storage, `object-store:UploadObject`; the others follow its form. Every action has a name of its own: a new
 * one does not compile until it has its row here.
 *
 * Names that people expect to do what they need cover several actions: whoever may download may ask for the size first, and
 * `UpdateBucket` is every setting of a bucket that grants nothing to anybody.
 */
import { type Action, actions } from './actions.ts';

export type AccessLevel = 'List' | 'Show' | 'Create' | 'Update' | 'Delete' | 'Permission';

type NamedAction = Extract<
  Action,
  `account:${string}` | `bucket:${string}` | `object:${string}` | `catalog:${string}` | `sts:${string}`
>;

const names: Readonly<Record<NamedAction, string>> = {
  'account:list-buckets': 'object-store:ListBuckets',
  'account:write': 'object-store:UpdateAccountMetadata',
  'bucket:write-metadata': 'object-store:UpdateBucketMetadata',
  'bucket:create': 'object-store:CreateBucket',
  'bucket:delete': 'object-store:DeleteBucket',
  'bucket:head': 'object-store:ShowBucket',
  'bucket:list-objects': 'object-store:ListObjects',
  'bucket:list-versions': 'object-store:ListObjectVersions',
  'bucket:list-uploads': 'object-store:ListMultipartUploads',
  'bucket:read-location': 'object-store:ShowBucketLocation',
  'bucket:read-acl': 'object-store:ShowBucketAcl',
  'bucket:write-acl': 'object-store:UpdateBucketAcl',
  'bucket:read-policy': 'object-store:ShowBucketPolicy',
  'bucket:write-policy': 'object-store:UpdateBucketPolicy',
  'bucket:delete-policy': 'object-store:DeleteBucketPolicy',
  'bucket:read-policy-status': 'object-store:ShowBucketPolicyStatus',
  'bucket:read-public-access-block': 'object-store:ShowPublicAccessBlock',
  'bucket:write-public-access-block': 'object-store:UpdatePublicAccessBlock',
  'bucket:read-ownership-controls': 'object-store:ShowBucketOwnershipControls',
  'bucket:write-ownership-controls': 'object-store:UpdateBucketOwnershipControls',
  'bucket:read-versioning': 'object-store:ShowBucketVersioning',
  'bucket:write-versioning': 'object-store:UpdateBucketVersioning',
  'bucket:read-cors': 'object-store:ShowBucketCors',
  'bucket:write-cors': 'object-store:UpdateBucketCors',
  'bucket:read-tagging': 'object-store:ShowBucketTagging',
  'bucket:write-tagging': 'object-store:UpdateBucketTagging',
  'bucket:read-lifecycle': 'object-store:ShowBucketLifecycle',
  'bucket:write-lifecycle': 'object-store:UpdateBucketLifecycle',
  'bucket:read-encryption': 'object-store:ShowBucketEncryption',
  'bucket:write-encryption': 'object-store:UpdateBucketEncryption',
  'bucket:read-object-lock': 'object-store:ShowBucketObjectLock',
  'bucket:write-object-lock': 'object-store:UpdateBucketObjectLock',
  'bucket:read-protection': 'object-store:ShowBucketProtection',
  'bucket:write-protection': 'object-store:UpdateBucketProtection',
  'bucket:read-basic': 'object-store:ShowBucketConfiguration',
  'bucket:read-firewall': 'object-store:ShowBucketFirewall',
  'bucket:write-firewall': 'object-store:UpdateBucketFirewall',
  'bucket:write-quota': 'object-store:UpdateBucketQuota',
  'bucket:write-activity-tracking': 'object-store:UpdateBucketActivityTracking',
  'bucket:write-metrics-monitoring': 'object-store:UpdateBucketMetricsMonitoring',
  'bucket:read-replication': 'object-store:ShowBucketReplication',
  'bucket:write-replication': 'object-store:UpdateBucketReplication',
  'bucket:read-website': 'object-store:ShowBucketWebsite',
  'bucket:write-website': 'object-store:UpdateBucketWebsite',
  'bucket:delete-website': 'object-store:DeleteBucketWebsite',
  'bucket:read-logging': 'object-store:ShowBucketLogging',
  'bucket:write-logging': 'object-store:UpdateBucketLogging',
  'bucket:read-notification': 'object-store:ShowBucketNotification',
  'bucket:write-notification': 'object-store:UpdateBucketNotification',
  'bucket:read-acceleration': 'object-store:ShowBucketAcceleration',
  'bucket:write-acceleration': 'object-store:UpdateBucketAcceleration',
  'bucket:read-request-payment': 'object-store:ShowBucketRequestPayment',
  'bucket:write-request-payment': 'object-store:UpdateBucketRequestPayment',
  'object:read': 'object-store:DownloadObject',
  'object:read-version': 'object-store:DownloadObjectVersion',
  'object:head': 'object-store:ShowObject',
  'object:head-version': 'object-store:ShowObjectVersion',
  'object:copy-source': 'object-store:CopySourceObject',
  'object:copy-source-version': 'object-store:CopySourceObjectVersion',
  'object:write': 'object-store:UploadObject',
  'object:copy': 'object-store:CopyObject',
  'object:delete': 'object-store:DeleteObject',
  'object:delete-version': 'object-store:DeleteObjectVersion',
  'object:read-acl': 'object-store:ShowObjectAcl',
  'object:read-version-acl': 'object-store:ShowObjectVersionAcl',
  'object:write-acl': 'object-store:UpdateObjectAcl',
  'object:write-version-acl': 'object-store:UpdateObjectVersionAcl',
  'object:read-attributes': 'object-store:ShowObjectAttributes',
  'object:read-version-attributes': 'object-store:ShowObjectVersionAttributes',
  'object:read-tagging': 'object-store:ShowObjectTagging',
  'object:read-version-tagging': 'object-store:ShowObjectVersionTagging',
  'object:write-tagging': 'object-store:UpdateObjectTagging',
  'object:write-version-tagging': 'object-store:UpdateObjectVersionTagging',
  'object:delete-tagging': 'object-store:DeleteObjectTagging',
  'object:delete-version-tagging': 'object-store:DeleteObjectVersionTagging',
  'object:read-retention': 'object-store:ShowObjectRetention',
  'object:write-retention': 'object-store:UpdateObjectRetention',
  'object:read-legal-hold': 'object-store:ShowObjectLegalHold',
  'object:write-legal-hold': 'object-store:UpdateObjectLegalHold',
  'object:bypass-governance': 'object-store:BypassGovernanceRetention',
  'object:read-named-holds': 'object-store:ShowObjectNamedHolds',
  'object:write-named-holds': 'object-store:UpdateObjectNamedHolds',
  'object:extend-retention': 'object-store:ExtendObjectRetention',
  'object:list-parts': 'object-store:ListParts',
  'object:abort-upload': 'object-store:AbortMultipartUpload',
  'catalog:list-categories': 'product:ListProductCategories',
  'catalog:show-category': 'product:ShowProductCategory',
  'catalog:list-products': 'product:ListProducts',
  'catalog:show-product': 'product:ShowProduct',
  'sts:assume-role': 'sts:AssumeRole',
  'sts:assume-role-with-saml': 'sts:AssumeRoleWithSAML',
  'sts:authorize-object-store': 'sts:CreateObjectStoreAuthorization',
  'sts:authenticate-token': 'sts:AuthenticateTokenWithContext',
  'sts:keystone-token': 'sts:CreateRoleKeystoneToken',
};

/** Names that stand for more than the action of that name. */
const widerNames: Readonly<Record<string, readonly NamedAction[]>> = {
  'object-store:ShowBucket': ['bucket:read-location'],
  'object-store:UpdateBucket': [
    'bucket:write-versioning',
    'bucket:write-cors',
    'bucket:write-tagging',
    'bucket:write-lifecycle',
    'bucket:write-encryption',
    'bucket:write-object-lock',
    'bucket:write-replication',
    'bucket:write-website',
    'bucket:delete-website',
    'bucket:write-logging',
    'bucket:write-notification',
    'bucket:write-acceleration',
    'bucket:write-request-payment',
    'bucket:write-ownership-controls',
  ],
  'object-store:DownloadObject': ['object:head', 'object:copy-source', 'object:read-attributes'],
  'object-store:DownloadObjectVersion': [
    'object:head-version',
    'object:copy-source-version',
    'object:read-version-attributes',
  ],
  'object-store:ShowObject': ['object:read-attributes'],
  'object-store:ShowObjectVersion': ['object:read-version-attributes'],
  'object-store:UploadObject': ['object:copy'],
};

export interface ScpAction {
  readonly name: string;
  readonly accessLevel: AccessLevel;
}

/** Undefined for what the platform has no name for: administration of this server, and other clouds' identity services. */
export function scpActionOf(action: Action): ScpAction | undefined {
  if (!isNamed(action)) return undefined;
  const name = names[action];
  return { name, accessLevel: levelOf(name) };
}

export interface ScpPolicyAction {
  /** In lower case: names are compared without regard to case. */
  readonly comparable: string;
  readonly actions: readonly Action[];
}

/** Every name that a policy can use. */
export const scpPolicyActions: readonly ScpPolicyAction[] = [
  ...actions
    .filter(isNamed)
    .map((action) => ({ comparable: names[action].toLowerCase(), actions: [action] })),
  ...Object.entries(widerNames).map(([name, covered]) => ({
    comparable: name.toLowerCase(),
    actions: covered,
  })),
];

function isNamed(action: Action): action is NamedAction {
  return Object.hasOwn(names, action);
}

function levelOf(name: string): AccessLevel {
  const verb = name.slice(name.indexOf(':') + 1);
  if (/Acl$|Policy$|PublicAccessBlock$/.test(verb) && /^(Update|Delete)/.test(verb)) return 'Permission';
  if (verb.startsWith('List')) return 'List';
  if (/^(Show|Download)/.test(verb)) return 'Show';
  if (/^(Create|Upload|Copy)/.test(verb)) return 'Create';
  if (verb.startsWith('Update')) return 'Update';
  return /^(Delete|Abort)/.test(verb) ? 'Delete' : 'Permission';
}
