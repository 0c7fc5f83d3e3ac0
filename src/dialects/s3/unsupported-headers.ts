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
  { header: 'x-amz-object-lock-event-hold', reason: 'Event holds are not implemented.' },
  { header: 'x-amz-object-lock-event-hold-duration-days', reason: 'Event holds are not implemented.' },
  { header: 'x-amz-object-lock-event-hold-duration-years', reason: 'Event holds are not implemented.' },
  {
    header: 'x-amz-copy-source-server-side-encryption-customer-algorithm',
    reason: 'Encryption with customer-provided keys is not implemented.',
  },
  {
    header: 'x-amz-copy-source-server-side-encryption-customer-key',
    reason: 'Encryption with customer-provided keys is not implemented.',
  },
  {
    header: 'x-amz-copy-source-server-side-encryption-customer-key-md5',
    reason: 'Encryption with customer-provided keys is not implemented.',
  },
  { header: 'x-amz-write-offset-bytes', reason: 'Appending to an object is not implemented.' },
];

const reasons = new Map(unsupportedHeaders.map(({ header, reason }) => [header, reason]));

/**
 * Of PutObject, CopyObject and CreateMultipartUpload. Throws NotImplemented naming the header, and InvalidStorageClass for
 * any class but STANDARD.
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
}

function headerNotImplemented(header: string, reason: string): S3Error {
  return new S3Error('NotImplemented', { Header: header, AdditionalMessage: reason });
}
