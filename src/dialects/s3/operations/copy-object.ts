/**
 * CopyObject (Amazon S3 API Reference). Metadata and tags follow the source unless their directive says REPLACE; access
 * control lists never do. Reading the source is a permission of its own, asked of the source's bucket.
 */
import type { ObjectMetadata, ObjectVersion } from '../../../core/model.ts';
import type { CopyObjectInput } from '../../../core/object-store.ts';
import type { ProtectionRequest } from '../../../core/protection.ts';
import { element } from '../../../lib/xml-writer.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import type { WireHeaders } from '../../kernel/wire.ts';
import { type AclRequest, readAclHeaders } from '../acl-headers.ts';
import { confirmSourceAccess, mayReadBeside } from '../authorise-call.ts';
import { checksumAlgorithmOf, checksumText } from '../checksum-headers.ts';
import { decodeReadConditions, decodeWriteConditions } from '../conditional-headers.ts';
import { pushExpiration } from '../lifecycle-xml.ts';
import { decodeObjectMetadata, pushWrittenVersionId, quotedEtag } from '../object-headers.ts';
import { confirmLocking, readLock } from '../object-lock.ts';
import { ownerAndAcl } from '../object-ownership.ts';
import { resultDocument } from '../result-document.ts';
import { confirmProtected, readCopiedRetention } from '../retention-headers.ts';
import type { S3Call, S3Services } from '../s3-call.ts';
import { invalidArgument } from '../s3-errors.ts';
import { lastModifiedXml } from '../s3-flavours.ts';
import { confirmTagging, readTagHeader, type TagSet, tagDocuments, tagsOf } from '../tag-set.ts';
import { refuseUnsupportedHeaders } from '../unsupported-headers.ts';

interface Input
  extends Pick<CopyObjectInput, 'sourceConditions' | 'checksumAlgorithm' | 'conditions' | 'protection'> {
  readonly acl: AclRequest | undefined;
  /** Undefined: the source's. */
  readonly metadata: ObjectMetadata | undefined;
  /** Undefined: the source's. */
  readonly tags: TagSet | undefined;
  readonly changesSomething: boolean;
  readonly lock: ProtectionRequest | undefined;
}

interface Output {
  readonly version: ObjectVersion;
  readonly sourceVersionId: string | undefined;
}

export const copyObject = defineOperation<S3Call, S3Services, Input, Output>({
  name: 'CopyObject',
  summary: 'Makes an object of the bytes of another one, without moving them.',
  route: { method: 'PUT', resource: 'object', headers: ['x-amz-copy-source'] },
  permissions: [
    { action: 'object:copy', on: 'object' },
    { action: 'object:copy-source', on: 'source' },
  ],
  body: { kind: 'none' },
  mutates: true,

  decode(call) {
    const { headers } = call.request;
    refuseUnsupportedHeaders(headers);
    const replacesMetadata = isReplace(headers, 'x-amz-metadata-directive');
    const checksumAlgorithm = checksumAlgorithmOf(headers.get('x-amz-checksum-algorithm'));
    const protection = readCopiedRetention(headers);
    return {
      acl: readAclHeaders(call, 'object'),
      metadata: replacesMetadata ? decodeObjectMetadata(headers) : undefined,
      tags: isReplace(headers, 'x-amz-tagging-directive') ? readTagHeader(call) : undefined,
      changesSomething:
        replacesMetadata || checksumAlgorithm !== undefined || headers.has('x-amz-storage-class'),
      sourceConditions: decodeReadConditions(headers, 'x-amz-copy-source-'),
      conditions: decodeWriteConditions(headers),
      lock: readLock(call).protection,
      ...(checksumAlgorithm !== undefined && { checksumAlgorithm }),
      ...(protection !== undefined && { protection }),
    };
  },

  async run(services, { acl, metadata, tags, lock, ...input }, call) {
    const { bucket, key, copySource } = call;
    confirmTagging(call, tags ?? []);
    confirmLocking(call, lock);
    confirmProtected(call, input.protection);
    const { owner, documents } = await ownerAndAcl(services, call, acl);
    let sourceVersionId: string | undefined;
    const { versionId } = copySource;
    const version = await services.store.copyObject({
      ...input,
      source: {
        bucket: copySource.bucket,
        key: copySource.key,
        ...(versionId !== undefined && { versionId }),
      },
      mayRead: mayReadBeside(call),
      bucket,
      key,
      owner,
      // Locks are not copied (Amazon S3 User Guide, "Locking objects").
      ...(lock !== undefined && { protection: () => lock }),
      // Restoring an older version over the current one changes something by itself.
      changesSomething: input.changesSomething || versionId !== undefined,
      metadata(source) {
        confirmSourceAccess(call, source);
        sourceVersionId = copySource.bucket.versioning === 'unversioned' ? undefined : source.versionId;
        const { system, user } = metadata ?? source.metadata;
        const kept = tags ?? tagsOf(source.metadata.documents);
        return { system, user, documents: { ...documents, ...tagDocuments(kept) } };
      },
    });
    return { version, sourceVersionId };
  },

  encode({ version, sourceVersionId }, call) {
    const headers: string[] = [];
    if (sourceVersionId !== undefined) headers.push('x-amz-copy-source-version-id', sourceVersionId);
    pushWrittenVersionId(headers, version);
    pushExpiration(headers, version, call);
    const { checksum, partCount } = version;
    return resultDocument(
      call,
      'CopyObjectResult',
      element('LastModified', lastModifiedXml(call.flavour, version.lastModifiedMicros)) +
        element('ETag', quotedEtag(version)) +
        (checksum === undefined
          ? ''
          : element(`Checksum${checksum.algorithm}`, checksumText(checksum, partCount)) +
            element('ChecksumType', checksum.type)),
      headers,
    );
  },
});

/** COPY is the default. Throws InvalidArgument. */
function isReplace(headers: WireHeaders, header: string): boolean {
  const directive = headers.get(header) ?? 'COPY';
  if (directive === 'REPLACE' || directive === 'COPY') return directive === 'REPLACE';
  throw invalidArgument(
    header,
    directive,
    `Unknown ${header.replace(/^x-amz-|-directive$/g, '')} directive.`,
  );
}
