import type { DeletedObject, DeleteObjectInput } from '../../../core/object-store.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import { decodeDeleteConditions } from '../conditional-headers.ts';
import { bypassesGovernance } from '../object-lock.ts';
import type { S3Call, S3Services } from '../s3-call.ts';
import { readVersionId } from '../version-id.ts';

type Input = Omit<DeleteObjectInput, 'bucket' | 'key'>;

export const deleteObject = defineOperation<S3Call, S3Services, Input, DeletedObject>({
  name: 'DeleteObject',
  summary: 'Deletes an object or a version; an absent one is deleted already. Conditional with If-Match.',
  route: { method: 'DELETE', resource: 'object' },
  permissions: [{ action: 'object:delete', on: 'object' }],
  body: { kind: 'none' },
  mutates: true,

  decode: (call) => ({
    conditions: decodeDeleteConditions(call.request.headers),
    ...readVersionId(call),
  }),

  run({ store }, input, call) {
    const { bucket, key } = call;
    const bypassGovernance = bypassesGovernance(call, key, input.versionId);
    return store.deleteObject({ bucket, key, bypassGovernance, ...input });
  },

  encode({ versionId, deleteMarker }) {
    const headers: string[] = [];
    if (deleteMarker) headers.push('x-amz-delete-marker', 'true');
    if (versionId !== undefined) headers.push('x-amz-version-id', versionId);
    return { status: 204, headers, body: null };
  },
});
