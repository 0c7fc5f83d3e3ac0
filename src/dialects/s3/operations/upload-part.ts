/**
 * UploadPart. The route asks for `uploadId` only, so that a request that forgot its `partNumber` is refused here rather
 * than taken for a PutObject that replaces the object.
 */
import type { UploadedPart } from '../../../core/model.ts';
import type { UploadPartInput } from '../../../core/object-store.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import { decodeBodyInput } from '../body-input.ts';
import { checksumHeaderOf } from '../checksum-headers.ts';
import { readPartNumber } from '../part-number.ts';
import type { S3Call, S3Services } from '../s3-call.ts';

type Input = Pick<UploadPartInput, 'uploadId' | 'partNumber' | 'body'>;

interface Output {
  readonly input: Input;
  readonly part: UploadedPart;
}

export const uploadPart = defineOperation<S3Call, S3Services, Input, Output>({
  name: 'UploadPart',
  summary: 'Stores one part of an upload, replacing an earlier one of its number.',
  route: { method: 'PUT', resource: 'object', query: ['uploadId'] },
  permissions: [{ action: 'object:write', on: 'object' }],
  body: { kind: 'stream' },
  mutates: true,

  decode: (call) => ({
    uploadId: call.query.get('uploadId') ?? '',
    partNumber: readPartNumber(call.query),
    body: decodeBodyInput(call),
  }),

  async run({ store }, input, { bucket, key }) {
    return { input, part: await store.uploadPart({ bucket, key, ...input }) };
  },

  encode({ input: { body }, part }) {
    const headers = ['ETag', `"${part.etagMd5}"`];
    const algorithm = body.expected.checksum?.algorithm ?? body.trailingChecksum?.algorithm;
    if (algorithm !== undefined && part.checksumValue !== undefined) {
      headers.push(checksumHeaderOf(algorithm), part.checksumValue);
    }
    return { status: 200, headers, body: null };
  },
});
