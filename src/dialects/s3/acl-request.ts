/** What PutBucketAcl and PutObjectAcl ask for: exactly one of a canned list, grants in headers, and a document. */
import type { AclRequest } from './acl-headers.ts';
import { readAclPolicy } from './acl-xml.ts';
import { accountOfShownId, type OwningCall } from './grantees.ts';
import { S3Error } from './s3-errors.ts';

/** 100 grants with the longest addresses, white space and namespaces. */
export const ACL_BODY_BYTES_MAX = 256 * 1024;

/** `asked`: by headers. Throws UnexpectedContent, MissingSecurityHeader, MalformedXML, MalformedACLError and InvalidArgument. */
export function chooseAclRequest(body: Buffer, asked: AclRequest | undefined, call: OwningCall): AclRequest {
  if (asked !== undefined) {
    if (body.length > 0) throw new S3Error('UnexpectedContent');
    return asked;
  }
  if (body.length === 0) throw new S3Error('MissingSecurityHeader', { MissingHeaderName: 'x-amz-acl' });
  const { ownerId, grants } = readAclPolicy(body);
  const named = grants.map(({ grantee, permission }) => ({
    grantee: grantee.kind === 'id' ? { ...grantee, id: accountOfShownId(grantee.id, call) } : grantee,
    permission,
  }));
  return { kind: 'policy', policy: { ownerId: accountOfShownId(ownerId, call), grants: named } };
}
