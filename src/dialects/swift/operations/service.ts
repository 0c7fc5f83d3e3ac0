/** What needs no account: is the server there, and what can it do (nhn-openstack.md, sections 2.1 and 21.5). */
import { defineOperation } from '../../kernel/define-operation.ts';
import type { SwiftCall, SwiftServices } from '../swift-call.ts';
import { swiftInfo } from '../swift-info.ts';

const common = {
  permissions: 'public',
  body: { kind: 'none' },
  mutates: false,
  decode: () => undefined,
  run: async () => undefined,
} as const;

const encodeInfo = () => ({
  status: 200,
  headers: ['Content-Type', 'application/json; charset=UTF-8', 'Access-Control-Allow-Origin', '*'],
  body: JSON.stringify(swiftInfo()),
});

const encodeHealth = () => ({ status: 200, headers: ['Content-Type', 'text/plain'], body: 'OK' });

export const getInfo = defineOperation<SwiftCall, SwiftServices, undefined, undefined>({
  ...common,
  name: 'GetInfo',
  summary: 'Tells which features there are and what their limits are.',
  route: { method: 'GET', resource: 'info' },
  encode: encodeInfo,
});

export const headInfo = defineOperation<SwiftCall, SwiftServices, undefined, undefined>({
  ...common,
  name: 'HeadInfo',
  summary: 'As GetInfo, without the document.',
  route: { method: 'HEAD', resource: 'info' },
  encode: encodeInfo,
});

export const checkHealth = defineOperation<SwiftCall, SwiftServices, undefined, undefined>({
  ...common,
  name: 'CheckHealth',
  summary: 'Answers OK.',
  route: { method: 'GET', resource: 'healthcheck' },
  encode: encodeHealth,
});

export const headHealth = defineOperation<SwiftCall, SwiftServices, undefined, undefined>({
  ...common,
  name: 'HeadHealth',
  summary: 'As CheckHealth, without a body.',
  route: { method: 'HEAD', resource: 'healthcheck' },
  encode: encodeHealth,
});
