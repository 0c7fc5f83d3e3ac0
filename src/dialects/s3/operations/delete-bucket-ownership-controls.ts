import { defineOperation } from '../../kernel/define-operation.ts';
import { OWNERSHIP_DOCUMENT } from '../object-ownership.ts';
import type { S3Call, S3Services } from '../s3-call.ts';

export const deleteBucketOwnershipControls = defineOperation<S3Call, S3Services, undefined, void>({
  name: 'DeleteBucketOwnershipControls',
  summary: 'Removes the rule of object ownership: who writes an object owns it, and there are ACLs.',
  route: { method: 'DELETE', resource: 'bucket', query: ['ownershipControls'] },
  permissions: [{ action: 'bucket:write-ownership-controls', on: 'bucket' }],
  body: { kind: 'none' },
  mutates: true,
  decode: () => undefined,
  async run({ store }, _input, { bucket }) {
    await store.updateBucket(bucket, { documents: { [OWNERSHIP_DOCUMENT]: null } });
  },
  encode: () => ({ status: 204, headers: [], body: null }),
});
