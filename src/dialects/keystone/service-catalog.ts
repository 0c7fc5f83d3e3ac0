/** What a token is good for and where: the same facts in the forms of v2.0 and v3. */
import { createHash } from 'node:crypto';
import type { TokenRecord } from '../../identity/tokens.ts';
import type { WireRequest } from '../kernel/wire.ts';
import type { Whereabouts } from './keystone-call.ts';

interface Service {
  readonly type: string;
  readonly name: string;
  readonly endpoints: readonly { readonly region: string; readonly url: string }[];
}

const interfaces = ['public', 'internal', 'admin'] as const;

/** Identity under every region's name, so that clients that choose a region find it. Nothing for an unscoped token. */
function servicesFor(
  { principal, isScoped }: TokenRecord,
  version: 'v2.0' | 'v3',
  whereabouts: Whereabouts,
  request: WireRequest,
): readonly Service[] {
  if (!isScoped) return [];
  const identityUrl = `${whereabouts.identityUrl(request)}/${version}`;
  const storages = whereabouts.storageUrls(request);
  return [
    {
      type: 'identity',
      name: 'keystone',
      endpoints: storages.map(({ region }) => ({ region, url: identityUrl })),
    },
    {
      type: 'object-store',
      name: 'swift',
      endpoints: storages.map(({ region, url }) => ({
        region,
        url: `${url}/v1/AUTH_${principal.account.id}`,
      })),
    },
  ];
}

export function catalogV2(token: TokenRecord, whereabouts: Whereabouts, request: WireRequest) {
  return servicesFor(token, 'v2.0', whereabouts, request).map(({ type, name, endpoints }) => ({
    type,
    name,
    endpoints: endpoints.map(({ region, url }) => ({
      region,
      publicURL: url,
      internalURL: url,
      adminURL: url,
      id: idOf(type, region),
    })),
    endpoints_links: [],
  }));
}

export function catalogV3(token: TokenRecord, whereabouts: Whereabouts, request: WireRequest) {
  return servicesFor(token, 'v3', whereabouts, request).map(({ type, name, endpoints }) => ({
    type,
    name,
    id: idOf(type),
    endpoints: endpoints.flatMap(({ region, url }) =>
      interfaces.map((kind) => ({
        id: idOf(type, region, kind),
        interface: kind,
        region,
        region_id: region,
        url,
      })),
    ),
  }));
}

/** The same on every server and at every time. */
function idOf(...parts: readonly string[]): string {
  return createHash('sha256').update(parts.join(' ')).digest('hex').slice(0, 32);
}
