/** What needs no account: is the server there, and what can it do (nhn-openstack.md, sections 2.1 and 21.5). */
import { defineOperation } from '../../kernel/define-operation.ts';
import type { SwiftCall, SwiftServices } from '../swift-call.ts';

const common = {
  permissions: 'public',
  body: { kind: 'none' },
  mutates: false,
  decode: () => undefined,
} as const;

const infoOf = async ({ info }: SwiftServices) => info;

const encodeInfo = (info: Readonly<Record<string, unknown>>) => ({
  status: 200,
  headers: ['Content-Type', 'application/json; charset=UTF-8', 'Access-Control-Allow-Origin', '*'],
  body: JSON.stringify(info),
});

const encodeHealth = () => ({ status: 200, headers: ['Content-Type', 'text/plain'], body: 'OK' });

export const getInfo = defineOperation<SwiftCall, SwiftServices, undefined, SwiftServices['info']>({
  ...common,
  name: 'GetInfo',
  summary: 'Tells which features there are and what their limits are.',
  route: { method: 'GET', resource: 'info' },
  run: infoOf,
  encode: encodeInfo,
});

export const headInfo = defineOperation<SwiftCall, SwiftServices, undefined, SwiftServices['info']>({
  ...common,
  name: 'HeadInfo',
  summary: 'As GetInfo, without the document.',
  route: { method: 'HEAD', resource: 'info' },
  run: infoOf,
  encode: encodeInfo,
});

export const checkHealth = defineOperation<SwiftCall, SwiftServices, undefined, undefined>({
  ...common,
  name: 'CheckHealth',
  summary: 'Answers OK.',
  route: { method: 'GET', resource: 'healthcheck' },
  run: async () => undefined,
  encode: encodeHealth,
});

export const headHealth = defineOperation<SwiftCall, SwiftServices, undefined, undefined>({
  ...common,
  name: 'HeadHealth',
  summary: 'As CheckHealth, without a body.',
  route: { method: 'HEAD', resource: 'healthcheck' },
  run: async () => undefined,
  encode: encodeHealth,
});
