import type { BucketLock } from '../../../core/model.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import { lockXml } from '../object-lock.ts';
import { resultDocument } from '../result-document.ts';
import type { S3Call, S3Services } from '../s3-call.ts';
import { S3Error } from '../s3-errors.ts';

type Output = Extract<BucketLock, { readonly kind: 'object-lock' }>;

export const getObjectLockConfiguration = defineOperation<S3Call, S3Services, undefined, Output>({
  name: 'GetObjectLockConfiguration',
  summary: 'Shows whether objects of a bucket can be locked, and its default retention.',
  route: { method: 'GET', resource: 'bucket', query: ['object-lock'] },
  permissions: [{ action: 'bucket:read-object-lock', on: 'bucket' }],
  body: { kind: 'none' },
  mutates: false,
  decode: () => undefined,
  async run(_services, _input, { bucket }) {
    if (bucket.lock?.kind === 'object-lock') return bucket.lock;
    throw new S3Error('ObjectLockConfigurationNotFoundError', { BucketName: bucket.name });
  },
  encode: (lock, call) => resultDocument(call, 'ObjectLockConfiguration', lockXml(lock)),
});
