/**
 * PutBucketPolicy (Amazon S3 API Reference). Stored as sent. Only identities of the bucket's own account may, also when the
 * policy allows others: 405, as at AWS. A policy that would keep its writer from changing it again needs
 * `x-amz-confirm-remove-self-bucket-access: true`; the root user of the account always may.
 */
import { POLICY_BYTES_MAX, parsePolicy } from '../../../identity/policies.ts';
import { PolicyError } from '../../../identity/policy-error.ts';
import { isPublicPolicy } from '../../../identity/public-policies.ts';
import { parseScpPolicy } from '../../../identity/scp-policies.ts';
import { isScpPolicy } from '../../../identity/scp-policy-documents.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import { decideOnBucket } from '../authorise-call.ts';
import { POLICY_DOCUMENT, refuseOtherAccounts } from '../bucket-policy.ts';
import { publicAccessBlockOf } from '../public-access.ts';
import type { S3Call, S3Services } from '../s3-call.ts';
import { S3Error } from '../s3-errors.ts';

/** More than a policy may have, so that one that is too long is told so. */
const BODY_BYTES_MAX = 16 * POLICY_BYTES_MAX;

interface Input {
  readonly text: string;
  readonly isPublic: boolean;
  readonly mayRemoveOwnAccess: boolean;
}

export const putBucketPolicy = defineOperation<S3Call, S3Services, Input, void>({
  name: 'PutBucketPolicy',
  summary:
    'Replaces the policy of a bucket, a document in the policy language of AWS or, in that flavour, of Samsung Cloud.',
  route: { method: 'PUT', resource: 'bucket', query: ['policy'] },
  permissions: [{ action: 'bucket:write-policy', on: 'bucket' }],
  body: { kind: 'buffered', bytesMax: BODY_BYTES_MAX },
  mutates: true,

  decode({ request: { headers } }) {
    const confirmed = headers.get('x-amz-confirm-remove-self-bucket-access')?.toLowerCase() === 'true';
    return { text: '', isPublic: false, mayRemoveOwnAccess: confirmed };
  },

  decodeBody(body, input, call) {
    refuseOtherAccounts(call);
    const text = readText(body);
    try {
      const kind = { kind: 'bucket', bucket: call.bucket.name } as const;
      const isOfScp = call.flavour.bucketPolicyLanguages.includes('scp') && isScpPolicy(text);
      const policy = isOfScp ? parseScpPolicy(text, kind) : parsePolicy(text, kind);
      return { ...input, text, isPublic: isPublicPolicy(policy) };
    } catch (error) {
      if (!(error instanceof PolicyError)) throw error;
      const { detail, message } = error;
      throw new S3Error('MalformedPolicy', { ...(detail !== undefined && { Detail: detail }) }, message);
    }
  },

  async run({ store }, { text, isPublic, mayRemoveOwnAccess }, call) {
    const { bucket } = call;
    if (isPublic && publicAccessBlockOf(bucket)?.has('BlockPublicPolicy') === true) {
      const reason = 'Access Denied: the public access block of the bucket refuses public policies.';
      throw new S3Error('AccessDenied', {}, reason);
    }
    const changed = { ...bucket, documents: { ...bucket.documents, [POLICY_DOCUMENT]: text } };
    if (!mayRemoveOwnAccess && !decideOnBucket(call, 'bucket:write-policy', changed).allowed) {
      const reason =
        'Access Denied: the policy would keep you from changing it again. Confirm that with the header ' +
        'x-amz-confirm-remove-self-bucket-access: true.';
      throw new S3Error('AccessDenied', {}, reason);
    }
    await store.updateBucket(bucket, { documents: { [POLICY_DOCUMENT]: text } });
  },

  encode: () => ({ status: 204, headers: [], body: null }),
});

function readText(body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    throw new S3Error('MalformedPolicy', {}, 'This policy contains invalid Json: it is not UTF-8');
  }
}
