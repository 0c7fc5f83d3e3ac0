import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatHttpDate, parseHttpDate } from './http-date.ts';

const example = Date.UTC(1994, 10, 6, 8, 49, 37) * 1000;

test('the three forms of RFC 9110', () => {
  assert.equal(formatHttpDate(example + 999_999), 'Sun, 06 Nov 1994 08:49:37 GMT');
  assert.equal(parseHttpDate('Sun, 06 Nov 1994 08:49:37 GMT'), example);
  assert.equal(parseHttpDate('Sunday, 06-Nov-94 08:49:37 GMT'), example);
  assert.equal(parseHttpDate('Sun Nov  6 08:49:37 1994'), example);
});

test('what is written is what toUTCString says', () => {
  fc.assert(
    fc.property(fc.integer({ min: -9_000_000_000, max: 9_000_000_000 }), (seconds) => {
      assert.equal(formatHttpDate(seconds * 1_000_000), new Date(seconds * 1000).toUTCString());
    }),
  );
});

test('zones and omissions that clients write', () => {
  for (const text of [
    'Sun, 06 Nov 1994 08:49:37 +0000',
    '6 Nov 1994 08:49:37 UTC',
    'Sun, 6 Nov 1994 08:49:37 -0000',
  ]) {
    assert.equal(parseHttpDate(text), example);
  }
  assert.equal(parseHttpDate('Friday, 01-Jan-38 00:00:00 GMT'), Date.UTC(2038, 0, 1) * 1000);
  assert.equal(parseHttpDate('Sat, 31 Dec 2016 23:59:60 GMT'), Date.UTC(2017, 0, 1) * 1000);
});

test('what is not a date', () => {
  const texts = [
    '',
    'now',
    '1994-11-06T08:49:37Z',
    'Sun, 31 Feb 1994 08:49:37 GMT',
    'Sun, 06 Nov 1994 24:00:00 GMT',
    'Sun, 06 Nov 1994 08:60:00 GMT',
    'Sun, 06 Noz 1994 08:49:37 GMT',
    'Sun, 06 Nov 1994 08:49:37 PST',
    'Sun, 06 Nov 1994 08:49:37 GMT ',
    'Sun, 00 Nov 1994 08:49:37 GMT',
  ];
  for (const text of texts) assert.equal(parseHttpDate(text), undefined, text);
});

test('what is written reads back, to the second', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 9_000_000_000 }), fc.nat(999_999), (seconds, fraction) => {
      assert.equal(parseHttpDate(formatHttpDate(seconds * 1_000_000 + fraction)), seconds * 1_000_000);
    }),
  );
});
