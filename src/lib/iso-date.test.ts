import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatIsoDate } from './iso-date.ts';

test('is what toISOString says', () => {
  const anyTime = fc.integer({ min: -8_640_000_000_000_000, max: 8_640_000_000_000_000 });
  fc.assert(
    fc.property(fc.oneof(fc.integer({ min: 0, max: 4e12 }), anyTime), (millis) => {
      assert.equal(formatIsoDate(millis), new Date(millis).toISOString());
    }),
    { numRuns: 2000 },
  );
});

test('also across a day', () => {
  for (const text of ['2020-02-28T23:59:59.999Z', '2020-02-29T00:00:00.000Z', '2020-02-28T00:00:00.001Z']) {
    assert.equal(formatIsoDate(Date.parse(text)), text);
  }
});
