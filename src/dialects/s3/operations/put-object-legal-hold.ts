import type { VersionId } from '../../../core/model.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import { confirmObjectLock, readLegalHoldDocument } from '../object-lock.ts';
import type { S3Call, S3Services } from '../s3-call.ts';
import { readVersionId } from '../version-id.ts';

const BODY_BYTES_MAX = 64 * 1024;

interface Input {
  readonly addressed: { readonly versionId?: VersionId };
  readonly isOn: boolean;
}

export const putObjectLegalHold = defineOperation<S3Call, S3Services, Input, void>({
  name: 'PutObjectLegalHold',
  summary: 'Puts an object or one of its versions under legal hold, or takes it from there.',
  route: { method: 'PUT', resource: 'object', query: ['legal-hold'] },
  permissions: [{ action: 'object:write-legal-hold', on: 'object' }],
  body: { kind: 'buffered', bytesMax: BODY_BYTES_MAX },
  mutates: true,
  decode: (call) => ({ addressed: readVersionId(call), isOn: false }),
  decodeBody: (body, { addressed }) => ({ addressed, isOn: readLegalHoldDocument(body) }),
  async run({ store }, { addressed, isOn }, { bucket, key }) {
    confirmObjectLock(bucket);
    await store.protectObject({ bucket, key, ...addressed, change: { kind: 'legal-hold', isOn } });
  },
  encode: () => ({ status: 200, headers: [], body: null }),
});
