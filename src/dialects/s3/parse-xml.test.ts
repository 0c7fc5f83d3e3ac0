import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  many,
  optional,
  readXml,
  required,
  xmlBoolean,
  xmlInteger,
  xmlObject,
  xmlText,
  xmlToken,
} from './parse-xml.ts';

const deleteReader = xmlObject({
  Quiet: optional(xmlBoolean),
  Object: many(
    xmlObject({ Key: required(xmlText), VersionId: optional(xmlToken), Size: optional(xmlInteger) }),
  ),
});

const readDelete = (text: string | Buffer) => readXml(Buffer.from(text), 'Delete', deleteReader);
const isMalformed = (error: unknown) =>
  error instanceof Error && 'code' in error && error.code === 'MalformedXML';

test('a document is read by its schema', () => {
  const value = readDelete(`<?xml version="1.0" encoding="UTF-8"?>
    <!-- as an SDK sends it -->
    <Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
      <Quiet>true</Quiet>
      <Object><Key> a &amp; b&#xD;</Key></Object>
      <Object><VersionId> null </VersionId><Key><![CDATA[<x>]]>한글</Key><Size>12</Size></Object>
    </Delete>`);
  assert.deepEqual(value, {
    Quiet: true,
    Object: [
      { Key: ' a & b\r', VersionId: undefined, Size: undefined },
      { Key: '<x>한글', VersionId: 'null', Size: 12 },
    ],
  });
});

test('prefixes and a byte order mark are no obstacle', () => {
  const value = readDelete('\ufeff<s:Delete xmlns:s="urn:x"><s:Quiet s:a="&lt;">1</s:Quiet></s:Delete>');
  assert.deepEqual(value, { Quiet: true, Object: [] });
});

test('a control character may be written as a reference', () => {
  assert.equal(readDelete('<Delete><Object><Key>a&#1;b</Key></Object></Delete>').Object[0]?.Key, 'a\u0001b');
});

const laughs = `<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;&lol;">]>
<Delete><Object><Key>&lol2;</Key></Object></Delete>`;

const malformed: Readonly<Record<string, string | Buffer>> = {
  nothing: '',
  'white space': ' \n',
  'no XML': 'not xml',
  JSON: '{"a":1}',
  'another root': '<Remove></Remove>',
  'an open root': '<Delete>',
  'a cut off document': '<Delete><Object><Key>a</Key></Object></Del',
  'crossed tags': '<Delete><Object><Key>a</Object></Key></Delete>',
  'two roots': '<Delete/><Delete/>',
  'text after the root': '<Delete/>tail',
  'text before the root': 'head<Delete/>',
  'text between elements': '<Delete>oops<Quiet>true</Quiet></Delete>',
  'an unknown element': '<Delete><Force>true</Force></Delete>',
  'an element twice': '<Delete><Quiet>true</Quiet><Quiet>true</Quiet></Delete>',
  'a missing element': '<Delete><Object><VersionId>1</VersionId></Object></Delete>',
  'an element in a text': '<Delete><Object><Key><b>a</b></Key></Object></Delete>',
  'no boolean': '<Delete><Quiet>perhaps</Quiet></Delete>',
  'no integer': '<Delete><Object><Key>a</Key><Size>1.5</Size></Object></Delete>',
  'a bare ampersand': '<Delete><Object><Key>a & b</Key></Object></Delete>',
  'an unknown entity': '<Delete><Object><Key>&nbsp;</Key></Object></Delete>',
  'entities of its own': laughs,
  'an external entity':
    '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><Delete><Quiet>&x;</Quiet></Delete>',
  'an empty document type': '<!DOCTYPE Delete><Delete/>',
  'a processing instruction': '<?php echo 1 ?><Delete/>',
  'another encoding': '<?xml version="1.0" encoding="UTF-16"?><Delete/>',
  'UTF-16': Buffer.from('\ufeff<Delete/>', 'utf16le'),
  'bytes that are not UTF-8': Buffer.concat([
    Buffer.from('<Delete><Object><Key>'),
    Buffer.of(0xff, 0xc0),
    Buffer.from('</Key></Object></Delete>'),
  ]),
  'an overlong form': Buffer.concat([
    Buffer.from('<Delete><Object><Key>'),
    Buffer.of(0xc0, 0xaf),
    Buffer.from('</Key></Object></Delete>'),
  ]),
  'a raw control character': '<Delete><Object><Key>a\u0001</Key></Object></Delete>',
  'a raw NUL': '<Delete><Object><Key>a\u0000</Key></Object></Delete>',
  'a reference to NUL': '<Delete><Object><Key>a&#0;</Key></Object></Delete>',
  'a reference to a surrogate': '<Delete><Object><Key>a&#xD800;</Key></Object></Delete>',
  'a reference beyond Unicode': '<Delete><Object><Key>a&#x110000;</Key></Object></Delete>',
  'a repeated attribute': '<Delete a="1" a="2"/>',
  'a prefix of nothing': '<x:Delete/>',
  'more elements than anything needs': `<Delete>${'<Object><Key>a</Key></Object>'.repeat(60_000)}</Delete>`,
  'a deep document': '<Delete>'.repeat(5000) + '</Delete>'.repeat(5000),
};

for (const [what, document] of Object.entries(malformed)) {
  test(`${what} is MalformedXML`, () => {
    assert.throws(() => readDelete(document), isMalformed);
  });
}

test('thousands of entities of XML itself are read in time', () => {
  const key = '&amp;'.repeat(100_000);
  assert.equal(
    readDelete(`<Delete><Object><Key>${key}</Key></Object></Delete>`).Object[0]?.Key.length,
    100_000,
  );
});

/** Every character but `\0` as XML can carry it: references for all that needs one. */
function escapeAll(text: string): string {
  return [...text].map((character) => `&#${character.codePointAt(0)};`).join('');
}

const anyKey = fc
  .string({ unit: 'binary' })
  .map((text) => text.replaceAll('\0', '').replace(/[\ufffe\uffff]/g, ''))
  .filter((text) => text.isWellFormed());

test('any text comes through, written as references', () => {
  fc.assert(
    fc.property(fc.array(anyKey), (keys) => {
      const objects = keys.map((key) => `<Object><Key>${escapeAll(key)}</Key></Object>`).join('');
      assert.deepEqual(
        readDelete(`<Delete>${objects}</Delete>`).Object.map(({ Key }) => Key),
        keys,
      );
    }),
    { numRuns: 200 },
  );
});

test('arbitrary bytes are read or malformed, never anything else', () => {
  const document = Buffer.from('<Delete><Quiet>true</Quiet><Object><Key>a&amp;b</Key></Object></Delete>');
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(document.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
      (changes) => {
        const damaged = Buffer.from(document);
        for (const [at, byte] of changes) damaged[at] = byte;
        try {
          readDelete(damaged);
        } catch (error) {
          if (!isMalformed(error)) throw error;
        }
      },
    ),
    { numRuns: 2000 },
  );
});
