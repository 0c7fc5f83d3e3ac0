import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readXml } from './xml-reader.ts';
import { element, escapeXml, optionalElement, parent } from './xml-writer.ts';

const LIMITS = { depthMax: 4, elementsMax: 10 };

/** What XML 1.0 cannot carry in any form (section 2.2), which the writer replaces. */
const isCarried = (character: string) => {
  const code = character.codePointAt(0)!;
  if (code < 0x20) return code === 0x09 || code === 0x0a || code === 0x0d;
  return code !== 0xfffe && code !== 0xffff && !(code >= 0xd800 && code <= 0xdfff);
};
const expected = (text: string) =>
  [...text].map((character) => (isCarried(character) ? character : '\uFFFD')).join('');

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom(
      '&',
      '<',
      '>',
      '"',
      "'",
      ']]>',
      '\r',
      '\n',
      '\t',
      '\0',
      '\u0085',
      '\u2028',
      '\ud800',
    ),
  }),
);

test('text is read back as it was written, whatever it is', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const document = parent('Root', element('Key', text));
      const root = readXml(Buffer.from(document), LIMITS);
      assert.equal(root.children[0]?.text, expected(text));
    }),
    { numRuns: 2000 },
  );
});

test('text is also safe in attributes', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      for (const quote of ['"', "'"]) {
        const root = readXml(Buffer.from(`<Root a=${quote}${escapeXml(text)}${quote}></Root>`), LIMITS);
        assert.equal(root.attributes['a'], expected(text));
      }
    }),
  );
});

test('plain text is not copied', () => {
  assert.equal(escapeXml('a/b ü €'), 'a/b ü €');
  assert.equal(escapeXml('"x"'), '&quot;x&quot;');
});

test('an absent text is no element, an empty one is', () => {
  assert.equal(optionalElement('A', undefined), '');
  assert.equal(optionalElement('A', ''), '<A></A>');
});
