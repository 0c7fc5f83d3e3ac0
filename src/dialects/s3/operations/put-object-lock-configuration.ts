/** PutObjectLockConfiguration. Also enables object lock in a bucket that keeps versions already; nothing disables it again. */
import type { BucketLock } from '../../../core/model.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import { readLockDocument } from '../object-lock.ts';
import type { S3Call, S3Services } from '../s3-call.ts';

const BODY_BYTES_MAX = 64 * 1024;

export const putObjectLockConfiguration = defineOperation<S3Call, S3Services, BucketLock, void>({
  name: 'PutObjectLockConfiguration',
  summary: 'Makes objects of a bucket lockable, and sets its default retention.',
  route: { method: 'PUT', resource: 'bucket', query: ['object-lock'] },
  permissions: [{ action: 'bucket:write-object-lock', on: 'bucket' }],
  body: { kind: 'buffered', bytesMax: BODY_BYTES_MAX },
  mutates: true,
  decode: () => ({ kind: 'object-lock' }),
  decodeBody: readLockDocument,
  async run({ store }, lock, { bucket }) {
    await store.updateBucket(bucket, { lock });
  },
  encode: () => ({ status: 200, headers: [], body: null }),
});
