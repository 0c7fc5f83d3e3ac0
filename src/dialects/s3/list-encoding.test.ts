import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { chooseListEncoding } from './list-encoding.ts';

const url = chooseListEncoding('url');
const plain = chooseListEncoding(undefined);

/** What boto3 and the AWS CLI do with a listed name (`unquote_plus`), and what a decoder of paths does. */
const decodeAsForm = (text: string) => decodeURIComponent(text.replaceAll('+', ' '));
const decodeAsPath = (text: string) => decodeURIComponent(text);

const anyName = fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed());

test('encoded names survive both ways of decoding, and stand in XML as they are', () => {
  fc.assert(
    fc.property(anyName, (name) => {
      const shown = url.show(name);
      assert.match(shown, /^[A-Za-z0-9\-._~/%]*$/);
      assert.equal(decodeAsForm(shown), name);
      assert.equal(decodeAsPath(shown), name);
    }),
    { numRuns: 500 },
  );
});

test('examples', () => {
  assert.equal(url.show('photos/2026/a b+c.jpg'), 'photos/2026/a%20b%2Bc.jpg');
  assert.equal(url.show("(1)*!'~"), '%281%29%2A%21%27~');
  assert.equal(url.show('곳간/\n'), '%EA%B3%B3%EA%B0%84/%0A');
  assert.equal(plain.show('a&b<c>/곳간'), 'a&amp;b&lt;c&gt;/곳간');
});

test('the type is shown as asked for, and anything but url is refused', () => {
  assert.equal(url.type, 'url');
  assert.equal(chooseListEncoding('URL').type, 'url');
  assert.equal(plain.type, undefined);
  assert.equal(chooseListEncoding('').type, undefined);
  assert.throws(() => chooseListEncoding('base64'), { code: 'InvalidArgument', status: 400 });
});
