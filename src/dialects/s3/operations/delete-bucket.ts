import { defineOperation } from '../../kernel/define-operation.ts';
import type { S3Call, S3Services } from '../s3-call.ts';

export const deleteBucket = defineOperation<S3Call, S3Services, undefined, void>({
  name: 'DeleteBucket',
  summary: 'Removes a bucket that holds no objects; unfinished multipart uploads go with it.',
  route: { method: 'DELETE', resource: 'bucket' },
  permissions: [{ action: 'bucket:delete', on: 'bucket' }],
  body: { kind: 'none' },
  mutates: true,
  decode: () => undefined,
  run: ({ store }, _input, call) => store.deleteBucket(call.bucket),
  encode: () => ({ status: 204, headers: [], body: null }),
});
