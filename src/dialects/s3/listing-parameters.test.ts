import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseQuery } from '../kernel/query-parameters.ts';
import {
  decodeContinuationToken,
  encodeContinuationToken,
  readCount,
  readFlag,
  readPageLimit,
} from './listing-parameters.ts';

const anyName = fc.string({ unit: 'binary', minLength: 1 }).filter((text) => text.isWellFormed());

test('a token gives back its name, and stands in a URL as it is', () => {
  fc.assert(
    fc.property(anyName, (name) => {
      const token = encodeContinuationToken('objects', name);
      assert.match(token, /^[A-Za-z0-9_-]+$/);
      assert.equal(decodeContinuationToken('objects', token), name);
    }),
  );
});

test('a token that was not given out is refused', () => {
  const token = encodeContinuationToken('objects', 'photos/1.jpg');
  const refused = [
    '',
    'garbage',
    '!',
    token.slice(1),
    `${token}A`,
    `${token}=`,
    encodeContinuationToken('buckets', 'photos/1.jpg'),
  ];
  for (const bad of refused) {
    assert.throws(() => decodeContinuationToken('objects', bad), { code: 'InvalidArgument' }, bad);
  }
});

test('page limits', () => {
  const limitOf = (query: string) => readPageLimit(parseQuery(query), 'max-keys');
  assert.equal(limitOf(''), 1000);
  assert.equal(limitOf('max-keys='), 1000);
  assert.equal(limitOf('max-keys=0'), 0);
  assert.equal(limitOf('max-keys=7'), 7);
  assert.equal(limitOf('max-keys=1001'), 1000);
  assert.equal(limitOf('max-keys=2147483647'), 1000);
  for (const bad of ['-1', 'abc', '1.5', '1e3', '0x10', ' 1', '2147483648', '99999999999999999999']) {
    assert.throws(
      () => limitOf(`max-keys=${encodeURIComponent(bad)}`),
      {
        code: 'InvalidArgument',
        fields: [
          ['ArgumentName', 'max-keys'],
          ['ArgumentValue', bad],
        ],
      },
      bad,
    );
  }
});

test('absent counts are undefined, flags false', () => {
  assert.equal(readCount(parseQuery(''), 'part-number-marker'), undefined);
  assert.equal(readFlag(parseQuery(''), 'fetch-owner'), false);
  assert.equal(readFlag(parseQuery('fetch-owner=true'), 'fetch-owner'), true);
  assert.equal(readFlag(parseQuery('fetch-owner=False'), 'fetch-owner'), false);
  assert.throws(() => readFlag(parseQuery('fetch-owner=yes'), 'fetch-owner'), { code: 'InvalidArgument' });
});
