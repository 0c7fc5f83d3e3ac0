/** Passwords as scrypt hashes (RFC 7914), with the cost that OWASP's password storage guide lists for 32 MiB. */
import { scrypt, timingSafeEqual } from 'node:crypto';
import type { Entropy } from '../lib/entropy.ts';

const COST = { logN: 15, blockSize: 8, parallelization: 3 };
const SALT_BYTES = 16;
const HASH_BYTES = 32;

/** `scrypt$logN$r$p$salt$hash`, salt and hash in base64. */
export async function hashPassword(password: string, entropy: Entropy): Promise<string> {
  const salt = Buffer.from(entropy.bytes(SALT_BYTES));
  const hash = await derive(password, salt, COST);
  return ['scrypt', ...Object.values(COST), salt.toString('base64'), hash.toString('base64')].join('$');
}

export async function verifyPassword(password: string, encoded: string): Promise<boolean> {
  const [scheme, logN, blockSize, parallelization, salt, hash] = encoded.split('$');
  if (scheme !== 'scrypt' || salt === undefined || hash === undefined) return false;
  const expected = Buffer.from(hash, 'base64');
  const actual = await derive(password, Buffer.from(salt, 'base64'), {
    logN: Number(logN),
    blockSize: Number(blockSize),
    parallelization: Number(parallelization),
  });
  return actual.length === expected.length && timingSafeEqual(actual, expected);
}

/** Takes as long to verify as any other, and no password fits. */
export function passwordThatNobodyHas(entropy: Entropy): string {
  const draw = (bytes: number): string => Buffer.from(entropy.bytes(bytes)).toString('base64');
  return ['scrypt', ...Object.values(COST), draw(SALT_BYTES), draw(HASH_BYTES)].join('$');
}

/** Unicode forms of one password are one password (RFC 8265: NFC). */
function derive(password: string, salt: Buffer, cost: typeof COST): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const options = {
    N: 2 ** cost.logN,
    r: cost.blockSize,
    p: cost.parallelization,
    maxmem: 256 * 2 ** cost.logN * cost.blockSize,
  };
  scrypt(password.normalize('NFC'), salt, HASH_BYTES, options, (error, key) => {
    if (error === null) resolve(key);
    else reject(error);
  });
  return promise;
}
