import { defineOperation } from '../../kernel/define-operation.ts';
import { confirmAccess } from '../authorise-call.ts';
import {
  decodeReadObject,
  findPart,
  type ReadObject,
  type ReadObjectInput,
  readObjectHeaders,
  sizeOf,
  targetToRead,
} from '../read-object.ts';
import type { S3Call, S3Services } from '../s3-call.ts';

export const headObject = defineOperation<S3Call, S3Services, ReadObjectInput, ReadObject>({
  name: 'HeadObject',
  summary: 'Answers what GetObject would, without the bytes.',
  route: { method: 'HEAD', resource: 'object' },
  permissions: [{ action: 'object:head', on: 'object' }],
  body: { kind: 'none' },
  mutates: false,

  decode: decodeReadObject,

  async run({ store }, input, call) {
    const target = targetToRead(store, call, input);
    const found = await store.headObject(target instanceof Promise ? await target : target);
    confirmAccess(call, 'object:head', found.version);
    const part = findPart(store, call, input, found);
    return { input, found, part: part instanceof Promise ? await part : part };
  },

  encode: (output, call) => ({
    status: output.found.selected === undefined ? 200 : 206,
    headers: readObjectHeaders(output, call),
    body: null,
    contentLength: sizeOf(output.found),
  }),
});
