/** GetBucketPolicy: the document as it was sent. */
import { defineOperation } from '../../kernel/define-operation.ts';
import { policyOf, refuseOtherAccounts } from '../bucket-policy.ts';
import type { S3Call, S3Services } from '../s3-call.ts';

export const getBucketPolicy = defineOperation<S3Call, S3Services, undefined, string>({
  name: 'GetBucketPolicy',
  summary: 'Shows the policy of a bucket.',
  route: { method: 'GET', resource: 'bucket', query: ['policy'] },
  permissions: [{ action: 'bucket:read-policy', on: 'bucket' }],
  body: { kind: 'none' },
  mutates: false,
  decode: () => undefined,
  async run(_services, _input, call) {
    refuseOtherAccounts(call);
    return policyOf(call.bucket);
  },
  encode: (policy) => ({ status: 200, headers: ['Content-Type', 'application/json'], body: policy }),
});
