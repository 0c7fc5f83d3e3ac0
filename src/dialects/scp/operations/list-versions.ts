import { defineOperation } from '../../kernel/define-operation.ts';
import { jsonResponse } from '../json-response.ts';
import type { CallableVersion, ScpServiceName } from '../microversions.ts';
import type { ScpCall, ScpServices } from '../scp-call.ts';

/** What can be called, newest first. Without authentication: clients ask before they sign anything. */
function discovery(name: string, service: ScpServiceName) {
  return defineOperation({
    name,
    summary: `Lists the versions of the service \`${service}\`.`,
    route: { method: 'GET', resource: `/${service}` },
    permissions: 'public',
    body: { kind: 'none' },
    mutates: false,
    decode: (_call: ScpCall) => undefined,
    run: ({ microversions }: ScpServices, _input: undefined, { request }: ScpCall) =>
      Promise.resolve(microversions.list(service, request.receivedAtMicros)),
    encode: (versions: readonly CallableVersion[], { serviceUrl }) =>
      jsonResponse(200, {
        versions: versions.map(({ version, notBefore = '', status }) => ({
          id: `v${version}`,
          links: [{ href: `${serviceUrl}/v1`, rel: 'self' }],
          // The official client skips an empty text and fails on anything else that is no date.
          not_before: notBefore,
          status,
        })),
      }),
  });
}

export const listProductVersions = discovery('ListProductVersions', 'product');
export const listStsVersions = discovery('ListStsVersions', 'sts');
export const listIamVersions = discovery('ListIamVersions', 'iam');
