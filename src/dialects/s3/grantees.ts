/**
 * Grantees as S3 writes them, and what they turn out to be: a canonical user is an account by its id, an e-mail address
 * stands for the account of the user who has it, a URI for a group.
 *
 * An id or URI that nobody has, and an address that nobody has, are refused before anything is changed (Amazon S3 API Reference,
 * "PutBucketAcl"; "Error responses").
 */
import {
  type Acl,
  type AclGroup,
  type AclPermission,
  aclGroups,
  type Grant,
  type Grantee,
} from '../../identity/acl.ts';
import type { AccountRecord, UserRecord } from '../../identity/principal.ts';
import type { S3Call, S3Services } from './s3-call.ts';
import { invalidArgument, S3Error } from './s3-errors.ts';
import type { S3Flavour } from './s3-flavours.ts';

/** Whom a request names, not looked up yet. */
export type NamedGrantee =
  | { readonly kind: 'id'; readonly id: string }
  | { readonly kind: 'email'; readonly email: string }
  | { readonly kind: 'group'; readonly group: AclGroup };

export interface NamedGrant {
  readonly grantee: NamedGrantee;
  readonly permission: AclPermission;
}

/** Where accounts are looked up. */
export interface AccountDirectory {
  findAccount(id: string): Promise<AccountRecord | undefined>;
  findUserByEmail(email: string): Promise<UserRecord | undefined>;
}

const groupUris: Readonly<Record<AclGroup, string>> = {
  'all-users': 'http://acs.amazonaws.com/groups/global/AllUsers',
  'authenticated-users': 'http://acs.amazonaws.com/groups/global/AuthenticatedUsers',
  'log-delivery': 'http://acs.amazonaws.com/groups/s3/LogDelivery',
};

const groupOfUri = new Map(aclGroups.map((group) => [groupUris[group], group]));

const ACCOUNT_ID = /^[0-9a-f]{32}$/;

export function uriOfGroup(group: AclGroup): string {
  return groupUris[group];
}

/** Throws InvalidArgument. */
export function groupByUri(uri: string): NamedGrantee {
  const group = groupOfUri.get(uri);
  if (group === undefined) throw invalidArgument('Group/URI', uri, 'Invalid group uri');
  return { kind: 'group', group };
}

/** Throws InvalidArgument for an unknown id, UnresolvableGrantByEmailAddress for an unknown address. */
export async function resolveGrants(
  grants: readonly NamedGrant[],
  directory: AccountDirectory,
): Promise<readonly Grant[]> {
  const found = new Map<string, Grantee>();
  const resolved: Grant[] = [];
  for (const { grantee, permission } of grants) {
    const name = nameOf(grantee);
    const known = found.get(name) ?? (await resolve(grantee, directory));
    found.set(name, known);
    resolved.push({ grantee: known, permission });
  }
  return resolved;
}

async function resolve(grantee: NamedGrantee, directory: AccountDirectory): Promise<Grantee> {
  switch (grantee.kind) {
    case 'group':
      return grantee;
    case 'id': {
      // The directory knows names as well; a grant names an id.
      const account = ACCOUNT_ID.test(grantee.id) ? await directory.findAccount(grantee.id) : undefined;
      if (account?.id !== grantee.id) throw invalidArgument('CanonicalUser/ID', grantee.id, 'Invalid id');
      return { kind: 'account', account: grantee.id };
    }
    case 'email': {
      const user = await directory.findUserByEmail(grantee.email);
      if (user === undefined) {
        throw new S3Error('UnresolvableGrantByEmailAddress', { EmailAddress: grantee.email });
      }
      return { kind: 'account', account: user.accountId };
    }
  }
}

function nameOf(grantee: NamedGrantee): string {
  switch (grantee.kind) {
    case 'group':
      return `group ${grantee.group}`;
    case 'id':
      return `id ${grantee.id}`;
    case 'email':
      return `email ${grantee.email}`;
  }
}

/** Who an account is said to be. */
export interface ShownPerson {
  readonly id: string;
  /** Undefined when nobody has the id any more. */
  readonly name: string | undefined;
}

/** The accounts in a list and its owner; in flavour `ibm` their service instances. */
export async function loadPersonsInAcl(
  owner: string,
  acl: Acl,
  { accounts, instances }: Pick<S3Services, 'accounts' | 'instances'>,
  call: OwningCall,
): Promise<ReadonlyMap<string, ShownPerson>> {
  const persons = new Map<string, ShownPerson>();
  const grantees = acl.grants.flatMap(({ grantee }) => (grantee.kind === 'account' ? [grantee.account] : []));
  for (const account of new Set([owner, ...grantees])) {
    if (call.flavour.owner === 'account') {
      persons.set(account, { id: account, name: (await accounts.findAccount(account))?.name });
      continue;
    }
    const isOwn = account === call.bucket.account;
    const id = isOwn ? call.instanceOf(call.bucket) : instances.defaultOf(account);
    persons.set(account, { id, name: id });
  }
  return persons;
}

/** What a call shows of whose ids clients see. */
export type OwningCall = Pick<S3Call, 'bucket' | 'instanceOf'> & {
  readonly flavour: Pick<S3Flavour, 'owner'>;
};

/** The account behind an id that a client has been shown. */
export function accountOfShownId(id: string, call: OwningCall): string {
  const isOwn = call.flavour.owner === 'service-instance' && id === call.instanceOf(call.bucket);
  return isOwn ? call.bucket.account : id;
}
