import { defineOperation } from '../../kernel/define-operation.ts';
import { jsonResponse } from '../json-response.ts';
import type { ScpCall, ScpServices } from '../scp-call.ts';

/**
 * Where every service is (build specification scp.md, section 5.5): the first question of the official client, which then asks each URL
 * for its versions.
 */
export const listEndpoints = defineOperation({
  name: 'ListEndpoints',
  summary: 'Lists where the services and the object store are.',
  route: { method: 'GET', resource: '/iam/v1/endpoints' },
  permissions: [{ action: 'catalog:list-products', on: 'account' }],
  body: { kind: 'none' },
  mutates: false,
  decode: (_call: ScpCall) => undefined,
  run: ({ settings }: ScpServices, _input: undefined, { request, serviceUrl }: ScpCall) => {
    const global = (['iam', 'sts', 'product'] as const).map((service) => ({
      region: settings.region,
      service_name: service,
      service_type: `scp-${service}`,
      url: sibling(serviceUrl, service),
    }));
    const stores = settings.storageUrls(request).map(({ region, url }) => ({
      region,
      service_name: 'object-store',
      service_type: 'object-store',
      url,
    }));
    return Promise.resolve([...global, ...stores]);
  },
  encode: (endpoints) => jsonResponse(200, { endpoints }),
});

/** Beside IAM, as a host name or as a path. */
function sibling(iamUrl: string, service: string): string {
  return iamUrl.endsWith('/iam')
    ? iamUrl.replace(/iam$/, service)
    : iamUrl.replace(/^(https?:\/\/)iam\./i, `$1${service}.`);
}
