/**
 * Making a link that carries its signature (AWS, "Authenticating Requests: Using Query Parameters"), from the same canonical form that
 * verifies one. Path style, only `host` signed, so that a browser can follow it.
 */
import type { AccessKeyCredential } from '../../identity/credentials.ts';
import { encodeStrict, encodeStrictPath } from '../../lib/percent-encoding.ts';
import type { WireHeaders } from '../kernel/wire.ts';
import { deriveSigningKey } from './signing-keys.ts';
import { canonicalQuery, canonicalRequest, readQueryPairs, stringToSign } from './sigv4-canonical.ts';

const SERVICE = 's3';

export interface LinkInput {
  readonly credential: Pick<AccessKeyCredential, 'accessKeyId' | 'secret'>;
  readonly region: string;
  /** Origin and path prefix of the storage address, without final slash. */
  readonly storageUrl: string;
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string | undefined;
  readonly expiresSeconds: number;
  readonly nowMicros: number;
}

/** A URL for GET. */
export function presignLink(input: LinkInput): string {
  const { host, pathname, origin } = new URL(input.storageUrl);
  const path = `${pathname.replace(/\/$/, '')}/${encodeStrict(input.bucket)}/${encodeStrictPath(input.key)}`;
  const timestamp = `${new Date(Math.floor(input.nowMicros / 1000)).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;
  const date = timestamp.slice(0, 8);
  const scope = `${date}/${input.region}/${SERVICE}/aws4_request`;
  const parameters: readonly (readonly [string, string])[] = [
    ['X-Amz-Algorithm', 'AWS4-HMAC-SHA256'],
    ['X-Amz-Credential', `${input.credential.accessKeyId}/${scope}`],
    ['X-Amz-Date', timestamp],
    ['X-Amz-Expires', `${input.expiresSeconds}`],
    ['X-Amz-SignedHeaders', 'host'],
    ...(input.versionId === undefined ? [] : [['versionId', input.versionId] as const]),
  ];
  const rawQuery = parameters
    .map(([name, value]) => `${encodeStrict(name)}=${encodeStrict(value)}`)
    .join('&');
  const query = canonicalQuery(readQueryPairs(rawQuery));
  const request = canonicalRequest({
    method: 'GET',
    path,
    query,
    headers: onlyHost(host),
    signedHeaders: 'host',
    signedHeaderNames: ['host'],
    payload: 'UNSIGNED-PAYLOAD',
  });
  const key = deriveSigningKey(input.credential.secret, { date, region: input.region, service: SERVICE });
  const signature = key.sign(stringToSign(timestamp, scope, request));
  return `${origin}${path}?${query}&X-Amz-Signature=${signature}`;
}

function onlyHost(host: string): WireHeaders {
  return {
    get: (name) => (name === 'host' ? host : undefined),
    has: (name) => name === 'host',
    count: (name) => (name === 'host' ? 1 : 0),
    names: () => ['host'],
  };
}
