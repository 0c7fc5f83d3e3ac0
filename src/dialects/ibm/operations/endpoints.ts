/** The directory of endpoints (ibm-cos.md, section 9.9): our own hosts, under the names that IBM has for places. */
import { defineOperation } from '../../kernel/define-operation.ts';
import type { IbmCall, IbmServices } from '../ibm-call.ts';
import { jsonResponse } from '../render-json.ts';

type Group = 'cross-region' | 'regional' | 'single-site';
type Directory = Record<Group, Record<string, object>>;

const CROSS_REGIONS: ReadonlySet<string> = new Set(['us', 'eu', 'ap']);
/** A town and a number. */
const SINGLE_SITE = /^[a-z]{3}\d\d$/;

export const listEndpoints = defineOperation({
  name: 'ListEndpoints',
  summary: 'Names the hosts of this server, for clients that look for their endpoints.',
  route: { method: 'GET', resource: '/v2/endpoints' },
  permissions: 'public',
  body: { kind: 'none' },
  mutates: false,
  decode: (_call: IbmCall) => undefined,
  async run({ whereabouts }: IbmServices, _input: undefined, { request }) {
    const services: Directory = { 'cross-region': {}, regional: {}, 'single-site': {} };
    for (const { location, host } of whereabouts.storageHosts(request)) {
      // One address serves all three networks.
      const hosts = { [location]: host };
      services[groupOf(location)][location] = { public: hosts, private: hosts, direct: hosts };
    }
    const iam = new URL(whereabouts.identityUrl(request)).host;
    return {
      'identity-endpoints': { 'iam-token': iam, 'iam-policy': iam },
      'service-endpoints': services,
    };
  },
  encode: (document) => jsonResponse(200, document, ['Cache-Control', 'max-age=300']),
});

function groupOf(location: string): Group {
  if (CROSS_REGIONS.has(location)) return 'cross-region';
  return SINGLE_SITE.test(location) ? 'single-site' : 'regional';
}
