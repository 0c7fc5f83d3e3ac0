/** Access control lists that have a name: Amazon S3 User Guide, "Access control list (ACL) overview", section "Canned ACL". */
import { type Acl, type AclGroup, type AclPermission, aclOf, type Grant } from './acl.ts';

export const cannedAclNames = [
  'private',
  'public-read',
  'public-read-write',
  'authenticated-read',
  'bucket-owner-read',
  'bucket-owner-full-control',
  'log-delivery-write',
] as const;
export type CannedAclName = (typeof cannedAclNames)[number];

const groupGrants: Readonly<Partial<Record<CannedAclName, readonly (readonly [AclGroup, AclPermission])[]>>> =
  {
    'public-read': [['all-users', 'READ']],
    'public-read-write': [
      ['all-users', 'READ'],
      ['all-users', 'WRITE'],
    ],
    'authenticated-read': [['authenticated-users', 'READ']],
    'log-delivery-write': [
      ['log-delivery', 'WRITE'],
      ['log-delivery', 'READ_ACP'],
    ],
  };

const bucketOwnerGrants: Readonly<Partial<Record<CannedAclName, AclPermission>>> = {
  'bucket-owner-read': 'READ',
  'bucket-owner-full-control': 'FULL_CONTROL',
};

/** The two lists about the bucket's owner say nothing on a bucket: they are as `private` there. */
export function cannedBucketAcl(name: CannedAclName, owner: string): Acl {
  return aclOf([...toGroups(name), toAccount(owner, 'FULL_CONTROL')]);
}

export function cannedObjectAcl(name: CannedAclName, owner: string, bucketOwner: string): Acl {
  const grants = [...toGroups(name), toAccount(owner, 'FULL_CONTROL')];
  const forBucketOwner = bucketOwnerGrants[name];
  if (forBucketOwner !== undefined && bucketOwner !== owner) {
    grants.push(toAccount(bucketOwner, forBucketOwner));
  }
  return aclOf(grants);
}

function toGroups(name: CannedAclName): Grant[] {
  const pairs = groupGrants[name] ?? [];
  return pairs.map(([group, permission]) => ({ grantee: { kind: 'group', group }, permission }));
}

function toAccount(account: string, permission: AclPermission): Grant {
  return { grantee: { kind: 'account', account }, permission };
}
