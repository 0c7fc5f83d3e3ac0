import { type LifecycleRule, lifecycleDocument } from '../../../core/lifecycle/lifecycle-rules.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import { requireDigest } from '../checksum-headers.ts';
import { LIFECYCLE_BODY_BYTES_MAX, readLifecycleDocument } from '../lifecycle-document.ts';
import type { S3Call, S3Services } from '../s3-call.ts';

export const putBucketLifecycleConfiguration = defineOperation<
  S3Call,
  S3Services,
  readonly LifecycleRule[],
  void
>({
  name: 'PutBucketLifecycleConfiguration',
  summary: 'Sets by which rules what is in a bucket expires.',
  route: { method: 'PUT', resource: 'bucket', query: ['lifecycle'] },
  permissions: [{ action: 'bucket:write-lifecycle', on: 'bucket' }],
  body: { kind: 'buffered', bytesMax: LIFECYCLE_BODY_BYTES_MAX },
  mutates: true,
  decode(call) {
    requireDigest(call);
    return [];
  },
  decodeBody: readLifecycleDocument,
  async run({ store }, rules, { bucket }) {
    await store.updateBucket(bucket, { documents: lifecycleDocument(rules) });
  },
  encode: () => ({ status: 200, headers: [], body: null }),
});
