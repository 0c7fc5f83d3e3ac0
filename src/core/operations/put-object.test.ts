import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkBucket } from '../../../test/support/check-bucket.ts';
import {
  bodyOf,
  failsWith,
  makeBucket,
  openCore,
  put,
  read,
  readToEnd,
  switchVersioning,
} from '../../../test/support/open-core.ts';
import { rangeOfSpace, space } from '../metadata-keys.ts';
import { etagOf, type ObjectVersion } from '../model.ts';
import { deleteBucket } from './delete-bucket.ts';
import { getObject } from './get-object.ts';
import { listVersions } from './list-versions.ts';

const LONG = 'long enough for a blob of its own';

test('what was put is what is read, inline, as a blob and empty', async () => {
  const { context, storage } = openCore();
  const bucket = await makeBucket(context, 'bucket');
  for (const text of ['', 'short', LONG]) {
    const version = await put(context, bucket, `key ${text}`, text);
    assert.equal(version.size, text.length);
    assert.equal(await read(context, bucket, `key ${text}`), text);
  }
  assert.equal(storage.blobs().length, 1);
  checkBucket(storage, bucket);
});

test('a replaced body goes: inline at once, a blob as a candidate', async () => {
  const { context, storage } = openCore();
  const bucket = await makeBucket(context, 'bucket');
  for (const text of ['short', LONG, 'other', LONG, '']) {
    await put(context, bucket, 'key', text);
    checkBucket(storage, bucket);
  }
  const candidates = await context.metadata.scan(rangeOfSpace(space.candidate), 10);
  assert.equal(candidates.length, 2);
});

test('sequences grow by the clock, or by one when the clock does not', async () => {
  const { context, clock } = openCore();
  const bucket = await makeBucket(context, 'bucket');
  const first = await put(context, bucket, 'key');
  assert.equal(first.sequence, clock.micros);
  assert.equal(first.lastModifiedMicros, clock.micros);
  clock.micros -= 5_000_000;
  assert.equal((await put(context, bucket, 'key')).sequence, first.sequence + 1);
  clock.micros += 10_000_000;
  assert.equal((await put(context, bucket, 'key')).sequence, clock.micros);
});

test('conditions are decided by what the key holds', async () => {
  const { context, storage } = openCore();
  const bucket = await makeBucket(context, 'bucket');
  await assert.rejects(
    put(context, bucket, 'key', LONG, { ifMatch: '*' }),
    failsWith('ConditionNeedsObject'),
  );
  const first = await put(context, bucket, 'key', LONG, { ifNoneMatch: '*' });
  await assert.rejects(
    put(context, bucket, 'key', LONG, { ifNoneMatch: '*' }),
    failsWith('PreconditionFailed'),
  );
  await assert.rejects(
    put(context, bucket, 'key', LONG, { ifMatch: ['x'] }),
    failsWith('PreconditionFailed'),
  );
  await put(context, bucket, 'key', 'new', { ifMatch: [etagOf(first)] });
  assert.equal(await read(context, bucket, 'key'), 'new');
  checkBucket(storage, bucket);
});

test('a put that fails its condition is answered before its body is read', async () => {
  const { context } = openCore();
  const bucket = await makeBucket(context, 'bucket');
  await put(context, bucket, 'key');
  const body = { ...bodyOf(), source: { read: () => assert.fail('the body was read') } };
  await assert.rejects(
    put(context, bucket, 'key', body, { ifNoneMatch: '*' }),
    failsWith('PreconditionFailed'),
  );
});

test('of many that want to create a key one does, also across workers', async () => {
  for (const text of ['short', LONG]) {
    const core = openCore({ faults: { seed: 3, turnsMax: 6, conflict: 0.1, unknownCommitted: 0.1 } });
    const workers = [core, openCore({ beside: core }), openCore({ beside: core })];
    const bucket = await makeBucket(core.context, 'bucket');
    for (const { context } of workers) context.metadata.refresh();
    const outcomes = await Promise.allSettled(
      Array.from({ length: 24 }, (_, index) =>
        put(workers[index % 3]!.context, bucket, 'key', `${text} ${index}`, { ifNoneMatch: '*' }),
      ),
    );
    const winners = outcomes.flatMap((outcome, index) => (outcome.status === 'fulfilled' ? [index] : []));
    assert.equal(winners.length, 1);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') assert.equal(outcome.reason.code, 'PreconditionFailed');
    }
    assert.equal(await read(core.context, bucket, 'key'), `${text} ${winners[0]}`);
    assert.equal(core.storage.blobs().length, text === LONG ? 1 : 0);
    checkBucket(core.storage, bucket);
  }
});

test('compare and swap loses no update', async () => {
  const core = openCore({ faults: { seed: 5, turnsMax: 6, unknownCommitted: 0.1, unknownLost: 0.1 } });
  const workers = [core, openCore({ beside: core })];
  const bucket = await makeBucket(core.context, 'bucket');
  await put(core.context, bucket, 'key', '0');
  let swaps = 0;
  await Promise.all(
    Array.from({ length: 10 }, async (_, index) => {
      const { context } = workers[index % 2]!;
      for (let done = 0; done < 5; ) {
        context.metadata.refresh();
        const { version, body } = await getObject(context, { bucket, key: 'key', conditions: {} });
        const next = String(Number(await readToEnd(body)) + 1);
        try {
          await put(context, bucket, 'key', next, { ifMatch: [etagOf(version)] });
          done += 1;
          swaps += 1;
        } catch (error) {
          assert.equal((error as { code: string }).code, 'PreconditionFailed');
        }
      }
    }),
  );
  assert.equal(await read(core.context, bucket, 'key'), String(swaps));
  checkBucket(core.storage, bucket);
});

test('puts that wait together share a commit: the last wins, the others were overwritten at once', async () => {
  for (const text of ['short', LONG]) {
    const { context, storage } = openCore({ faults: { seed: 1, turnsMax: 20 } });
    const bucket = await makeBucket(context, 'bucket');
    let commits = 0;
    const commit = context.metadata.commit.bind(context.metadata);
    context.metadata.commit = (request) => {
      commits += 1;
      return commit(request);
    };
    const puts = Array.from({ length: 20 }, (_, index) => put(context, bucket, 'key', `${text} ${index}`));
    const versions = await Promise.all(puts);
    assert.ok(commits < 10, `${commits} commits`);
    const sequences = new Set(versions.map(({ sequence }) => sequence));
    assert.equal(sequences.size, 20, 'every put has a place of its own in the order');
    const latest = versions.reduce((left, right) => (left.sequence > right.sequence ? left : right));
    assert.equal(await read(context, bucket, 'key'), `${text} ${versions.indexOf(latest)}`);
    checkBucket(storage, bucket);
    // Only blobs of committed versions remain: the current one and the candidates.
    const candidates = await context.metadata.scan(rangeOfSpace(space.candidate), 100);
    assert.equal(storage.blobs().length, text === LONG ? candidates.length + 1 : 0);
  }
});

test('puts that wait while versioning is switched on each keep a version', async () => {
  const { context, storage } = openCore({ faults: { seed: 2, turnsMax: 20 } });
  const stale = await makeBucket(context, 'bucket');
  const bucket = await switchVersioning(context, stale, 'enabled');
  const versions = await Promise.all(
    Array.from({ length: 8 }, (_, index) => put(context, stale, 'key', `${LONG} ${index}`)),
  );
  assert.equal(new Set(versions.map(({ versionId }) => versionId)).size, 8);
  for (const [index, version] of versions.entries()) {
    assert.equal(await read(context, bucket, 'key', version.versionId), `${LONG} ${index}`);
  }
  checkBucket(storage, bucket);
});

test('enabled keeps every version, suspended one null version', async () => {
  const { context, storage } = openCore();
  let bucket = await makeBucket(context, 'bucket');
  const ids: string[] = [];
  const putNext = async (text: string) => {
    const version: ObjectVersion = await put(context, bucket, 'key', text);
    ids.push(version.versionId);
    checkBucket(storage, bucket);
  };
  await putNext('first null');
  bucket = await switchVersioning(context, bucket, 'enabled');
  await putNext('one');
  await putNext(LONG);
  assert.equal(await read(context, bucket, 'key', 'null'), 'first null');
  bucket = await switchVersioning(context, bucket, 'suspended');
  await putNext('second null');
  await putNext('third null');
  bucket = await switchVersioning(context, bucket, 'enabled');
  await putNext('two');
  assert.deepEqual([ids[0], ids[3], ids[4]], ['null', 'null', 'null']);
  for (const index of [1, 2, 5]) assert.match(ids[index]!, /^[A-Za-z0-9_-]{32}$/);
  assert.equal(await read(context, bucket, 'key', 'null'), 'third null');
  assert.equal(await read(context, bucket, 'key', ids[2]), LONG);
  const query = { prefix: '', delimiter: '', keyMarker: '', versionIdMarker: '', limit: 10 };
  const { versions } = await listVersions(context, bucket, query);
  assert.deepEqual(
    versions.map(({ versionId }) => versionId),
    [ids[5], 'null', ids[2], ids[1]],
  );
});

test('a failed put leaves no blob', async () => {
  const { context, storage } = openCore();
  const bucket = await makeBucket(context, 'bucket');
  await deleteBucket(context, bucket);
  await assert.rejects(put(context, bucket, 'key', LONG), failsWith('NoSuchBucket'));
  assert.deepEqual(storage.blobs(), []);
});

test('a full disk refuses the put and leaves no blob', async () => {
  const { context, storage } = openCore();
  const bucket = await makeBucket(context, 'bucket');
  storage.full = true;
  await assert.rejects(put(context, bucket, 'key', 'short'), { name: 'StorageFull' });
  await assert.rejects(put(context, bucket, 'key', LONG), { name: 'StorageFull' });
  assert.deepEqual(storage.blobs(), []);
});

test('keys that no object may have are refused', async () => {
  const { context } = openCore();
  const bucket = await makeBucket(context, 'bucket');
  await assert.rejects(put(context, bucket, ''), failsWith('InvalidKey'));
  await assert.rejects(put(context, bucket, 'a\0b'), failsWith('InvalidKey'));
  await assert.rejects(put(context, bucket, 'x'.repeat(1025)), failsWith('KeyTooLong'));
  await put(context, bucket, 'x'.repeat(1024), LONG);
  assert.equal(await read(context, bucket, 'x'.repeat(1024)), LONG);
});
