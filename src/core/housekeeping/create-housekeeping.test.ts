import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeBucket, type OpenedCore, openCore, put, read } from '../../../test/support/open-core.ts';
import { assertNothingLeft } from '../../../test/support/store-invariants.ts';
import { begin, send, settle } from '../../../test/support/upload-calls.ts';
import { epochOfDelta, rangeOfBucket, rangeOfSpace, space } from '../metadata-keys.ts';
import { deleteBucket } from '../operations/delete-bucket.ts';
import { deleteObject } from '../operations/delete-object.ts';
import { getObject } from '../operations/get-object.ts';
import { bucketUsage } from '../usage.ts';
import { createHousekeeping } from './create-housekeeping.ts';
import { createPublishRound } from './publish-round.ts';

const LONG = 'long enough for a blob of its own';

async function housekeepAll({ context }: OpenedCore): Promise<void> {
  const step = createHousekeeping(context);
  while (await step());
}

/** As a second passes in every worker: rounds are published, then housekeeping runs. */
async function tick(housekeeper: OpenedCore, publishers: readonly (() => Promise<void>)[]): Promise<void> {
  for (const publish of publishers) await publish();
  await housekeepAll(housekeeper);
}

test('a replaced blob stays while a request runs that may read it, in whichever worker', async () => {
  const one = openCore();
  const other = openCore({ beside: one });
  const publishers = [one, other].map(({ context }) => createPublishRound(context));
  const bucket = await makeBucket(one.context, 'bucket');
  await put(one.context, bucket, 'key', LONG);
  for (let second = 0; second < 3; second++) await tick(one, publishers);
  const reading = other.context.rounds.begin();
  other.context.metadata.refresh();
  const { body } = await getObject(other.context, { bucket, key: 'key', conditions: {} });
  await put(one.context, bucket, 'key', 'short');
  for (let second = 0; second < 9; second++) await tick(one, publishers);
  assert.equal(one.storage.blobs().length, 1);
  assert.equal((await body.read())?.toString()[0], 'l');
  reading.end();
  for (let second = 0; second < 3; second++) await tick(one, publishers);
  assert.deepEqual(one.storage.blobs(), []);
  assertNothingLeft(one.storage);
});

test('a worker that has published nothing is waited for until it is closed', async () => {
  const one = openCore();
  const silent = openCore({ beside: one });
  const publish = createPublishRound(one.context);
  const bucket = await makeBucket(one.context, 'bucket');
  await put(one.context, bucket, 'key', LONG);
  await put(one.context, bucket, 'key', '');
  for (let second = 0; second < 9; second++) await tick(one, [publish]);
  assert.equal(one.storage.blobs().length, 1);
  silent.engine.crash();
  one.storage.closeEpoch(silent.engine.epoch);
  for (let second = 0; second < 3; second++) await tick(one, [publish]);
  assert.deepEqual(one.storage.blobs(), []);
});

test('blobs that a dead worker had not committed go; those of open workers stay', async () => {
  const one = openCore();
  const dead = openCore({ beside: one });
  const publish = createPublishRound(one.context);
  const bucket = await makeBucket(one.context, 'bucket');
  dead.context.metadata.refresh();
  await put(dead.context, bucket, 'kept', LONG);
  for (const { engine } of [one, dead]) {
    const writer = await engine.blobs.create();
    await writer.write(Buffer.from('on its way'));
    await writer.finish();
  }
  dead.engine.crash();
  one.storage.closeEpoch(dead.engine.epoch);
  for (let second = 0; second < 6; second++) await tick(one, [publish]);
  const epochs = one.storage.blobs().map((blob) => blob.epoch);
  assert.deepEqual(epochs.sort(), [one.engine.epoch, dead.engine.epoch]);
  assert.equal(await read(one.context, bucket, 'kept'), LONG);
  assert.deepEqual(await one.engine.epochs.listClosed(), []);
  one.context.metadata.refresh();
  assert.equal((await one.context.metadata.scan(rangeOfSpace(space.worker), 9)).length, 1);
});

test('counters are exact at every moment while the deltas of ended workers are folded beside writers', async () => {
  for (let seed = 1; seed <= 6; seed++) {
    const faults = { seed, turnsMax: 5, asyncReads: 0.4, conflict: 0.1, views: 'drifting' as const };
    const one = openCore({ faults });
    const workers = [one, openCore({ beside: one }), openCore({ beside: one })];
    const bucket = await makeBucket(one.context, 'bucket');
    for (const { context } of workers) context.metadata.refresh();
    let writing = workers.length;
    const write = async ({ context, engine }: OpenedCore) => {
      for (let count = 0; count < 25; count++) {
        await put(context, bucket, `${engine.epoch} ${count % 7}`, 'x'.repeat(count));
        if (count % 5 === 4) {
          await deleteObject(context, { bucket, key: `${engine.epoch} ${count % 7}`, conditions: {} });
        }
      }
      if (engine !== one.engine) one.storage.closeEpoch(engine.epoch);
      writing -= 1;
    };
    const fold = async ({ context }: OpenedCore) => {
      const step = createHousekeeping(context);
      while (writing > 0) {
        // Writers that back off wait for a turn of the event loop.
        await new Promise(setImmediate);
        await step();
        context.metadata.refresh();
        const usage = await bucketUsage(context, bucket);
        assert.ok(usage.objects >= 0 && usage.objects <= 21 && usage.bytes >= 0, JSON.stringify(usage));
      }
    };
    await Promise.all([...workers.map(write), fold(workers[0]!), fold(workers[1]!)]);
    one.storage.calm();
    one.context.metadata.refresh();
    const heads = await one.context.metadata.scan(rangeOfBucket(space.head, bucket.id), 100);
    const usage = await bucketUsage(one.context, bucket);
    assert.equal(usage.objects, heads.length, `seed ${seed}`);
    await housekeepAll(one);
    one.context.metadata.refresh();
    const deltas = await one.context.metadata.scan(rangeOfBucket(space.delta, bucket.id), 99);
    assert.deepEqual([...new Set(deltas.map(({ key }) => epochOfDelta(key)))], [one.engine.epoch]);
    assert.deepEqual(await bucketUsage(one.context, bucket), usage, `seed ${seed}`);
  }
});

test('nothing is left of a removed bucket, with what was unfinished in it', async () => {
  const one = openCore({ settings: { partBytesMin: 1 } });
  const { context, storage, clock } = one;
  const bucket = await makeBucket(context, 'bucket');
  await put(context, bucket, 'key', LONG);
  await deleteObject(context, { bucket, key: 'key', conditions: {} });
  for (const key of ['a', 'b']) {
    const upload = await begin(context, bucket, key);
    for (let partNumber = 1; partNumber <= 5; partNumber++)
      await send(context, bucket, upload, partNumber, LONG);
  }
  await deleteBucket(context, bucket);
  await settle(clock, createHousekeeping(context), createPublishRound(context));
  assertNothingLeft(storage);
  assert.deepEqual(storage.blobs(), []);
  const spaces = new Set(storage.rows().map((row) => row.key[0]));
  for (const left of [space.upload, space.part, space.usage, space.blobReference, space.bucket]) {
    assert.ok(!spaces.has(left), `space ${left}`);
  }
});

test('a step is bounded, housekeeping says when it is done, and it works on a full disk', async () => {
  const one = openCore();
  const { context, storage } = one;
  const publish = createPublishRound(context);
  const bucket = await makeBucket(context, 'bucket');
  for (let count = 0; count < 150; count++) await put(context, bucket, 'key', `${LONG} ${count}`);
  storage.full = true;
  const step = createHousekeeping(context);
  let steps = 0;
  while (await step()) steps += 1;
  assert.ok(steps > 6 && steps < 60, `${steps} steps`);
  assert.equal(await step(), true, 'a new turn of all jobs begins');
  for (let second = 0; second < 4; second++) await tick(one, [publish]);
  assert.equal(storage.blobs().length, 1);
});
