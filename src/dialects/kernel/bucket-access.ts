/** What a bucket says about who may use it, from its documents: the same through whichever dialect the question comes. */
import type { Bucket, ObjectVersion } from '../../core/model.ts';
import type { AddressLists } from '../../identity/address-lists.ts';
import type { ContainerAcls } from '../../identity/container-acl.ts';
import type { AccessResource, ObjectFacts } from '../../identity/evaluate-access.ts';
import type { Grants } from '../../identity/grants.ts';
import { decodePublicAccessBlock } from '../../identity/public-access-block.ts';

/** Set for good once an account other than the bucket's may have written an object into the bucket. */
export const FOREIGN_OBJECTS_DOCUMENT = 'foreign-objects';

/** Without lists where they are switched off (Amazon S3 User Guide, "Controlling ownership of objects"). */
export function hasListsDisabled({ documents }: Pick<Bucket, 'documents'>): boolean {
  return documents['object-ownership'] === 'BucketOwnerEnforced';
}

/** Documents of the lists that Swift sets on a bucket: cleaned texts, absent where nobody is let in. */
export const containerAclDocuments = {
  read: 'container-read',
  write: 'container-write',
  view: 'container-view',
} as const;

function containerAclsOf(documents: Bucket['documents']): ContainerAcls | undefined {
  const { read, write, view } = containerAclDocuments;
  const acls = { read: documents[read], write: documents[write], view: documents[view] };
  return (acls.read ?? acls.write ?? acls.view) === undefined ? undefined : acls;
}

/** What a version says about who may use it. */
export function objectFactsOf(
  bucket: Pick<Bucket, 'documents'>,
  { owner, metadata: { documents } }: Pick<ObjectVersion, 'owner' | 'metadata'>,
): ObjectFacts {
  const acl = hasListsDisabled(bucket) ? undefined : documents['acl'];
  const tags = documents['tagging'];
  if (tags === undefined) return { kind: 'present', account: owner, acl };
  const pairs: readonly (readonly [string, string])[] = JSON.parse(tags);
  return { kind: 'present', account: owner, acl, tags: Object.fromEntries(pairs) };
}

function addressListsOf(documents: Bucket['documents']): AddressLists | undefined {
  const allowed = documents['addresses-allowed'];
  const denied = documents['addresses-denied'];
  return allowed === undefined && denied === undefined ? undefined : { allowed, denied };
}

/** The bucket, or `key` in it. */
export function accessResourceOf(
  bucket: Pick<Bucket, 'account' | 'name' | 'documents'>,
  key?: string,
  publicGrants?: Grants,
): AccessResource {
  const { documents } = bucket;
  const block = documents['public-access-block'];
  const instance = documents['service-instance'];
  const resource: { -readonly [P in keyof AccessResource]: AccessResource[P] } = {
    account: bucket.account,
    bucket: bucket.name,
    bucketAcl: hasListsDisabled(bucket) ? undefined : documents['acl'],
    bucketPolicy: documents['policy'],
    firewall: documents['firewall'],
    addressLists: addressListsOf(documents),
    containerAcls: containerAclsOf(documents),
    publicAccessBlock: block === undefined ? undefined : decodePublicAccessBlock(block),
    mayHoldForeignObjects: documents[FOREIGN_OBJECTS_DOCUMENT] !== undefined,
    publicGrants,
  };
  if (instance !== undefined) resource.serviceInstance = instance;
  if (key !== undefined) resource.key = key;
  return resource;
}
