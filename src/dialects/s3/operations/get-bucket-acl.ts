import { type Acl, decodeAcl } from '../../../identity/acl.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import { aclContent } from '../acl-xml.ts';
import { loadNamesInAcl } from '../grantees.ts';
import { resultDocument } from '../result-document.ts';
import type { S3Call, S3Services } from '../s3-call.ts';

interface Output {
  readonly acl: Acl;
  readonly names: ReadonlyMap<string, string>;
}

export const getBucketAcl = defineOperation<S3Call, S3Services, undefined, Output>({
  name: 'GetBucketAcl',
  summary: 'Shows the access control list of a bucket, and its owner.',
  route: { method: 'GET', resource: 'bucket', query: ['acl'] },
  permissions: [{ action: 'bucket:read-acl', on: 'bucket' }],
  body: { kind: 'none' },
  mutates: false,
  decode: () => undefined,
  async run({ accounts }, _input, { bucket, flavour }) {
    const acl = decodeAcl(bucket.documents['acl'], bucket.account);
    return { acl, names: await loadNamesInAcl(bucket.account, acl, flavour, accounts) };
  },
  encode: ({ acl, names }, call) =>
    resultDocument(call, 'AccessControlPolicy', aclContent(call.bucket.account, acl, names)),
});
