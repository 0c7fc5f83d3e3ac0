import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseRange } from './ranges.ts';

test('ranges of RFC 9110, section 14.1.2', () => {
  assert.deepEqual(parseRange('bytes=0-499'), { kind: 'from', start: 0, end: 499 });
  assert.deepEqual(parseRange('bytes=500-'), { kind: 'from', start: 500, end: undefined });
  assert.deepEqual(parseRange('bytes=-500'), { kind: 'suffix', length: 500 });
  assert.deepEqual(parseRange('Bytes= 7-7 '), { kind: 'from', start: 7, end: 7 });
  assert.deepEqual(parseRange('bytes=-0'), { kind: 'suffix', length: 0 });
});

test('positions beyond every size', () => {
  const end = Number.MAX_SAFE_INTEGER;
  assert.deepEqual(parseRange(`bytes=0-${'9'.repeat(400)}`), { kind: 'from', start: 0, end });
  assert.deepEqual(parseRange(`bytes=${'9'.repeat(30)}-`), { kind: 'from', start: end, end: undefined });
});

test('headers to be ignored', () => {
  const values = [
    '',
    'bytes',
    'bytes=',
    'bytes=-',
    'bytes=5-4',
    'bytes=a-b',
    'bytes=1-2,4-5',
    'items=0-1',
    'bytes=1',
    'bytes=+1-2',
    'bytes=0x1-2',
    'bytes 0-1',
  ];
  for (const value of values) assert.equal(parseRange(value), undefined, value);
});

test('any text is a range or nothing', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('bytes=', '-', ',', '1', '09', ' ') })),
      (value) => {
        const range = parseRange(value);
        if (range?.kind === 'from') assert.ok(range.end === undefined || range.end >= range.start);
      },
    ),
  );
});
