import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { makeBucket, openCore, put, switchVersioning } from '../../../test/support/open-core.ts';
import type { CoreContext } from '../core-context.ts';
import type { Bucket, ListingItem, ListingQuery } from '../model.ts';
import { deleteObject } from './delete-object.ts';
import { listObjects } from './list-objects.ts';

interface Named {
  readonly kind: 'object' | 'prefix';
  readonly name: string;
}

const compareUtf8 = (left: string, right: string): number =>
  Buffer.compare(Buffer.from(left), Buffer.from(right));

/** The rules in the plainest form: all names in order, then those behind `after`. */
function naiveListing(keys: readonly string[], query: Omit<ListingQuery, 'limit'>): Named[] {
  const { prefix, delimiter, after } = query;
  const named: Named[] = [];
  for (const key of [...new Set(keys)].sort(compareUtf8)) {
    if (!key.startsWith(prefix)) continue;
    const at = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    const name = at < 0 ? key : key.slice(0, at + delimiter.length);
    if (after !== '' && compareUtf8(name, after) <= 0) continue;
    if (named.at(-1)?.name === name && named.at(-1)?.kind === 'prefix') continue;
    named.push({ kind: at < 0 ? 'object' : 'prefix', name });
  }
  return named;
}

function nameOf(item: ListingItem): Named {
  return item.kind === 'object'
    ? { kind: 'object', name: item.object.key }
    : { kind: 'prefix', name: item.prefix };
}

async function listAllPages(context: CoreContext, bucket: Bucket, query: ListingQuery): Promise<Named[]> {
  const named: Named[] = [];
  let { after } = query;
  for (;;) {
    const page = await listObjects(context, bucket, { ...query, after });
    assert.ok(page.items.length <= query.limit);
    named.push(...page.items.map(nameOf));
    assert.equal(page.next !== undefined, page.isTruncated);
    if (page.next === undefined) return named;
    assert.equal(page.items.length, query.limit);
    after = page.next;
  }
}

async function bucketWith(keys: readonly string[]): Promise<{ context: CoreContext; bucket: Bucket }> {
  const { context } = openCore();
  const bucket = await makeBucket(context, 'bucket');
  // Neighbours on both sides must never show.
  const other = await makeBucket(context, 'other');
  await put(context, other, 'a/other');
  for (const key of keys) await put(context, bucket, key);
  return { context, bucket };
}

const letters = fc.constantFrom('a', 'b', '/', '//', '-', '\u{1F600}', 'é', '\uFFFD', '\u0001', '~');
const name = fc.array(letters, { maxLength: 5 }).map((parts) => parts.join(''));
const key = name.filter((text) => text !== '');
const delimiter = fc.constantFrom('', '/', '//', 'a', 'a/', '\u{1F600}', 'é');

test('all pages together are what a naive listing gives', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(key, { maxLength: 25 }),
      fc.oneof(fc.constant(''), name),
      delimiter,
      fc.oneof(fc.constant(''), name),
      fc.integer({ min: 1, max: 5 }),
      async (keys, prefix, delimiterText, after, limit) => {
        const { context, bucket } = await bucketWith(keys);
        const query = { prefix, delimiter: delimiterText, after };
        const pages = await listAllPages(context, bucket, { ...query, limit });
        assert.deepEqual(pages, naiveListing(keys, query));
      },
    ),
    { numRuns: 400 },
  );
});

test('a marker inside a common prefix skips the whole prefix', async () => {
  const { context, bucket } = await bucketWith(['a', 'a/b', 'a/c', 'b/d']);
  const list = async (after: string) => {
    const page = await listObjects(context, bucket, { prefix: '', delimiter: '/', after, limit: 9 });
    return page.items.map((item) => nameOf(item).name);
  };
  assert.deepEqual(await list(''), ['a', 'a/', 'b/']);
  assert.deepEqual(await list('a'), ['a/', 'b/']);
  assert.deepEqual(await list('a/'), ['b/']);
  assert.deepEqual(await list('a/b'), ['b/']);
  assert.deepEqual(await list('a/zz'), ['b/']);
  assert.deepEqual(await list('b'), ['b/']);
});

test('a limit of 0 gives an empty page that is whole', async () => {
  const { context, bucket } = await bucketWith(['a']);
  const page = await listObjects(context, bucket, { prefix: '', delimiter: '', after: '', limit: 0 });
  assert.deepEqual(page, { items: [], isTruncated: false });
});

/** Counts what a listing reads. */
function countReads(context: CoreContext): { scans: number; rows: number; rowsAtOnceMax: number } {
  const counts = { scans: 0, rows: 0, rowsAtOnceMax: 0 };
  const scan = context.metadata.scan.bind(context.metadata);
  context.metadata.scan = (range, limit, direction) => {
    counts.scans += 1;
    counts.rowsAtOnceMax = Math.max(counts.rowsAtOnceMax, limit);
    const rows = scan(range, limit, direction);
    if (Array.isArray(rows)) counts.rows += rows.length;
    return rows;
  };
  return counts;
}

test('a page costs what it returns, not what lies under its prefixes', async () => {
  const keys = ['a', 'b', 'c'].flatMap((folder) =>
    Array.from({ length: 700 }, (_, index) => `${folder}/${String(index).padStart(4, '0')}`),
  );
  const { context, bucket } = await bucketWith([...keys, 'z']);
  const counts = countReads(context);
  const page = await listObjects(context, bucket, { prefix: '', delimiter: '/', after: '', limit: 1000 });
  assert.deepEqual(
    page.items.map((item) => nameOf(item).name),
    ['a/', 'b/', 'c/', 'z'],
  );
  assert.ok(counts.scans <= 5 && counts.rows <= 200, JSON.stringify(counts));
});

test('without a delimiter a page is one slice of one row more', async () => {
  const { context, bucket } = await bucketWith(Array.from({ length: 50 }, (_, index) => `k${index + 10}`));
  const counts = countReads(context);
  await listObjects(context, bucket, { prefix: 'k', delimiter: '', after: 'k11', limit: 20 });
  assert.deepEqual(counts, { scans: 1, rows: 21, rowsAtOnceMax: 21 });
});

test('small folders are walked in the slice that was read', async () => {
  const keys = Array.from({ length: 300 }, (_, index) => `${String(index).padStart(3, '0')}/x`);
  const { context, bucket } = await bucketWith(keys);
  const counts = countReads(context);
  const page = await listObjects(context, bucket, { prefix: '', delimiter: '/', after: '', limit: 1000 });
  assert.equal(page.items.length, 300);
  assert.ok(counts.scans < 20 && counts.rows < 700, JSON.stringify(counts));
});

test('other requests run while a long listing walks', async () => {
  const keys = Array.from({ length: 2500 }, (_, index) => `${index}`);
  const { context, bucket } = await bucketWith(keys);
  let turns = 0;
  const immediate = setImmediate(function count() {
    turns += 1;
    setImmediate(count).unref();
  });
  immediate.unref();
  await listObjects(context, bucket, { prefix: '', delimiter: '', after: '', limit: 2400 });
  assert.ok(turns >= 2, `${turns} turns`);
});

test('delete markers and older versions are not walked', async () => {
  const { context } = openCore();
  let bucket = await makeBucket(context, 'bucket');
  bucket = await switchVersioning(context, bucket, 'enabled');
  for (let index = 0; index < 100; index++) {
    await put(context, bucket, `k${index}`);
    await deleteObject(context, { bucket, key: `k${index}`, conditions: {} });
  }
  await put(context, bucket, 'z');
  const counts = countReads(context);
  const page = await listObjects(context, bucket, { prefix: '', delimiter: '', after: '', limit: 10 });
  assert.deepEqual(
    page.items.map((item) => nameOf(item).name),
    ['z'],
  );
  assert.equal(counts.rows, 1);
});

test('a row shows what was put', async () => {
  const { context, bucket } = await bucketWith([]);
  const version = await put(context, bucket, 'key', 'hello');
  const page = await listObjects(context, bucket, { prefix: '', delimiter: '', after: '', limit: 1 });
  assert.deepEqual(page.items, [
    {
      kind: 'object',
      object: {
        key: 'key',
        lastModifiedMicros: version.lastModifiedMicros,
        size: 5,
        etagMd5: '5d41402abc4b2a76b9719d911017c592',
        owner: version.owner,
      },
    },
  ]);
  assert.equal(page.isTruncated, false);
});
