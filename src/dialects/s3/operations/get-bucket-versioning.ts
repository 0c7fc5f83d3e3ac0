import { element } from '../../../lib/xml-writer.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import { resultDocument } from '../result-document.ts';
import type { S3Call, S3Services } from '../s3-call.ts';

/** What AWS shows of each state; nothing while versioning has never been switched on. */
const shownStates = { unversioned: undefined, enabled: 'Enabled', suspended: 'Suspended' } as const;

export const getBucketVersioning = defineOperation<S3Call, S3Services, undefined, string | undefined>({
  name: 'GetBucketVersioning',
  summary: 'Tells whether the bucket keeps versions.',
  route: { method: 'GET', resource: 'bucket', query: ['versioning'] },
  permissions: [{ action: 'bucket:read-versioning', on: 'bucket' }],
  body: { kind: 'none' },
  mutates: false,
  decode: () => undefined,
  run: async (_services, _input, { bucket }) => shownStates[bucket.versioning],
  encode: (state, call) =>
    resultDocument(call, 'VersioningConfiguration', state === undefined ? '' : element('Status', state)),
});
