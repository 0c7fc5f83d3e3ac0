/** Copies: from the addressed object with COPY, to it with PUT (nhn-openstack.md, section 12). */
import { defineOperation } from '../../kernel/define-operation.ts';
import { decodeCopySource, decodeDestination, type NamedObject } from '../copy-headers.ts';
import { copiedHeaders, copyObject as copy, type FinishedCopy, findOtherEnd } from '../copy-object.ts';
import type { SwiftCall, SwiftServices } from '../swift-call.ts';

const encode = (copied: FinishedCopy) => ({ status: 201, headers: copiedHeaders(copied), body: null });

export const copyObject = defineOperation<SwiftCall, SwiftServices, NamedObject, FinishedCopy>({
  name: 'CopyObject',
  summary: 'Copies the object to where the header Destination says.',
  route: { method: 'COPY', resource: 'object' },
  permissions: [{ action: 'object:read', on: 'object' }],
  body: { kind: 'none' },
  mutates: true,
  decode: ({ request }) => decodeDestination(request.headers),
  async run(services, destination, call) {
    const to = await findOtherEnd(services.store, call, destination, 'object:write');
    return copy(services, call, { bucket: call.bucket, key: call.key }, to);
  },
  encode,
});

export const putObjectCopy = defineOperation<SwiftCall, SwiftServices, NamedObject, FinishedCopy>({
  name: 'PutObjectCopy',
  summary: 'Makes the object as a copy of the one that the header X-Copy-From names.',
  route: { method: 'PUT', resource: 'object', headers: ['x-copy-from'] },
  permissions: [{ action: 'object:write', on: 'object' }],
  body: { kind: 'none' },
  mutates: true,
  decode: ({ request }) => decodeCopySource(request.headers),
  async run(services, source, call) {
    const from = await findOtherEnd(services.store, call, source, 'object:read');
    return copy(services, call, from, { bucket: call.bucket, key: call.key });
  },
  encode,
});
