/**
 * Access control lists: who may do what with one bucket or one object, beside its owner.
 *
 * Stored as the document `acl` of the bucket or object, absent for a private one. Form of the document, version 1:
 *
 *     {"v":1,"g":[["R","all"],["F","0a1b2c3d4e5f60718293a4b5c6d7e8f9"]]}
 *
 * One pair per grant: the permission (R read, W write, RA read the ACL, WA write the ACL, F all of them), then the grantee
 * (`all`, `auth`, `log`, or the 32 hexadecimal characters of an account). The owner is not in it: it is the account of the bucket or
 * object, which always keeps its rights, also under an empty list. Grants to groups stand first, otherwise order is kept.
 *
 * Meaning of groups and permissions: Amazon S3 User Guide, "Access control list (ACL) overview". A canonical user is an
 * account (nhn-openstack.md, section 24.5).
 */

export const aclPermissions = ['READ', 'WRITE', 'READ_ACP', 'WRITE_ACP', 'FULL_CONTROL'] as const;
export type AclPermission = (typeof aclPermissions)[number];

/** Nobody is a member of `log-delivery` yet; grants to it are kept for what will deliver logs. */
export const aclGroups = ['all-users', 'authenticated-users', 'log-delivery'] as const;
export type AclGroup = (typeof aclGroups)[number];

export type Grantee =
  | { readonly kind: 'group'; readonly group: AclGroup }
  | { readonly kind: 'account'; readonly account: string };

export interface Grant {
  readonly grantee: Grantee;
  readonly permission: AclPermission;
}

export interface Acl {
  readonly grants: readonly Grant[];
}

/** Grants in one list (Amazon S3 User Guide, "Access control list (ACL) overview"). */
export const ACL_GRANTS_MAX = 100;

/** A stored document that this version cannot read: damage, or written by a newer version. */
export class AclFormatError extends Error {
  override readonly name = 'AclFormatError';
}

const FORMAT = 1;

const permissionCodes: Readonly<Record<AclPermission, string>> = {
  READ: 'R',
  WRITE: 'W',
  READ_ACP: 'RA',
  WRITE_ACP: 'WA',
  FULL_CONTROL: 'F',
};

const groupCodes: Readonly<Record<AclGroup, string>> = {
  'all-users': 'all',
  'authenticated-users': 'auth',
  'log-delivery': 'log',
};

const permissionOfCode = new Map(
  aclPermissions.map((permission) => [permissionCodes[permission], permission]),
);
const groupOfCode = new Map(aclGroups.map((group) => [groupCodes[group], group]));
const ACCOUNT_ID = /^[0-9a-f]{32}$/;

/** What holds where no list is stored. */
export function privateAcl(owner: string): Acl {
  return { grants: [{ grantee: { kind: 'account', account: owner }, permission: 'FULL_CONTROL' }] };
}

/** A list from grants in any order. */
export function aclOf(grants: readonly Grant[]): Acl {
  const isToGroup = ({ grantee }: Grant) => grantee.kind === 'group';
  return { grants: [...grants.filter(isToGroup), ...grants.filter((grant) => !isToGroup(grant))] };
}

/** The document to store; null for a list that says no more than ownership does. */
export function encodeAcl(acl: Acl, owner: string): string | null {
  if (isPrivate(acl, owner)) return null;
  const pairs = acl.grants.map(({ grantee, permission }) => [
    permissionCodes[permission],
    grantee.kind === 'group' ? groupCodes[grantee.group] : grantee.account,
  ]);
  return JSON.stringify({ v: FORMAT, g: pairs });
}

/** `document`: as stored, or undefined where none is. Throws `AclFormatError`. */
export function decodeAcl(document: string | undefined, owner: string): Acl {
  return document === undefined ? privateAcl(owner) : { grants: decodeGrants(document) };
}

/** Throws `AclFormatError`. */
export function decodeGrants(document: string): readonly Grant[] {
  let stored: unknown;
  try {
    stored = JSON.parse(document);
  } catch {
    throw new AclFormatError('a stored access control list is not JSON');
  }
  if (!isStoredForm(stored)) throw new AclFormatError('a stored access control list has an unknown form');
  return stored.g.map(decodeGrant);
}

function isStoredForm(stored: unknown): stored is { readonly g: readonly unknown[] } {
  if (typeof stored !== 'object' || stored === null || !('v' in stored) || !('g' in stored)) return false;
  return stored.v === FORMAT && Array.isArray(stored.g);
}

function decodeGrant(pair: unknown): Grant {
  const [permissionCode, granteeCode]: readonly unknown[] = Array.isArray(pair) ? pair : [];
  if (typeof permissionCode === 'string' && typeof granteeCode === 'string') {
    const permission = permissionOfCode.get(permissionCode);
    const group = groupOfCode.get(granteeCode);
    if (permission !== undefined && group !== undefined) {
      return { grantee: { kind: 'group', group }, permission };
    }
    if (permission !== undefined && ACCOUNT_ID.test(granteeCode)) {
      return { grantee: { kind: 'account', account: granteeCode }, permission };
    }
  }
  throw new AclFormatError('a stored access control list has a grant of unknown form');
}

function isPrivate({ grants }: Acl, owner: string): boolean {
  const [only, ...more] = grants;
  return (
    more.length === 0 &&
    only?.permission === 'FULL_CONTROL' &&
    only.grantee.kind === 'account' &&
    only.grantee.account === owner
  );
}
