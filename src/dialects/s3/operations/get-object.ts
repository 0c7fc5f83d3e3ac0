import type { OpenedObject } from '../../../core/object-store.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import { bodyOfOpened } from '../../kernel/opened-body.ts';
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

interface Output extends ReadObject {
  readonly body: OpenedObject['body'];
}

export const getObject = defineOperation<S3Call, S3Services, ReadObjectInput, Output>({
  name: 'GetObject',
  summary: 'Answers an object, a range of its bytes or one of its parts.',
  route: { method: 'GET', resource: 'object' },
  permissions: [{ action: 'object:read', on: 'object' }],
  body: { kind: 'none' },
  mutates: false,

  decode: decodeReadObject,

  async run({ store }, input, call) {
    const target = targetToRead(store, call, input);
    const opened = await store.getObject(target instanceof Promise ? await target : target);
    try {
      confirmAccess(call, 'object:read', opened.version);
      const part = findPart(store, call, input, opened);
      return { input, found: opened, part: part instanceof Promise ? await part : part, body: opened.body };
    } catch (error) {
      await opened.body.close();
      throw error;
    }
  },

  encode(output, call) {
    const { found, body } = output;
    return {
      status: found.selected === undefined ? 200 : 206,
      headers: readObjectHeaders(output, call),
      body: bodyOfOpened(body, sizeOf(found)),
    };
  },
});
