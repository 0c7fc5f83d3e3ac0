import { type CorsRule, corsRulesOf } from '../../kernel/cors.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import { corsXml } from '../cors-document.ts';
import { resultDocument } from '../result-document.ts';
import type { S3Call, S3Services } from '../s3-call.ts';
import { S3Error } from '../s3-errors.ts';

export const getBucketCors = defineOperation<S3Call, S3Services, undefined, readonly CorsRule[]>({
  name: 'GetBucketCors',
  summary: 'Shows which origins browsers may use a bucket from.',
  route: { method: 'GET', resource: 'bucket', query: ['cors'] },
  permissions: [{ action: 'bucket:read-cors', on: 'bucket' }],
  body: { kind: 'none' },
  mutates: false,
  decode: () => undefined,
  async run(_services, _input, { bucket }) {
    const rules = corsRulesOf(bucket.documents);
    if (rules.length === 0) throw new S3Error('NoSuchCORSConfiguration', { BucketName: bucket.name });
    return rules;
  },
  encode: (rules, call) => resultDocument(call, 'CORSConfiguration', corsXml(rules)),
});
