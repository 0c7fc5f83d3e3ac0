import { defineOperation } from '../../kernel/define-operation.ts';
import type { KeystoneCall, KeystoneServices } from '../keystone-call.ts';
import { jsonResponse } from '../render-json.ts';
import { versionV2, versionV3 } from '../version-documents.ts';

type Render = (identityUrl: string) => object;

function define(name: string, summary: string, resource: string, status: number, render: Render) {
  return defineOperation({
    name,
    summary,
    route: { method: 'GET', resource },
    permissions: 'public',
    body: { kind: 'none' },
    mutates: false,
    decode: (_call: KeystoneCall) => undefined,
    run: ({ whereabouts }: KeystoneServices, _input: undefined, { request }: KeystoneCall) =>
      Promise.resolve(render(whereabouts.identityUrl(request))),
    encode: (document) => jsonResponse(status, document),
  });
}

export const listVersions = define(
  'ListVersions',
  'Lists the versions of the identity API.',
  '/',
  300,
  (url) => ({ versions: { values: [versionV3(url), versionV2(url)] } }),
);

export const showVersionV2 = define('ShowVersionV2', 'Describes version 2.0.', '/v2.0', 200, (url) => ({
  version: versionV2(url),
}));

export const showVersionV3 = define('ShowVersionV3', 'Describes version 3.', '/v3', 200, (url) => ({
  version: versionV3(url),
}));

export const listExtensions = define(
  'ListExtensions',
  'Lists the extensions of version 2.0: none.',
  '/v2.0/extensions',
  200,
  () => ({ extensions: { values: [] } }),
);
