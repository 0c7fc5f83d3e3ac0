/** GetObjectTagging: an empty set for every object there is, while tags cannot be set. */
import type { FoundObject } from '../../../core/object-store.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import { pushVersionId } from '../object-headers.ts';
import { resultDocument } from '../result-document.ts';
import type { S3Call, S3Services } from '../s3-call.ts';

interface GetObjectTaggingInput {
  readonly versionId?: string;
}

export const getObjectTagging = defineOperation<S3Call, S3Services, GetObjectTaggingInput, FoundObject>({
  name: 'GetObjectTagging',
  summary: 'Shows the tags of an object.',
  route: { method: 'GET', resource: 'object', query: ['tagging'] },
  permissions: [{ action: 'object:read-tagging', on: 'object' }],
  body: { kind: 'none' },
  mutates: false,

  decode({ query }) {
    const versionId = query.get('versionId');
    return versionId === undefined ? {} : { versionId };
  },

  run: ({ store }, { versionId }, { bucket, key }) =>
    store.headObject({ bucket, key, conditions: {}, ...(versionId !== undefined && { versionId }) }),

  encode({ version }, call) {
    const headers: string[] = [];
    pushVersionId(headers, version, call);
    return resultDocument(call, 'Tagging', '<TagSet></TagSet>', headers);
  },
});
