/** PutObjectTagging. Neither bytes nor LastModified change (Amazon S3 API Reference, "PutObjectTagging"). */
import type { ObjectVersion } from '../../../core/model.ts';
import type { GetObjectInput } from '../../../core/object-store.ts';
import { TAGGING_DOCUMENT } from '../../../core/object-tags.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import { confirmTags } from '../authorise-call.ts';
import { pushVersionId } from '../object-headers.ts';
import type { S3Call, S3Services } from '../s3-call.ts';
import { encodeTagSet, readTagDocument, TAGGING_BODY_BYTES_MAX, type TagSet } from '../tag-set.ts';
import { readVersionId } from '../version-id.ts';

interface Input {
  readonly addressed: Pick<GetObjectInput, 'versionId'>;
  readonly tags: TagSet;
}

export const putObjectTagging = defineOperation<S3Call, S3Services, Input, ObjectVersion>({
  name: 'PutObjectTagging',
  summary: 'Replaces the tags of an object or of one of its versions.',
  route: { method: 'PUT', resource: 'object', query: ['tagging'] },
  permissions: [{ action: 'object:write-tagging', on: 'each-object' }],
  body: { kind: 'buffered', bytesMax: TAGGING_BODY_BYTES_MAX },
  mutates: true,
  decode: (call) => ({ addressed: readVersionId(call), tags: [] }),
  decodeBody: (body, { addressed }) => ({ addressed, tags: readTagDocument(body, 'object') }),
  async run({ store }, { addressed, tags }, call) {
    await confirmTags(store, call, tags);
    const { bucket, key } = call;
    const documents = { [TAGGING_DOCUMENT]: encodeTagSet(tags) };
    return store.updateObject({ bucket, key, ...addressed, documents });
  },
  encode(version, call) {
    const headers: string[] = [];
    pushVersionId(headers, version, call);
    return { status: 200, headers, body: null };
  },
});
