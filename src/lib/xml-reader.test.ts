import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readXml, XmlError } from './xml-reader.ts';

const LIMITS = { depthMax: 3, elementsMax: 5 };
const read = (text: string) => readXml(Buffer.from(text), LIMITS);

test('elements keep name, namespace, attributes, text and order', () => {
  const root = read(
    '<n:a xmlns:n="urn:n" n:x="1" y="&lt;"> t<!-- no --><b/>u<c>&#x41;<![CDATA[<&]]></c></n:a>',
  );
  assert.deepEqual([root.name, root.namespace, root.text], ['a', 'urn:n', ' tu']);
  assert.deepEqual([root.attributes['n:x'], root.attributes['y']], ['1', '<']);
  assert.deepEqual(
    root.children.map(({ name, text }) => [name, text]),
    [
      ['b', ''],
      ['c', 'A<&'],
    ],
  );
});

test('line ends are normalised, references to them are not', () => {
  assert.equal(read('<a>1\r\n2\r3&#13;4</a>').text, '1\n2\n3\r4');
});

test('limits hold exactly', () => {
  read('<a><b><c/></b></a>');
  read('<a><b/><b/><b/><b/></a>');
  assert.throws(() => read('<a><b><c><d/></c></b></a>'), new XmlError('too deep'));
  assert.throws(() => read('<a><b/><b/><b/><b/><b/></a>'), new XmlError('too many elements'));
});

const refused: Readonly<Record<string, string>> = {
  'a document type': '<!DOCTYPE a><a/>',
  'an entity of its own': '<a>&b;</a>',
  'an entity of HTML': '<a>&copy;</a>',
  'a second root': '<a/><a/>',
  'text before the root': 'x<a/>',
  'text after the root': '<a/>x',
  'an attribute twice': '<a b="1" b="2"/>',
  'no root': '<!-- nothing -->',
  'an open root': '<a>',
  'another encoding': '<?xml version="1.0" encoding="ISO-8859-1"?><a/>',
  'an instruction': '<?xml-stylesheet href="x"?><a/>',
  'a control character': '<a>\u0002</a>',
};
for (const [what, text] of Object.entries(refused)) {
  test(`${what} is refused`, () => {
    assert.throws(() => read(text), XmlError);
  });
}
