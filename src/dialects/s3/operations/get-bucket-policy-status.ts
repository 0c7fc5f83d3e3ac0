/** GetBucketPolicyStatus: about the policy alone, as at AWS; a public ACL does not make it public. */
import { compilePolicy } from '../../../identity/policy-cache.ts';
import { isPublicPolicy } from '../../../identity/public-policies.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import { policyOf } from '../bucket-policy.ts';
import { resultDocument } from '../result-document.ts';
import type { S3Call, S3Services } from '../s3-call.ts';

export const getBucketPolicyStatus = defineOperation<S3Call, S3Services, undefined, boolean>({
  name: 'GetBucketPolicyStatus',
  summary: 'Tells whether the policy of a bucket makes it public.',
  route: { method: 'GET', resource: 'bucket', query: ['policyStatus'] },
  permissions: [{ action: 'bucket:read-policy-status', on: 'bucket' }],
  body: { kind: 'none' },
  mutates: false,
  decode: () => undefined,
  run: async (_services, _input, { bucket }) => isPublicPolicy(compilePolicy(policyOf(bucket), 'bucket')),
  encode: (isPublic, call) => resultDocument(call, 'PolicyStatus', `<IsPublic>${isPublic}</IsPublic>`),
});
