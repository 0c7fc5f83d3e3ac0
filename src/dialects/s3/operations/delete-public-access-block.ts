import { defineOperation } from '../../kernel/define-operation.ts';
import { PUBLIC_ACCESS_BLOCK_DOCUMENT } from '../public-access.ts';
import type { S3Call, S3Services } from '../s3-call.ts';

export const deletePublicAccessBlock = defineOperation<S3Call, S3Services, undefined, void>({
  name: 'DeletePublicAccessBlock',
  summary: 'Lets policy and access control lists of a bucket speak for themselves again.',
  route: { method: 'DELETE', resource: 'bucket', query: ['publicAccessBlock'] },
  permissions: [{ action: 'bucket:write-public-access-block', on: 'bucket' }],
  body: { kind: 'none' },
  mutates: true,
  decode: () => undefined,
  async run({ store }, _input, { bucket }) {
    await store.updateBucket(bucket, { documents: { [PUBLIC_ACCESS_BLOCK_DOCUMENT]: null } });
  },
  encode: () => ({ status: 204, headers: [], body: null }),
});
