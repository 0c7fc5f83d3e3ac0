import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { failsWith, openCore, readToEnd } from '../../test/support/open-core.ts';
import { type Body, encodePage, type Piece } from './body-records.ts';
import { CommitDraft } from './commit-draft.ts';
import type { CoreContext } from './core-context.ts';
import { bodyKey, pageKey } from './metadata-keys.ts';
import { openBody } from './read-body.ts';
import { selectPart, selectRange } from './select-bytes.ts';

const BUCKET = 5;
const ID = '00000000000000aa';

async function store(context: CoreContext, puts: readonly (readonly [Buffer, Buffer])[]): Promise<void> {
  const draft = new CommitDraft(context.metadata.newCommitId());
  for (const [key, value] of puts) draft.put(key, value);
  assert.equal(await context.metadata.commit(draft), 'committed');
  context.metadata.refresh();
}

interface PartPlan {
  /** Lengths of its pieces. */
  readonly lengths: readonly number[];
}

/** A body of several parts whose pieces are cut out of longer blobs, in the record or in pages of `pagePieces`. */
async function buildBody(
  context: CoreContext,
  parts: readonly PartPlan[],
  pagePieces: number | undefined,
): Promise<{ bytes: Buffer; body: Body; spans: { partNumber: number; start: number; length: number }[] }> {
  const pieces: Piece[] = [];
  const contents: Buffer[] = [];
  const spans: { partNumber: number; start: number; length: number }[] = [];
  let offset = 0;
  for (const [index, { lengths }] of parts.entries()) {
    // Part numbers need not follow one another.
    const partNumber = index * 2 + 1;
    const length = lengths.reduce((sum, each) => sum + each, 0);
    spans.push({ partNumber, start: offset, length });
    offset += length;
    for (const each of lengths) {
      const content = Buffer.from(
        Array.from({ length: each }, (_, byte) => (pieces.length * 31 + byte) & 0xff),
      );
      const writer = await context.engine.blobs.create();
      await writer.write(Buffer.concat([Buffer.from('before'), content, Buffer.from('after')]));
      await writer.finish();
      pieces.push({ blob: writer.id, offset: 6, length: each, partNumber });
      contents.push(content);
    }
  }
  const bytes = Buffer.concat(contents);
  if (pagePieces === undefined) return { bytes, body: { kind: 'pieces', id: ID, pieces }, spans };
  const pages: (readonly [Buffer, Buffer])[] = [];
  let start = 0;
  for (let first = 0; first < pieces.length; first += pagePieces) {
    const slice = pieces.slice(first, first + pagePieces);
    pages.push([pageKey(BUCKET, ID, start), encodePage(slice)]);
    start += slice.reduce((sum, piece) => sum + piece.length, 0);
  }
  await store(context, pages);
  return { bytes, body: { kind: 'pages', id: ID, home: BUCKET }, spans };
}

const part = fc.record({ lengths: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 }) });
const parts = fc.array(part, { minLength: 1, maxLength: 12 });
const pagePieces = fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined });

test('any range of a body in pieces or pages', async () => {
  await fc.assert(
    fc.asyncProperty(parts, pagePieces, fc.nat(), fc.nat(), async (plan, perPage, one, other) => {
      const { context } = openCore();
      const { bytes, body } = await buildBody(context, plan, perPage);
      const start = Math.min(one % bytes.length, other % bytes.length);
      const end = Math.max(one % bytes.length, other % bytes.length);
      const target = { bucket: BUCKET, key: 'key', size: bytes.length, body };
      const opened = await openBody(context, target, start, end);
      assert.deepEqual(await readToEnd(opened!), bytes.subarray(start, end + 1));
      await opened!.close();
    }),
  );
});

test('any part of a body in pieces or pages, and no part that is not there', async () => {
  await fc.assert(
    fc.asyncProperty(parts, pagePieces, async (plan, perPage) => {
      const { context } = openCore();
      const { bytes, body, spans } = await buildBody(context, plan, perPage);
      const object = { size: bytes.length, partCount: plan.length, body };
      for (const { partNumber, start, length } of spans) {
        assert.deepEqual(await selectPart(context, object, partNumber), { start, end: start + length - 1 });
        await assert.rejects(
          selectPart(context, object, partNumber + 1),
          failsWith('InvalidPartNumberForObject'),
        );
      }
      await assert.rejects(selectPart(context, object, 10_000), failsWith('InvalidPartNumberForObject'));
    }),
  );
});

test('an object that was put whole is its own part 1', async () => {
  const { context } = openCore();
  const body: Body = { kind: 'none' };
  assert.deepEqual(await selectPart(context, { size: 7, body }, 1), { start: 0, end: 6 });
  assert.equal(await selectPart(context, { size: 0, body }, 1), undefined);
  await assert.rejects(selectPart(context, { size: 7, body }, 2), {
    code: 'InvalidPartNumberForObject',
    details: { partNumber: 2, partCount: 1 },
  });
});

test('a ranged read opens no blob outside the range and one page', async () => {
  const { context } = openCore();
  const plan = Array.from({ length: 20 }, () => ({ lengths: [10] }));
  const { bytes, body } = await buildBody(context, plan, 4);
  let blobsOpened = 0;
  let rowsRead = 0;
  const { blobs } = context.engine;
  const open = blobs.open.bind(blobs);
  blobs.open = (...inputs) => {
    blobsOpened += 1;
    return open(...inputs);
  };
  const scan = context.metadata.scan.bind(context.metadata);
  context.metadata.scan = (range, limit, direction) => {
    rowsRead += limit;
    return scan(range, limit, direction);
  };
  const target = { bucket: BUCKET, key: 'key', size: bytes.length, body };
  const opened = await openBody(context, target, 95, 104);
  assert.deepEqual(await readToEnd(opened!), bytes.subarray(95, 105));
  assert.deepEqual({ blobsOpened, rowsRead }, { blobsOpened: 2, rowsRead: 1 });
});

test('inline bytes are verified before they are handed out', async () => {
  const { context } = openCore();
  const bytes = Buffer.from('hello');
  const body: Body = { kind: 'inline', id: ID, crc32: crc32(bytes), rowCount: 1 };
  const target = { bucket: BUCKET, key: 'key', size: 5, body };
  assert.equal(await openBody(context, target, 0, 4), undefined);
  await store(context, [[bodyKey(BUCKET, ID, 0), bytes]]);
  assert.equal((await readToEnd((await openBody(context, target, 1, 3))!)).toString(), 'ell');
  await store(context, [[bodyKey(BUCKET, ID, 0), Buffer.from('hellO')]]);
  await assert.rejects(openBody(context, target, 0, 4), failsWith('StoredDataCorrupt'));
  await store(context, [[bodyKey(BUCKET, ID, 0), Buffer.from('hell')]]);
  await assert.rejects(openBody(context, target, 0, 4), failsWith('StoredDataCorrupt'));
});

test('a damaged or missing blob is StoredDataCorrupt; one that is missing from the start is not there', async () => {
  const core = openCore();
  const { bytes, body } = await buildBody(core.context, [{ lengths: [5, 5] }], undefined);
  assert.ok(body.kind === 'pieces');
  const target = { bucket: BUCKET, key: 'key', size: bytes.length, body };
  core.storage.corruptBlob(body.pieces[1]!.blob);
  const damaged = await openBody(core.context, target, 0, 9);
  await assert.rejects(readToEnd(damaged!), failsWith('StoredDataCorrupt'));
  await core.engine.blobs.remove(body.pieces[1]!.blob);
  const short = await openBody(core.context, target, 0, 9);
  await assert.rejects(readToEnd(short!), failsWith('StoredDataCorrupt'));
  await core.engine.blobs.remove(body.pieces[0]!.blob);
  assert.equal(await openBody(core.context, target, 0, 9), undefined);
});

test('ranges select what slicing does', () => {
  const range = fc.oneof(
    fc.record({
      kind: fc.constant('from' as const),
      start: fc.nat(20),
      end: fc.option(fc.nat(20), { nil: undefined }),
    }),
    fc.record({ kind: fc.constant('suffix' as const), length: fc.nat(20) }),
  );
  fc.assert(
    fc.property(range, fc.nat(12), (wanted, size) => {
      const all = Array.from({ length: size }, (_, index) => index);
      const expected =
        wanted.kind === 'suffix'
          ? all.slice(Math.max(0, size - wanted.length))
          : all.filter((index) => index >= wanted.start && index <= (wanted.end ?? size));
      const select = () => selectRange(wanted, size);
      if (expected.length === 0) assert.throws(select, failsWith('RangeNotSatisfiable'));
      else assert.deepEqual(select(), { start: expected[0], end: expected.at(-1) });
    }),
  );
});
