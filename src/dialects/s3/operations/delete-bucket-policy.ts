import { defineOperation } from '../../kernel/define-operation.ts';
import { POLICY_DOCUMENT, refuseOtherAccounts } from '../bucket-policy.ts';
import type { S3Call, S3Services } from '../s3-call.ts';

export const deleteBucketPolicy = defineOperation<S3Call, S3Services, undefined, void>({
  name: 'DeleteBucketPolicy',
  summary: 'Takes the policy of a bucket away; without one there is nothing to do.',
  route: { method: 'DELETE', resource: 'bucket', query: ['policy'] },
  permissions: [{ action: 'bucket:delete-policy', on: 'bucket' }],
  body: { kind: 'none' },
  mutates: true,
  decode: () => undefined,
  async run({ store }, _input, call) {
    refuseOtherAccounts(call);
    await store.updateBucket(call.bucket, { documents: { [POLICY_DOCUMENT]: null } });
  },
  encode: () => ({ status: 204, headers: [], body: null }),
});
