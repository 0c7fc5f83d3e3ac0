/**
 * PutBucketOwnershipControls. ACLs are only switched off where the bucket's grants nothing to others, so that nobody loses
 * access unawares (Amazon S3 User Guide, "Prerequisites for disabling ACLs"). Objects keep their owners.
 */
import type { Bucket } from '../../../core/model.ts';
import { decodeAcl } from '../../../identity/acl.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import { hasAclsDisabled, OWNERSHIP_DOCUMENT, ownershipRules } from '../object-ownership.ts';
import { readXml, required, xmlObject, xmlToken } from '../parse-xml.ts';
import type { S3Call, S3Services } from '../s3-call.ts';
import { S3Error } from '../s3-errors.ts';

const BODY_BYTES_MAX = 64 * 1024;

const controls = xmlObject({ Rule: required(xmlObject({ ObjectOwnership: required(xmlToken) })) });

export const putBucketOwnershipControls = defineOperation<S3Call, S3Services, string, void>({
  name: 'PutBucketOwnershipControls',
  summary: 'Says who owns the objects that others write into the bucket, and whether it has ACLs.',
  route: { method: 'PUT', resource: 'bucket', query: ['ownershipControls'] },
  permissions: [{ action: 'bucket:write-ownership-controls', on: 'bucket' }],
  body: { kind: 'buffered', bytesMax: BODY_BYTES_MAX },
  mutates: true,

  decode: () => '',

  decodeBody(body) {
    if (body.length === 0) throw new S3Error('MissingRequestBodyError');
    const rule = readXml(body, 'OwnershipControls', controls).Rule.ObjectOwnership;
    if (!ownershipRules.includes(rule)) throw new S3Error('MalformedXML');
    return rule;
  },

  async run({ store }, rule, { bucket }) {
    const documents = { [OWNERSHIP_DOCUMENT]: rule };
    if (hasAclsDisabled({ documents }) && grantsToOthers(bucket)) {
      throw new S3Error('InvalidBucketAclWithObjectOwnership');
    }
    await store.updateBucket(bucket, { documents });
  },

  encode: () => ({ status: 200, headers: [], body: null }),
});

function grantsToOthers({ documents, account }: Bucket): boolean {
  return decodeAcl(documents['acl'], account).grants.some(
    ({ grantee }) => grantee.kind === 'group' || grantee.account !== account,
  );
}
