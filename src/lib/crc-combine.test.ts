import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type NaiveCrc, naiveCrc } from '../../test/support/naive-checksums.ts';
import { combineCrcs } from './crc-combine.ts';

const NAMES = ['CRC32', 'CRC32C', 'CRC64NVME'] as const;

function crcBytes(name: NaiveCrc, bytes: Uint8Array): Buffer {
  const digits = name === 'CRC64NVME' ? 16 : 8;
  return Buffer.from(naiveCrc(name, bytes).toString(16).padStart(digits, '0'), 'hex');
}

test('the naive CRCs are the published ones (check values of "123456789")', () => {
  const bytes = Buffer.from('123456789');
  assert.equal(naiveCrc('CRC32', bytes), 0xcbf43926n);
  assert.equal(naiveCrc('CRC32C', bytes), 0xe3069283n);
  assert.equal(naiveCrc('CRC64NVME', bytes), 0xae8b14860a799888n);
});

for (const name of NAMES) {
  test(`${name} of pieces combines to the ${name} of the whole`, () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 70 }), { maxLength: 9 }), (pieces) => {
        const combined = combineCrcs(
          name,
          pieces.map((piece) => ({ crc: crcBytes(name, piece), length: piece.length })),
        );
        assert.deepEqual(combined, crcBytes(name, Buffer.concat(pieces)));
      }),
      { numRuns: 150 },
    );
  });

  test(`${name} reaches over lengths beyond 32 bits: appending zeros in one step or in many`, () => {
    const head = { crc: crcBytes(name, Buffer.from('head')), length: 4 };
    // The CRC of 2^k zero bytes, doubled up from one byte.
    let zeros = { crc: crcBytes(name, Buffer.alloc(1)), length: 1 };
    while (zeros.length < 2 ** 36) {
      zeros = { crc: combineCrcs(name, [zeros, zeros]), length: zeros.length * 2 };
    }
    const half = { crc: combineCrcs(name, [head, zeros]), length: head.length + zeros.length };
    const twice = { crc: combineCrcs(name, [zeros, zeros]), length: zeros.length * 2 };
    assert.deepEqual(combineCrcs(name, [half, zeros]), combineCrcs(name, [head, twice]));
  });

  test(`${name} of nothing is zero, and a checksum of another width is refused`, () => {
    const width = name === 'CRC64NVME' ? 8 : 4;
    assert.deepEqual(combineCrcs(name, []), Buffer.alloc(width));
    assert.throws(() => combineCrcs(name, [{ crc: Buffer.alloc(5), length: 1 }]), RangeError);
  });
}
