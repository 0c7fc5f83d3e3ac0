/**
 * One bucket, two ways of saying who may: S3's list of grants, and the lists that Swift sets as headers (docs/adr/0016). Both count at
 * both doors. Where one can be said in the words of the other it is shown there too, and setting it there replaces it:
 *
 * | Swift | S3 |
 * |---|---|
 * | read `.r:*` with `.rlistings` | READ for all users (and of every object) |
 * | read `*:*`, `{account}:*` | READ for authenticated users, for the account (and of every object) |
 * | write `*:*`, `{account}:*` | WRITE for authenticated users, for the account |
 *
 * READ of S3 opens the listing and no object, which Swift cannot say but for `.rlistings`; FULL_CONTROL, grants on lists, single users,
 * hosts and roles stay where they were made.
 */
import type { Bucket } from '../../core/model.ts';
import { type Acl, aclOf, decodeAcl, encodeAcl, type Grant, type Grantee } from '../../identity/acl.ts';
import { parseContainerAcl } from '../../identity/container-acl.ts';
import { containerAclDocuments } from './bucket-access.ts';

type Documents = Readonly<Record<string, string>>;

const ACCOUNT_WILDCARD = /^([0-9a-f]{32}):\*$/;
const READ_FOR_ALL: Grant = { grantee: { kind: 'group', group: 'all-users' }, permission: 'READ' };

/** The grants that S3 shows for what Swift has set; `permission` as on a bucket. */
function grantsOfContainer(documents: Documents): Grant[] {
  const read = documents[containerAclDocuments.read] ?? '';
  const write = documents[containerAclDocuments.write] ?? '';
  const { allowsListing } = parseContainerAcl(read);
  return [
    ...(isOpenToAll(read) && allowsListing ? [READ_FOR_ALL] : []),
    ...granteesIn(read).map((grantee): Grant => ({ grantee, permission: 'READ' })),
    ...granteesIn(write).map((grantee): Grant => ({ grantee, permission: 'WRITE' })),
  ];
}

/** Everybody without exception. */
function isOpenToAll(text: string): boolean {
  const { referrers } = parseContainerAcl(text);
  return referrers.length > 0 && referrers.every((referrer) => referrer === '*');
}

function granteesIn(text: string): Grantee[] {
  return parseContainerAcl(text).names.flatMap((name): Grantee[] => {
    if (name === '*:*') return [{ kind: 'group', group: 'authenticated-users' }];
    const [, account] = ACCOUNT_WILDCARD.exec(name) ?? [];
    return account === undefined ? [] : [{ kind: 'account', account }];
  });
}

/** What S3 shows of a bucket: its own list with what Swift has added. */
export function shownBucketAcl({ account, documents }: Pick<Bucket, 'account' | 'documents'>): Acl {
  return withGrants(decodeAcl(documents['acl'], account), grantsOfContainer(documents));
}

/** What S3 shows of an object: its own list with what the container's gives of all objects. */
export function shownObjectAcl(acl: Acl, { documents }: Pick<Bucket, 'documents'>): Acl {
  const read = documents[containerAclDocuments.read] ?? '';
  const grants = granteesIn(read).map((grantee): Grant => ({ grantee, permission: 'READ' }));
  return withGrants(acl, isOpenToAll(read) ? [READ_FOR_ALL, ...grants] : grants);
}

function withGrants(acl: Acl, added: readonly Grant[]): Acl {
  const known = new Set(acl.grants.map(keyOf));
  const missing = added.filter((grant) => !known.has(keyOf(grant)));
  return missing.length === 0 ? acl : aclOf([...acl.grants, ...missing]);
}

function keyOf({ grantee, permission }: Grant): string {
  return `${permission} ${grantee.kind === 'group' ? grantee.group : grantee.account}`;
}

/** Changes of documents with which a list set by S3 replaces what S3 showed of Swift's. */
export function changesBySettingAcl(documents: Documents): Record<string, string | null> {
  const changes: Record<string, string | null> = {};
  for (const document of [containerAclDocuments.read, containerAclDocuments.write]) {
    const text = documents[document];
    if (text === undefined) continue;
    const kept = text.split(',').filter((element) => !isShownByS3(element, text));
    if (kept.length < text.split(',').length) changes[document] = kept.length === 0 ? null : kept.join(',');
  }
  return changes;
}

function isShownByS3(element: string, text: string): boolean {
  if (element === '*:*' || ACCOUNT_WILDCARD.test(element)) return true;
  return (element === '.r:*' || element === '.rlistings') && isOpenToAll(text);
}

/** What Swift shows of a bucket's list to read or write: its own, with what S3 has granted. */
export function shownContainerAcl(
  list: 'read' | 'write',
  { account, documents }: Pick<Bucket, 'account' | 'documents'>,
): string | undefined {
  const own = documents[containerAclDocuments[list]];
  const elements = own === undefined ? [] : own.split(',');
  for (const grant of decodeAcl(documents['acl'], account).grants) {
    const element = elementOf(grant, list);
    if (element !== undefined && !elements.includes(element)) elements.push(element);
  }
  return elements.length === 0 ? undefined : elements.join(',');
}

/** How Swift says the grant; undefined where it cannot. */
function elementOf({ grantee, permission }: Grant, list: 'read' | 'write'): string | undefined {
  if (list === 'read') {
    const isForAll = grantee.kind === 'group' && grantee.group === 'all-users';
    return permission === 'READ' && isForAll ? '.rlistings' : undefined;
  }
  if (permission !== 'WRITE') return undefined;
  if (grantee.kind === 'account') return `${grantee.account}:*`;
  return grantee.group === 'authenticated-users' ? '*:*' : undefined;
}

/** The S3 list after Swift has set (or cleared) a list: without what was shown in it. */
export function aclAfterSetting(
  list: 'read' | 'write',
  { account, documents }: Pick<Bucket, 'account' | 'documents'>,
): string | null | undefined {
  const stored = documents['acl'];
  if (stored === undefined) return undefined;
  const { grants } = decodeAcl(stored, account);
  const kept = grants.filter((grant) => elementOf(grant, list) === undefined);
  return kept.length === grants.length ? undefined : encodeAcl(aclOf(kept), account);
}
