import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  ALICE,
  bodyOf,
  failsWith,
  makeBucket,
  type OpenedCore,
  openCore,
  put,
  readToEnd,
} from '../../../test/support/open-core.ts';
import { type Bucket, etagOf, type ObjectVersion } from '../model.ts';
import type { GetObjectInput, MayRead } from '../object-store.ts';
import { copyObject } from '../operations/copy-object.ts';
import { deleteObject } from '../operations/delete-object.ts';
import { getObject, headObject } from '../operations/get-object.ts';
import { listObjects } from '../operations/list-objects.ts';
import { putObject } from '../operations/put-object.ts';
import { putSegmentList } from '../operations/put-segment-list.ts';
import { updateObject } from '../operations/update-object.ts';
import { bucketUsage } from '../usage.ts';
import { linkDocument, prefixDocument } from './composition-documents.ts';
import type { WantedSegment } from './make-segment-list.ts';
import { decodeSegmentList, encodeSegmentList, type Segment } from './segment-list.ts';

const md5 = (text: string | Buffer) => createHash('md5').update(text).digest('hex');
const everything: MayRead = () => true;

async function putList(
  { context }: OpenedCore,
  bucket: Bucket,
  key: string,
  segments: readonly WantedSegment[],
  mayRead: MayRead = everything,
): Promise<ObjectVersion> {
  const result = await putSegmentList(context, {
    bucket,
    key,
    owner: ALICE,
    metadata: { system: { contentType: 'text/plain' }, user: { colour: 'red' }, documents: {} },
    conditions: {},
    segments,
    mayRead,
  });
  context.metadata.refresh();
  if (result.kind === 'problems')
    throw new assert.AssertionError({ message: JSON.stringify(result.problems) });
  return result.version;
}

async function putWith(
  { context }: OpenedCore,
  bucket: Bucket,
  key: string,
  documents: Record<string, string>,
  body = '',
): Promise<ObjectVersion> {
  const metadata = { system: { contentType: 'text/plain' }, user: {}, documents };
  const input = { bucket, key, owner: ALICE, metadata, body: bodyOf(body), conditions: {} };
  const version = await putObject(context, input);
  context.metadata.refresh();
  return version;
}

async function text(
  { context }: OpenedCore,
  bucket: Bucket,
  key: string,
  more: Partial<GetObjectInput> = {},
): Promise<string> {
  const input = { bucket, key, conditions: {}, mayRead: everything, ...more };
  const { body } = await getObject(context, input);
  return (await readToEnd(body)).toString();
}

const whole = (bucket: string, key: string): WantedSegment => ({ kind: 'object', bucket, key });

async function openPair(): Promise<{ core: OpenedCore; main: Bucket; parts: Bucket }> {
  const core = openCore();
  const main = await makeBucket(core.context, 'main');
  const parts = await makeBucket(core.context, 'parts');
  for (const [key, bytes] of Object.entries(SEGMENTS)) await put(core.context, parts, key, bytes);
  return { core, main, parts };
}

const SEGMENTS = { a: 'alpha', b: 'a body that is longer than what stands inline', c: 'gamma' };
const ALL = Object.values(SEGMENTS).join('');

test('a list of segments is read as their bytes, with the size and ETag of the whole', async () => {
  const { core, main } = await openPair();
  const made = await putList(core, main, 'list', [
    whole('parts', 'a'),
    whole('parts', 'b'),
    whole('parts', 'c'),
  ]);
  const joined = md5(Object.values(SEGMENTS).map(md5).join(''));
  assert.equal(await text(core, main, 'list'), ALL);
  for (const version of [
    made,
    (await headObject(core.context, { bucket: main, key: 'list', conditions: {} })).version,
  ]) {
    assert.equal(version.size, ALL.length);
    assert.equal(version.joinedMd5, joined);
    assert.equal(etagOf(version), `${joined}-N`);
  }
  const stored = await text(core, main, 'list', { asStored: true });
  const { version } = await headObject(core.context, {
    bucket: main,
    key: 'list',
    conditions: {},
    asStored: true,
  });
  assert.deepEqual([version.size, version.etagMd5], [stored.length, md5(stored)]);
  assert.deepEqual(made.stored, { size: stored.length, etagMd5: md5(stored) });
  assert.equal((JSON.parse(stored) as { name: string }[])[1]?.name, '/parts/b');
});

test('listings show the whole, counters what is stored', async () => {
  const { core, main } = await openPair();
  const { stored } = await putList(core, main, 'list', [whole('parts', 'a'), whole('parts', 'c')]);
  const page = await listObjects(core.context, main, { prefix: '', delimiter: '', after: '', limit: 10 });
  const [item] = page.items;
  assert.ok(item?.kind === 'object');
  assert.equal(item.object.size, 10);
  assert.deepEqual(item.object.stored, stored);
  assert.deepEqual(await bucketUsage(core.context, main), { objects: 1, bytes: stored?.size });
});

test('any range of nested lists, ranged segments and inline data reads what slicing does', async () => {
  const { core, main } = await openPair();
  const inner: WantedSegment[] = [
    whole('parts', 'b'),
    { kind: 'data', bytes: Buffer.from('inline') },
    { kind: 'object', bucket: 'parts', key: 'b', range: { kind: 'from', start: 3, end: 20 } },
    { kind: 'object', bucket: 'parts', key: 'a', range: { kind: 'suffix', length: 2 } },
  ];
  const innerText = `${SEGMENTS.b}inline${SEGMENTS.b.slice(3, 21)}ha`;
  await putList(core, main, 'inner', inner);
  await putList(core, main, 'outer', [
    whole('parts', 'c'),
    whole('main', 'inner'),
    { kind: 'object', bucket: 'main', key: 'inner', range: { kind: 'from', start: 10, end: 60 } },
  ]);
  const expected = `${SEGMENTS.c}${innerText}${innerText.slice(10, 61)}`;
  assert.equal(await text(core, main, 'outer'), expected);
  await fc.assert(
    fc.asyncProperty(fc.nat(expected.length - 1), fc.nat(expected.length + 5), async (start, length) => {
      const end = start + length;
      const range = { kind: 'from' as const, start, end };
      assert.equal(await text(core, main, 'outer', { range }), expected.slice(start, end + 1));
    }),
    { numRuns: 60 },
  );
  assert.equal(await text(core, main, 'outer', { partNumber: 3 }), innerText.slice(10, 61));
  const input = { bucket: main, key: 'outer', conditions: {}, partNumber: 4 };
  await assert.rejects(headObject(core.context, input), failsWith('InvalidPartNumberForObject'));
});

test('what is wrong with segments is told together, and nothing is stored', async () => {
  const { core, main } = await openPair();
  await put(core.context, main, 'empty', '');
  const result = await putSegmentList(core.context, {
    bucket: main,
    key: 'list',
    owner: ALICE,
    metadata: { system: { contentType: '' }, user: {}, documents: {} },
    conditions: {},
    mayRead: (_bucket, key) => key !== 'c',
    segments: [
      whole('nowhere', 'a'),
      whole('parts', 'absent'),
      whole('parts', 'c'),
      { kind: 'object', bucket: 'parts', key: 'a', etag: md5('else'), size: 4 },
      { kind: 'object', bucket: 'parts', key: 'a', range: { kind: 'from', start: 5, end: 9 } },
      whole('main', 'empty'),
      whole('main', 'empty'),
    ],
  });
  assert.ok(result.kind === 'problems');
  assert.deepEqual(
    result.problems.map(({ bucket, key, reason }) => `${bucket}/${key} ${reason}`),
    [
      'nowhere/a no-bucket',
      'parts/absent not-found',
      'parts/c forbidden',
      'parts/a size-mismatch',
      'parts/a etag-mismatch',
      'parts/a unsatisfiable-range',
      'main/empty too-small',
    ],
  );
  await assert.rejects(text(core, main, 'list'), failsWith('NoSuchKey'));
});

test('a promised ETag of the whole must hold', async () => {
  const { core, main } = await openPair();
  const target = {
    bucket: main,
    key: 'list',
    owner: ALICE,
    metadata: { system: { contentType: '' }, user: {}, documents: {} },
    conditions: {},
    mayRead: everything,
    segments: [whole('parts', 'a')],
  };
  const wrong = putSegmentList(core.context, { ...target, expectedMd5: md5('alpha') });
  await assert.rejects(wrong, failsWith('BadDigest'));
  const right = await putSegmentList(core.context, { ...target, expectedMd5: md5(md5('alpha')) });
  assert.equal(right.kind, 'stored');
});

test('a segment that is gone or changed is never replaced by other bytes', async () => {
  const { core, main, parts } = await openPair();
  await putList(core, main, 'list', [whole('parts', 'a'), whole('parts', 'b')]);
  await put(core.context, parts, 'b', 'something else');
  const input = { bucket: main, key: 'list', conditions: {} };
  const { body } = await getObject(core.context, input);
  assert.equal((await body.read())?.toString(), 'alpha');
  await assert.rejects(body.read(), failsWith('SegmentUnavailable'));
  await deleteObject(core.context, { bucket: parts, key: 'a', conditions: {} });
  core.context.metadata.refresh();
  await assert.rejects(getObject(core.context, input), failsWith('SegmentUnavailable'));
  const { version } = await headObject(core.context, input);
  assert.equal(version.size, SEGMENTS.a.length + SEGMENTS.b.length);
});

test('lists in lists end at ten levels', async () => {
  const { core, main } = await openPair();
  let below = whole('parts', 'a');
  for (let level = 1; level <= 11; level++) {
    await putList(core, main, `level-${level}`, [below]);
    below = whole('main', `level-${level}`);
  }
  assert.equal(await text(core, main, 'level-10'), 'alpha');
  await assert.rejects(text(core, main, 'level-11'), failsWith('SegmentUnavailable'));
});

test('conditions compare the ETag of the whole, with and without -N', async () => {
  const { core, main } = await openPair();
  const { joinedMd5 } = await putList(core, main, 'list', [whole('parts', 'a')]);
  const read = (etag: string) =>
    headObject(core.context, { bucket: main, key: 'list', conditions: { ifMatch: [etag] } });
  await read(`${joinedMd5}`);
  await read(`${joinedMd5}-N`);
  await assert.rejects(read(md5('alpha')), failsWith('PreconditionFailed'));
});

test('a composition by prefix is what is listed when it is read, without itself', async () => {
  const { core, main, parts } = await openPair();
  await putWith(core, main, 'all', prefixDocument({ bucket: 'parts', prefix: '' }), 'own bytes');
  assert.equal(await text(core, main, 'all'), ALL);
  const { version } = await headObject(core.context, {
    bucket: main,
    key: 'all',
    conditions: {},
    mayRead: everything,
  });
  assert.equal(version.size, ALL.length);
  assert.equal(etagOf(version), md5(Object.values(SEGMENTS).map(md5).join('')));
  await put(core.context, parts, 'd', '!');
  assert.equal(await text(core, main, 'all'), `${ALL}!`);
  assert.equal(await text(core, main, 'all', { range: { kind: 'suffix', length: 3 } }), 'ma!');
  assert.equal(await text(core, main, 'all', { asStored: true }), 'own bytes');
  await putWith(core, parts, 'aa', prefixDocument({ bucket: 'parts', prefix: 'a' }), '');
  assert.equal(await text(core, parts, 'aa'), 'alpha');
  await putWith(core, main, 'none', prefixDocument({ bucket: 'parts', prefix: 'none' }));
  assert.equal(await text(core, main, 'none'), '');
});

test('bytes below a prefix are read only by who may read them', async () => {
  const { core, main } = await openPair();
  await putWith(core, main, 'all', prefixDocument({ bucket: 'parts', prefix: '' }));
  const input = { bucket: main, key: 'all', conditions: {} };
  await assert.rejects(headObject(core.context, input), failsWith('ReferencedAccessDenied'));
  const mayList: MayRead = (_bucket, _key, purpose) => purpose === 'list';
  await assert.rejects(
    getObject(core.context, { ...input, mayRead: mayList }),
    failsWith('ReferencedAccessDenied'),
  );
});

test('a composition comes and goes with the metadata', async () => {
  const { core, main } = await openPair();
  const documents = prefixDocument({ bucket: 'parts', prefix: '' });
  await put(core.context, main, 'plain', 'plain');
  await updateObject(core.context, { bucket: main, key: 'plain', documents });
  core.context.metadata.refresh();
  assert.equal(await text(core, main, 'plain'), ALL);
  const gone = Object.fromEntries(Object.keys(documents).map((kind) => [kind, null]));
  await updateObject(core.context, { bucket: main, key: 'plain', documents: gone });
  core.context.metadata.refresh();
  assert.equal(await text(core, main, 'plain'), 'plain');
});

test('links lead to their target, two at most, and to what they were made for', async () => {
  const { core, main } = await openPair();
  const to = (bucket: string, key: string, etag?: string) =>
    linkDocument({ account: ALICE, bucket, key, ...(etag === undefined ? undefined : { etag }) });
  await putWith(core, main, 'link-1', to('parts', 'a'));
  await putWith(core, main, 'link-2', to('main', 'link-1'));
  await putWith(core, main, 'link-3', to('main', 'link-2'));
  await putWith(core, main, 'loop', to('main', 'loop'));
  await putWith(core, main, 'pinned', to('parts', 'a', md5('alpha')));
  await putWith(core, main, 'stale', to('parts', 'a', md5('beta')));
  await putWith(core, main, 'dangling', to('parts', 'absent'));
  for (const key of ['link-1', 'link-2', 'pinned']) assert.equal(await text(core, main, key), 'alpha');
  for (const key of ['link-3', 'loop', 'stale']) {
    await assert.rejects(text(core, main, key), failsWith('LinkBroken'));
  }
  await assert.rejects(text(core, main, 'dangling'), failsWith('NoSuchKey'));
  const found = await headObject(core.context, {
    bucket: main,
    key: 'link-2',
    conditions: {},
    mayRead: everything,
  });
  assert.deepEqual([found.linkedTo?.bucket.name, found.linkedTo?.key], ['parts', 'a']);
  assert.equal(await text(core, main, 'link-1', { asStored: true }), '');
  await putList(core, main, 'list', [whole('main', 'link-2'), whole('parts', 'c')]);
  assert.equal(await text(core, main, 'list'), 'alphagamma');
});

test('a copy of a composed object is one object, or the composition again', async () => {
  const { core, main, parts } = await openPair();
  await putList(core, main, 'list', [whole('parts', 'a'), whole('parts', 'b')]);
  await putWith(core, main, 'all', prefixDocument({ bucket: 'parts', prefix: '' }));
  const copy = (key: string, to: string, asStored: boolean) =>
    copyObject(core.context, {
      source: { bucket: main, key },
      sourceConditions: {},
      bucket: parts,
      key: to,
      owner: ALICE,
      metadata: ({ metadata }) => metadata,
      changesSomething: false,
      conditions: {},
      asStored,
      mayRead: everything,
    });
  const flat = await copy('list', 'x/flat', false);
  assert.equal(flat.etagMd5, md5(SEGMENTS.a + SEGMENTS.b));
  assert.equal(flat.composition, undefined);
  assert.equal(flat.metadata.user['colour'], 'red');
  const listed = await copy('list', 'x/list', true);
  assert.equal(listed.composition, 'segments');
  await copy('all', 'x/all', true);
  core.context.metadata.refresh();
  assert.equal(await text(core, parts, 'x/flat'), SEGMENTS.a + SEGMENTS.b);
  assert.equal(await text(core, parts, 'x/list'), SEGMENTS.a + SEGMENTS.b);
  const { composition } = (
    await headObject(core.context, { bucket: parts, key: 'x/all', conditions: {}, asStored: true })
  ).version;
  assert.equal(composition, 'prefix');
});

const segment: fc.Arbitrary<Segment> = fc.oneof(
  fc
    .uint8Array({ minLength: 1, maxLength: 20 })
    .map((bytes) => ({ kind: 'data' as const, bytes: Buffer.from(bytes) })),
  fc
    .record({
      bucket: fc.string({ minLength: 1, maxLength: 8 }).filter((name) => !name.includes('/')),
      key: fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }),
      size: fc.nat(),
      from: fc.nat(),
      isRanged: fc.boolean(),
      isSegmented: fc.boolean(),
      lastModifiedMicros: fc.integer({ min: 0, max: 4_000_000_000_000_000 }),
    })
    .map(({ from, isRanged, ...rest }) => ({
      kind: 'object' as const,
      ...rest,
      etagMd5: md5(rest.key),
      contentType: 'text/plain',
      ...(isRanged ? { range: { start: from, end: from + rest.size } } : undefined),
    })),
);

test('a list is read as it was written', () => {
  fc.assert(
    fc.property(fc.array(segment), (segments) => {
      assert.deepEqual(decodeSegmentList(encodeSegmentList(segments)), segments);
    }),
  );
});
