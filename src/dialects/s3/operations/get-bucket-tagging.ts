import { defineOperation } from '../../kernel/define-operation.ts';
import { resultDocument } from '../result-document.ts';
import type { S3Call, S3Services } from '../s3-call.ts';
import { S3Error } from '../s3-errors.ts';
import { type TagSet, tagSetXml, tagsOf } from '../tag-set.ts';

export const getBucketTagging = defineOperation<S3Call, S3Services, undefined, TagSet>({
  name: 'GetBucketTagging',
  summary: 'Shows the tags of a bucket.',
  route: { method: 'GET', resource: 'bucket', query: ['tagging'] },
  permissions: [{ action: 'bucket:read-tagging', on: 'bucket' }],
  body: { kind: 'none' },
  mutates: false,
  decode: () => undefined,
  async run(_services, _input, { bucket }) {
    const tags = tagsOf(bucket.documents);
    if (tags.length === 0) throw new S3Error('NoSuchTagSet', { BucketName: bucket.name });
    return tags;
  },
  encode: (tags, call) => resultDocument(call, 'Tagging', tagSetXml(tags)),
});
