import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BucketCache } from './bucket-cache.ts';

test('a name leads to the bucket of the register and place that are asked for', () => {
  const cache = new BucketCache();
  cache.rememberId('alice', 'KR1', 'data', 1);
  cache.rememberId('bob', 'KR1', 'data', 2);
  cache.rememberId('alice', 'KR2', 'data', 3);
  cache.rememberId(undefined, 'KR1', 'data', 1);
  assert.equal(cache.idOf('alice', 'KR1', 'data'), 1);
  assert.equal(cache.idOf('bob', 'KR1', 'data'), 2);
  assert.equal(cache.idOf('alice', 'KR2', 'data'), 3);
  assert.equal(cache.idOf(undefined, 'KR1', 'data'), 1);
  assert.equal(cache.idOf(undefined, 'KR2', 'data'), undefined);
  assert.equal(cache.idOf('alice', 'KR1', 'other'), undefined);

  cache.rememberId('alice', 'KR1', 'data', 4);
  assert.equal(cache.idOf('alice', 'KR1', 'data'), 4);
  cache.forgetId('alice', 'KR1', 'data');
  assert.equal(cache.idOf('alice', 'KR1', 'data'), undefined);
  assert.equal(cache.idOf('bob', 'KR1', 'data'), 2);
});

test('of very many accounts with buckets of one name, those found last are remembered', () => {
  const cache = new BucketCache();
  for (let id = 0; id < 1000; id++) cache.rememberId(`account ${id}`, 'KR1', 'data', id);
  assert.equal(cache.idOf('account 999', 'KR1', 'data'), 999);
  assert.equal(cache.idOf('account 0', 'KR1', 'data'), undefined);
});
