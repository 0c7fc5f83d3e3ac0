import { defineOperation } from '../../kernel/define-operation.ts';
import type { WireResponse } from '../../kernel/wire.ts';
import type { SwiftCall, SwiftServices } from '../swift-call.ts';
import { SwiftError } from '../swift-errors.ts';
import { acceptForm } from '../upload-form.ts';

export const postForm = defineOperation<SwiftCall, SwiftServices, undefined, WireResponse>({
  name: 'PostForm',
  summary: 'Stores the files of an HTML form that a key of the account or the container has signed.',
  route: { method: 'POST', resource: 'form' },
  // The signature of the form says what may be written; it stands in the body.
  permissions: [{ action: 'object:write', on: 'each-object' }],
  body: { kind: 'stream' },
  mutates: true,
  decode: () => undefined,
  async run(services, _input, call) {
    if (!call.hasBucket) throw new SwiftError(404);
    return acceptForm(services, call, services.tempUrlDigests);
  },
  encode: (response) => response,
});
