/** Throughput of every digest, in pieces of 64 KiB: `node bench/micro-digests.ts`. */
import { createDigest, type DigestAlgorithm } from '../src/lib/digests.ts';

const algorithms: readonly DigestAlgorithm[] = ['MD5', 'SHA1', 'SHA256', 'CRC32', 'CRC32C', 'CRC64NVME'];
const PIECE_BYTES = 65_536;
const PIECES = 8192;
const piece = Buffer.alloc(PIECE_BYTES, 'storehouse');

for (const algorithm of algorithms) {
  let best = 0;
  for (let round = 0; round < 5; round++) {
    const digest = createDigest(algorithm);
    const startedAt = process.hrtime.bigint();
    for (let count = 0; count < PIECES; count++) digest.update(piece);
    digest.digest();
    const seconds = Number(process.hrtime.bigint() - startedAt) / 1e9;
    best = Math.max(best, (PIECES * PIECE_BYTES) / seconds / 1e9);
  }
  process.stdout.write(`${algorithm.padEnd(10)} ${best.toFixed(2)} GB/s\n`);
}
