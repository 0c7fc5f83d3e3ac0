import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isInRange, parseIpRange } from './ip-ranges.ts';

const within = (range: string, address: string) => {
  const parsed = parseIpRange(range);
  assert.ok(parsed !== undefined, range);
  return isInRange(parsed, address);
};

test('ranges of both families', () => {
  assert.equal(within('192.0.2.0/24', '192.0.2.255'), true);
  assert.equal(within('192.0.2.0/24', '192.0.3.0'), false);
  assert.equal(within('192.0.2.77', '192.0.2.77'), true);
  assert.equal(within('192.0.2.128/25', '192.0.2.127'), false);
  assert.equal(within('0.0.0.0/0', '203.0.113.1'), true);
  assert.equal(within('2001:db8::/33', '2001:db8:7fff::1'), true);
  assert.equal(within('2001:db8::/33', '2001:db8:8000::1'), false);
  assert.equal(within('::1', '0:0:0:0:0:0:0:1'), true);
  assert.equal(within('::/0', '192.0.2.1'), false, 'another family');
});

test('an IPv4 address inside IPv6 is one, and bits behind the prefix do not count', () => {
  assert.equal(within('192.0.2.0/24', '::ffff:192.0.2.5'), true);
  assert.equal(within('192.0.2.0/24', '::ffff:c000:205'), true);
  assert.equal(within('192.0.2.99/24', '192.0.2.1'), true);
});

test('what is no range, and what is no address', () => {
  for (const text of [
    '',
    '192.0.2',
    '192.0.2.0/33',
    '192.0.2.0/-1',
    '192.0.2.0/',
    '::/129',
    'a',
    '1.2.3.4/a',
  ]) {
    assert.equal(parseIpRange(text), undefined, text);
  }
  assert.equal(within('0.0.0.0/0', 'unix'), false);
});
