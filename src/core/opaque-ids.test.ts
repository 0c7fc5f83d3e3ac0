import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeOpaqueId, encodeOpaqueId } from './opaque-ids.ts';

const nonce = fc
  .uint8Array({ minLength: 12, maxLength: 12 })
  .map((bytes) => Buffer.from(bytes).toString('hex'));

test('an id is 32 URL-safe characters and gives back its number and nonce', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), nonce, (number, text) => {
      const id = encodeOpaqueId('version', number, text);
      assert.match(id, /^[A-Za-z0-9_-]{32}$/);
      const numberHex = number.toString(16).padStart(16, '0');
      assert.deepEqual(decodeOpaqueId('version', id), { number, numberHex, nonce: text });
      assert.equal(encodeOpaqueId('version', numberHex, text), id);
    }),
  );
});

test('an id of one kind is none of the other', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), nonce, (number, text) => {
      assert.equal(decodeOpaqueId('upload', encodeOpaqueId('version', number, text)), undefined);
    }),
  );
});

test('a changed character is noticed', () => {
  const characters = fc.constantFrom(
    ...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/ é',
  );
  fc.assert(
    fc.property(fc.maxSafeNat(), nonce, fc.nat(31), characters, (number, text, position, character) => {
      const id = encodeOpaqueId('upload', number, text);
      fc.pre(id[position] !== character);
      const changed = id.slice(0, position) + character + id.slice(position + 1);
      assert.equal(decodeOpaqueId('upload', changed), undefined);
    }),
  );
});

test('what has another length is no id', () => {
  for (const id of ['', 'null', 'x'.repeat(31), 'x'.repeat(33)]) {
    assert.equal(decodeOpaqueId('version', id), undefined);
  }
});
