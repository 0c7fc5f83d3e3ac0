/**
 * PutObjectRetention. A retention gets longer; a shorter one, another mode or none takes the governance mode, the header
 * `x-amz-bypass-governance-retention` and the permission for it.
 */
import type { VersionId } from '../../../core/model.ts';
import type { RetentionRequest } from '../../../core/protection.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import { bypassesGovernance, confirmObjectLock, readRetentionDocument } from '../object-lock.ts';
import type { S3Call, S3Services } from '../s3-call.ts';
import { readVersionId } from '../version-id.ts';

const BODY_BYTES_MAX = 64 * 1024;

interface Input {
  readonly addressed: { readonly versionId?: VersionId };
  readonly retention: RetentionRequest | null;
}

export const putObjectRetention = defineOperation<S3Call, S3Services, Input, void>({
  name: 'PutObjectRetention',
  summary: 'Sets until when an object or one of its versions is retained.',
  route: { method: 'PUT', resource: 'object', query: ['retention'] },
  permissions: [{ action: 'object:write-retention', on: 'object' }],
  body: { kind: 'buffered', bytesMax: BODY_BYTES_MAX },
  mutates: true,
  decode: (call) => ({ addressed: readVersionId(call), retention: null }),
  decodeBody: (body, { addressed }) => ({ addressed, retention: readRetentionDocument(body) }),
  async run({ store }, { addressed, retention }, call) {
    const { bucket, key } = call;
    confirmObjectLock(bucket);
    const bypassGovernance = bypassesGovernance(call, key, addressed.versionId);
    const change = { kind: 'retention', retention, bypassGovernance } as const;
    await store.protectObject({ bucket, key, ...addressed, change });
  },
  encode: () => ({ status: 200, headers: [], body: null }),
});
