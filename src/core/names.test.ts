import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertBucketName, assertContainerName, assertKey } from './names.ts';

test('legal bucket names', () => {
  for (const name of ['abc', 'a-b', 'my.bucket.01', '1a2', 'a'.repeat(63), '1.2.3', '1.2.3.4.5', 'xn-a']) {
    assert.doesNotThrow(() => assertBucketName(name), name);
  }
});

const illegal = {
  ab: /3 to 63/,
  [`${'a'.repeat(64)}`]: /3 to 63/,
  Abc: /lower-case/,
  a_b: /lower-case/,
  'a/b': /lower-case/,
  'é-bucket': /lower-case/,
  '-ab': /begins and ends/,
  'ab-': /begins and ends/,
  '.ab': /begins and ends/,
  'ab.': /begins and ends/,
  'a..b': /no dot beside/,
  'a.-b': /no dot beside/,
  'a-.b': /no dot beside/,
  '192.168.5.4': /IP address/,
  'xn--bucket': /xn--/,
  info: /reserved/,
  healthcheck: /reserved/,
  auth: /reserved/,
  'v1.0': /reserved/,
  'v2.0': /reserved/,
  admin: /reserved/,
};

for (const [name, reason] of Object.entries(illegal)) {
  test(`illegal bucket name ${name}`, () => {
    assert.throws(
      () => assertBucketName(name),
      (error: { code?: string; details?: { reason: string } }) =>
        error.code === 'InvalidBucketName' && reason.test(error.details?.reason ?? ''),
    );
  });
}

test('containers may have names that buckets may not', () => {
  for (const name of ['x', 'Fotos 2024', '곳간', 'a_b', 'e'.repeat(256)]) assertContainerName(name);
  for (const name of ['', 'a/b', 'a\0b', 'e'.repeat(257), '곳'.repeat(86)]) {
    assert.throws(() => assertContainerName(name), { code: 'InvalidBucketName' });
  }
});

test('keys have 1 to 1,024 bytes of UTF-8 without NUL', () => {
  for (const key of ['a', ' ', '..', '//', 'é'.repeat(512), '\u{1F600}'.repeat(256)]) assertKey(key, 1024);
  assert.throws(() => assertKey('', 1024), { code: 'InvalidKey', details: { reason: 'empty' } });
  assert.throws(() => assertKey('a\0', 1024), { code: 'InvalidKey', details: { reason: 'nul' } });
  assert.throws(() => assertKey('a\ud800', 1024), { code: 'InvalidKey', details: { reason: 'not-utf8' } });
  assert.throws(() => assertKey(`a${'é'.repeat(512)}`, 1024), {
    code: 'KeyTooLong',
    details: { bytes: 1025, bytesMax: 1024 },
  });
});
