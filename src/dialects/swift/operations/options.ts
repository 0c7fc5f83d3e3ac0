/** What may be asked for, and by pages of which origins (nhn-openstack.md, section 17). Needs no token. */
import { CoreError } from '../../../core/core-errors.ts';
import type { Bucket } from '../../../core/model.ts';
import { defineOperation, type Operation } from '../../kernel/define-operation.ts';
import { preflightHeaders } from '../cross-origin.ts';
import type { SwiftCall, SwiftServices } from '../swift-call.ts';
import { SwiftError } from '../swift-errors.ts';

const ofContainer = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'POST', 'PUT'];
const ofObject = ['COPY', ...ofContainer];
const ofService = ['GET', 'HEAD', 'OPTIONS'];

export const optionsOperations: readonly Operation<SwiftCall, SwiftServices>[] = [
  options('OptionsInfo', 'info', ofService),
  options('OptionsAccount', 'account', ofContainer),
  options('OptionsContainer', 'container', ofContainer),
  options('OptionsObject', 'object', ofObject),
];

function options(
  name: string,
  resource: 'info' | 'account' | 'container' | 'object',
  methods: readonly string[],
): Operation<SwiftCall, SwiftServices> {
  const allow = ['Allow', methods.join(', ')];
  return defineOperation<SwiftCall, SwiftServices, undefined, string[]>({
    name,
    summary:
      resource === 'container' || resource === 'object'
        ? "Tells the methods, and answers the preflight of a browser by the container's CORS configuration."
        : 'Tells the methods.',
    route: { method: 'OPTIONS', resource },
    permissions: 'public',
    body: { kind: 'none' },
    mutates: false,
    decode: () => undefined,
    async run({ store }, _input, call) {
      const { request } = call;
      if (!request.headers.has('origin')) return [];
      const bucket = call.containerName === '' ? undefined : await findContainer(store, call);
      const headers = bucket === undefined ? undefined : preflightHeaders(request, bucket, methods);
      if (headers === undefined) throw new SwiftError(401, undefined, allow);
      return headers;
    },
    encode: (headers) => ({ status: 200, headers: [...allow, ...headers], body: null }),
  });
}

/** Undefined when it is not there: a page is told no more than that it may not. */
async function findContainer(store: SwiftServices['store'], call: SwiftCall): Promise<Bucket | undefined> {
  const { place, containerName: name, account } = call;
  try {
    return await store.findBucket({ caller: undefined, place, name, account });
  } catch (error) {
    if (error instanceof CoreError && error.code === 'NoSuchBucket') return undefined;
    throw error;
  }
}
