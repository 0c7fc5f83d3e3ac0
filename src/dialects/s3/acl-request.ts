/** What PutBucketAcl and PutObjectAcl ask for: exactly one of a canned list, grants in headers, and a document. */
import type { AclRequest } from './acl-headers.ts';
import { readAclPolicy } from './acl-xml.ts';
import { S3Error } from './s3-errors.ts';

/** 100 grants with the longest addresses, white space and namespaces. */
export const ACL_BODY_BYTES_MAX = 256 * 1024;

/** `asked`: by headers. Throws UnexpectedContent, MissingSecurityHeader, MalformedXML, MalformedACLError and InvalidArgument. */
export function chooseAclRequest(body: Buffer, asked: AclRequest | undefined): AclRequest {
  if (asked !== undefined) {
    if (body.length > 0) throw new S3Error('UnexpectedContent');
    return asked;
  }
  if (body.length === 0) throw new S3Error('MissingSecurityHeader', { MissingHeaderName: 'x-amz-acl' });
  return { kind: 'policy', policy: readAclPolicy(body) };
}
