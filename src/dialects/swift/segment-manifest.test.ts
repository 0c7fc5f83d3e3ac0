import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readNameLines } from './name-lines.ts';
import { parseSegmentManifest } from './segment-manifest.ts';
import { SwiftError } from './swift-errors.ts';

const own = { container: 'c', key: 'o' };
const parse = (value: unknown) => parseSegmentManifest(Buffer.from(JSON.stringify(value)), own);

test('entries of every kind', () => {
  const entries = [
    { path: '/a/b', etag: '"d41d8cd98f00b204e9800998ecf8427e"', size_bytes: '12', range: '2-' },
    { path: 'a//b/', range: '-5' },
    { path: '///a/b', etag: null, size_bytes: null, range: null },
    { data: 'aGk=' },
    { data: 'aGk' },
    { path: 'a/b', size_bytes: 0 },
  ];
  assert.deepEqual(parse(entries), [
    {
      kind: 'object',
      bucket: 'a',
      key: 'b',
      shown: '/a/b',
      etag: 'd41d8cd98f00b204e9800998ecf8427e',
      size: 12,
      range: { kind: 'from', start: 2, end: undefined },
    },
    { kind: 'object', bucket: 'a', key: '/b/', shown: 'a//b/', range: { kind: 'suffix', length: 5 } },
    { kind: 'object', bucket: 'a', key: 'b', shown: '///a/b' },
    { kind: 'data', bytes: Buffer.from('hi') },
    { kind: 'data', bytes: Buffer.from('hi') },
    { kind: 'object', bucket: 'a', key: 'b', shown: 'a/b', size: 0 },
  ]);
  assert.deepEqual(parse([]), []);
});

const json = fc.jsonValue();
const entry = fc.record(
  {
    path: fc.oneof(fc.constantFrom('/c/o', 'a/b', 'a', '/', '//a//b', 'a/\u0000'), json),
    etag: json,
    size_bytes: fc.oneof(fc.constantFrom('1', '-1', 'x', 0), json),
    range: fc.oneof(fc.constantFrom('1-2', '2-1', '-', '1-2,3-4', '-0'), json),
    data: fc.oneof(fc.base64String(), json),
    other: json,
  },
  { requiredKeys: [] },
);

test('whatever is sent is understood or refused', () => {
  fc.assert(
    fc.property(fc.oneof(json, fc.array(fc.oneof(entry, json))), (value) => {
      try {
        for (const segment of parse(value)) {
          if (segment.kind === 'data') assert.ok(segment.bytes.length > 0);
          else assert.ok(segment.bucket !== '' && segment.key !== '' && !segment.bucket.includes('/'));
        }
      } catch (error) {
        assert.ok(error instanceof SwiftError && error.status === 400, `${error}`);
      }
    }),
  );
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      try {
        parseSegmentManifest(Buffer.from(bytes), own);
      } catch (error) {
        assert.ok(error instanceof SwiftError && error.status === 400);
      }
    }),
  );
});

test('lines of names are the same however they arrive', async () => {
  const text = '/c/a%20b\r\n\n  c  \nc/%ed%95%9c\nc//x/\n/c/%FF';
  const expected = [
    { container: 'c', key: 'a b' },
    { container: 'c', key: '' },
    { container: 'c', key: '한' },
    { container: 'c', key: '/x/' },
    { container: 'c', key: '\uFFFD', fault: { status: 412, text: '412 Precondition Failed' } },
  ];
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 20 }), async (lengths) => {
      const bytes = Buffer.from(text);
      const chunks: Buffer[] = [];
      let start = 0;
      for (const length of [...lengths, bytes.length]) {
        chunks.push(bytes.subarray(start, start + length));
        start += length;
      }
      assert.deepEqual(await readNameLines({ read: async () => chunks.shift() ?? null }), expected);
    }),
  );
});
