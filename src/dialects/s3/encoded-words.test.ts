import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeWords, encodeWords } from './encoded-words.ts';

test('every text survives, as short lines of printable US-ASCII', () => {
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed()),
    fc.string({ unit: fc.constantFrom('=?', '?=', 'UTF-8?B?', '=?utf-8?q?a?=', ' ', 'ü', '\r\n', '_', 'a') }),
  );
  fc.assert(
    fc.property(texts, (text) => {
      const shown = encodeWords(text);
      assert.match(shown, /^[\x20-\x7e]*$/);
      assert.equal(shown, shown.trim());
      if (shown !== text) for (const word of shown.split(' ')) assert.ok(word.length <= 75, word);
      assert.equal(decodeWords(shown), text);
    }),
    { numRuns: 2000 },
  );
});

test('plain text stays as it is', () => {
  for (const text of ['', 'abc', 'a = b?', '=?', 'two  words', '{"json": [1]}'])
    assert.equal(encodeWords(text), text);
});

test('mostly ASCII as Q, everything else as B', () => {
  assert.equal(encodeWords('a letter from Zürich'), '=?UTF-8?Q?a_letter_from_Z=C3=BCrich?=');
  assert.equal(encodeWords('곳간'), '=?UTF-8?B?6rOz6rCE?=');
});

test('words of others are read', () => {
  const cases = {
    '=?UTF-8?B?w4PChE3Dg8KEVA==?=': 'Ã\u0084MÃ\u0084T',
    '=?utf-8?q?a_b=20c?=': 'a b c',
    '=?ISO-8859-1?Q?a=E4?=': 'aä',
    '=?UTF-8?Q?a?= =?UTF-8?Q?b?=': 'ab',
    'x =?UTF-8?Q?=C3=BC?= y': 'x ü y',
  };
  for (const [shown, text] of Object.entries(cases)) assert.equal(decodeWords(shown), text);
});

test('words that nobody can read stay as they are, and come back so', () => {
  for (const text of ['=?koi8-r?B?0A==?=', '=?UTF-8?B?/w==?=', '=?UTF-8?Q?a=zz?=', '=?UTF-8?X?a?=']) {
    assert.equal(decodeWords(text), text);
    assert.equal(encodeWords(text), text);
  }
});

test('a line end smuggled in by an encoded word never becomes one', () => {
  const text = decodeWords(`=?UTF-8?B?${Buffer.from('a\r\nx-evil: 1').toString('base64')}?=`);
  assert.equal(text, 'a\r\nx-evil: 1');
  assert.doesNotMatch(encodeWords(text), /[\r\n]/);
});
