import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { wireRequest } from '../../test/support/wire-request.ts';
import { loadConfig } from '../config/load-config.ts';
import { createWhereabouts } from './whereabouts.ts';

const bound = {
  storage: { host: '127.0.0.1', port: 19000 },
  control: { host: '127.0.0.1', port: 19001 },
  regions: { KR2: { host: '127.0.0.1', port: 19002 } },
};

function seen(
  environment: Record<string, string>,
  clientOrigin = 'http://127.0.0.1:19001',
  addresses = bound,
) {
  const { config } = loadConfig({
    flags: new Map(),
    environment,
    processorCores: 1,
    workingDirectory: '/data',
  });
  const whereabouts = createWhereabouts(config, () => addresses);
  const request = { ...wireRequest({ at: new Date(0) }), clientOrigin };
  return {
    identity: whereabouts.identityUrl(request),
    storage: whereabouts.storageUrls(request).map(({ region, url }) => `${region} ${url}`),
  };
}

describe('the service catalogue names', () => {
  it('the addresses the server listens on', () => {
    assert.deepEqual(seen({ GOTGAN_REGIONS: 'KR1,KR2=127.0.0.1:0,JP1=jp1.example.com' }), {
      identity: 'http://127.0.0.1:19001',
      storage: [
        'KR1 http://127.0.0.1:19000',
        'KR2 http://127.0.0.1:19002',
        'JP1 http://jp1.example.com:19000',
      ],
    });
  });

  it('the public endpoints', () => {
    const environment = {
      GOTGAN_REGIONS: 'KR1,JP1=jp1.example.com',
      GOTGAN_PUBLIC_ENDPOINTS: 'storage=https://kr1.example.com/files,control=https://identity.example.com',
    };
    assert.deepEqual(seen(environment), {
      identity: 'https://identity.example.com',
      storage: ['KR1 https://kr1.example.com/files', 'JP1 https://jp1.example.com/files'],
    });
  });

  it('the host by which the client has found the server, where it listens on all interfaces', () => {
    const everywhere = { ...bound, storage: { host: '0.0.0.0', port: 19000 } };
    assert.deepEqual(seen({}, 'http://storage.local:19001', everywhere).storage, [
      'KR1 http://storage.local:19000',
    ]);
    assert.deepEqual(seen({}, 'http://[fd00::1]:19001', everywhere).storage, ['KR1 http://[fd00::1]:19000']);
  });

  it('nothing that a Host field has smuggled in', () => {
    assert.equal(seen({}, 'http://evil"/><script>').identity, '');
    const everywhere = { ...bound, storage: { host: '0.0.0.0', port: 19000 } };
    assert.doesNotMatch(seen({}, 'http://evil"/><script>', everywhere).storage.join(), /script|"/);
  });
});
