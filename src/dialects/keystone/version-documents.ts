/** What tells a client which versions there are (keystoneauth's discovery reads these). */

const UPDATED = '2020-04-07T00:00:00Z';

export function versionV2(identityUrl: string) {
  return versionOf('v2.0', 'deprecated', `${identityUrl}/v2.0/`);
}

export function versionV3(identityUrl: string) {
  return versionOf('v3.14', 'stable', `${identityUrl}/v3/`);
}

function versionOf(id: string, status: string, href: string) {
  const media = `application/vnd.openstack.identity-${id === 'v2.0' ? id : 'v3'}+json`;
  return {
    id,
    status,
    updated: UPDATED,
    links: [{ rel: 'self', href }],
    'media-types': [{ base: 'application/json', type: media }],
  };
}
