import { element, parent } from '../../../lib/xml-writer.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import { OWNERSHIP_DOCUMENT } from '../object-ownership.ts';
import { resultDocument } from '../result-document.ts';
import type { S3Call, S3Services } from '../s3-call.ts';
import { S3Error } from '../s3-errors.ts';

export const getBucketOwnershipControls = defineOperation<S3Call, S3Services, undefined, string>({
  name: 'GetBucketOwnershipControls',
  summary: 'Tells who owns the objects that others write into the bucket.',
  route: { method: 'GET', resource: 'bucket', query: ['ownershipControls'] },
  permissions: [{ action: 'bucket:read-ownership-controls', on: 'bucket' }],
  body: { kind: 'none' },
  mutates: false,
  decode: () => undefined,
  async run(_services, _input, { bucket }) {
    const rule = bucket.documents[OWNERSHIP_DOCUMENT];
    if (rule === undefined) throw new S3Error('OwnershipControlsNotFoundError', { BucketName: bucket.name });
    return rule;
  },
  encode: (rule, call) =>
    resultDocument(call, 'OwnershipControls', parent('Rule', element('ObjectOwnership', rule))),
});
