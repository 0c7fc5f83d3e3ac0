/**
 * What a target names: the service, a bucket, or an object; path style and virtual-hosted.
 *
 * The raw target is split first and decoded once, so that a key may hold `/`, `//`, `..` and `%2F` alike (design, section 5). `{account}:{bucket}`
 * selects the account (scp.md, section 6; nhn-openstack.md, section 2.1); `%3A` counts as the colon.
 */
import { decodePercent, PercentEncodingError } from '../../lib/percent-encoding.ts';
import { S3Error } from './s3-errors.ts';

export interface S3Address {
  readonly resource: 'service' | 'bucket' | 'object';
  readonly bucketName: string;
  /** Of `{account}:{bucket}`, lower case. */
  readonly bucketAccount: string | undefined;
  readonly key: string;
  /** The bucket stands in the host name and not in the path. */
  readonly isHosted: boolean;
}

/** Object keys are 1 to 1,024 bytes of UTF-8 (Amazon S3 User Guide, "Naming Amazon S3 objects"). */
const KEY_BYTES_MAX = 1024;
/** A UTF-16 unit takes at most three bytes of UTF-8, so that shorter keys need no counting. */
const KEY_UNITS_SURELY_SHORT = Math.floor(KEY_BYTES_MAX / 3);

const SERVICE: S3Address = {
  resource: 'service',
  bucketName: '',
  bucketAccount: undefined,
  key: '',
  isHosted: false,
};

/**
 * `host`: the Host header, or undefined. `domains`: below which `{bucket}.{domain}` names a bucket, lower case, without port.
 * Throws InvalidURI and KeyTooLongError.
 */
export function parseAddress(
  rawPath: string,
  host: string | undefined,
  domains: readonly string[],
): S3Address {
  const hosted = host === undefined || domains.length === 0 ? undefined : bucketOfHost(host, domains);
  if (hosted !== undefined) return addressOf(hosted, rawPath.slice(1), true);
  if (rawPath.length <= 1) return SERVICE;
  const slash = rawPath.indexOf('/', 1);
  const bucket = decodeOrRefuse(slash < 0 ? rawPath.slice(1) : rawPath.slice(1, slash));
  return addressOf(bucket, slash < 0 ? '' : rawPath.slice(slash + 1), false);
}

/**
 * The bucket that a virtual-hosted request names; undefined when the host is not below one of the domains, or is one of them:
 * `kr1.example.com` is no bucket `kr1` of `example.com` where both are domains. The longest domain must come first.
 */
export function bucketOfHost(host: string, domains: readonly string[]): string | undefined {
  const name = withoutPort(host).toLowerCase();
  for (const domain of domains) {
    if (name === domain) return undefined;
    if (
      name.length > domain.length + 1 &&
      name.endsWith(domain) &&
      name[name.length - domain.length - 1] === '.'
    ) {
      return name.slice(0, -domain.length - 1);
    }
  }
  return undefined;
}

/** Splits `{account}:{bucket}`; anything else before a colon is part of an (illegal) name. */
export function splitBucketName(name: string): {
  readonly account: string | undefined;
  readonly name: string;
} {
  const isQualified = name.length > 33 && name[32] === ':' && /^[0-9a-f]{32}$/i.test(name.slice(0, 32));
  return isQualified
    ? { account: name.slice(0, 32).toLowerCase(), name: name.slice(33) }
    : { account: undefined, name };
}

/** Throws KeyTooLongError, and InvalidURI for a key with NUL. */
export function checkKey(key: string): void {
  if (key.length > KEY_UNITS_SURELY_SHORT) {
    const bytes = Buffer.byteLength(key);
    if (bytes > KEY_BYTES_MAX) {
      throw new S3Error('KeyTooLongError', { Size: `${bytes}`, MaxSizeAllowed: `${KEY_BYTES_MAX}` });
    }
  }
  if (key.includes('\0')) throw new S3Error('InvalidURI', { URI: key });
}

/** Decodes once; a malformed escape, or bytes that are not UTF-8, are InvalidURI. */
function decodeOrRefuse(raw: string): string {
  try {
    return decodePercent(raw);
  } catch (error) {
    if (error instanceof PercentEncodingError) throw new S3Error('InvalidURI', { URI: raw });
    throw error;
  }
}

function addressOf(bucket: string, rawKey: string, isHosted: boolean): S3Address {
  const { account, name } = splitBucketName(bucket);
  if (name === '') throw new S3Error('InvalidBucketName', { BucketName: name });
  const key = rawKey === '' ? '' : decodeOrRefuse(rawKey);
  checkKey(key);
  const resource = rawKey === '' ? 'bucket' : 'object';
  return { resource, bucketName: name, bucketAccount: account, key, isHosted };
}

export function withoutPort(host: string): string {
  const colon = host.lastIndexOf(':');
  return colon < 0 || host.endsWith(']') ? host : host.slice(0, colon);
}
