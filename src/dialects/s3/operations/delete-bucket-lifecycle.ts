import { lifecycleDocument } from '../../../core/lifecycle/lifecycle-rules.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import type { S3Call, S3Services } from '../s3-call.ts';

export const deleteBucketLifecycle = defineOperation<S3Call, S3Services, undefined, void>({
  name: 'DeleteBucketLifecycle',
  summary: 'Takes the lifecycle rules of a bucket away.',
  route: { method: 'DELETE', resource: 'bucket', query: ['lifecycle'] },
  permissions: [{ action: 'bucket:write-lifecycle', on: 'bucket' }],
  body: { kind: 'none' },
  mutates: true,
  decode: () => undefined,
  async run({ store }, _input, { bucket }) {
    await store.updateBucket(bucket, { documents: lifecycleDocument(null) });
  },
  encode: () => ({ status: 204, headers: [], body: null }),
});
