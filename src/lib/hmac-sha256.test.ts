import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { HmacSha256Key } from './hmac-sha256.ts';

test('RFC 4231, test cases 1 and 2', () => {
  assert.equal(
    new HmacSha256Key(Buffer.alloc(20, 0x0b)).sign('Hi There'),
    'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
  );
  assert.equal(
    new HmacSha256Key(Buffer.from('Jefe')).sign('what do ya want for nothing?'),
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  );
});

test('it signs as Node does, one text after another, whatever they are and however long', () => {
  const texts = fc.array(fc.string({ unit: 'binary', maxLength: 1200, size: 'max' }), {
    minLength: 1,
    maxLength: 4,
  });
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), texts, (key, list) => {
      const signer = new HmacSha256Key(Buffer.from(key));
      for (const text of list) {
        assert.equal(signer.sign(text), createHmac('sha256', key).update(text, 'utf8').digest('hex'));
      }
    }),
  );
});

test('a key that would have to be hashed first is refused', () => {
  assert.throws(() => new HmacSha256Key(Buffer.alloc(65)), RangeError);
});
