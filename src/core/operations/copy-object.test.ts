import assert from 'node:assert/strict';
import { test } from 'node:test';
import { md5Hex, naiveChecksum } from '../../../test/support/naive-checksums.ts';
import {
  bodyOf,
  failsWith,
  makeBucket,
  openCore,
  put,
  read,
  readToEnd,
} from '../../../test/support/open-core.ts';
import { begin, complete, send } from '../../../test/support/upload-calls.ts';
import type { CoreContext } from '../core-context.ts';
import { type Bucket, etagOf, type ObjectVersion } from '../model.ts';
import type { CopyObjectInput, UploadPartCopyInput } from '../object-store.ts';
import { completeUpload } from './complete-upload.ts';
import { copyObject } from './copy-object.ts';
import { deleteObject } from './delete-object.ts';
import { getObject } from './get-object.ts';
import { uploadPartCopy } from './upload-part-copy.ts';

const settings = { partBytesMin: 1 };
const LONG = 'long enough for a blob of its own';

async function copy(
  context: CoreContext,
  bucket: Bucket,
  from: string,
  to: string,
  more: Partial<CopyObjectInput> = {},
): Promise<ObjectVersion> {
  context.metadata.refresh();
  return copyObject(context, {
    source: { bucket, key: from },
    sourceConditions: {},
    bucket,
    key: to,
    owner: bucket.account,
    metadata: (source) => source.metadata,
    changesSomething: false,
    conditions: {},
    ...more,
  });
}

async function copyPart(
  context: CoreContext,
  input: Pick<UploadPartCopyInput, 'bucket' | 'key' | 'uploadId' | 'partNumber'>,
  from: string,
  range?: readonly [number, number],
) {
  context.metadata.refresh();
  return uploadPartCopy(context, {
    ...input,
    source: { bucket: input.bucket, key: from },
    sourceConditions: {},
    ...(range === undefined ? {} : { sourceRange: { start: range[0], end: range[1] } }),
  });
}

test('a copy writes no blob, in one commit, and outlives its source', async () => {
  for (const text of ['', 'inline', LONG]) {
    const { context, storage } = openCore({ settings });
    const bucket = await makeBucket(context, 'bucket');
    const other = await makeBucket(context, 'other');
    const source = await put(context, bucket, 'a', text);
    const blobs = storage.blobs().length;
    const commitsBefore = context.metadata.newCommitId();
    const made = await copy(context, bucket, 'a', 'b', { bucket: other });
    assert.equal(
      context.metadata.newCommitId() - commitsBefore,
      2,
      'the copy and this question took one each',
    );
    assert.equal(made.etagMd5, source.etagMd5);
    await deleteObject(context, { bucket, key: 'a', conditions: {} });
    assert.equal(storage.blobs().length, blobs);
    assert.equal(await read(context, other, 'b'), text);
  }
});

test('a copy of a multipart object keeps its ETag, parts and checksum; another checksum is computed', async () => {
  const { context } = openCore({ settings });
  const bucket = await makeBucket(context, 'bucket');
  const upload = await begin(context, bucket, 'a', { checksumAlgorithm: 'SHA256' });
  const parts = [
    await send(context, bucket, upload, 1, 'one'),
    await send(context, bucket, upload, 2, 'two'),
  ];
  const source = await complete(context, bucket, upload, parts);
  const made = await copy(context, bucket, 'a', 'b');
  assert.equal(etagOf(made), etagOf(source));
  assert.deepEqual(made.checksum, source.checksum);
  const summed = await copy(context, bucket, 'a', 'c', { checksumAlgorithm: 'CRC32C' });
  const value = naiveChecksum('CRC32C', Buffer.from('onetwo'));
  assert.deepEqual(summed.checksum, { algorithm: 'CRC32C', type: 'FULL_OBJECT', value });
});

test('source conditions fail as preconditions, and a copy onto itself must change something', async () => {
  const { context } = openCore({ settings: { ...settings, objectBytesMax: LONG.length } });
  const bucket = await makeBucket(context, 'bucket', 'enabled');
  const source = await put(context, bucket, 'a', LONG);
  const etag = etagOf(source);
  for (const sourceConditions of [
    { ifMatch: ['x'] },
    { ifNoneMatch: [etag] },
    { ifModifiedSinceMicros: source.lastModifiedMicros + 10_000_000 },
    { ifUnmodifiedSinceMicros: source.lastModifiedMicros - 10_000_000 },
  ]) {
    await assert.rejects(
      copy(context, bucket, 'a', 'b', { sourceConditions }),
      failsWith('PreconditionFailed'),
    );
  }
  // An ETag that matches outweighs a date that does not.
  const both = { ifMatch: [etag], ifUnmodifiedSinceMicros: source.lastModifiedMicros - 10_000_000 };
  await copy(context, bucket, 'a', 'b', { sourceConditions: both });
  await assert.rejects(copy(context, bucket, 'a', 'a'), failsWith('CopyOntoItself'));
  await copy(context, bucket, 'a', 'a', { changesSomething: true });
  await copy(context, bucket, 'a', 'a', { source: { bucket, key: 'a', versionId: source.versionId } });
  const conditions = { ifNoneMatch: '*' } as const;
  await assert.rejects(copy(context, bucket, 'a', 'b', { conditions }), failsWith('PreconditionFailed'));
  await assert.rejects(copy(context, bucket, 'none', 'b'), failsWith('NoSuchKey'));
});

test('more than the largest copy is refused', async () => {
  const { context } = openCore({ settings: { ...settings, objectBytesMax: 50, partBytesMax: 40 } });
  const bucket = await makeBucket(context, 'bucket');
  const upload = await begin(context, bucket, 'a');
  const parts = [await send(context, bucket, upload, 1, LONG), await send(context, bucket, upload, 2, LONG)];
  await complete(context, bucket, upload, parts);
  await assert.rejects(copy(context, bucket, 'a', 'b'), failsWith('CopySourceTooLarge'));
  const target = { bucket, key: 'b', uploadId: (await begin(context, bucket, 'b')).uploadId, partNumber: 1 };
  await assert.rejects(copyPart(context, target, 'a'), failsWith('CopySourceTooLarge'));
  await assert.rejects(copyPart(context, target, 'a', [0, 45]), failsWith('CopySourceTooLarge'));
  await copyPart(context, target, 'a', [20, 59]);
});

test('parts copied from ranges refer to the blobs of their source and have the MD5 of their bytes', async () => {
  const { context, storage } = openCore({ settings });
  const bucket = await makeBucket(context, 'bucket');
  const first = await begin(context, bucket, 'a');
  const texts = ['first part, ', 'second part, ', 'third part'];
  const parts = [];
  for (const [index, text] of texts.entries()) {
    parts.push(await send(context, bucket, first, index + 1, text));
  }
  await complete(context, bucket, first, parts);
  await put(context, bucket, 'inline', 'few bytes');
  const whole = texts.join('');
  const blobs = storage.blobs().length;
  const upload = await begin(context, bucket, 'b', { checksumAlgorithm: 'CRC32' });
  const target = { bucket, key: 'b', uploadId: upload.uploadId };
  const named = [];
  let expected = '';
  for (const [partNumber, from, range] of [
    [1, 'a', [6, 30]],
    [2, 'a', undefined],
    [3, 'a', [whole.length - 1, whole.length - 1]],
    [4, 'a', [0, 11]],
  ] as const) {
    const text = range === undefined ? whole : whole.slice(range[0], range[1] + 1);
    const { part } = await copyPart(context, { ...target, partNumber }, from, range);
    assert.equal(part.etagMd5, md5Hex(Buffer.from(text)));
    assert.equal(part.checksumValue, naiveChecksum('CRC32', Buffer.from(text)));
    assert.equal(part.size, text.length);
    named.push({ partNumber, etag: part.etagMd5 });
    expected += text;
  }
  assert.equal(storage.blobs().length, blobs, 'no bytes were written');
  const { part } = await copyPart(context, { ...target, partNumber: 5 }, 'inline', [4, 8]);
  assert.equal(storage.blobs().length, blobs + 1, 'inline bytes become a blob');
  named.push({ partNumber: 5, etag: part.etagMd5 });
  for (const range of [
    [0, whole.length],
    [whole.length, whole.length],
    [3, 2],
  ] as const) {
    const call = copyPart(context, { ...target, partNumber: 6 }, 'a', range);
    await assert.rejects(call, failsWith('InvalidCopySourceRange'));
  }
  await deleteObject(context, { bucket, key: 'a', conditions: {} });
  await completeUpload(context, { ...target, parts: named, conditions: {} });
  assert.equal(await read(context, bucket, 'b'), `${expected}bytes`);
});

test('a part that would need more than 256 pieces is written anew', async () => {
  const { context, storage } = openCore({ settings });
  const bucket = await makeBucket(context, 'bucket');
  const first = await begin(context, bucket, 'a');
  const parts = [];
  for (let partNumber = 1; partNumber <= 300; partNumber++) {
    parts.push(await send(context, bucket, first, partNumber, `${partNumber},`));
  }
  await complete(context, bucket, first, parts);
  const whole = await read(context, bucket, 'a');
  const upload = await begin(context, bucket, 'b');
  const target = { bucket, key: 'b', uploadId: upload.uploadId };
  const blobs = storage.blobs().length;
  const half = whole.indexOf('200,');
  const few = await copyPart(context, { ...target, partNumber: 1 }, 'a', [half, whole.length - 1]);
  assert.equal(storage.blobs().length, blobs);
  const many = await copyPart(context, { ...target, partNumber: 2 }, 'a');
  assert.equal(storage.blobs().length, blobs + 1);
  const named = [few, many].map(({ part }) => ({ partNumber: part.partNumber, etag: part.etagMd5 }));
  await completeUpload(context, { ...target, parts: named, conditions: {} });
  context.metadata.refresh();
  const { body } = await getObject(context, { bucket, key: 'b', conditions: {} });
  assert.equal((await readToEnd(body)).toString(), whole.slice(half) + whole);
});

test('a source that is replaced while a copy is made is read again', async () => {
  const sizes = new Set<number>();
  for (let seed = 1; seed <= 60; seed++) {
    const faults = { seed, turnsMax: 8, asyncReads: 0.5, views: 'live' as const };
    const { context } = openCore({ settings, faults });
    const bucket = await makeBucket(context, 'bucket');
    await put(context, bucket, 'a', LONG);
    const replacement = seed % 2 === 0 ? 'inline' : `${LONG} and longer`;
    const [made] = await Promise.all([
      copy(context, bucket, 'a', 'b', { checksumAlgorithm: 'SHA1' }),
      put(context, bucket, 'a', bodyOf(replacement)),
    ]);
    const text = await read(context, bucket, 'b');
    assert.ok(text === LONG || text === replacement, `seed ${seed}: ${text}`);
    assert.equal(made.etagMd5, md5Hex(Buffer.from(text)));
    assert.equal(made.checksum?.value, naiveChecksum('SHA1', Buffer.from(text)));
    sizes.add(text.length);
  }
  assert.ok(sizes.size > 1, 'both outcomes were seen');
});
