import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Action } from './actions.ts';
import { addressLists, cleanAddressList } from './address-lists.ts';

const ask = (action: Action, address: string, lists: { allowed?: string; denied?: string }) =>
  addressLists({
    principal: { kind: 'anonymous' },
    action,
    resource: { account: 'a', addressLists: { allowed: lists.allowed, denied: lists.denied } },
    request: { get: () => address } as never,
  })?.verdict;

test('lists are kept as they are understood', () => {
  assert.equal(cleanAddressList('r10.0.0.0/8, w1.2.3.4'), 'r10.0.0.0/8,w1.2.3.4');
  for (const text of [
    '',
    'x1.2.3.4',
    '1.2.3.4',
    'r1.2.3',
    'r1.2.3.4/33',
    'r::1',
    Array(101).fill('a1.2.3.4').join(),
  ]) {
    assert.equal(cleanAddressList(text), undefined, text);
  }
});

test('who is not allowed is denied, for what the list is about', () => {
  const allowed = 'r10.0.0.0/8';
  assert.equal(ask('object:read', '10.1.1.1', { allowed }), 'silent');
  assert.equal(ask('object:read', '11.1.1.1', { allowed }), 'deny');
  assert.equal(ask('bucket:list-objects', '11.1.1.1', { allowed }), 'deny');
  assert.equal(ask('object:write', '11.1.1.1', { allowed }), 'silent');
  assert.equal(ask('object:write', '11.1.1.1', { allowed: 'a10.0.0.0/8' }), 'deny');
});

test('who is denied is kept out, unless the other list allows them', () => {
  assert.equal(ask('object:delete', '10.1.1.1', { denied: 'w10.0.0.0/8' }), 'deny');
  assert.equal(ask('object:read', '10.1.1.1', { denied: 'w10.0.0.0/8' }), 'silent');
  assert.equal(
    ask('object:delete', '10.1.1.1', { denied: 'w10.0.0.0/8', allowed: 'a10.1.0.0/16' }),
    'silent',
  );
});

test('settings stay open, and without lists there is nothing to say', () => {
  assert.equal(ask('bucket:write-metadata', '1.1.1.1', { allowed: 'a10.0.0.0/8' }), undefined);
  assert.equal(ask('object:read', '1.1.1.1', {}), undefined);
});
