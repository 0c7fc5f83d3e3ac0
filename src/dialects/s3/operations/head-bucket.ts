import { defineOperation } from '../../kernel/define-operation.ts';
import type { S3Call, S3Services } from '../s3-call.ts';

export const headBucket = defineOperation<S3Call, S3Services, undefined, undefined>({
  name: 'HeadBucket',
  summary: 'Tells whether a bucket exists and may be used, and where it is.',
  route: { method: 'HEAD', resource: 'bucket' },
  permissions: [{ action: 'bucket:head', on: 'bucket' }],
  body: { kind: 'none' },
  mutates: false,
  decode: () => undefined,
  run: async () => undefined,
  encode: (_output, call) => ({
    status: 200,
    headers: call.flavour.headBucketShowsRegion
      ? ['x-amz-bucket-region', call.bucket.place, 'x-amz-access-point-alias', 'false']
      : [],
    body: null,
  }),
});
