/**
 * Whose an action is by ownership, and which permission in an access control list gives it. Total: a new action does not
 * compile until it has its row.
 *
 * Source: Amazon S3 User Guide, "Access control list (ACL) overview", "Mapping of ACL permissions and access policy
 * permissions", with the readings that follow from object ownership "object writer":
 * - An object belongs to the account that wrote it. The owner of the bucket may delete it, but not read it.
 * - WRITE on a bucket creates, replaces and deletes objects, whoever owns them; the guide has in newer editions that others'
 *   objects cannot be replaced, which neither Ceph nor a Swift write ACL knows. Versions stay with the bucket's owner.
 * - READ on an object includes its attributes, which say nothing that HEAD does not.
 * - An upload belongs to the account that began it.
 */
import type { AclPermission } from './acl.ts';
import type { Action } from './actions.ts';

/** `object` includes an unfinished upload. */
export type OwnedThing = 'account' | 'bucket' | 'object';

export interface ActionRights {
  readonly owners: readonly OwnedThing[];
  readonly bucketGrant?: AclPermission;
  readonly objectGrant?: AclPermission;
  readonly container?: ContainerRight;
}

/** What a list on a container gives: the bytes of objects, what is known of them, their names, or making and removing them. */
export type ContainerRight = 'read' | 'describe' | 'list' | 'write';

const ofAccount: ActionRights = { owners: ['account'] };
const ofBucket: ActionRights = { owners: ['bucket'] };
const ofBucketAndObject: ActionRights = { owners: ['bucket', 'object'] };
const listing: ActionRights = { owners: ['bucket'], bucketGrant: 'READ', container: 'list' };
const writing: ActionRights = { owners: ['bucket'], bucketGrant: 'WRITE', container: 'write' };
const reading: ActionRights = { owners: ['object'], objectGrant: 'READ', container: 'read' };
const describing: ActionRights = { ...reading, container: 'describe' };
const readingAcl: ActionRights = { owners: ['object'], objectGrant: 'READ_ACP' };
const writingAcl: ActionRights = { owners: ['object'], objectGrant: 'WRITE_ACP' };

const rights: Readonly<Record<Action, ActionRights>> = {
  'account:list-buckets': ofAccount,
  'account:write': ofAccount,
  'bucket:create': ofAccount,
  'bucket:delete': ofBucket,
  'bucket:head': listing,
  'bucket:list-objects': listing,
  'bucket:list-versions': listing,
  'bucket:list-uploads': listing,
  'bucket:write-metadata': ofBucket,
  'bucket:read-location': ofBucket,
  'bucket:read-acl': { owners: ['bucket'], bucketGrant: 'READ_ACP' },
  'bucket:write-acl': { owners: ['bucket'], bucketGrant: 'WRITE_ACP' },
  'bucket:read-policy': ofBucket,
  'bucket:write-policy': ofBucket,
  'bucket:delete-policy': ofBucket,
  'bucket:read-policy-status': ofBucket,
  'bucket:read-public-access-block': ofBucket,
  'bucket:write-public-access-block': ofBucket,
  'bucket:read-ownership-controls': ofBucket,
  'bucket:write-ownership-controls': ofBucket,
  'bucket:read-versioning': ofBucket,
  'bucket:write-versioning': ofBucket,
  'bucket:read-cors': ofBucket,
  'bucket:write-cors': ofBucket,
  'bucket:read-tagging': ofBucket,
  'bucket:write-tagging': ofBucket,
  'bucket:read-lifecycle': ofBucket,
  'bucket:write-lifecycle': ofBucket,
  'bucket:read-encryption': ofBucket,
  'bucket:write-encryption': ofBucket,
  'bucket:read-object-lock': ofBucket,
  'bucket:write-object-lock': ofBucket,
  'bucket:read-protection': ofBucket,
  'bucket:write-protection': ofBucket,
  'bucket:read-basic': ofBucket,
  'bucket:read-firewall': ofBucket,
  'bucket:write-firewall': ofBucket,
  'bucket:write-quota': ofBucket,
  'bucket:write-activity-tracking': ofBucket,
  'bucket:write-metrics-monitoring': ofBucket,
  'bucket:read-replication': ofBucket,
  'bucket:write-replication': ofBucket,
  'bucket:read-website': ofBucket,
  'bucket:write-website': ofBucket,
  'bucket:delete-website': ofBucket,
  'bucket:read-logging': ofBucket,
  'bucket:write-logging': ofBucket,
  'bucket:read-notification': ofBucket,
  'bucket:write-notification': ofBucket,
  'bucket:read-acceleration': ofBucket,
  'bucket:write-acceleration': ofBucket,
  'bucket:read-request-payment': ofBucket,
  'bucket:write-request-payment': ofBucket,
  'object:read': reading,
  'object:read-version': reading,
  'object:head': reading,
  'object:head-version': reading,
  'object:copy-source': reading,
  'object:copy-source-version': reading,
  'object:write': writing,
  'object:copy': writing,
  'object:delete': writing,
  'object:delete-version': ofBucket,
  'object:read-acl': readingAcl,
  'object:read-version-acl': readingAcl,
  'object:write-acl': writingAcl,
  'object:write-version-acl': writingAcl,
  'object:read-attributes': describing,
  'object:read-version-attributes': describing,
  'object:read-tagging': ofBucketAndObject,
  'object:read-version-tagging': ofBucketAndObject,
  'object:write-tagging': ofBucketAndObject,
  'object:write-version-tagging': ofBucketAndObject,
  'object:delete-tagging': ofBucketAndObject,
  'object:delete-version-tagging': ofBucketAndObject,
  // Locks bind whoever writes: they are the bucket owner's to set.
  'object:read-retention': ofBucketAndObject,
  'object:write-retention': ofBucket,
  'object:read-legal-hold': ofBucketAndObject,
  'object:write-legal-hold': ofBucket,
  'object:bypass-governance': ofBucket,
  'object:read-named-holds': ofBucket,
  'object:write-named-holds': ofBucket,
  'object:extend-retention': ofBucket,
  'ibm:delete-objects': ofBucket,
  'object:list-parts': ofBucketAndObject,
  'object:abort-upload': ofBucketAndObject,
  // Open to everybody who is known and not denied it; assuming a role is then for its trust policy to decide.
  'catalog:list-categories': { owners: [] },
  'catalog:show-category': { owners: [] },
  'catalog:list-products': { owners: [] },
  'catalog:show-product': { owners: [] },
  'sts:assume-role': { owners: [] },
  'sts:assume-role-with-saml': { owners: [] },
  'sts:authorize-object-store': { owners: [] },
  'sts:authenticate-token': { owners: [] },
  'sts:keystone-token': { owners: [] },
  // Decided by policies and the administration of the account.
  'iam:use': { owners: [] },
  'iam:read': { owners: [] },
  'iam:edit': { owners: [] },
  'iam:manage': { owners: [] },
  'iam:read-group': { owners: [] },
  'iam:write-group': { owners: [] },
  'iam:read-policy': { owners: [] },
  'iam:write-policy': { owners: [] },
  'iam:write-role': { owners: [] },
  'resource:read': ofAccount,
  'resource:write': ofAccount,
  'resource:write-group': ofAccount,
  'resource:write-key': ofAccount,
  'resource:read-credential': ofAccount,
  // Decided by the layers of users and administration alone.
  'identity:read': { owners: [] },
  'identity:write': { owners: [] },
  // Decided by the layer of server administration alone.
  'admin:read': { owners: [] },
  'admin:write': { owners: [] },
};

export function rightsOf(action: Action): ActionRights {
  return rights[action];
}
