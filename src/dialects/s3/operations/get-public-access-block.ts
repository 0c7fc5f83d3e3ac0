import { type PublicAccessBlock, publicAccessSwitches } from '../../../identity/public-access-block.ts';
import { element } from '../../../lib/xml-writer.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import { publicAccessBlockOf } from '../public-access.ts';
import { resultDocument } from '../result-document.ts';
import type { S3Call, S3Services } from '../s3-call.ts';
import { S3Error } from '../s3-errors.ts';

export const getPublicAccessBlock = defineOperation<S3Call, S3Services, undefined, PublicAccessBlock>({
  name: 'GetPublicAccessBlock',
  summary: 'Shows which public access a bucket refuses.',
  route: { method: 'GET', resource: 'bucket', query: ['publicAccessBlock'] },
  permissions: [{ action: 'bucket:read-public-access-block', on: 'bucket' }],
  body: { kind: 'none' },
  mutates: false,
  decode: () => undefined,
  async run(_services, _input, { bucket }) {
    const block = publicAccessBlockOf(bucket);
    if (block === undefined) {
      throw new S3Error('NoSuchPublicAccessBlockConfiguration', { BucketName: bucket.name });
    }
    return block;
  },
  encode: (block, call) =>
    resultDocument(
      call,
      'PublicAccessBlockConfiguration',
      publicAccessSwitches.map((name) => element(name, String(block.has(name)))).join(''),
    ),
});
