import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { md5Hex, naiveChecksum } from '../../test/support/naive-checksums.ts';
import { createDigest, type DigestAlgorithm, digestOf } from './digests.ts';

const algorithms: readonly DigestAlgorithm[] = ['MD5', 'SHA1', 'SHA256', 'CRC32', 'CRC32C', 'CRC64NVME'];

function naive(algorithm: DigestAlgorithm, bytes: Buffer): string {
  return algorithm === 'MD5'
    ? Buffer.from(md5Hex(bytes), 'hex').toString('base64')
    : naiveChecksum(algorithm, bytes);
}

test('published check values', () => {
  const digits = Buffer.from('123456789');
  const published: Record<DigestAlgorithm, string> = {
    MD5: '25f9e794323b453885f5181f1b624d0b',
    SHA1: 'f7c3bc1d808e04732adf679965ccc34ca7ae3441',
    SHA256: '15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225',
    CRC32: 'cbf43926',
    CRC32C: 'e3069283',
    CRC64NVME: 'ae8b14860a799888',
  };
  for (const algorithm of algorithms) {
    assert.equal(digestOf(algorithm, digits).toString('hex'), published[algorithm]);
  }
});

test('RFC 3720, appendix B.4: CRC32C of 32 bytes', () => {
  const ascending = Buffer.from(Array.from({ length: 32 }, (_, index) => index));
  const crc = (bytes: Buffer) => digestOf('CRC32C', bytes).toString('hex');
  assert.equal(crc(Buffer.alloc(32)), '8a9136aa');
  assert.equal(crc(Buffer.alloc(32, 0xff)), '62a8ab43');
  assert.equal(crc(ascending), '46dd794e');
  assert.equal(crc(Buffer.from(ascending).reverse()), '113fdb5c');
});

test('any bytes, split anywhere, digest as the definition says', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...algorithms),
      fc.uint8Array({ maxLength: 400 }),
      fc.array(fc.nat(400), { maxLength: 6 }),
      (algorithm, content, cuts) => {
        const bytes = Buffer.from(content);
        const expected = naive(algorithm, bytes);
        const digest = createDigest(algorithm);
        let position = 0;
        for (const cut of [...cuts, bytes.length].sort((a, b) => a - b)) {
          digest.update(bytes.subarray(position, cut));
          position = Math.max(position, Math.min(cut, bytes.length));
        }
        assert.equal(digest.digest().toString('base64'), expected);
        assert.equal(digestOf(algorithm, bytes).toString('base64'), expected);
      },
    ),
    { numRuns: 500 },
  );
});

test('digests of long pieces, and several at once, do not disturb each other', () => {
  const bytes = Buffer.alloc(200_003, 'gotgan keeps what it is given; ');
  for (const algorithm of ['CRC32C', 'CRC64NVME'] as const) {
    const whole = createDigest(algorithm);
    const pieces = createDigest(algorithm);
    whole.update(bytes);
    for (let offset = 0; offset < bytes.length; offset += 777) {
      pieces.update(bytes.subarray(offset, offset + 777));
      digestOf('CRC32C', bytes.subarray(0, 100));
    }
    const expected = naive(algorithm, bytes);
    assert.equal(whole.digest().toString('base64'), expected);
    assert.equal(pieces.digest().toString('base64'), expected);
  }
});
