/**
 * Which names buckets and keys may have: the NHN Cloud guide (3 to 63 characters, lower-case letters, digits, dot, hyphen;
 * letter or digit first and last; no IP address; not `xn--`) and what AWS adds (no `..`, `.-`, `-.`). Swift allows a
 * container more (256 bytes, no slash); such a container has no public name.
 */
import { CoreError } from './core-errors.ts';

const BUCKET_NAME_LENGTH_MIN = 3;
const BUCKET_NAME_LENGTH_MAX = 63;
const CONTAINER_NAME_BYTES_MAX = 256;

/** First path segments with a meaning of their own (design, section 5); the shorter ones are no legal names anyway. */
const reservedNames: ReadonlySet<string> = new Set(['info', 'healthcheck', 'auth', 'v1.0', 'v2.0', 'admin']);

/** Why a name cannot be that of an S3 bucket, in words; undefined when it can. */
export function bucketNameFault(name: string): string | undefined {
  if (name.length < BUCKET_NAME_LENGTH_MIN || name.length > BUCKET_NAME_LENGTH_MAX) {
    return 'a bucket name has 3 to 63 characters';
  }
  if (!/^[a-z0-9.-]+$/.test(name)) {
    return 'a bucket name consists of lower-case letters, digits, dots and hyphens';
  }
  if (!/^[a-z0-9].*[a-z0-9]$/.test(name)) return 'a bucket name begins and ends with a letter or digit';
  if (/\.\.|\.-|-\./.test(name)) return 'a bucket name has no dot beside a dot or a hyphen';
  if (/^\d+\.\d+\.\d+\.\d+$/.test(name)) return 'a bucket name is not formed like an IP address';
  if (name.startsWith('xn--')) return 'a bucket name does not begin with xn--';
  if (reservedNames.has(name)) return 'this name is reserved';
  return undefined;
}

/** Throws InvalidBucketName unless the name is legal for an S3 bucket and not reserved. */
export function assertBucketName(name: string): void {
  const reason = bucketNameFault(name);
  if (reason !== undefined) throw new CoreError('InvalidBucketName', { name, reason });
}

/** Throws InvalidBucketName unless the name is legal for a container, which S3 need not be able to see. */
export function assertContainerName(name: string): void {
  const bytes = Buffer.byteLength(name);
  if (bytes === 0 || bytes > CONTAINER_NAME_BYTES_MAX) {
    throw new CoreError('InvalidBucketName', { name, reason: 'a container name has 1 to 256 bytes' });
  }
  if (name.includes('/') || name.includes('\0')) {
    throw new CoreError('InvalidBucketName', { name, reason: 'a container name has no slash and no NUL' });
  }
}

/** Throws InvalidKey or KeyTooLong. `bytesMax` counts UTF-8. */
export function assertKey(key: string, bytesMax: number): void {
  if (key === '') throw new CoreError('InvalidKey', { reason: 'empty' });
  if (key.includes('\0')) throw new CoreError('InvalidKey', { reason: 'nul' });
  if (!key.isWellFormed()) throw new CoreError('InvalidKey', { reason: 'not-utf8' });
  const bytes = Buffer.byteLength(key);
  if (bytes > bytesMax) throw new CoreError('KeyTooLong', { bytes, bytesMax });
}
