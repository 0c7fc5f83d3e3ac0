/**
 * TempURL: a link whose signature, made with a key of the account or of the container, stands for its owner for one method,
 * one name or prefix, and until one time (OpenStack Swift, "TempURL"; section 14 of the specification of the Swift side).
 *
 * Signed text: `[ip={range}\n]{METHOD}\n{expires}\n{path}`, the path decoded and beginning with `/v1/`, or `prefix:/v1/...` for a prefix.
 * SHA-1 is verified only where the operator allows it.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { isInRange, parseIpRange } from '../../identity/ip-ranges.ts';
import type { QueryParameters } from '../kernel/query-parameters.ts';

export type TempUrlDigest = 'sha1' | 'sha256' | 'sha512';

export interface TempUrlKey {
  readonly value: string;
  /** What the link may reach: everything in the account, or this container only. */
  readonly scope: 'account' | 'container';
}

/** The parameters of a link; undefined: the request is none. */
export interface TempUrlParameters {
  readonly signature: string | undefined;
  readonly expires: string | undefined;
  readonly prefix: string | undefined;
  readonly ipRange: string | undefined;
}

export interface TempUrlTarget {
  readonly method: string;
  /** First segment of the path as sent: only `v1` can be signed. */
  readonly apiVersion: string;
  readonly account: string;
  readonly container: string;
  /** Decoded. Empty: the container itself, which a link with an empty prefix may read (StaticWeb). */
  readonly object: string;
  readonly remoteAddress: string;
}

export interface VerifiedTempUrl {
  readonly scope: TempUrlKey['scope'];
  readonly expiresSeconds: number;
}

const DIGEST_OF_HEX_LENGTH: ReadonlyMap<number, TempUrlDigest> = new Map([
  [40, 'sha1'],
  [64, 'sha256'],
  [128, 'sha512'],
]);
const DIGEST_BYTES: Readonly<Record<TempUrlDigest, number>> = { sha1: 20, sha256: 32, sha512: 64 };

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'PUT', 'POST', 'DELETE']);
/** A HEAD may use a link that was made for one of these: whoever may read or write may look. */
const METHODS_FOR_HEAD = ['HEAD', 'GET', 'POST', 'PUT'] as const;

export function readTempUrl(query: QueryParameters): TempUrlParameters | undefined {
  const signature = query.get('temp_url_sig');
  const expires = query.get('temp_url_expires');
  if (signature === undefined && expires === undefined) return undefined;
  return {
    signature,
    expires,
    prefix: query.get('temp_url_prefix'),
    ipRange: query.get('temp_url_ip_range') || undefined,
  };
}

/** Undefined for any defect, without a difference: half a link, expired, wrong, for something else. */
export function verifyTempUrl(
  { signature, expires, prefix, ipRange }: TempUrlParameters,
  target: TempUrlTarget,
  keys: readonly TempUrlKey[],
  context: { readonly nowMicros: number; readonly digests: ReadonlySet<TempUrlDigest> },
): VerifiedTempUrl | undefined {
  const { method, object, container } = target;
  const expiresSeconds = parseExpires(expires ?? '');
  const given = parseSignature(signature ?? '');
  if (given === undefined || !context.digests.has(given.digest)) return undefined;
  if (expiresSeconds === undefined || expiresSeconds * 1_000_000 < context.nowMicros) return undefined;
  if (!METHODS.has(method) || target.apiVersion !== 'v1' || container === '') return undefined;
  const mayBeRoot = prefix === '' && (method === 'GET' || method === 'HEAD');
  if (object.replaceAll('/', '') === '' && !mayBeRoot) return undefined;
  if (ipRange !== undefined && !isFrom(ipRange, target.remoteAddress)) return undefined;
  if (prefix !== undefined && !object.startsWith(prefix)) return undefined;
  const base = `/v1/${target.account}/${container}/`;
  const path = prefix === undefined ? `${base}${object}` : `prefix:${base}${prefix}`;
  const start = ipRange === undefined ? '' : `ip=${ipRange}\n`;
  const methods = method === 'HEAD' ? METHODS_FOR_HEAD : [method];
  for (const signed of methods) {
    const text = `${start}${signed}\n${expiresSeconds}\n${path}`;
    const scope = findScope(given, text, keys);
    if (scope !== undefined) return { scope, expiresSeconds };
  }
  return undefined;
}

interface GivenSignature {
  readonly digest: TempUrlDigest;
  readonly bytes: Buffer;
}

/** Hexadecimal, or `sha256:` and base64 of either alphabet, padded or not. Also that of a form (FormPost). */
function parseSignature(text: string): GivenSignature | undefined {
  const colon = text.indexOf(':');
  if (colon < 0) {
    const digest = DIGEST_OF_HEX_LENGTH.get(text.length);
    if (digest === undefined || !/^[0-9a-f]+$/.test(text)) return undefined;
    return { digest, bytes: Buffer.from(text, 'hex') };
  }
  const digest = text.slice(0, colon);
  const encoded = text.slice(colon + 1);
  if (!isDigest(digest) || !/^[A-Za-z0-9+/_-]+={0,2}$/.test(encoded)) return undefined;
  const bytes = Buffer.from(encoded, 'base64');
  return bytes.length === DIGEST_BYTES[digest] ? { digest, bytes } : undefined;
}

function isDigest(text: string): text is TempUrlDigest {
  return text in DIGEST_BYTES && Object.hasOwn(DIGEST_BYTES, text);
}

/** Epoch seconds, or `2020-02-22T22:22:22Z`, which is signed as epoch seconds too. */
function parseExpires(text: string): number | undefined {
  if (/^\d{1,12}$/.test(text)) return Number(text);
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/.test(text)) return undefined;
  const millis = Date.parse(text);
  return Number.isNaN(millis) ? undefined : millis / 1000;
}

function isFrom(rangeText: string, address: string): boolean {
  const range = parseIpRange(rangeText);
  return range !== undefined && isInRange(range, address);
}

function findScope(
  given: GivenSignature,
  text: string,
  keys: readonly TempUrlKey[],
): TempUrlKey['scope'] | undefined {
  for (const { value, scope } of keys) {
    const expected = createHmac(given.digest, value).update(text).digest();
    if (timingSafeEqual(expected, given.bytes)) return scope;
  }
  return undefined;
}

/** What the hidden fields of an upload form say. */
export interface UploadForm {
  /** Decoded path of the address that the form is sent to: `/v1/{account}/{container}[/{prefix}]`. */
  readonly path: string;
  /** Fields as sent; absent ones are empty. */
  readonly redirect: string;
  readonly maxFileSize: string;
  readonly maxFileCount: string;
  readonly expires: string;
  readonly signature: string;
}

/** Whether one of the keys has signed the form and it has not expired (OpenStack Swift, "FormPost"). */
export function isFormSigned(
  form: UploadForm,
  keys: readonly TempUrlKey[],
  context: { readonly nowMicros: number; readonly digests: ReadonlySet<TempUrlDigest> },
): boolean {
  const given = parseSignature(form.signature);
  const expiresSeconds = parseExpires(form.expires);
  if (given === undefined || !context.digests.has(given.digest) || expiresSeconds === undefined) return false;
  if (expiresSeconds * 1_000_000 < context.nowMicros) return false;
  const { path, redirect, maxFileSize, maxFileCount } = form;
  const text = `${path}\n${redirect}\n${maxFileSize}\n${maxFileCount}\n${expiresSeconds}`;
  return findScope(given, text, keys) !== undefined;
}
