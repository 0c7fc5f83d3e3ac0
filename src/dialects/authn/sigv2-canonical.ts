/**
 * The string to sign of AWS Signature Version 2 (AWS, "Signing and authenticating REST requests" in the S3 developer guide).
 * Of the query only sub-resources and response overrides are signed, by the names that the dialect gives: every name that
 * decides what a request does must be among them.
 *
 * Clients do not agree on the spelling of paths (some sign what they send, some their own strict encoding of it; botocore signs
 * `/bucket/` and sends `/bucket`) nor on a sub-resource without a value (`?acl` and `?acl=`), so each has several forms. All of
 * them mean the same request.
 */
import { decodePercent, encodeStrictPath } from '../../lib/percent-encoding.ts';
import type { WireHeaders, WireRequest } from '../kernel/wire.ts';
import { AuthnError } from './authn-errors.ts';
import { type PublicAddress, pathsBehind, type QueryPair, readQueryPairs } from './sigv4-canonical.ts';

export interface SigV2Rules {
  /** The bucket in the host name of a virtual-hosted request, lower case. */
  readonly hostedBucket: string | undefined;
  /** Whether the parameter of the query, by its decoded name, is part of what is signed. */
  isSignedParameter(name: string): boolean;
}

/**
 * Every string that a client may have signed for this request, without repetition; the plainest first, for the address as
 * sent. `date`: the date header, nothing beside `x-amz-date`, or the `Expires` of a query. Throws MalformedTarget.
 */
export function stringsToSign(
  request: WireRequest,
  date: string,
  rules: SigV2Rules,
  publicAddresses: readonly PublicAddress[],
): Iterable<string> {
  const { method, headers } = request;
  const pairs = readQueryPairs(request.rawQuery);
  const head = [
    method,
    headers.get('content-md5') ?? '',
    headers.get('content-type') ?? '',
    date,
    canonicalAmzHeaders(headers, pairs),
  ].join('\n');
  const bucket = rules.hostedBucket === undefined ? '' : `/${rules.hostedBucket}`;
  const signed = pairs.filter(({ name }) => rules.isSignedParameter(name));
  const queries = [canonicalSubresources(signed, ''), canonicalSubresources(signed, '=')];
  const paths = pathForms(request.rawPath, rules.hostedBucket !== undefined);
  const strings = new Set<string>();
  for (const { pathPrefix } of [{ pathPrefix: '' }, ...publicAddresses]) {
    const prefix = encodeStrictPath(pathPrefix);
    for (const path of paths.flatMap((form) => pathsBehind(prefix, form))) {
      for (const query of queries) strings.add(head + bucket + prefix + path + query);
    }
  }
  return strings;
}

/**
 * Each on a line: lower case, by name, values of one name joined with a comma. What stands in the query counts like a header,
 * unless the header is there too: presigned URLs carry them there, and what they ask for must be signed.
 */
function canonicalAmzHeaders(headers: WireHeaders, pairs: readonly QueryPair[]): string {
  const values = new Map<string, string>();
  for (const name of headers.names()) {
    if (name.startsWith('x-amz-')) values.set(name, (headers.get(name) ?? '').trim());
  }
  for (const { name, value } of pairs) {
    const lower = name.toLowerCase();
    if (lower.startsWith('x-amz-') && !headers.has(lower)) values.set(lower, value.trim());
  }
  const names = [...values.keys()].sort();
  return names.map((name) => `${name}:${values.get(name)}\n`).join('');
}

/** Values decoded. `empty`: what stands behind a name without a value. */
function canonicalSubresources(signed: readonly QueryPair[], empty: '' | '='): string {
  const sorted = signed.toSorted((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)));
  const parts = sorted.map(({ name, value }) => (value === '' ? name + empty : `${name}=${value}`));
  return parts.length === 0 ? '' : `?${parts.join('&')}`;
}

function pathForms(rawPath: string, isHosted: boolean): string[] {
  try {
    const forms = [rawPath, encodeStrictPath(decodePercent(rawPath))];
    const namesBucket = !isHosted && rawPath.length > 1 && rawPath.indexOf('/', 1) < 0;
    return namesBucket ? forms.flatMap((form) => [form, `${form}/`]) : forms;
  } catch {
    throw new AuthnError('MalformedTarget', {});
  }
}
