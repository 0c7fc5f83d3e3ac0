/**
 * Why a signature of Version 4 does not match, when somebody asks: the request as it was received is rewritten in the ways that
 * clients, libraries and proxies are known to differ in, and the rewrite is named under which the signature would have held. Never
 * run while a request waits.
 *
 * Each rewrite is tried by itself, and then every two together, since a proxy that changes the host often changes the scheme, too.
 */

import type { AccessKeyCredential } from '../../identity/credentials.ts';
import { decodePercent, encodeStrictPath } from '../../lib/percent-encoding.ts';
import type { WireHeaders } from '../kernel/wire.ts';
import { deriveSigningKey, isSignature } from './signing-keys.ts';
import {
  canonicalPath,
  canonicalQuery,
  canonicalRequest,
  readQueryPairs,
  stringToSign,
} from './sigv4-canonical.ts';
import { readHeaderText, readQueryText } from './sigv4-proof.ts';

/** As kept with the denial. Header names in lower case. */
export interface RecordedRequest {
  readonly method: string;
  readonly rawPath: string;
  readonly rawQuery: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly isSecure: boolean;
  readonly place: 'header' | 'query';
}

export interface Diagnosis {
  /** Whether a rewrite was found. */
  readonly isKnown: boolean;
  /** Stable: `host-with-port`; two are joined with `+`. */
  readonly rewrite?: string;
  /** One or two sentences in English. */
  readonly advice: string;
}

/** What a signature is made of, in the forms that the canonical request takes. */
interface Parts {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly signedHeaders: readonly string[];
  readonly payload: string;
  readonly region: string;
  readonly service: string;
}

interface Rewrite {
  readonly name: string;
  readonly advice: string;
  /** Every form that the rewrite has for this request; none when it does not apply. */
  apply(parts: Parts, request: RecordedRequest, addresses: readonly DoctorAddress[]): readonly Parts[];
}

/** Under which the server may be known to its clients. */
export interface DoctorAddress {
  readonly host: string;
  readonly pathPrefix: string;
}

const withHost = (parts: Parts, host: string): Parts => ({
  ...parts,
  headers: new Map([...parts.headers, ['host', host]]),
});

const withHeader = (parts: Parts, name: string, value: string): Parts => ({
  ...parts,
  headers: new Map([...parts.headers, [name, value]]),
});

const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

const rewrites: readonly Rewrite[] = [
  {
    name: 'host-with-port',
    advice:
      'The client signed the host with its port, and the request came without it: a proxy cut it off. Let the proxy pass Host on as it is (nginx: proxy_set_header Host $http_host).',
    apply: (parts, { isSecure }) => {
      const host = parts.headers.get('host') ?? '';
      if (/:\d+$/.test(host)) return [];
      return ['9000', '9001', isSecure ? '443' : '80', '8080', '8443'].map((port) =>
        withHost(parts, `${host}:${port}`),
      );
    },
  },
  {
    name: 'host-without-port',
    advice:
      'The client signed the host without its port, and the request came with one: a proxy added it, or the client leaves out a port that is not the default.',
    apply: (parts) => {
      const host = parts.headers.get('host') ?? '';
      return /:\d+$/.test(host) ? [withHost(parts, host.replace(/:\d+$/, ''))] : [];
    },
  },
  {
    name: 'other-host',
    advice:
      'The client signed another host name than the one that arrived: a proxy has replaced it. Let the proxy pass Host on, or name the public address in GOTGAN_PUBLIC_ENDPOINTS.',
    apply: (parts, request, addresses) =>
      [
        ...addresses.map(({ host }) => host),
        ...request.headers
          .filter(([name]) => FORWARDED.has(name))
          .flatMap(([, value]) => value.split(',').map((text) => text.trim())),
        '127.0.0.1:9000',
        'localhost:9000',
      ].map((host) => withHost(parts, host)),
  },
  {
    name: 'path-prefix',
    advice:
      'The client signed the path with a prefix that a proxy has cut off: name it in GOTGAN_PUBLIC_ENDPOINTS, or let the proxy pass the path on.',
    apply: (parts, request, addresses) => {
      const sent = request.headers.find(([name]) => name === 'x-forwarded-prefix')?.[1];
      const prefixes = [
        ...addresses.map(({ pathPrefix }) => pathPrefix),
        sent ?? '',
        '/s3',
        '/storage',
        '/api',
      ];
      return prefixes
        .filter((prefix) => prefix !== '' && prefix !== '/')
        .map((prefix) => ({ ...parts, path: encodeStrictPath(prefix.replace(/\/$/, '')) + parts.path }));
    },
  },
  {
    name: 'double-encoding',
    advice:
      'The client signed the path encoded twice, as other services of AWS want it: S3 wants it once. Switch double encoding off in the signer (useDoubleEncoding, doubleURLEncode).',
    apply: (parts) => {
      const twice = parts.path.replaceAll('%', '%25');
      return twice === parts.path ? [] : [{ ...parts, path: twice }];
    },
  },
  {
    name: 'path-not-encoded',
    advice:
      'The client signed the path without encoding it: every character but letters, digits and - . _ ~ / has to be encoded.',
    apply: (parts, { rawPath }) =>
      distinct(parts.path, [rawPath, decodeOr(rawPath)]).map((path) => ({ ...parts, path })),
  },
  {
    name: 'path-normalised',
    advice:
      'The path was changed after it was signed, or the client signed it with // or .. resolved: names of objects are taken as they are. Proxies merge slashes unless told not to (nginx: merge_slashes off).',
    apply: (parts) => {
      const merged = parts.path.replace(/\/{2,}/g, '/');
      return distinct(parts.path, [merged, `${parts.path}/`, parts.path.replace(/\/$/, '')]).map((path) => ({
        ...parts,
        path,
      }));
    },
  },
  {
    name: 'query-order',
    advice: 'The client signed the query in the order in which it sent it: it has to be sorted by name.',
    apply: (parts, { rawQuery }) => {
      const pairs = readQueryPairs(rawQuery).filter(({ name }) => name !== 'X-Amz-Signature');
      const sent = pairs.map(({ encodedName, encodedValue }) => `${encodedName}=${encodedValue}`).join('&');
      return distinct(parts.query, [sent]).map((query) => ({ ...parts, query }));
    },
  },
  {
    name: 'query-encoding',
    advice:
      'The client signed the query in another encoding than it has to have: a blank is %20 there, and / is %2F.',
    apply: (parts, { rawQuery }) => {
      const sent = rawQuery
        .split('&')
        .filter((pair) => pair !== '' && !pair.startsWith('X-Amz-Signature='))
        .map((pair) => (pair.includes('=') ? pair : `${pair}=`))
        .sort()
        .join('&');
      const slashes = parts.query.replaceAll('%2F', '/');
      const blanks = parts.query.replaceAll('%20', '+');
      const literal = parts.query.replaceAll('%20', '%2B');
      return distinct(parts.query, [sent, slashes, blanks, literal, '']).map((query) => ({
        ...parts,
        query,
      }));
    },
  },
  {
    name: 'header-changed',
    advice:
      'A header was changed between client and server: blanks in it were trimmed or joined, or its letters changed. It is one that proxies touch; leave it out of the signature, or let the proxy pass it on.',
    apply: (parts) =>
      parts.signedHeaders.slice(0, HEADERS_MAX).flatMap((name) => {
        const value = parts.headers.get(name) ?? '';
        return distinct(value, [
          value.toLowerCase(),
          value.replace(/\s+/g, ''),
          value.replaceAll(', ', ','),
          value.replaceAll(',', ', '),
          '',
        ]).map((other) => withHeader(parts, name, other));
      }),
  },
  {
    name: 'accept-encoding',
    advice: 'The client signed Accept-Encoding, and a proxy has changed it: leave it out of the signature.',
    apply: (parts) =>
      parts.signedHeaders.includes('accept-encoding')
        ? ['identity', 'gzip', 'gzip, deflate', 'gzip, deflate, br', ''].map((value) =>
            withHeader(parts, 'accept-encoding', value),
          )
        : [],
  },
  {
    name: 'other-method',
    advice: 'The client signed another method than it sent: a link for GET is not one for HEAD or PUT.',
    apply: (parts) =>
      ['GET', 'PUT', 'HEAD', 'POST', 'DELETE']
        .filter((method) => method !== parts.method)
        .map((method) => ({ ...parts, method })),
  },
  {
    name: 'payload',
    advice: 'The client signed another payload hash than it sent in x-amz-content-sha256.',
    apply: (parts) =>
      distinct(parts.payload, ['UNSIGNED-PAYLOAD', EMPTY_SHA256, parts.payload.toLowerCase()]).map(
        (payload) => ({ ...parts, payload }),
      ),
  },
];

const FORWARDED: ReadonlySet<string> = new Set(['x-forwarded-host', 'x-original-host', 'x-forwarded-server']);

function distinct(present: string, others: readonly string[]): readonly string[] {
  return [...new Set(others)].filter((other) => other !== present);
}

function decodeOr(path: string): string {
  try {
    return decodePercent(path);
  } catch {
    return path;
  }
}

/** A tenth of a second. Requests with hundreds of signed headers are nobody's mistake. */
const TRIES_MAX = 2000;
/** Headers looked at, of those that are signed. */
const HEADERS_MAX = 40;

const UNKNOWN: Diagnosis = {
  isKnown: false,
  advice:
    'None of the known rewrites of the request makes the signature right: most likely the secret is not that of the access key. Compare the canonical request in the answer with the one of the client.',
};

/** Undefined when the request holds no signature that can be read. */
export function diagnoseSignature(
  request: RecordedRequest,
  { secret }: Pick<AccessKeyCredential, 'secret'>,
  addresses: readonly DoctorAddress[],
): Diagnosis | undefined {
  const read = readParts(request);
  if (read === undefined) return undefined;
  const { parts, timestamp, date, signature } = read;
  const keys = new Map<string, ReturnType<typeof deriveSigningKey>>();
  let tries = 0;
  const mayTry = () => tries <= TRIES_MAX;
  const holds = (tried: Parts): boolean => {
    tries += 1;
    if (!mayTry()) return false;
    const scope = { date, region: tried.region, service: tried.service };
    const name = `${scope.region}/${scope.service}`;
    const key = keys.get(name) ?? deriveSigningKey(secret, scope);
    keys.set(name, key);
    const text = stringToSign(timestamp, `${date}/${name}/aws4_request`, canonicalOf(tried));
    return isSignature(signature, key, text);
  };
  if (holds(parts))
    return {
      isKnown: true,
      rewrite: 'none',
      advice: 'With the secret as it is now the signature is right: the secret was changed meanwhile.',
    };
  for (const { name, advice, apply } of rewrites) {
    if (apply(parts, request, addresses).some(holds)) return { isKnown: true, rewrite: name, advice };
  }
  for (const [index, first] of rewrites.entries()) {
    const changed = first.apply(parts, request, addresses);
    for (const second of rewrites.slice(index + 1)) {
      if (!mayTry()) return UNKNOWN;
      if (!changed.some((once) => mayTry() && second.apply(once, request, addresses).some(holds))) continue;
      return {
        isKnown: true,
        rewrite: `${first.name}+${second.name}`,
        advice: `${first.advice} ${second.advice}`,
      };
    }
  }
  return UNKNOWN;
}

function canonicalOf(parts: Parts): string {
  return canonicalRequest({
    method: parts.method,
    path: parts.path,
    query: parts.query,
    headers: headersOf(parts.headers),
    signedHeaders: parts.signedHeaders.join(';'),
    signedHeaderNames: parts.signedHeaders,
    payload: parts.payload,
  });
}

function headersOf(fields: ReadonlyMap<string, string>): WireHeaders {
  return {
    get: (name) => fields.get(name),
    has: (name) => fields.has(name),
    count: (name) => (fields.has(name) ? 1 : 0),
    names: () => fields.keys(),
  };
}

function readParts(request: RecordedRequest) {
  const { method, rawPath, rawQuery, place } = request;
  const headers = new Map(request.headers);
  const wire = { rawQuery, headers: headersOf(headers) };
  const text = place === 'header' ? readHeaderText(wire) : readQueryText(wire);
  const [, date, region, service] = text.credential?.split('/') ?? [];
  const inQuery = (name: string) => text.pairs.find((pair) => pair.name === name)?.value;
  const timestamp = headers.get('x-amz-date') ?? inQuery('X-Amz-Date');
  if (date === undefined || region === undefined || service === undefined || timestamp === undefined)
    return undefined;
  const payload =
    headers.get('x-amz-content-sha256') ?? inQuery('X-Amz-Content-Sha256') ?? 'UNSIGNED-PAYLOAD';
  const parts: Parts = {
    method,
    path: canonicalPath(rawPath),
    query: canonicalQuery(text.pairs),
    headers,
    signedHeaders: text.signedHeaders.split(';'),
    payload,
    region,
    service,
  };
  return { parts, timestamp, date, signature: text.signature.toLowerCase() };
}
