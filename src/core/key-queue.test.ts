import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KeyQueue } from './key-queue.ts';

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

test('writers of one key take turns, in the order in which they came', async () => {
  const queue = new KeyQueue();
  const log: string[] = [];
  const write = (name: string) =>
    queue.run(1, 'key', async () => {
      log.push(`${name} begins`);
      await turn();
      log.push(`${name} ends`);
      return name;
    });
  assert.deepEqual(await Promise.all([write('a'), write('b'), write('c')]), ['a', 'b', 'c']);
  assert.deepEqual(log, ['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
});

test('writers of other keys and buckets do not wait', async () => {
  const queue = new KeyQueue();
  let release = () => {};
  const held = queue.run(1, 'key', () => new Promise<void>((resolve) => (release = resolve)));
  assert.equal(await queue.run(1, 'other', async () => 'done'), 'done');
  assert.equal(await queue.run(2, 'key', async () => 'done'), 'done');
  release();
  await held;
});

test('a writer that fails lets the next one in', async () => {
  const queue = new KeyQueue();
  const failing = queue.run(1, 'key', async () => {
    await turn();
    throw new Error('no');
  });
  const next = queue.run(1, 'key', async () => 'done');
  await assert.rejects(failing, /no/);
  assert.equal(await next, 'done');
});

test('those who share and wait together are led by the last of them', async () => {
  const queue = new KeyQueue();
  const first = await queue.enterShared<string>(1, 'key');
  assert.equal(first.kind, 'lead');
  const waiting = ['b', 'c', 'd'].map(() => queue.enterShared<string>(1, 'key'));
  const alone = queue.run(1, 'key', async () => 'alone');
  const later = queue.enterShared<string>(1, 'key');
  if (first.kind === 'lead') first.settle('first');
  const lead = await waiting[2]!;
  assert.ok(lead.kind === 'lead');
  assert.equal(lead.absorbedCount, 2);
  lead.settle('led');
  assert.deepEqual(await waiting[0], { kind: 'absorbed', outcome: 'led', distance: 2 });
  assert.deepEqual(await waiting[1], { kind: 'absorbed', outcome: 'led', distance: 1 });
  assert.equal(await alone, 'alone');
  const last = await later;
  assert.ok(last.kind === 'lead');
  assert.equal(last.absorbedCount, 0);
  last.settle('last');
});

test('those who were absorbed fail with their leader, and the key is free again', async () => {
  const queue = new KeyQueue();
  const first = await queue.enterShared<string>(1, 'key');
  const absorbed = queue.enterShared<string>(1, 'key');
  const leading = queue.enterShared<string>(1, 'key');
  if (first.kind === 'lead') first.settle('first');
  const lead = await leading;
  const rejected = assert.rejects(absorbed, /disk/);
  if (lead.kind === 'lead') lead.fail(new Error('disk'));
  await rejected;
  assert.equal(await queue.run(1, 'key', async () => 'done'), 'done');
});
