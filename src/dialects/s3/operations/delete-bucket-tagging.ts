import { TAGGING_DOCUMENT } from '../../../core/object-tags.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import type { S3Call, S3Services } from '../s3-call.ts';

export const deleteBucketTagging = defineOperation<S3Call, S3Services, undefined, void>({
  name: 'DeleteBucketTagging',
  summary: 'Removes all tags of a bucket.',
  route: { method: 'DELETE', resource: 'bucket', query: ['tagging'] },
  permissions: [{ action: 'bucket:write-tagging', on: 'bucket' }],
  body: { kind: 'none' },
  mutates: true,
  decode: () => undefined,
  async run({ store }, _input, { bucket }) {
    await store.updateBucket(bucket, { documents: { [TAGGING_DOCUMENT]: null } });
  },
  encode: () => ({ status: 204, headers: [], body: null }),
});
