/**
 * Checksums bit by bit, straight from their definitions: slow, and independent of the tables and libraries of the
 * server, so that tests have something to compare with.
 */
import { createHash } from 'node:crypto';
import type { ChecksumAlgorithm } from '../../src/core/model.ts';

/** Reflected polynomials and widths (CRC-32/ISO-HDLC, CRC-32/ISCSI, CRC-64/NVME); all start and end inverted. */
const REFLECTED_CRCS = {
  CRC32: { polynomial: 0xedb88320n, bits: 32n },
  CRC32C: { polynomial: 0x82f63b78n, bits: 32n },
  CRC64NVME: { polynomial: 0x9a6c9329ac4bc9b5n, bits: 64n },
} as const;

export type NaiveCrc = keyof typeof REFLECTED_CRCS;

/** The CRC as a number. */
export function naiveCrc(name: NaiveCrc, bytes: Uint8Array): bigint {
  const { polynomial, bits } = REFLECTED_CRCS[name];
  const ones = (1n << bits) - 1n;
  let register = ones;
  for (const byte of bytes) {
    register ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit++) {
      register = (register & 1n) === 1n ? (register >> 1n) ^ polynomial : register >> 1n;
    }
  }
  return register ^ ones;
}

/** The checksum as S3 shows it: base64 of the big-endian bytes. */
export function naiveChecksum(algorithm: ChecksumAlgorithm, bytes: Uint8Array): string {
  if (algorithm === 'SHA1') return createHash('sha1').update(bytes).digest('base64');
  if (algorithm === 'SHA256') return createHash('sha256').update(bytes).digest('base64');
  const digits = Number(REFLECTED_CRCS[algorithm].bits) / 4;
  return Buffer.from(naiveCrc(algorithm, bytes).toString(16).padStart(digits, '0'), 'hex').toString('base64');
}

export function md5Hex(bytes: Uint8Array): string {
  return createHash('md5').update(bytes).digest('hex');
}
