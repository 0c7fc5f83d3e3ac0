/**
 * AccessControlPolicy, the document of access control lists: Amazon S3 API Reference, "GetBucketAcl", "PutBucketAcl".
 *
 * Read strictly, since a grant that is overlooked or misread opens or closes a door: whatever is not as in the schema is
 * MalformedACLError, also a missing Owner. What is not XML at all is MalformedXML.
 */
import {
  ACL_GRANTS_MAX,
  type Acl,
  type AclPermission,
  aclPermissions,
  type Grant,
} from '../../identity/acl.ts';
import { element, optionalElement, parent } from '../../lib/xml-writer.ts';
import { groupByUri, type NamedGrant, type NamedGrantee, type ShownPerson, uriOfGroup } from './grantees.ts';
import {
  many,
  optional,
  readXml,
  required,
  type XmlReader,
  xmlObject,
  xmlText,
  xmlToken,
} from './parse-xml.ts';
import { S3Error } from './s3-errors.ts';

const XSI_NAMESPACE = 'http://www.w3.org/2001/XMLSchema-instance';

/** An AccessControlPolicy as sent. */
export interface AclPolicy {
  /** The owner it states, which must be the true one. */
  readonly ownerId: string;
  readonly grants: readonly NamedGrant[];
}

/** Throws MalformedXML, MalformedACLError and, for an unknown group, InvalidArgument. */
export function readAclPolicy(body: Buffer): AclPolicy {
  const root = readXml(body, 'AccessControlPolicy', (found) => found);
  try {
    const { Owner, AccessControlList } = policyReader(root);
    const grants = AccessControlList.Grant;
    if (grants.length > ACL_GRANTS_MAX) throw new S3Error('MalformedACLError');
    return { ownerId: Owner.ID, grants };
  } catch (error) {
    if (error instanceof S3Error && error.code === 'MalformedXML') throw new S3Error('MalformedACLError');
    throw error;
  }
}

/** `persons` by account. Content of the root element AccessControlPolicy. */
export function aclContent(owner: string, acl: Acl, persons: ReadonlyMap<string, ShownPerson>): string {
  const person = (account: string) => {
    const { id, name } = persons.get(account) ?? { id: account, name: undefined };
    return element('ID', id) + optionalElement('DisplayName', name);
  };
  const grants = acl.grants.map((grant) => grantXml(grant, person)).join('');
  return parent('Owner', person(owner)) + parent('AccessControlList', grants);
}

function grantXml({ grantee, permission }: Grant, person: (account: string) => string): string {
  const [type, content] =
    grantee.kind === 'group'
      ? ['Group', element('URI', uriOfGroup(grantee.group))]
      : ['CanonicalUser', person(grantee.account)];
  const granteeXml = `<Grantee xmlns:xsi="${XSI_NAMESPACE}" xsi:type="${type}">${content}</Grantee>`;
  return parent('Grant', granteeXml + element('Permission', permission));
}

const granteeFields = xmlObject({
  ID: optional(xmlText),
  URI: optional(xmlToken),
  EmailAddress: optional(xmlToken),
  DisplayName: optional(xmlText),
});

const readGrantee: XmlReader<NamedGrantee> = (found) => {
  const { ID, URI, EmailAddress } = granteeFields(found);
  switch (found.attributes['xsi:type'] ?? typeByAnotherPrefix(found.attributes)) {
    case 'CanonicalUser':
      if (ID === undefined) throw new S3Error('MalformedACLError');
      return { kind: 'id', id: ID };
    case 'Group':
      if (URI === undefined) throw new S3Error('MalformedACLError');
      return groupByUri(URI);
    case 'AmazonCustomerByEmail':
      if (EmailAddress === undefined) throw new S3Error('MalformedACLError');
      return { kind: 'email', email: EmailAddress };
    default:
      throw new S3Error('MalformedACLError');
  }
};

/** The prefix is the document's own choice. */
function typeByAnotherPrefix(attributes: Readonly<Record<string, string>>): string | undefined {
  for (const [name, value] of Object.entries(attributes)) {
    if (!name.startsWith('xmlns:') || value !== XSI_NAMESPACE) continue;
    return attributes[`${name.slice('xmlns:'.length)}:type`];
  }
  return attributes['type'];
}

const readPermission: XmlReader<AclPermission> = (found) => {
  const text = xmlToken(found);
  const permission = aclPermissions.find((known) => known === text);
  if (permission === undefined) throw new S3Error('MalformedACLError');
  return permission;
};

const readGrant: XmlReader<NamedGrant> = (found) => {
  const { Grantee, Permission } = grantFields(found);
  return { grantee: Grantee, permission: Permission };
};

const grantFields = xmlObject({ Grantee: required(readGrantee), Permission: required(readPermission) });

const policyReader = xmlObject({
  Owner: required(xmlObject({ ID: required(xmlText), DisplayName: optional(xmlText) })),
  AccessControlList: required(xmlObject({ Grant: many(readGrant) })),
});

/** Ownership cannot be given away by writing a list. Throws AccessDenied. */
export function checkOwner(policy: AclPolicy, owner: string): void {
  if (policy.ownerId !== owner) throw new S3Error('AccessDenied');
}
