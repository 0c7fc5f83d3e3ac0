import { defineOperation } from '../../kernel/define-operation.ts';
import type { S3Call, S3Services } from '../s3-call.ts';

export const abortMultipartUpload = defineOperation<S3Call, S3Services, string, void>({
  name: 'AbortMultipartUpload',
  summary: 'Gives up an upload and the parts it has.',
  route: { method: 'DELETE', resource: 'object', query: ['uploadId'] },
  permissions: [{ action: 'object:abort-upload', on: 'object' }],
  body: { kind: 'none' },
  mutates: true,
  decode: ({ query }) => query.get('uploadId') ?? '',
  run: ({ store }, uploadId, { bucket, key }) => store.abortUpload(bucket, key, uploadId),
  encode: () => ({ status: 204, headers: [], body: null }),
});
