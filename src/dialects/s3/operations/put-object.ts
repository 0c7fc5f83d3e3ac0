import type { ObjectVersion } from '../../../core/model.ts';
import type { PutObjectInput } from '../../../core/object-store.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import { decodeBodyInput } from '../body-input.ts';
import { pushChecksumHeaders } from '../checksum-headers.ts';
import { decodeWriteConditions } from '../conditional-headers.ts';
import { decodeObjectMetadata, pushVersionId, quotedEtag } from '../object-headers.ts';
import type { S3Call, S3Services } from '../s3-call.ts';
import { lastModifiedHeader } from '../s3-flavours.ts';
import { refuseUnsupportedHeaders } from '../unsupported-headers.ts';

type Input = Omit<PutObjectInput, 'bucket' | 'key' | 'owner'>;

export const putObject = defineOperation<S3Call, S3Services, Input, ObjectVersion>({
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
      metadata: decodeObjectMetadata(headers),
      body: decodeBodyInput(call),
      conditions: decodeWriteConditions(headers),
    };
  },
  run({ store }, { metadata, body, conditions }, { bucket, key }) {
    return store.putObject({ bucket, key, owner: bucket.account, metadata, body, conditions });
  },
  encode(version, call) {
    const headers = ['ETag', quotedEtag(version)];
    const { checksum } = version;
    if (checksum !== undefined)
      pushChecksumHeaders(headers, checksum.algorithm, checksum.type, checksum.value);
    pushVersionId(headers, version, call);
    if (call.flavour.putObjectShowsLastModified) {
      headers.push('Last-Modified', lastModifiedHeader(version.lastModifiedMicros));
    }
    return { status: 200, headers, body: null };
  },
});
