/**
 * CreateMultipartUpload. Which checksums can be of which type: Amazon S3 User Guide, "Checking object integrity",
 * multipart uploads. CRC64NVME is always over the whole object, SHA-1 and SHA-256 always over the parts' checksums.
 */
import type { ChecksumAlgorithm, ChecksumType, Upload } from '../../../core/model.ts';
import type { CreateUploadInput } from '../../../core/object-store.ts';
import { element } from '../../../lib/xml-writer.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import type { WireHeaders } from '../../kernel/wire.ts';
import { type AclRequest, readAclHeaders } from '../acl-headers.ts';
import { checksumAlgorithmOf } from '../checksum-headers.ts';
import { decodeObjectMetadata } from '../object-headers.ts';
import { confirmLocking, readLock } from '../object-lock.ts';
import { ownerAndAcl } from '../object-ownership.ts';
import { initiatorOf } from '../owner-xml.ts';
import { resultDocument } from '../result-document.ts';
import type { S3Call, S3Services } from '../s3-call.ts';
import { S3Error } from '../s3-errors.ts';
import { confirmTagging, readTagHeader, type TagSet, tagDocuments } from '../tag-set.ts';
import { refuseUnsupportedHeaders } from '../unsupported-headers.ts';

type ChecksumKind = Pick<CreateUploadInput, 'checksumAlgorithm' | 'checksumType'>;
type Input = ChecksumKind &
  Pick<CreateUploadInput, 'metadata' | 'protection'> & {
    readonly acl: AclRequest | undefined;
    readonly tags: TagSet;
  };

export const createMultipartUpload = defineOperation<S3Call, S3Services, Input, Upload>({
  name: 'CreateMultipartUpload',
  summary: 'Begins an upload in parts; metadata and the kind of checksum are decided here.',
  route: { method: 'POST', resource: 'object', query: ['uploads'] },
  permissions: [{ action: 'object:write', on: 'object' }],
  body: { kind: 'none' },
  mutates: true,

  decode(call) {
    const { headers } = call.request;
    refuseUnsupportedHeaders(headers);
    return {
      acl: readAclHeaders(call, 'object'),
      tags: readTagHeader(call),
      metadata: decodeObjectMetadata(headers),
      ...readLock(call),
      ...readChecksumKind(headers),
    };
  },

  async run(services, { acl, tags, metadata, ...input }, call) {
    confirmTagging(call, tags);
    confirmLocking(call, input.protection);
    const { owner, documents } = await ownerAndAcl(services, call, acl);
    return services.store.createUpload({
      bucket: call.bucket,
      key: call.key,
      owner,
      initiator: initiatorOf(call),
      metadata: { ...metadata, documents: { ...documents, ...tagDocuments(tags) } },
      ...input,
    });
  },

  encode(upload, call) {
    const headers: string[] = [];
    if (upload.checksumAlgorithm !== undefined) {
      headers.push('x-amz-checksum-algorithm', upload.checksumAlgorithm);
    }
    if (upload.checksumType !== undefined) headers.push('x-amz-checksum-type', upload.checksumType);
    return resultDocument(
      call,
      'InitiateMultipartUploadResult',
      element('Bucket', call.bucketName) + element('Key', upload.key) + element('UploadId', upload.uploadId),
      headers,
    );
  },
});

/** The first is the default. */
const typesOf: Readonly<Record<ChecksumAlgorithm, readonly ChecksumType[]>> = {
  CRC32: ['COMPOSITE', 'FULL_OBJECT'],
  CRC32C: ['COMPOSITE', 'FULL_OBJECT'],
  CRC64NVME: ['FULL_OBJECT'],
  SHA1: ['COMPOSITE'],
  SHA256: ['COMPOSITE'],
};

function readChecksumKind(headers: WireHeaders): ChecksumKind {
  const algorithm = checksumAlgorithmOf(headers.get('x-amz-checksum-algorithm'));
  const type = checksumTypeOf(headers.get('x-amz-checksum-type'));
  if (algorithm === undefined) {
    if (type === undefined) return {};
    throw new S3Error(
      'InvalidRequest',
      {},
      'The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.',
    );
  }
  const [defaultType] = typesOf[algorithm];
  if (type !== undefined && !typesOf[algorithm].includes(type)) {
    throw new S3Error(
      'InvalidRequest',
      {},
      `The ${type} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`,
    );
  }
  return { checksumAlgorithm: algorithm, checksumType: type ?? defaultType ?? 'COMPOSITE' };
}

/** Of `x-amz-checksum-type`; undefined when absent. Throws InvalidRequest. */
export function checksumTypeOf(text: string | undefined): ChecksumType | undefined {
  const type = text?.toUpperCase();
  if (type === undefined || type === 'COMPOSITE' || type === 'FULL_OBJECT') return type;
  throw new S3Error('InvalidRequest', {}, 'Value for x-amz-checksum-type header is invalid.');
}
