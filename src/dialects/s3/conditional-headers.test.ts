import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type HeaderFields, wireHeaders } from '../../../test/support/wire-request.ts';
import {
  decodeDeleteConditions,
  decodeReadConditions,
  decodeWriteConditions,
  parseEtags,
} from './conditional-headers.ts';

const DATE = 'Sat, 22 Feb 2020 22:22:22 GMT';
const DATE_MICROS = 1_582_410_142_000_000;
const of = (...fields: HeaderFields) => wireHeaders(fields);

test('entity tags with and without quotes, in lists, and weak ones where those may count', () => {
  assert.deepEqual(parseEtags('"a"', 'strong'), ['a']);
  assert.deepEqual(parseEtags('a, "b-2" ,"c"', 'strong'), ['a', 'b-2', 'c']);
  assert.equal(parseEtags('"a", *', 'strong'), '*');
  assert.deepEqual(parseEtags('W/"a", "b"', 'strong'), ['b']);
  assert.deepEqual(parseEtags('W/"a", "b"', 'weak'), ['a', 'b']);
  assert.deepEqual(parseEtags('', 'strong'), []);
  assert.deepEqual(parseEtags('"', 'strong'), ['"']);
});

test('reads', () => {
  assert.deepEqual(decodeReadConditions(of()), {});
  const all = of(
    ['if-match', '"a"'],
    ['if-none-match', '*'],
    ['if-modified-since', DATE],
    ['if-unmodified-since', DATE],
  );
  assert.deepEqual(decodeReadConditions(all), {
    ifMatch: ['a'],
    ifNoneMatch: '*',
    ifModifiedSinceMicros: DATE_MICROS,
    ifUnmodifiedSinceMicros: DATE_MICROS,
  });
  assert.deepEqual(decodeReadConditions(of(['if-modified-since', 'yesterday'])), {});
  assert.deepEqual(decodeReadConditions(all, 'x-amz-copy-source-'), {});
});

test('writes', () => {
  assert.deepEqual(decodeWriteConditions(of(['if-none-match', '*'])), { ifNoneMatch: '*' });
  assert.deepEqual(decodeWriteConditions(of(['if-match', '"a"'])), { ifMatch: ['a'] });
  assert.deepEqual(decodeWriteConditions(of(['if-none-match', '"a"'])), { ifNoneMatch: ['a'] });
  const both = of(['if-match', '"a"'], ['if-none-match', '*']);
  assert.throws(() => decodeWriteConditions(both), { code: 'NotImplemented' });
});

test('deletes: what cannot be read is refused, since the delete would go ahead without it', () => {
  const all = of(
    ['if-match', '*'],
    ['x-amz-if-match-last-modified-time', DATE],
    ['x-amz-if-match-size', '10'],
  );
  assert.deepEqual(decodeDeleteConditions(all), {
    ifMatch: '*',
    ifMatchLastModifiedMicros: DATE_MICROS,
    ifMatchSize: 10,
  });
  for (const field of [
    ['x-amz-if-match-size', '-1'],
    ['x-amz-if-match-size', ''],
    ['x-amz-if-match-last-modified-time', 'yesterday'],
  ] as const) {
    assert.throws(() => decodeDeleteConditions(of(field)), { code: 'InvalidArgument' });
  }
});
