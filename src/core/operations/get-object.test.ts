import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  failsWith,
  makeBucket,
  openCore,
  put,
  readToEnd,
  switchVersioning,
} from '../../../test/support/open-core.ts';
import { CommitDraft } from '../commit-draft.ts';
import type { CoreContext } from '../core-context.ts';
import { rangeOfBucket, space } from '../metadata-keys.ts';
import { encodeOpaqueId } from '../opaque-ids.ts';
import { deleteObject } from './delete-object.ts';
import { getObject, headObject } from './get-object.ts';

const LONG = 'long enough for a blob of its own';

function countReads(context: CoreContext): { reads: number } {
  const counts = { reads: 0 };
  const { metadata } = context;
  const get = metadata.get.bind(metadata);
  const getMany = metadata.getMany.bind(metadata);
  metadata.get = (key) => {
    counts.reads += 1;
    return get(key);
  };
  metadata.getMany = (keys) => {
    counts.reads += keys.length;
    return getMany(keys);
  };
  metadata.scan = () => assert.fail('a read of an object scanned');
  return counts;
}

test('head costs one point read, get of a small object two, of a larger one', async () => {
  const { context } = openCore();
  const bucket = await makeBucket(context, 'bucket');
  await put(context, bucket, 'small', 'hello');
  await put(context, bucket, 'large', LONG);
  const counts = countReads(context);
  await headObject(context, { bucket, key: 'small', conditions: {} });
  assert.equal(counts.reads, 1);
  await getObject(context, { bucket, key: 'small', conditions: {} });
  assert.equal(counts.reads, 3);
  await getObject(context, { bucket, key: 'large', conditions: {} });
  assert.equal(counts.reads, 4);
});

test('a version by its id is found by point reads, however many there are', async () => {
  const { context } = openCore();
  const bucket = await makeBucket(context, 'bucket', 'enabled');
  const ids: string[] = [];
  for (let count = 0; count < 50; count++)
    ids.push((await put(context, bucket, 'key', `v${count}`)).versionId);
  const counts = countReads(context);
  const opened = await getObject(context, { bucket, key: 'key', versionId: ids[7]!, conditions: {} });
  assert.equal((await readToEnd(opened.body)).toString(), 'v7');
  assert.equal(opened.version.isLatest, false);
  assert.equal(counts.reads, 4);
});

test('ranges and part numbers select bytes', async () => {
  const { context } = openCore();
  const bucket = await makeBucket(context, 'bucket');
  for (const [key, text] of [
    ['small', '0123456789'],
    ['large', '0123456789'.repeat(5)],
  ] as const) {
    await put(context, bucket, key, text);
    const ranged = await getObject(context, {
      bucket,
      key,
      conditions: {},
      range: { kind: 'from', start: 3, end: 5 },
    });
    assert.deepEqual(ranged.selected, { start: 3, end: 5 });
    assert.equal((await readToEnd(ranged.body)).toString(), '345');
    const suffix = await getObject(context, {
      bucket,
      key,
      conditions: {},
      range: { kind: 'suffix', length: 2 },
    });
    assert.equal((await readToEnd(suffix.body)).toString(), '89');
    const part = await headObject(context, { bucket, key, conditions: {}, partNumber: 1 });
    assert.deepEqual(part.selected, { start: 0, end: text.length - 1 });
    await assert.rejects(
      headObject(context, { bucket, key, conditions: {}, partNumber: 2 }),
      failsWith('InvalidPartNumberForObject'),
    );
  }
});

test('conditions come before ranges', async () => {
  const { context } = openCore();
  const bucket = await makeBucket(context, 'bucket');
  await put(context, bucket, 'key', 'hello');
  const range = { kind: 'from', start: 99, end: undefined } as const;
  const ask = (conditions: object) => getObject(context, { bucket, key: 'key', conditions, range });
  await assert.rejects(ask({ ifNoneMatch: '*' }), failsWith('NotModified'));
  await assert.rejects(ask({ ifMatch: ['x'] }), failsWith('PreconditionFailed'));
  await assert.rejects(ask({}), failsWith('RangeNotSatisfiable'));
});

test('what is not there is told apart', async () => {
  const { context } = openCore();
  const plain = await makeBucket(context, 'plain');
  const bucket = await makeBucket(context, 'bucket', 'enabled');
  const head = (key: string, versionId?: string, where = bucket) =>
    headObject(context, {
      bucket: where,
      key,
      conditions: {},
      ...(versionId === undefined ? {} : { versionId }),
    });
  await assert.rejects(head('key', undefined, plain), { code: 'NoSuchKey', details: { key: 'key' } });
  const { versionId } = await put(context, bucket, 'key', 'hello');
  const deleted = await deleteObject(context, { bucket, key: 'key', conditions: {} });
  context.metadata.refresh();
  await assert.rejects(head('key'), {
    code: 'NoSuchKey',
    details: { key: 'key', deleteMarkerVersionId: deleted.versionId },
  });
  await assert.rejects(head('key', deleted.versionId), failsWith('VersionIsDeleteMarker'));
  assert.equal((await head('key', versionId)).version.isLatest, false);
  await assert.rejects(head('other', versionId), failsWith('NoSuchVersion'));
  await assert.rejects(head('key', versionId, plain), failsWith('NoSuchVersion'));
  await assert.rejects(head('key', 'null'), failsWith('NoSuchVersion'));
  const neverIssued = encodeOpaqueId('version', deleted.deleteMarker ? 1 : 2, '00'.repeat(12));
  await assert.rejects(head('key', neverIssued), failsWith('NoSuchVersion'));
  for (const nonsense of ['x', '', 'NULL', `${versionId}A`]) {
    await assert.rejects(head('key', nonsense), failsWith('InvalidVersionId'));
  }
});

test('the same sequence with another nonce is another version', async () => {
  const { context } = openCore();
  const bucket = await makeBucket(context, 'bucket', 'enabled');
  const { sequence } = await put(context, bucket, 'key');
  const versionId = encodeOpaqueId('version', sequence, '0f'.repeat(12));
  const head = headObject(context, { bucket, key: 'key', versionId, conditions: {} });
  await assert.rejects(head, failsWith('NoSuchVersion'));
});

test('a reader whose inline body is replaced under it reads the new object', async () => {
  const core = openCore({ faults: { seed: 1, views: 'live' } });
  const { context } = core;
  const bucket = await makeBucket(context, 'bucket');
  await put(context, bucket, 'key', 'old');
  const get = context.metadata.get.bind(context.metadata);
  let isReplaced = false;
  context.metadata.get = async (key) => {
    if (key[0] === space.body && !isReplaced) {
      isReplaced = true;
      await put(context, bucket, 'key', 'new');
    }
    return get(key);
  };
  const opened = await getObject(context, { bucket, key: 'key', conditions: {} });
  assert.equal((await readToEnd(opened.body)).toString(), 'new');
  assert.ok(isReplaced);
});

test('a body that is missing for good is StoredDataCorrupt', async () => {
  const { context } = openCore();
  const bucket = await makeBucket(context, 'bucket');
  await put(context, bucket, 'key', 'hello');
  const [row] = await context.metadata.scan(rangeOfBucket(space.body, bucket.id), 1);
  const draft = new CommitDraft(context.metadata.newCommitId());
  draft.delete(row!.key);
  await context.metadata.commit(draft);
  context.metadata.refresh();
  const opened = getObject(context, { bucket, key: 'key', conditions: {} });
  await assert.rejects(opened, failsWith('StoredDataCorrupt'));
});

test('the null version of a versioned key is found wherever it stands', async () => {
  const { context } = openCore();
  let bucket = await makeBucket(context, 'bucket');
  await put(context, bucket, 'key', 'null one');
  const text = async () => {
    const opened = await getObject(context, { bucket, key: 'key', versionId: 'null', conditions: {} });
    return `${await readToEnd(opened.body)} ${opened.version.isLatest}`;
  };
  assert.equal(await text(), 'null one true');
  bucket = await switchVersioning(context, bucket, 'enabled');
  await put(context, bucket, 'key', 'v1');
  await put(context, bucket, 'key', 'v2');
  assert.equal(await text(), 'null one false');
});
