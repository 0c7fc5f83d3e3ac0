import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSystemEntropy } from '../../lib/entropy.ts';
import { mintRequestId } from './request-id.ts';
import { s3Flavours } from './s3-flavours.ts';

const entropy = createSystemEntropy();
const AT_MICROS = 0x5e5ef0e4 * 1_000_000 + 999_999;

test('a transaction id is tx, 21 hex and 10 hex of the time', () => {
  const ids = Array.from({ length: 1000 }, () =>
    mintRequestId(s3Flavours.nhn, entropy, AT_MICROS, undefined),
  );
  for (const id of ids) assert.match(id, /^tx[0-9a-f]{21}-005e5ef0e4$/);
  assert.equal(new Set(ids).size, ids.length);
});

test('what the client adds is cut to 32 characters and safe in a header', () => {
  const withExtra = (extra: string) => mintRequestId(s3Flavours.nhn, entropy, AT_MICROS, extra).slice(34);
  assert.equal(withExtra(''), '');
  assert.equal(withExtra('a/b.c~d'), '-a/b.c~d');
  assert.equal(withExtra('x'.repeat(33)), `-${'x'.repeat(32)}`);
  assert.equal(withExtra('😀'.repeat(33)), `-${'%F0%9F%98%80'.repeat(32)}`);
  assert.equal(withExtra('a\r\nb'), '-a%0D%0Ab');
  assert.equal(withExtra('\ud800'), '-%EF%BF%BD');
});

test('flavour ibm has uuids of version 4', () => {
  const id = mintRequestId(s3Flavours.ibm, entropy, AT_MICROS, 'extra');
  assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
