import type { ObjectVersion } from '../../../core/model.ts';
import type { GetObjectInput } from '../../../core/object-store.ts';
import { TAGGING_DOCUMENT } from '../../../core/object-tags.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import { pushVersionId } from '../object-headers.ts';
import type { S3Call, S3Services } from '../s3-call.ts';
import { readVersionId } from '../version-id.ts';

type Input = Pick<GetObjectInput, 'versionId'>;

export const deleteObjectTagging = defineOperation<S3Call, S3Services, Input, ObjectVersion>({
  name: 'DeleteObjectTagging',
  summary: 'Removes all tags of an object or of one of its versions.',
  route: { method: 'DELETE', resource: 'object', query: ['tagging'] },
  permissions: [{ action: 'object:delete-tagging', on: 'object' }],
  body: { kind: 'none' },
  mutates: true,
  decode: readVersionId,
  run: ({ store }, addressed, { bucket, key }) =>
    store.updateObject({ bucket, key, ...addressed, documents: { [TAGGING_DOCUMENT]: null } }),
  encode(version, call) {
    const headers: string[] = [];
    pushVersionId(headers, version, call);
    return { status: 204, headers, body: null };
  },
});
