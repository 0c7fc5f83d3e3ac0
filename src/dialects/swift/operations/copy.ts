/** Copies: from the addressed object with COPY, to it with PUT (nhn-openstack.md, section 12). */
import { defineOperation } from '../../kernel/define-operation.ts';
import { decodeDestination, type NamedObject } from '../copy-headers.ts';
import { copiedHeaders, copyObject as copy, type FinishedCopy, findDestination } from '../copy-object.ts';
import type { SwiftCall, SwiftServices } from '../swift-call.ts';
import { addressedVersion } from '../version-ids.ts';

const encode = (copied: FinishedCopy) => ({ status: 201, headers: copiedHeaders(copied), body: null });

export const copyObject = defineOperation<SwiftCall, SwiftServices, NamedObject, FinishedCopy>({
  name: 'CopyObject',
  summary: 'Copies the object to where the header Destination says.',
  route: { method: 'COPY', resource: 'object' },
  permissions: [{ action: 'object:read', on: 'object' }],
  body: { kind: 'none' },
  mutates: true,
  decode: ({ request }) => decodeDestination(request.headers),
  run(services, destination, call) {
    const from = { bucket: call.bucket, key: call.key, ...addressedVersion(call) };
    return copy(services, call, from, () => findDestination(services.store, call, destination));
  },
  encode,
});

export const putObjectCopy = defineOperation<SwiftCall, SwiftServices, undefined, FinishedCopy>({
  name: 'PutObjectCopy',
  summary: 'Makes the object as a copy of the one that the header X-Copy-From names.',
  route: { method: 'PUT', resource: 'object', headers: ['x-copy-from'] },
  permissions: [
    { action: 'object:read', on: 'source' },
    { action: 'object:write', on: 'object' },
  ],
  body: { kind: 'none' },
  mutates: true,
  decode: () => undefined,
  run: (services, _input, call) =>
    copy(services, call, call.copySource, async () => ({ bucket: call.bucket, key: call.key })),
  encode,
});
