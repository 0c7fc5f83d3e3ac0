/**
 * Signature Version 4 from the client's side, for the one service the command line talks to. Source: AWS, "Create a signed
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
  readonly date: Date;
}

const SERVICE = 'gotgan';

/** Headers to send, besides Host, which is signed as the URL has it. */
export function signRequest(request: RequestToSign): Record<string, string> {
  const { method, url, body, region } = request;
  const timestamp = request.date.toISOString().replace(/[-:]|\.\d{3}/g, '');
  const day = timestamp.slice(0, 8);
  const bodyHash = createHash('sha256').update(body).digest('hex');
  const signedHeaders = 'host;x-amz-content-sha256;x-amz-date';
  const canonical = [
    method,
    url.pathname,
    canonicalQuery(url.searchParams),
    `host:${url.host}`,
    `x-amz-content-sha256:${bodyHash}`,
    `x-amz-date:${timestamp}`,
    '',
    signedHeaders,
    bodyHash,
  ].join('\n');
  const scope = `${day}/${region}/${SERVICE}/aws4_request`;
  const stringToSign = `AWS4-HMAC-SHA256\n${timestamp}\n${scope}\n${createHash('sha256').update(canonical).digest('hex')}`;
  const signingKey = [day, region, SERVICE, 'aws4_request'].reduce<string | Buffer>(
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
  const pairs = [...parameters].map(([name, value]) => `${encodeStrict(name)}=${encodeStrict(value)}`);
  return pairs.sort().join('&');
}
