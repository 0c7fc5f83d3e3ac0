import type { FoundObject, GetObjectInput } from '../../../core/object-store.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import { confirmObjectLock, presentLock, retentionXml } from '../object-lock.ts';
import { resultDocument } from '../result-document.ts';
import type { S3Call, S3Services } from '../s3-call.ts';
import { readVersionId } from '../version-id.ts';

type Input = Pick<GetObjectInput, 'versionId'>;

export const getObjectRetention = defineOperation<S3Call, S3Services, Input, FoundObject>({
  name: 'GetObjectRetention',
  summary: 'Shows until when an object or one of its versions is retained.',
  route: { method: 'GET', resource: 'object', query: ['retention'] },
  permissions: [{ action: 'object:read-retention', on: 'object' }],
  body: { kind: 'none' },
  mutates: false,
  decode: readVersionId,
  run({ store }, addressed, { bucket, key }) {
    confirmObjectLock(bucket);
    return store.headObject({ bucket, key, conditions: {}, asStored: true, ...addressed });
  },
  encode: ({ version }, call) =>
    resultDocument(call, 'Retention', retentionXml(presentLock(({ retention }) => retention, version))),
});
