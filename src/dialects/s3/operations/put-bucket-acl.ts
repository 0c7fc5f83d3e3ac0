import { defineOperation } from '../../kernel/define-operation.ts';
import { changesBySettingAcl } from '../../kernel/shared-grants.ts';
import { type AclRequest, aclDocument, readAclHeaders } from '../acl-headers.ts';
import { ACL_BODY_BYTES_MAX, chooseAclRequest } from '../acl-request.ts';
import { hasAclsDisabled } from '../object-ownership.ts';
import { refusePublicAcl } from '../public-access.ts';
import type { S3Call, S3Services } from '../s3-call.ts';
import { S3Error } from '../s3-errors.ts';

export const putBucketAcl = defineOperation<S3Call, S3Services, AclRequest | undefined, void>({
  name: 'PutBucketAcl',
  summary:
    'Replaces the access control list of a bucket: by a canned one, by grants in headers, or by a document.',
  route: { method: 'PUT', resource: 'bucket', query: ['acl'] },
  permissions: [{ action: 'bucket:write-acl', on: 'bucket' }],
  body: { kind: 'buffered', bytesMax: ACL_BODY_BYTES_MAX },
  mutates: true,
  decode: (call) => readAclHeaders(call, 'bucket'),
  decodeBody: chooseAclRequest,
  async run({ store, accounts }, request, { bucket }) {
    if (hasAclsDisabled(bucket)) throw new S3Error('AccessControlListNotSupported');
    const acl = await aclDocument(request, { kind: 'bucket', owner: bucket.account }, accounts);
    refusePublicAcl(bucket, acl);
    await store.updateBucket(bucket, { documents: { ...changesBySettingAcl(bucket.documents), acl } });
  },
  encode: () => ({ status: 200, headers: [], body: null }),
});
