import type { FoundObject, GetObjectInput } from '../../../core/object-store.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import { confirmObjectLock, legalHoldXml, presentLock } from '../object-lock.ts';
import { resultDocument } from '../result-document.ts';
import type { S3Call, S3Services } from '../s3-call.ts';
import { readVersionId } from '../version-id.ts';

type Input = Pick<GetObjectInput, 'versionId'>;

export const getObjectLegalHold = defineOperation<S3Call, S3Services, Input, FoundObject>({
  name: 'GetObjectLegalHold',
  summary: 'Shows whether an object or one of its versions is under legal hold.',
  route: { method: 'GET', resource: 'object', query: ['legal-hold'] },
  permissions: [{ action: 'object:read-legal-hold', on: 'object' }],
  body: { kind: 'none' },
  mutates: false,
  decode: readVersionId,
  run({ store }, addressed, { bucket, key }) {
    confirmObjectLock(bucket);
    return store.headObject({ bucket, key, conditions: {}, asStored: true, ...addressed });
  },
  encode: ({ version }, call) =>
    resultDocument(call, 'LegalHold', legalHoldXml(presentLock(({ legalHold }) => legalHold, version))),
});
