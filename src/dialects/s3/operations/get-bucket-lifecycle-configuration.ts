import { type LifecycleRule, lifecycleOf } from '../../../core/lifecycle/lifecycle-rules.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import { lifecycleXml } from '../lifecycle-xml.ts';
import { resultDocument } from '../result-document.ts';
import type { S3Call, S3Services } from '../s3-call.ts';
import { S3Error } from '../s3-errors.ts';

export const getBucketLifecycleConfiguration = defineOperation<
  S3Call,
  S3Services,
  undefined,
  readonly LifecycleRule[]
>({
  name: 'GetBucketLifecycleConfiguration',
  summary: 'Shows by which rules what is in a bucket expires.',
  route: { method: 'GET', resource: 'bucket', query: ['lifecycle'] },
  permissions: [{ action: 'bucket:read-lifecycle', on: 'bucket' }],
  body: { kind: 'none' },
  mutates: false,
  decode: () => undefined,
  async run(_services, _input, { bucket }) {
    const rules = lifecycleOf(bucket);
    if (rules.length === 0) throw new S3Error('NoSuchLifecycleConfiguration', { BucketName: bucket.name });
    return rules;
  },
  encode: (rules, call) => resultDocument(call, 'LifecycleConfiguration', lifecycleXml(rules)),
});
