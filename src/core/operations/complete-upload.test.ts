import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ALICE,
  failsWith,
  makeBucket,
  openCore,
  put,
  read,
  readToEnd,
} from '../../../test/support/open-core.ts';
import { assertNothingLeft } from '../../../test/support/store-invariants.ts';
import { begin, complete, send, settle } from '../../../test/support/upload-calls.ts';
import type { CoreContext } from '../core-context.ts';
import { createHousekeeping } from '../housekeeping/create-housekeeping.ts';
import { createPublishRound } from '../housekeeping/publish-round.ts';
import { pageRange, rangeOfSpace, space } from '../metadata-keys.ts';
import { etagOf } from '../model.ts';
import { decodeUpload } from '../upload-records.ts';
import { abortUpload } from './abort-upload.ts';
import { deleteBucket } from './delete-bucket.ts';
import { deleteObject } from './delete-object.ts';
import { getObject } from './get-object.ts';
import { listObjectParts } from './list-object-parts.ts';
import { listParts } from './list-parts.ts';
import { listUploads } from './list-uploads.ts';

const settings = { partBytesMin: 1 };
const everything = { prefix: '', delimiter: '', keyMarker: '', uploadIdMarker: '', limit: 100 };

async function stateOfUploads(context: CoreContext): Promise<string[]> {
  context.metadata.refresh();
  const rows = await context.metadata.scan(rangeOfSpace(space.upload), 10);
  return rows.map((row) => decodeUpload(row.value).state);
}

/** A context whose worker dies when it commits something that `isLast` says. */
function dyingBefore(context: CoreContext, isLast: (keys: readonly Buffer[]) => boolean): CoreContext {
  const metadata: CoreContext['metadata'] = {
    ...context.metadata,
    commit: async (request) => {
      if (isLast(request.puts.map((put) => put.key))) return new Promise(() => {});
      return context.metadata.commit(request);
    },
  };
  return { ...context, metadata };
}

async function untilFrozen(context: CoreContext): Promise<void> {
  while (!(await stateOfUploads(context)).includes('frozen')) await new Promise(setImmediate);
  for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
}

test('a completed object has the bytes, the ETag and the parts of its list, and no part of another', async () => {
  const { context, storage, clock } = openCore({ settings });
  const bucket = await makeBucket(context, 'bucket');
  const upload = await begin(context, bucket, 'key', { checksumAlgorithm: 'CRC32' });
  const first = await send(context, bucket, upload, 2, 'first, ');
  await send(context, bucket, upload, 5, 'replaced');
  const second = await send(context, bucket, upload, 5, 'second');
  await send(context, bucket, upload, 7, 'never mentioned');
  const version = await complete(context, bucket, upload, [first, second]);
  assert.equal(await read(context, bucket, 'key'), 'first, second');
  assert.match(etagOf(version), /^[0-9a-f]{32}-2$/);
  assert.equal(version.checksum?.type, 'COMPOSITE');
  const { parts } = await listObjectParts(context, { bucket, key: 'key' }, 0, 10);
  assert.deepEqual(
    parts.map(({ partNumber, offset, size }) => [partNumber, offset, size]),
    [
      [2, 0, 7],
      [5, 7, 6],
    ],
  );
  assert.ok(parts.every((part) => part.checksumValue !== undefined));
  await settle(clock, createHousekeeping(context), createPublishRound(context));
  assertNothingLeft(storage);
  assert.equal(storage.blobs().length, 2);
  assert.equal(await read(context, bucket, 'key'), 'first, second');
});

test('bodies of many pieces lie in pages, are read by range and part, and go page by page', async () => {
  const { context, storage, clock } = openCore({ settings });
  const bucket = await makeBucket(context, 'bucket');
  const upload = await begin(context, bucket, 'key');
  const parts = [];
  let text = '';
  // One more than two full pages; the last part is empty.
  for (let partNumber = 1; partNumber <= 513; partNumber++) {
    const bytes = partNumber === 513 ? '' : `${partNumber},`;
    parts.push(await send(context, bucket, upload, partNumber, bytes));
    text += bytes;
  }
  const { size } = await complete(context, bucket, upload, parts);
  assert.equal(size, text.length);
  const pages = await context.metadata.scan(rangeOfSpace(space.page), 10);
  assert.equal(pages.length, 2);
  assert.equal(await read(context, bucket, 'key'), text);
  const middle = text.indexOf('256,257');
  for (const [start, end] of [
    [middle, middle + 6],
    [size - 1, size - 1],
    [0, 0],
  ] as const) {
    const range = { kind: 'from', start, end } as const;
    const opened = await getObject(context, { bucket, key: 'key', conditions: {}, range });
    assert.equal((await readToEnd(opened.body)).toString(), text.slice(start, end + 1));
  }
  for (const partNumber of [1, 256, 257, 512, 513]) {
    const opened = await getObject(context, { bucket, key: 'key', conditions: {}, partNumber });
    const expected = partNumber === 513 ? '' : `${partNumber},`;
    assert.equal((await readToEnd(opened.body)).toString(), expected);
  }
  const listed = await listObjectParts(context, { bucket, key: 'key' }, 510, 2);
  assert.deepEqual([listed.parts.map((part) => part.partNumber), listed.isTruncated], [[511, 512], true]);
  await deleteObject(context, { bucket, key: 'key', conditions: {} });
  await settle(clock, createHousekeeping(context), createPublishRound(context));
  assertNothingLeft(storage);
  assert.deepEqual(storage.blobs(), []);
});

test('an upload whose completion died between freezing and creating goes on', async () => {
  for (const next of ['complete', 'part', 'abort', 'removal'] as const) {
    const { context, storage, clock } = openCore({ settings });
    const bucket = await makeBucket(context, 'bucket');
    const upload = await begin(context, bucket, 'key');
    const parts = [];
    for (let partNumber = 1; partNumber <= 12; partNumber++) {
      parts.push(await send(context, bucket, upload, partNumber, `part ${partNumber} `));
    }
    const worker = openCore({ settings, beside: { context, storage, clock, engine: undefined as never } });
    worker.context.metadata.refresh();
    const dying = dyingBefore(worker.context, (keys) => keys.some((key) => key[0] === space.head));
    void complete(dying, bucket, upload, parts);
    await untilFrozen(context);
    assert.deepEqual(await stateOfUploads(context), ['frozen']);
    assert.equal((await context.metadata.scan(rangeOfSpace(space.page), 10)).length, 1);
    assert.equal((await listUploads(context, bucket, everything)).uploads.length, 1);
    assert.equal((await listParts(context, bucket, 'key', upload.uploadId, 0, 100)).parts.length, 12);
    worker.engine.crash();
    storage.closeEpoch(worker.engine.epoch);
    if (next === 'part') {
      parts.push(await send(context, bucket, upload, 13, 'late'));
      assert.deepEqual(await stateOfUploads(context), ['open']);
    }
    if (next === 'complete' || next === 'part') {
      // Fewer parts than the dead one had: none of its pages may be left.
      const version = await complete(context, bucket, upload, parts.slice(-3));
      assert.equal(version.partCount, 3);
      assert.deepEqual(await context.metadata.scan(rangeOfSpace(space.page), 10), []);
    }
    if (next === 'abort') await abortUpload(context, bucket, 'key', upload.uploadId);
    if (next === 'removal') await deleteBucket(context, bucket);
    await settle(clock, createHousekeeping(context), createPublishRound(context));
    assertNothingLeft(storage);
  }
});

test('a completion that fails leaves the upload open', async () => {
  const { context, storage } = openCore({ settings: { partBytesMin: 5 } });
  const bucket = await makeBucket(context, 'bucket');
  await put(context, bucket, 'key', 'there');
  const upload = await begin(context, bucket, 'key', {
    checksumAlgorithm: 'CRC32C',
    checksumType: 'FULL_OBJECT',
  });
  const parts = [
    await send(context, bucket, upload, 1, 'small'),
    await send(context, bucket, upload, 2, 'x'),
  ];
  const wrong = [
    ['PreconditionFailed', parts, { conditions: { ifNoneMatch: '*' } }],
    ['PreconditionFailed', parts, { conditions: { ifMatch: ['0'.repeat(32)] } }],
    ['InvalidPart', [{ partNumber: 3, etag: 'x' }], {}],
    ['InvalidPartOrder', [...parts].reverse(), {}],
    ['NoParts', [], {}],
    ['ObjectSizeMismatch', parts, { objectSize: 7 }],
    ['BadChecksum', parts, { checksum: { algorithm: 'CRC32C', value: 'AAAAAA==' } }],
    ['ChecksumTypeMismatch', parts, { checksum: { algorithm: 'CRC32', value: 'AAAAAA==' } }],
    ['ChecksumTypeMismatch', parts, { checksumType: 'COMPOSITE' }],
    ['PartTooSmall', [...parts, await send(context, bucket, upload, 3, 'y')], {}],
  ] as const;
  for (const [code, list, more] of wrong) {
    await assert.rejects(complete(context, bucket, upload, list, more), failsWith(code));
    assert.deepEqual(await stateOfUploads(context), ['open'], code);
  }
  storage.full = true;
  await assert.rejects(complete(context, bucket, upload, parts));
  storage.full = false;
  await complete(context, bucket, upload, parts);
  assert.equal(await read(context, bucket, 'key'), 'smallx');
});

test('repeating a completion answers the same version for a day, while it exists', async () => {
  const { context, clock } = openCore({ settings });
  const bucket = await makeBucket(context, 'bucket', 'enabled');
  const upload = await begin(context, bucket, 'key');
  const parts = [
    await send(context, bucket, upload, 1, 'one'),
    await send(context, bucket, upload, 2, 'two'),
  ];
  const version = await complete(context, bucket, upload, parts);
  const quoted = parts.map((part) => ({ ...part, etag: `"${part.etag}"` }));
  assert.deepEqual(await complete(context, bucket, upload, quoted), version);
  await put(context, bucket, 'key', 'newer');
  const again = await complete(context, bucket, upload, parts);
  assert.deepEqual([again.versionId, again.isLatest], [version.versionId, false]);
  await assert.rejects(complete(context, bucket, upload, parts.slice(1)), failsWith('NoSuchUpload'));
  await assert.rejects(abortUpload(context, bucket, 'key', upload.uploadId), failsWith('NoSuchUpload'));
  await assert.rejects(send(context, bucket, upload, 3, 'late'), failsWith('NoSuchUpload'));
  clock.micros += 86_400_000_000;
  await assert.rejects(complete(context, bucket, upload, parts), failsWith('NoSuchUpload'));
  clock.micros -= 80_000_000_000;
  await deleteObject(context, { bucket, key: 'key', versionId: version.versionId, conditions: {} });
  context.metadata.refresh();
  await assert.rejects(complete(context, bucket, upload, parts), failsWith('NoSuchUpload'));
});

test('of an abort and a completion at the same time exactly one wins, in one worker and in two', async () => {
  const wins = new Set<string>();
  for (let seed = 1; seed <= 40; seed++) {
    const one = openCore({ settings, faults: { seed, turnsMax: 6 } });
    const other = seed % 2 === 0 ? one : openCore({ settings, beside: one });
    const bucket = await makeBucket(one.context, 'bucket');
    const upload = await begin(one.context, bucket, 'key');
    const parts = [await send(one.context, bucket, upload, 1, 'one')];
    other.context.metadata.refresh();
    const ends = await Promise.allSettled([
      complete(one.context, bucket, upload, parts),
      abortUpload(other.context, bucket, 'key', upload.uploadId),
    ]);
    const [completion, abort] = ends.map((end) => end.status === 'fulfilled');
    assert.notEqual(completion, abort, `seed ${seed}`);
    one.context.metadata.refresh();
    const heads = await one.context.metadata.scan(rangeOfSpace(space.head), 2);
    assert.equal(heads.length, completion ? 1 : 0);
    wins.add(completion ? 'completion' : 'abort');
  }
  assert.deepEqual(wins, new Set(['completion', 'abort']));
});

test('of several completions at the same time all answer the same version', async () => {
  for (let seed = 1; seed <= 15; seed++) {
    const one = openCore({ settings, faults: { seed, turnsMax: 6 } });
    const other = openCore({ settings, beside: one });
    const bucket = await makeBucket(one.context, 'bucket', 'enabled');
    const upload = await begin(one.context, bucket, 'key');
    const parts = [await send(one.context, bucket, upload, 1, 'one')];
    other.context.metadata.refresh();
    const contexts = [one.context, other.context, one.context, other.context];
    const versions = await Promise.all(contexts.map((context) => complete(context, bucket, upload, parts)));
    assert.equal(new Set(versions.map((version) => version.versionId)).size, 1);
    one.context.metadata.refresh();
    assert.deepEqual(await one.context.metadata.scan(rangeOfSpace(space.older), 2), []);
  }
});

test('unknown, foreign and malformed upload ids name no upload', async () => {
  const { context } = openCore({ settings });
  const bucket = await makeBucket(context, 'bucket');
  const foreign = await makeBucket(context, 'foreign');
  const { uploadId } = await begin(context, bucket, 'key');
  const flipped = uploadId.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
  for (const [where, key, id] of [
    [bucket, 'other', uploadId],
    [foreign, 'key', uploadId],
    [bucket, 'key', flipped],
    [bucket, 'key', ''],
    [bucket, 'key', 'é'.repeat(32)],
  ] as const) {
    await assert.rejects(listParts(context, where, key, id, 0, 10), failsWith('NoSuchUpload'));
    await assert.rejects(abortUpload(context, where, key, id), failsWith('NoSuchUpload'));
  }
  assert.match(uploadId, /^[A-Za-z0-9_-]+$/);
  assert.equal((await listUploads(context, bucket, everything)).uploads[0]?.owner, ALICE);
});

test('stale pages of one upload are not those of another', async () => {
  const { context } = openCore({ settings });
  const bucket = await makeBucket(context, 'bucket');
  const bodies = [];
  for (const key of ['a', 'b']) {
    await begin(context, bucket, key);
    const rows = await context.metadata.scan(rangeOfSpace(space.upload), 10);
    bodies.push(decodeUpload(rows[rows.length - 1]!.value).body);
  }
  assert.notDeepEqual(pageRange(bucket.id, bodies[0]!), pageRange(bucket.id, bodies[1]!));
});
