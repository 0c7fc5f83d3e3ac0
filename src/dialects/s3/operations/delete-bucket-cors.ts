import { CORS_DOCUMENT } from '../../kernel/cors.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import type { S3Call, S3Services } from '../s3-call.ts';

export const deleteBucketCors = defineOperation<S3Call, S3Services, undefined, void>({
  name: 'DeleteBucketCors',
  summary: 'Lets browsers use a bucket from no other origin any more.',
  route: { method: 'DELETE', resource: 'bucket', query: ['cors'] },
  permissions: [{ action: 'bucket:write-cors', on: 'bucket' }],
  body: { kind: 'none' },
  mutates: true,
  decode: () => undefined,
  async run({ store }, _input, { bucket }) {
    await store.updateBucket(bucket, { documents: { [CORS_DOCUMENT]: null } });
  },
  encode: () => ({ status: 204, headers: [], body: null }),
});
