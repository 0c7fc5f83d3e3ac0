/**
 * The canonical request of Signature Version 4 as S3 forms it (AWS, "Signature Calculations for the Authorization
 * Header", task 1), from the target as sent: paths and parameters are decoded once and encoded strictly, so that it does
 * not matter which characters a client chose to escape; nothing is normalised (`//`, `.` and `..` are parts of keys).
 *
 * A raw `+` in a query is a space: S3 takes both spellings (mhart/aws4fetch issue 83), and clients send the one while they
 * sign the other (ceph/ceph pull request 10919). A literal plus is always `%2B`, also to the dialects that read the query.
 */
import { hash } from 'node:crypto';
import {
  decodeFormComponent,
  decodePercent,
  encodeStrict,
  encodeStrictPath,
} from '../../lib/percent-encoding.ts';
import type { WireHeaders } from '../kernel/wire.ts';
import { AuthnError } from './authn-errors.ts';

/** Another address under which the client may know this server: what it signed when a proxy changed host or path. */
export interface PublicAddress {
  readonly host: string;
  /** What the proxy cut off the path, decoded, without final slash; empty when it cut nothing. */
  readonly pathPrefix: string;
}

/** The parts that do not depend on the address. */
export interface CanonicalParts {
  readonly method: string;
  /** Canonical path. */
  readonly path: string;
  /** Canonical query, without the signature itself. */
  readonly query: string;
  readonly headers: WireHeaders;
  /** `host;x-amz-date`, as sent. */
  readonly signedHeaders: string;
  readonly signedHeaderNames: readonly string[];
  /** The payload line: a hash or a keyword, as sent. */
  readonly payload: string;
}

export interface QueryPair {
  readonly name: string;
  readonly value: string;
  readonly encodedName: string;
  readonly encodedValue: string;
}

/** Throws MalformedTarget when it is not percent-encoded UTF-8. */
export function canonicalPath(rawPath: string): string {
  return orMalformed(() => encodeStrictPath(decodePercent(rawPath)));
}

const noPairs: readonly QueryPair[] = [];

/** The parameters in the order sent; empty pairs are nothing. Throws MalformedTarget. */
export function readQueryPairs(rawQuery: string): readonly QueryPair[] {
  if (rawQuery === '') return noPairs;
  return orMalformed(() => {
    const pairs: QueryPair[] = [];
    for (const pair of rawQuery.split('&')) {
      if (pair === '') continue;
      const equals = pair.indexOf('=');
      const name = decodeFormComponent(equals < 0 ? pair : pair.slice(0, equals));
      const value = equals < 0 ? '' : decodeFormComponent(pair.slice(equals + 1));
      pairs.push({ name, value, encodedName: encodeStrict(name), encodedValue: encodeStrict(value) });
    }
    return pairs;
  });
}

/** Sorted by encoded name, then value; `X-Amz-Signature` cannot sign itself. */
export function canonicalQuery(pairs: readonly QueryPair[]): string {
  if (pairs.length === 0) return '';
  const signed = pairs.filter(({ name }) => name !== 'X-Amz-Signature');
  if (signed.length > 1) signed.sort(comparePairs);
  let query = '';
  for (const { encodedName, encodedValue } of signed) {
    query += query === '' ? `${encodedName}=${encodedValue}` : `&${encodedName}=${encodedValue}`;
  }
  return query;
}

/** A client that knows the server under `/files` asks for `/files` or `/files/` when it means the service. */
export function pathsBehind(prefix: string, path: string): readonly string[] {
  return path === '/' && prefix !== '' ? [path, ''] : [path];
}

/** A signed header that is not there counts as empty, which no client signs: the signature will not match. */
export function canonicalRequest(parts: CanonicalParts, address?: PublicAddress): string {
  const { headers, signedHeaderNames } = parts;
  const path = address === undefined ? parts.path : encodeStrictPath(address.pathPrefix) + parts.path;
  let request = `${parts.method}\n${path}\n${parts.query}\n`;
  for (let index = 0; index < signedHeaderNames.length; index += 1) {
    const name = signedHeaderNames[index]!;
    const value = address !== undefined && name === 'host' ? address.host : headers.get(name);
    request += `${name}:${value === undefined ? '' : canonicalHeaderValue(value)}\n`;
  }
  return `${request}\n${parts.signedHeaders}\n${parts.payload}`;
}

export function stringToSign(timestamp: string, scope: string, request: string): string {
  return `AWS4-HMAC-SHA256\n${timestamp}\n${scope}\n${hash('sha256', request, 'hex')}`;
}

function comparePairs(a: QueryPair, b: QueryPair): number {
  if (a.encodedName !== b.encodedName) return a.encodedName < b.encodedName ? -1 : 1;
  if (a.encodedValue === b.encodedValue) return 0;
  return a.encodedValue < b.encodedValue ? -1 : 1;
}

const OUTER_BLANKS = /^[ \t]+|[ \t]+$/g;
const INNER_BLANKS = / {2,}/g;

function canonicalHeaderValue(value: string): string {
  const collapsed = value.includes('  ') ? value.replace(INNER_BLANKS, ' ') : value;
  return isBlank(collapsed.charCodeAt(0)) || isBlank(collapsed.charCodeAt(collapsed.length - 1))
    ? collapsed.replace(OUTER_BLANKS, '')
    : collapsed;
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

/** `PercentEncodingError` from decoding; `URIError` from encoding half a surrogate pair. */
function orMalformed<T>(read: () => T): T {
  try {
    return read();
  } catch {
    throw new AuthnError('MalformedTarget', {});
  }
}
