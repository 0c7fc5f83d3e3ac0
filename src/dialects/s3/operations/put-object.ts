import type { ObjectVersion } from '../../../core/model.ts';
import type { PutObjectInput } from '../../../core/object-store.ts';
import type { ProtectionRequest } from '../../../core/protection.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import { type AclRequest, readAclHeaders } from '../acl-headers.ts';
import { decodeBodyInput } from '../body-input.ts';
import { pushChecksumHeaders } from '../checksum-headers.ts';
import { decodeWriteConditions } from '../conditional-headers.ts';
import { pushExpiration } from '../lifecycle-xml.ts';
import { decodeObjectMetadata, pushWrittenVersionId, quotedEtag } from '../object-headers.ts';
import { confirmLockedBody, confirmLocking, readLock } from '../object-lock.ts';
import { ownerAndAcl } from '../object-ownership.ts';
import { confirmProtected, readRetentionHeaders } from '../retention-headers.ts';
import type { S3Call, S3Services } from '../s3-call.ts';
import { lastModifiedHeader } from '../s3-flavours.ts';
import { confirmTagging, readTagHeader, type TagSet, tagDocuments } from '../tag-set.ts';
import { refuseUnsupportedHeaders } from '../unsupported-headers.ts';

export type StoreObjectInput = Omit<PutObjectInput, 'bucket' | 'key' | 'owner'> & {
  readonly acl: AclRequest | undefined;
  readonly tags: TagSet;
  /** IBM's. */
  readonly retention: ProtectionRequest | undefined;
};

export const putObject = defineOperation<S3Call, S3Services, StoreObjectInput, ObjectVersion>({
  name: 'PutObject',
  summary: 'Stores an object; durable when answered. Conditional with If-None-Match: * or If-Match.',
  route: { method: 'PUT', resource: 'object' },
  permissions: [{ action: 'object:write', on: 'object' }],
  body: { kind: 'stream' },
  mutates: true,
  decode(call) {
    const { headers } = call.request;
    refuseUnsupportedHeaders(headers);
    return {
      acl: readAclHeaders(call, 'object'),
      tags: readTagHeader(call),
      metadata: decodeObjectMetadata(headers),
      body: decodeBodyInput(call),
      conditions: decodeWriteConditions(headers),
      ...readLock(call),
      retention: readRetentionHeaders(headers),
    };
  },
  run: storeObject,
  encode(version, call) {
    const headers = ['ETag', quotedEtag(version)];
    const { checksum } = version;
    if (checksum !== undefined)
      pushChecksumHeaders(headers, checksum.algorithm, checksum.type, checksum.value);
    pushWrittenVersionId(headers, version);
    pushExpiration(headers, version, call);
    if (call.flavour.putObjectShowsLastModified) {
      headers.push('Last-Modified', lastModifiedHeader(version.lastModifiedMicros));
    }
    return { status: 200, headers, body: null };
  },
});

/** Also of a form, whose fields say the same. */
export async function storeObject(
  services: S3Services,
  { acl, tags, metadata, retention, ...input }: StoreObjectInput,
  call: S3Call,
): Promise<ObjectVersion> {
  confirmTagging(call, tags);
  confirmLockedBody(call, input.protection);
  confirmLocking(call, input.protection);
  confirmProtected(call, retention);
  const { owner, documents } = await ownerAndAcl(services, call, acl);
  const { bucket, key } = call;
  return services.store.putObject({
    bucket,
    key,
    owner,
    metadata: { ...metadata, documents: { ...documents, ...tagDocuments(tags) } },
    ...input,
    ...(retention !== undefined && { protection: retention }),
  });
}
