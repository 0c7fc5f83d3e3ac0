import type { Acl } from '../../../identity/acl.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import { shownBucketAcl } from '../../kernel/shared-grants.ts';
import { aclContent } from '../acl-xml.ts';
import { loadPersonsInAcl, type ShownPerson } from '../grantees.ts';
import { resultDocument } from '../result-document.ts';
import type { S3Call, S3Services } from '../s3-call.ts';

interface Output {
  readonly acl: Acl;
  readonly persons: ReadonlyMap<string, ShownPerson>;
}

export const getBucketAcl = defineOperation<S3Call, S3Services, undefined, Output>({
  name: 'GetBucketAcl',
  summary: 'Shows the access control list of a bucket, and its owner.',
  route: { method: 'GET', resource: 'bucket', query: ['acl'] },
  permissions: [{ action: 'bucket:read-acl', on: 'bucket' }],
  body: { kind: 'none' },
  mutates: false,
  decode: () => undefined,
  async run(services, _input, call) {
    const { bucket } = call;
    const acl = shownBucketAcl(bucket);
    return { acl, persons: await loadPersonsInAcl(bucket.account, acl, services, call) };
  },
  encode: ({ acl, persons }, call) =>
    resultDocument(call, 'AccessControlPolicy', aclContent(call.bucket.account, acl, persons)),
});
