/** PutObjectAcl. Neither bytes nor LastModified change (Amazon S3 API Reference, "PutObjectAcl"). */
import type { ObjectVersion } from '../../../core/model.ts';
import type { GetObjectInput } from '../../../core/object-store.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import { type AclRequest, aclDocument, readAclHeaders } from '../acl-headers.ts';
import { ACL_BODY_BYTES_MAX, chooseAclRequest } from '../acl-request.ts';
import { confirmAccess } from '../authorise-call.ts';
import { pushVersionId } from '../object-headers.ts';
import { hasAclsDisabled } from '../object-ownership.ts';
import { refusePublicAcl } from '../public-access.ts';
import type { S3Call, S3Services } from '../s3-call.ts';
import { S3Error } from '../s3-errors.ts';
import { readVersionId } from '../version-id.ts';

interface Input {
  readonly addressed: Pick<GetObjectInput, 'versionId'>;
  readonly request: AclRequest | undefined;
}

export const putObjectAcl = defineOperation<S3Call, S3Services, Input, ObjectVersion>({
  name: 'PutObjectAcl',
  summary: 'Replaces the access control list of an object or of one of its versions.',
  route: { method: 'PUT', resource: 'object', query: ['acl'] },
  permissions: [{ action: 'object:write-acl', on: 'object' }],
  body: { kind: 'buffered', bytesMax: ACL_BODY_BYTES_MAX },
  mutates: true,
  decode: (call) => ({ addressed: readVersionId(call), request: readAclHeaders(call, 'object') }),
  decodeBody: (body, { addressed, request }, call) => ({
    addressed,
    request: chooseAclRequest(body, request, call),
  }),
  run({ store, accounts }, { addressed, request }, call) {
    const { bucket, key } = call;
    // By the version that gets the list, and no other: its owner is the one the list is for.
    const documents = async (version: ObjectVersion) => {
      confirmAccess(call, 'object:write-acl', version);
      if (hasAclsDisabled(bucket)) throw new S3Error('AccessControlListNotSupported');
      const { owner } = version;
      const acl = await aclDocument(
        request,
        { kind: 'object', owner, bucketOwner: bucket.account },
        accounts,
      );
      refusePublicAcl(bucket, acl);
      return { acl };
    };
    return store.updateObject({ bucket, key, ...addressed, documents });
  },
  encode(version, call) {
    const headers: string[] = [];
    pushVersionId(headers, version, call);
    return { status: 200, headers, body: null };
  },
});
