import { defineOperation } from '../../kernel/define-operation.ts';
import type { KeystoneCall, KeystoneServices } from '../keystone-call.ts';
import { jsonResponse, listLinks } from '../render-json.ts';
import { catalogV2, catalogV3 } from '../service-catalog.ts';

export const listTokenEndpoints = defineOperation({
  name: 'ListTokenEndpoints',
  summary: 'Lists the endpoints that a token opens.',
  route: { method: 'GET', resource: '/v2.0/tokens/{token}/endpoints' },
  permissions: [{ action: 'identity:read', on: 'account' }],
  body: { kind: 'none' },
  mutates: false,
  decode: (_call: KeystoneCall) => undefined,
  run: ({ whereabouts }: KeystoneServices, _input: undefined, { subject, request }) =>
    Promise.resolve(catalogV2(subject.record, whereabouts, request)),
  encode: (services) =>
    jsonResponse(200, {
      endpoints: services.flatMap(({ type, name, endpoints }) =>
        endpoints.map((endpoint) => ({ ...endpoint, type, name })),
      ),
      endpoints_links: [],
    }),
});

export const showCatalog = defineOperation({
  name: 'ShowCatalog',
  summary: "Shows the service catalogue of the caller's token.",
  route: { method: 'GET', resource: '/v3/auth/catalog' },
  permissions: [{ action: 'identity:read', on: 'account' }],
  body: { kind: 'none' },
  mutates: false,
  decode: (_call: KeystoneCall) => undefined,
  run: ({ whereabouts }: KeystoneServices, _input: undefined, { held, request }) =>
    Promise.resolve({
      catalog: catalogV3(held.record, whereabouts, request),
      links: listLinks(`${whereabouts.identityUrl(request)}/v3/auth/catalog`),
    }),
  encode: (document) => jsonResponse(200, document),
});
