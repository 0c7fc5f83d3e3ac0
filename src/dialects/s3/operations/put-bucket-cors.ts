import { CORS_DOCUMENT, type CorsRule, encodeCors } from '../../kernel/cors.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import { requireDigest } from '../checksum-headers.ts';
import { CORS_BODY_BYTES_MAX, readCorsDocument } from '../cors-document.ts';
import type { S3Call, S3Services } from '../s3-call.ts';

export const putBucketCors = defineOperation<S3Call, S3Services, readonly CorsRule[], void>({
  name: 'PutBucketCors',
  summary: 'Sets which origins browsers may use a bucket from.',
  route: { method: 'PUT', resource: 'bucket', query: ['cors'] },
  permissions: [{ action: 'bucket:write-cors', on: 'bucket' }],
  body: { kind: 'buffered', bytesMax: CORS_BODY_BYTES_MAX },
  mutates: true,
  decode(call) {
    requireDigest(call);
    return [];
  },
  decodeBody: readCorsDocument,
  async run({ store }, rules, { bucket }) {
    await store.updateBucket(bucket, { documents: { [CORS_DOCUMENT]: encodeCors(rules) } });
  },
  encode: () => ({ status: 200, headers: [], body: null }),
});
