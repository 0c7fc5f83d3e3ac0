import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Entry } from '../storage/contract/metadata-store.ts';
import { IamVerdictCache } from './iam-verdict-cache.ts';

const keys = ['token', 'key', 'user'].map((name) => Buffer.from(name));

function open(isAsynchronous: boolean) {
  const versions = new Map<string, number>([
    ['token', 1],
    ['user', 2],
  ]);
  const getMany = (asked: readonly Buffer[]) => {
    const entries = asked.map((key): Entry | undefined => {
      const version = versions.get(key.toString());
      return version === undefined ? undefined : { value: key, version };
    });
    return isAsynchronous ? Promise.resolve(entries) : entries;
  };
  return { versions, cache: new IamVerdictCache<string>({ getMany }) };
}

for (const isAsynchronous of [false, true]) {
  test(`a verdict is recalled until it ends or something changes (${isAsynchronous ? 'later' : 'at once'})`, async () => {
    const changes: readonly ((versions: Map<string, number>) => unknown)[] = [
      (versions) => versions.set('user', 3),
      (versions) => versions.delete('token'),
      (versions) => versions.set('key', 4),
    ];
    for (const change of changes) {
      const { versions, cache } = open(isAsynchronous);
      assert.equal(await cache.recall('t', 0), undefined);
      await cache.keep('t', { keys, untilMicros: 10 }, async () => 'good');
      assert.equal(await cache.recall('t', 9), 'good');
      assert.equal(await cache.recall('other', 9), undefined);
      change(versions);
      assert.equal(await cache.recall('t', 9), undefined);
    }
    const { cache } = open(isAsynchronous);
    await cache.keep('t', { keys, untilMicros: 10 }, async () => 'good');
    assert.equal(await cache.recall('t', 10), undefined);
  });
}

test('what changes while the verdict is made is noticed', async () => {
  const { versions, cache } = open(false);
  await cache.keep('t', { keys, untilMicros: 10 }, async () => {
    versions.set('user', 5);
    return 'stale';
  });
  assert.equal(await cache.recall('t', 0), undefined);
});

test('what turns out to be refused is not kept', async () => {
  const { cache } = open(false);
  await cache.keep('t', { keys, untilMicros: 10 }, async () => undefined);
  assert.equal(await cache.recall('t', 0), undefined);
});

test('the oldest goes first', async () => {
  const { cache } = open(false);
  for (let count = 0; count < 2049; count += 1) {
    await cache.keep(`t${count}`, { keys, untilMicros: 10 }, async () => `${count}`);
  }
  assert.equal(await cache.recall('t0', 0), undefined);
  assert.equal(await cache.recall('t1', 0), '1');
  assert.equal(await cache.recall('t2048', 0), '2048');
});
