import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkBucket } from '../../../test/support/check-bucket.ts';
import { failsWith, makeBucket, openCore, put, read } from '../../../test/support/open-core.ts';
import type { ObjectVersion } from '../model.ts';
import { headObject } from './get-object.ts';
import { updateObject } from './update-object.ts';

test('documents are replaced and removed, and nothing else changes', async () => {
  const { context, storage, clock } = openCore();
  const bucket = await makeBucket(context, 'bucket', 'enabled');
  const first = await put(context, bucket, 'key', 'first');
  const second = await put(context, bucket, 'key', 'second');
  clock.micros += 1_000_000;
  for (const { versionId } of [first, second]) {
    await updateObject(context, { bucket, key: 'key', versionId, documents: { acl: 'a', tagging: 't' } });
    await updateObject(context, { bucket, key: 'key', versionId, documents: { tagging: null, acl: 'b' } });
  }
  context.metadata.refresh();
  for (const before of [first, second]) {
    const { versionId } = before;
    const { version } = await headObject(context, { bucket, key: 'key', versionId, conditions: {} });
    const isLatest = before === second;
    assert.deepEqual(version, {
      ...before,
      isLatest,
      metadata: { ...before.metadata, documents: { acl: 'b' } },
    });
  }
  assert.equal(await read(context, bucket, 'key'), 'second');
  checkBucket(storage, bucket);
});

test('what is decided by a version is decided again for the one that has replaced it', async () => {
  const core = openCore();
  const other = openCore({ beside: core }).context;
  const { context } = core;
  const bucket = await makeBucket(context, 'bucket');
  const first = await put(context, bucket, 'key', 'first');
  other.metadata.refresh();
  const asked: number[] = [];
  const documents = async ({ sequence }: ObjectVersion) => {
    asked.push(sequence);
    if (asked.length === 1) await put(other, bucket, 'key', 'second');
    return { acl: `for ${sequence}` };
  };
  const updated = await updateObject(context, { bucket, key: 'key', versionId: 'null', documents });
  assert.deepEqual(asked, [first.sequence, updated.sequence]);
  assert.notEqual(updated.sequence, first.sequence);
  assert.equal(updated.metadata.documents['acl'], `for ${updated.sequence}`);
  assert.equal(await read(context, bucket, 'key'), 'second');
});

test('what is not there cannot be updated', async () => {
  const { context } = openCore();
  const bucket = await makeBucket(context, 'bucket');
  const update = updateObject(context, { bucket, key: 'key', documents: { acl: 'a' } });
  await assert.rejects(update, failsWith('NoSuchKey'));
});

test('updates at the same moment are all kept', async () => {
  const core = openCore({ faults: { seed: 4, turnsMax: 5, conflict: 0.2 } });
  const workers = [core, openCore({ beside: core })];
  const bucket = await makeBucket(core.context, 'bucket');
  await put(core.context, bucket, 'key', 'text');
  for (const { context } of workers) context.metadata.refresh();
  await Promise.all(
    Array.from({ length: 12 }, (_, index) =>
      updateObject(workers[index % 2]!.context, { bucket, key: 'key', documents: { [`d${index}`]: 'x' } }),
    ),
  );
  core.context.metadata.refresh();
  const { version } = await headObject(core.context, { bucket, key: 'key', conditions: {} });
  assert.equal(Object.keys(version.metadata.documents).length, 12);
});
