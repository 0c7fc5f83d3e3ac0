/**
 * Every digest that a client may ask for, behind one form. MD5 and SHA come from OpenSSL, CRC32 from zlib, the other two
 * CRCs from `crc-wasm.ts`; which is the fastest there is was measured (docs/adr/0004-signatures-and-digests.md).
 */
import { createHash, hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { type CrcState, updateCrc32c, updateCrc64Nvme } from './crc-wasm.ts';

export type DigestAlgorithm = 'MD5' | 'SHA1' | 'SHA256' | 'CRC32' | 'CRC32C' | 'CRC64NVME';

export interface Digest {
  update(chunk: Buffer): void;
  /** Ends the digest; call once. CRCs are big-endian, as S3 shows them in base64. */
  digest(): Buffer;
}

const hashNames = { MD5: 'md5', SHA1: 'sha1', SHA256: 'sha256' } as const;

export function createDigest(algorithm: DigestAlgorithm): Digest {
  switch (algorithm) {
    case 'MD5':
    case 'SHA1':
    case 'SHA256':
      return createHash(hashNames[algorithm]);
    case 'CRC32':
      return createZlibCrc32();
    case 'CRC32C':
      return createCrc(updateCrc32c, 4);
    case 'CRC64NVME':
      return createCrc(updateCrc64Nvme, 8);
  }
}

/** Of bytes that are all there: cheaper than `createDigest` where OpenSSL does the work. */
export function digestOf(algorithm: DigestAlgorithm, bytes: Buffer): Buffer {
  if (algorithm === 'MD5' || algorithm === 'SHA1' || algorithm === 'SHA256') {
    return hash(hashNames[algorithm], bytes, 'buffer');
  }
  const digest = createDigest(algorithm);
  digest.update(bytes);
  return digest.digest();
}

/** `digestOf` as text, without a buffer in between where OpenSSL does the work. */
export function digestTextOf(algorithm: DigestAlgorithm, bytes: Buffer, encoding: 'hex' | 'base64'): string {
  if (algorithm === 'MD5' || algorithm === 'SHA1' || algorithm === 'SHA256') {
    return hash(hashNames[algorithm], bytes, encoding);
  }
  return digestOf(algorithm, bytes).toString(encoding);
}

function createZlibCrc32(): Digest {
  let value = 0;
  return {
    update(chunk) {
      value = crc32(chunk, value);
    },
    digest() {
      const bytes = Buffer.allocUnsafe(4);
      bytes.writeUInt32BE(value);
      return bytes;
    },
  };
}

function createCrc(update: (state: CrcState, chunk: Buffer) => void, sizeBytes: 4 | 8): Digest {
  const state: CrcState = { low: 0xffffffff, high: 0xffffffff };
  return {
    update(chunk) {
      update(state, chunk);
    },
    digest() {
      const bytes = Buffer.allocUnsafe(sizeBytes);
      if (sizeBytes === 8) bytes.writeUInt32BE(~state.high >>> 0);
      bytes.writeUInt32BE(~state.low >>> 0, sizeBytes - 4);
      return bytes;
    },
  };
}
