import type { FoundObject, GetObjectInput } from '../../../core/object-store.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import { pushVersionId } from '../object-headers.ts';
import { resultDocument } from '../result-document.ts';
import type { S3Call, S3Services } from '../s3-call.ts';
import { tagSetXml, tagsOf } from '../tag-set.ts';
import { readVersionId } from '../version-id.ts';

type Input = Pick<GetObjectInput, 'versionId'>;

export const getObjectTagging = defineOperation<S3Call, S3Services, Input, FoundObject>({
  name: 'GetObjectTagging',
  summary: 'Shows the tags of an object or of one of its versions.',
  route: { method: 'GET', resource: 'object', query: ['tagging'] },
  permissions: [{ action: 'object:read-tagging', on: 'object' }],
  body: { kind: 'none' },
  mutates: false,
  decode: readVersionId,
  run: ({ store }, addressed, { bucket, key }) =>
    store.headObject({ bucket, key, conditions: {}, asStored: true, ...addressed }),
  encode({ version }, call) {
    const headers: string[] = [];
    pushVersionId(headers, version, call);
    return resultDocument(call, 'Tagging', tagSetXml(tagsOf(version.metadata.documents)), headers);
  },
});
