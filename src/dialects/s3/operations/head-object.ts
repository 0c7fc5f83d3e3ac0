import { defineOperation } from '../../kernel/define-operation.ts';
import { confirmAccess } from '../authorise-call.ts';
import {
  decodeReadObject,
  findPart,
  heedIfRange,
  type ReadObject,
  type ReadObjectInput,
  readObjectHeaders,
  sizeOf,
} from '../read-object.ts';
import type { S3Call, S3Services } from '../s3-call.ts';

export const headObject = defineOperation<S3Call, S3Services, ReadObjectInput, ReadObject>({
  name: 'HeadObject',
  summary: 'Answers what GetObject would, without the bytes.',
  route: { method: 'HEAD', resource: 'object' },
  permissions: [{ action: 'object:read', on: 'object' }],
  body: { kind: 'none' },
  mutates: false,

  decode: decodeReadObject,

  async run({ store }, input, call) {
    const { bucket, key } = call;
    let { target } = input;
    if (input.ifRange !== undefined) {
      const { range: _whole, ...whole } = target;
      target = heedIfRange(input, await store.headObject({ bucket, key, ...whole }));
    }
    const found = await store.headObject({ bucket, key, ...target });
    confirmAccess(call, 'object:read', found.version);
    return { input, found, part: await findPart(store, call, input, found) };
  },

  encode: (output, call) => ({
    status: output.found.selected === undefined ? 200 : 206,
    headers: readObjectHeaders(output, call),
    body: null,
    contentLength: sizeOf(output.found),
  }),
});
