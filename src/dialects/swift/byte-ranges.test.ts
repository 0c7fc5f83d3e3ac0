import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { selectSpans } from './byte-ranges.ts';
import { SwiftError } from './swift-errors.ts';

const select = (header: string, size = 10) =>
  selectSpans(header, size, [])?.map(({ start, end }) => `${start}-${end}`);

test('ranges are cut to what is there, and those outside are left out', () => {
  assert.deepEqual(select('bytes=0-0,2-4,-2'), ['0-0', '2-4', '8-9']);
  assert.deepEqual(select('bytes = 8-99'), ['8-9']);
  assert.deepEqual(select('bytes=-99'), ['0-9']);
  assert.deepEqual(select('bytes=10-,9-'), ['9-9']);
});

test('what is no range is ignored as a whole', () => {
  for (const header of ['bytes=', 'bytes=a-b', 'bytes=1-2,x', 'bytes=-', 'bytes=4-2', 'lines=1-2', '1-2']) {
    assert.equal(select(header), undefined, header);
  }
});

test('nothing that can be satisfied, and too much of it, are 416', () => {
  const overlapping = 'bytes=0-5,1-6,2-7,3-8';
  const many = `bytes=${Array.from({ length: 51 }, (_, index) => `${index * 2}-${index * 2}`).join(',')}`;
  const backwards = `bytes=${Array.from({ length: 10 }, (_, index) => `${90 - index * 5}-${90 - index * 5}`)}`;
  for (const header of ['bytes=10-', 'bytes=-0', overlapping]) {
    assert.throws(() => select(header), SwiftError, header);
  }
  for (const header of [many, backwards]) assert.throws(() => select(header, 200), SwiftError, header);
  assert.throws(() => select('bytes=0-', 0), SwiftError);
});

test('whatever is asked for, spans lie inside', () => {
  const part = fc.oneof(fc.nat(30).map(String), fc.constant(''));
  const spec = fc.tuple(part, part).map(([first, last]) => `${first}-${last}`);
  fc.assert(
    fc.property(
      fc.array(spec, { minLength: 1, maxLength: 5 }),
      fc.integer({ min: 0, max: 20 }),
      (specs, size) => {
        try {
          for (const { start, end } of selectSpans(`bytes=${specs.join(',')}`, size, []) ?? []) {
            assert.ok(start >= 0 && start <= end && end < size);
          }
        } catch (error) {
          if (!(error instanceof SwiftError)) throw error;
          assert.equal(error.status, 416);
        }
      },
    ),
  );
});
