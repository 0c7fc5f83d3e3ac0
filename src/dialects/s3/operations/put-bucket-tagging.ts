import { TAGGING_DOCUMENT } from '../../../core/object-tags.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import type { S3Call, S3Services } from '../s3-call.ts';
import { encodeTagSet, readTagDocument, TAGGING_BODY_BYTES_MAX, type TagSet } from '../tag-set.ts';

export const putBucketTagging = defineOperation<S3Call, S3Services, TagSet, void>({
  name: 'PutBucketTagging',
  summary: 'Replaces the tags of a bucket.',
  route: { method: 'PUT', resource: 'bucket', query: ['tagging'] },
  permissions: [{ action: 'bucket:write-tagging', on: 'bucket' }],
  body: { kind: 'buffered', bytesMax: TAGGING_BODY_BYTES_MAX },
  mutates: true,
  decode: () => [],
  decodeBody: (body) => readTagDocument(body, 'bucket'),
  async run({ store }, tags, { bucket }) {
    await store.updateBucket(bucket, { documents: { [TAGGING_DOCUMENT]: encodeTagSet(tags) } });
  },
  encode: () => ({ status: 204, headers: [], body: null }),
});
