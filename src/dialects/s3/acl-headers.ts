/**
 * Access control lists as requests ask for them: `x-amz-acl` with the name of a canned list, or `x-amz-grant-*` with
 * grantees, or (of PutBucketAcl and PutObjectAcl) a document; never two of them. Amazon S3 User Guide, "Access control list (ACL)
 * overview"; Amazon S3 API Reference, "PutObjectAcl".
 *
 * `readAclHeaders` belongs into `decode` and sees only the form; `aclDocument` belongs into `run`, looks grantees up, and
 * answers what to store as the document `acl`.
 */
import { ACL_GRANTS_MAX, type Acl, type AclPermission, aclOf, encodeAcl } from '../../identity/acl.ts';
import {
  type CannedAclName,
  cannedAclNames,
  cannedBucketAcl,
  cannedObjectAcl,
} from '../../identity/canned-acls.ts';
import type { WireRequest } from '../kernel/wire.ts';
import { type AclPolicy, checkOwner } from './acl-xml.ts';
import {
  type AccountDirectory,
  groupByUri,
  type NamedGrant,
  type NamedGrantee,
  resolveGrants,
} from './grantees.ts';
import type { S3Call } from './s3-call.ts';
import { invalidArgument, S3Error } from './s3-errors.ts';

export type AclRequest =
  | { readonly kind: 'canned'; readonly name: CannedAclName }
  | { readonly kind: 'grants'; readonly grants: readonly NamedGrant[] }
  | { readonly kind: 'policy'; readonly policy: AclPolicy };

/** What the list is for. `bucketOwner` only of objects. */
export type AclSubject =
  | { readonly kind: 'bucket'; readonly owner: string }
  | { readonly kind: 'object'; readonly owner: string; readonly bucketOwner: string };

/** What a call shows of its request. */
export type Asking = { readonly flavour: Pick<S3Call['flavour'], 'cannedAcls'> } & {
  readonly request: Pick<WireRequest, 'headers'>;
};

const CANNED_HEADER = 'x-amz-acl';

const grantHeaders: readonly (readonly [header: string, permission: AclPermission])[] = [
  ['x-amz-grant-read', 'READ'],
  ['x-amz-grant-write', 'WRITE'],
  ['x-amz-grant-read-acp', 'READ_ACP'],
  ['x-amz-grant-write-acp', 'WRITE_ACP'],
  ['x-amz-grant-full-control', 'FULL_CONTROL'],
];

/** Undefined when the request asks for no list. Throws InvalidRequest, InvalidArgument, NotImplemented and MalformedACLError. */
export function readAclHeaders(call: Asking, subject: AclSubject['kind']): AclRequest | undefined {
  const canned = call.request.headers.get(CANNED_HEADER);
  let grants: NamedGrant[] | undefined;
  for (const [header, permission] of grantHeaders) {
    const value = call.request.headers.get(header);
    if (value === undefined) continue;
    if (call.flavour.cannedAcls !== undefined) {
      const AdditionalMessage = 'Only canned access control lists exist here.';
      throw new S3Error('NotImplemented', { Header: header, AdditionalMessage });
    }
    grants ??= [];
    for (const grantee of readGrantees(header, value)) grants.push({ grantee, permission });
  }
  if (grants === undefined) {
    return canned === undefined
      ? undefined
      : { kind: 'canned', name: readCannedName(canned, subject, call.flavour.cannedAcls) };
  }
  if (canned !== undefined) {
    throw new S3Error('InvalidRequest', {}, 'Specifying both Canned ACLs and Header Grants is not allowed');
  }
  if (grants.length > ACL_GRANTS_MAX) throw new S3Error('MalformedACLError');
  return { kind: 'grants', grants };
}

/**
 * The document `acl` to store; null when there is nothing to store. Throws InvalidArgument,
 * UnresolvableGrantByEmailAddress and AccessDenied.
 */
export async function aclDocument(
  request: AclRequest | undefined,
  subject: AclSubject,
  directory: AccountDirectory,
): Promise<string | null> {
  if (request === undefined) return null;
  return encodeAcl(await aclOfRequest(request, subject, directory), subject.owner);
}

async function aclOfRequest(
  request: AclRequest,
  subject: AclSubject,
  directory: AccountDirectory,
): Promise<Acl> {
  switch (request.kind) {
    case 'canned':
      return subject.kind === 'bucket'
        ? cannedBucketAcl(request.name, subject.owner)
        : cannedObjectAcl(request.name, subject.owner, subject.bucketOwner);
    case 'grants':
      return aclOf(await resolveGrants(request.grants, directory));
    case 'policy':
      checkOwner(request.policy, subject.owner);
      return aclOf(await resolveGrants(request.policy.grants, directory));
  }
}

/** `aws-exec-read` names a service of Amazon that does not exist here. */
function readCannedName(
  value: string,
  subject: AclSubject['kind'],
  offered: readonly string[] = cannedAclNames,
): CannedAclName {
  if (value === 'aws-exec-read') {
    throw new S3Error('NotImplemented', {
      Header: CANNED_HEADER,
      AdditionalMessage:
        'The canned ACL aws-exec-read grants to Amazon EC2, which is not part of this server.',
    });
  }
  const name = cannedAclNames.find((known) => known === value);
  if (
    name === undefined ||
    !offered.includes(name) ||
    (name === 'log-delivery-write' && subject === 'object')
  ) {
    throw new S3Error('InvalidArgument', { ArgumentName: CANNED_HEADER, ArgumentValue: value });
  }
  return name;
}

/** One `type=value` with or without quotes; a comma inside quotes belongs to the value. */
const GRANTEE = /\s*([A-Za-z]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^",'\s][^",\s]*))\s*(?:,|$)/y;

function readGrantees(header: string, value: string): readonly NamedGrantee[] {
  const refuse = () => invalidArgument(header, value, 'Argument format not recognized');
  const grantees: NamedGrantee[] = [];
  GRANTEE.lastIndex = 0;
  while (GRANTEE.lastIndex < value.length) {
    const match = GRANTEE.exec(value);
    if (match === null) throw refuse();
    const end = GRANTEE.lastIndex;
    const [, type = '', double, single, bare] = match;
    grantees.push(readGrantee(type, double ?? single ?? bare ?? '', refuse));
    GRANTEE.lastIndex = end;
  }
  if (grantees.length === 0) throw refuse();
  return grantees;
}

function readGrantee(type: string, value: string, refuse: () => S3Error): NamedGrantee {
  switch (type.toLowerCase()) {
    case 'id':
      return { kind: 'id', id: value };
    case 'emailaddress':
      return { kind: 'email', email: value };
    case 'uri':
      return groupByUri(value);
    default:
      throw refuse();
  }
}
