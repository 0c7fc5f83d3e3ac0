/**
 * Headers of object writes that ask for something not built yet. They are refused, never ignored: a client that asks for
 * encryption or a lock must not believe it has it (nhn-openstack.md, section 23.5). The table is rendered into the documentation.
 */
import type { WireHeaders } from '../kernel/wire.ts';
import { S3Error } from './s3-errors.ts';

export interface UnsupportedHeader {
  readonly header: string;
  readonly reason: string;
}

export const unsupportedHeaders: readonly UnsupportedHeader[] = [
  { header: 'x-amz-tagging', reason: 'Object tagging is not implemented.' },
  { header: 'x-amz-website-redirect-location', reason: 'Website hosting is not implemented.' },
  { header: 'x-amz-server-side-encryption', reason: 'Server-side encryption is not implemented.' },
  { header: 'x-amz-server-side-encryption-aws-kms-key-id', reason: 'Key management is not implemented.' },
  { header: 'x-amz-server-side-encryption-context', reason: 'Key management is not implemented.' },
  { header: 'x-amz-server-side-encryption-bucket-key-enabled', reason: 'Key management is not implemented.' },
  {
    header: 'x-amz-server-side-encryption-customer-algorithm',
    reason: 'Encryption with customer-provided keys is not implemented.',
  },
  {
    header: 'x-amz-server-side-encryption-customer-key',
    reason: 'Encryption with customer-provided keys is not implemented.',
  },
  {
    header: 'x-amz-server-side-encryption-customer-key-md5',
    reason: 'Encryption with customer-provided keys is not implemented.',
  },
  { header: 'x-amz-object-lock-mode', reason: 'Object lock is not implemented.' },
  { header: 'x-amz-object-lock-retain-until-date', reason: 'Object lock is not implemented.' },
  { header: 'x-amz-object-lock-legal-hold', reason: 'Object lock is not implemented.' },
  { header: 'x-amz-write-offset-bytes', reason: 'Appending to an object is not implemented.' },
  { header: 'x-amz-grant-full-control', reason: 'Access control lists are not implemented.' },
  { header: 'x-amz-grant-read', reason: 'Access control lists are not implemented.' },
  { header: 'x-amz-grant-read-acp', reason: 'Access control lists are not implemented.' },
  { header: 'x-amz-grant-write-acp', reason: 'Access control lists are not implemented.' },
];

const reasons = new Map(unsupportedHeaders.map(({ header, reason }) => [header, reason]));

/** Canned ACLs that ask for nothing but what ownership gives anyway (nhn-openstack.md, section 24.5). */
const ACLS_WITHOUT_EFFECT = ['private', 'bucket-owner-full-control', 'bucket-owner-read'];
const CANNED_ACLS = [
  ...ACLS_WITHOUT_EFFECT,
  'public-read',
  'public-read-write',
  'authenticated-read',
  'aws-exec-read',
];

/**
 * Of PutObject, CopyObject and CreateMultipartUpload. Throws NotImplemented naming the header, InvalidStorageClass for any
 * class but STANDARD, and InvalidArgument for an ACL that S3 does not know.
 */
export function refuseUnsupportedHeaders(headers: WireHeaders): void {
  for (const header of headers.names()) {
    if (!header.startsWith('x-amz-')) continue;
    const reason = reasons.get(header);
    if (reason !== undefined) throw headerNotImplemented(header, reason);
  }
  const storageClass = headers.get('x-amz-storage-class');
  if (storageClass !== undefined && storageClass !== 'STANDARD') {
    throw new S3Error('InvalidStorageClass', { StorageClassRequested: storageClass });
  }
  const acl = headers.get('x-amz-acl');
  if (acl === undefined || ACLS_WITHOUT_EFFECT.includes(acl)) return;
  if (CANNED_ACLS.includes(acl)) {
    throw headerNotImplemented('x-amz-acl', `The canned ACL ${acl} is not implemented.`);
  }
  throw new S3Error('InvalidArgument', { ArgumentName: 'x-amz-acl', ArgumentValue: acl });
}

function headerNotImplemented(header: string, reason: string): S3Error {
  return new S3Error('NotImplemented', { Header: header, AdditionalMessage: reason });
}
