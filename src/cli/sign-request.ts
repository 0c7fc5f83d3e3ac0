/**
 * Signature Version 4 from the client's side, for the services that the command line talks to. Source: AWS, "Create a signed
 * AWS API request"; the server verifies it in dialects/authn, which this may not import: a client has only its own code.
 */
import { createHash, createHmac } from 'node:crypto';
import { encodeStrict } from '../lib/percent-encoding.ts';

export interface RequestToSign {
  readonly method: string;
  readonly url: URL;
  readonly body: string;
  readonly accessKeyId: string;
  readonly secretKey: string;
  readonly region: string;
  /** `gotgan` at the control address, `s3` at the storage address. */
  readonly service: 'gotgan' | 's3';
  /** Default: that of the URL. */
  readonly host?: string;
  readonly date: Date;
}

/** Headers to send, besides Host. The path must be encoded as it is sent. */
export function signRequest(request: RequestToSign): Record<string, string> {
  const { method, url, body, region, service, host = url.host } = request;
  const timestamp = request.date.toISOString().replace(/[-:]|\.\d{3}/g, '');
  const day = timestamp.slice(0, 8);
  const bodyHash = createHash('sha256').update(body).digest('hex');
  const signedHeaders = 'host;x-amz-content-sha256;x-amz-date';
  const canonical = [
    method,
    url.pathname,
    canonicalQuery(url.searchParams),
    `host:${host}`,
    `x-amz-content-sha256:${bodyHash}`,
    `x-amz-date:${timestamp}`,
    '',
    signedHeaders,
    bodyHash,
  ].join('\n');
  const scope = `${day}/${region}/${service}/aws4_request`;
  const stringToSign = `AWS4-HMAC-SHA256\n${timestamp}\n${scope}\n${createHash('sha256').update(canonical).digest('hex')}`;
  const signingKey = [day, region, service, 'aws4_request'].reduce<string | Buffer>(
    (key, part) => createHmac('sha256', key).update(part).digest(),
    `AWS4${request.secretKey}`,
  );
  const signature = createHmac('sha256', signingKey).update(stringToSign).digest('hex');
  return {
    'x-amz-content-sha256': bodyHash,
    'x-amz-date': timestamp,
    authorization:
      `AWS4-HMAC-SHA256 Credential=${request.accessKeyId}/${scope}, ` +
      `SignedHeaders=${signedHeaders}, Signature=${signature}`,
  };
}

function canonicalQuery(parameters: URLSearchParams): string {
  const pairs = [...parameters].map(([name, value]) => [encodeStrict(name), encodeStrict(value)] as const);
  // By name, then by value: `=` must not take part in the comparison.
  pairs.sort(([a, x], [b, y]) => (a === b ? compare(x, y) : compare(a, b)));
  return pairs.map(([name, value]) => `${name}=${value}`).join('&');
}

const compare = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);
