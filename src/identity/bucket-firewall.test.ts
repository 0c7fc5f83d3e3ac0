import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Action } from './actions.ts';
import { type BucketFirewall, decodeFirewall, encodeFirewall } from './bucket-firewall.ts';
import { evaluateAccess } from './evaluate-access.ts';
import type { Principal } from './principal.ts';

const ACCOUNT = 'a'.repeat(32);
const owner: Principal = {
  kind: 'user',
  account: { id: ACCOUNT, name: 'a', enabled: true, createdAtMicros: 0 },
  user: {
    id: 'b'.repeat(32),
    accountId: ACCOUNT,
    name: 'root',
    displayName: '',
    email: '',
    isRoot: true,
    enabled: true,
    createdAtMicros: 0,
  },
  isServerAdmin: false,
};

function decide(
  firewall: Partial<BucketFirewall>,
  address: string | undefined,
  action: Action = 'bucket:list-objects',
) {
  const document = { allowedIps: [], deniedIps: [], allowedNetworks: [], ...firewall };
  return evaluateAccess({
    principal: owner,
    action,
    resource: { account: ACCOUNT, bucket: 'bucket', firewall: encodeFirewall(document) },
    request: { get: (key) => (key === 'aws:sourceip' ? address : undefined) },
  });
}

test('lets in whom it names, and nobody else, not even the owner', () => {
  const ranges = { allowedIps: ['192.0.2.0/24', '2001:db8::/32', '198.51.100.7'] };
  for (const address of ['192.0.2.77', '2001:db8::1', '198.51.100.7', '::ffff:192.0.2.1']) {
    assert.equal(decide(ranges, address).allowed, true, address);
  }
  for (const address of ['192.0.3.1', '198.51.100.8', '::1', '', undefined]) {
    const { allowed, trace } = decide(ranges, address);
    assert.equal(allowed, false, address);
    assert.equal(trace.at(-1)?.layer, 'network');
  }
});

test('keeps out whom it names, also of those it lets in', () => {
  const ranges = { allowedIps: ['192.0.2.0/24'], deniedIps: ['192.0.2.128/25'] };
  assert.equal(decide(ranges, '192.0.2.1').allowed, true);
  assert.equal(decide(ranges, '192.0.2.200').allowed, false);
  assert.equal(decide({ deniedIps: ['192.0.2.1'] }, '192.0.2.2').allowed, true);
});

test('tells networks by the address', () => {
  assert.equal(decide({ allowedNetworks: ['private'] }, '10.1.2.3').allowed, true);
  assert.equal(decide({ allowedNetworks: ['direct'] }, '127.0.0.1').allowed, true);
  assert.equal(decide({ allowedNetworks: ['private', 'direct'] }, '192.0.2.1').allowed, false);
  assert.equal(decide({ allowedNetworks: ['public'] }, '192.0.2.1').allowed, true);
  assert.equal(decide({ allowedNetworks: ['public'] }, '10.1.2.3').allowed, true);
});

test('does not hold for what sets it, nor where it says nothing', () => {
  assert.equal(decide({ allowedIps: ['192.0.2.1'] }, '192.0.2.2', 'bucket:write-firewall').allowed, true);
  assert.equal(decide({ allowedIps: ['192.0.2.1'] }, '192.0.2.2', 'object:write').allowed, false);
  assert.equal(decide({}, '192.0.2.2').allowed, true);
});

test('is read back as it was stored', () => {
  const firewall = { allowedIps: ['::1'], deniedIps: [], allowedNetworks: ['public' as const] };
  assert.deepEqual(decodeFirewall(encodeFirewall(firewall)), firewall);
});
