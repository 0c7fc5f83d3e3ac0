import { randomBytes } from 'node:crypto';

/** The only source of randomness, so that simulations can be replayed from a seed. */
export interface Entropy {
  bytes(count: number): Buffer;
}

const POOL_BYTES = 4096;

/** Cryptographic randomness, drawn in blocks because one system call per request id would cost more than the id. */
export function createSystemEntropy(): Entropy {
  let pool = randomBytes(POOL_BYTES);
  let used = 0;
  return {
    bytes(count) {
      if (count > POOL_BYTES) return randomBytes(count);
      if (used + count > POOL_BYTES) {
        pool = randomBytes(POOL_BYTES);
        used = 0;
      }
      used += count;
      return pool.subarray(used - count, used);
    },
  };
}
