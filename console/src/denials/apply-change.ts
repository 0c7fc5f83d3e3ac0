/** Making a change that an explanation proposes, by the APIs that are there for it and with the rights of who is logged in. */
import { adminPath } from '../api/admin-api.ts';
import { sendJson } from '../api/send-request.ts';
import { readAcl, writeAcl } from '../s3/s3-acl.ts';
import { bucketPath, objectPath } from '../s3/s3-address.ts';
import { readPolicy, writePolicy } from '../s3/s3-configuration.ts';
import { applyPatch } from './apply-patch.ts';
import type { Change } from './denial-records.ts';

interface Applying {
  /** Of the policies of who was refused. */
  readonly account: string | undefined;
  /** Region of the bucket. */
  readonly place: string;
}

/** Policies of identities are changed by who administers the server; buckets by whoever may. */
export function isApplicable(
  { target, patch, document, grant }: Change,
  { isServerAdmin, account }: { readonly isServerAdmin: boolean; readonly account: string | undefined },
): boolean {
  switch (target.what) {
    case 'policy':
      return isServerAdmin && account !== undefined && patch !== undefined && target.language === 'aws';
    case 'attachment':
      return isServerAdmin && document !== undefined;
    case 'bucket-policy':
      return patch !== undefined || document !== undefined;
    case 'bucket-acl':
    case 'object-acl':
      return grant !== undefined;
    default:
      return false;
  }
}

export async function applyChange(change: Change, applying: Applying): Promise<void> {
  switch (change.target.what) {
    case 'policy':
      return changePolicy(change, applying);
    case 'attachment':
      return attachPolicy(change, applying);
    case 'bucket-policy':
      return changeBucketPolicy(change, applying);
    default:
      return addGrant(change, applying);
  }
}

async function changePolicy({ target, patch = [] }: Change, { account = '' }: Applying): Promise<void> {
  const path = adminPath('accounts', account, 'policies', target.id ?? '');
  const { policy } = await sendJson<{ policy: { document: unknown } }>('GET', path);
  await sendJson('PATCH', path, { document: applyPatch(policy.document, patch) });
}

async function attachPolicy({ target, document }: Change, { account = '' }: Applying): Promise<void> {
  const path = adminPath('accounts', target.account ?? account, 'policies');
  await sendJson('POST', path, { document, attachedTo: [target.subject] });
}

async function changeBucketPolicy(change: Change, { place }: Applying): Promise<void> {
  const address = { place, bucket: change.target.bucket ?? '' };
  await writePolicy(address, draftedBy(change, await readPolicy(address)));
}

/** A bucket's policy with the change; `` for none. */
export function draftedBy({ patch, document }: Change, policy: string): string {
  if (patch === undefined) return document === undefined ? '' : JSON.stringify(document, null, 2);
  return JSON.stringify(applyPatch(policy === '' ? {} : JSON.parse(policy), patch), null, 2);
}

async function addGrant({ target, grant }: Change, { place }: Applying): Promise<void> {
  if (grant === undefined) return;
  const { bucket = '', key } = target;
  const query = { acl: '' };
  const path =
    key === undefined ? bucketPath({ place, bucket }, query) : objectPath({ place, bucket, key }, query);
  const acl = await readAcl(path);
  const added = {
    grantee: { kind: 'account', id: grant.account, name: '' },
    permission: grant.permission,
  } as const;
  await writeAcl(path, { ...acl, grants: [...acl.grants, added] });
}
