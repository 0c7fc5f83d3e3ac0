import { createHmac, hash } from 'node:crypto';
import type { PreparedRequest } from './load-generator.ts';

export interface UnsignedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  /** Known digest of the body, so that a hundred thousand requests of one body hash it once; or the word that is signed. */
  readonly bodySha256?: string;
}

export interface Signer {
  readonly host: string;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly region: string;
}

/** AWS Signature Version 4 by header, for paths that need no escaping. Valid for 15 minutes. */
export function signHeaders(request: UnsignedRequest, signer: Signer): PreparedRequest {
  const time = new Date().toISOString().replace(/[-:]|\.\d{3}/g, '');
  const payload = request.bodySha256 ?? hash('sha256', request.body ?? '');
  const headers: Record<string, string> = {
    ...request.headers,
    host: signer.host,
    'x-amz-content-sha256': payload,
    'x-amz-date': time,
  };
  const names = Object.keys(headers).sort();
  const canonical = [
    request.method,
    request.path.split('?')[0],
    request.path.split('?')[1] ?? '',
    ...names.map((name) => `${name}:${headers[name]}`),
    '',
    names.join(';'),
    payload,
  ].join('\n');
  const scope = `${time.slice(0, 8)}/${signer.region}/s3/aws4_request`;
  const toSign = `AWS4-HMAC-SHA256\n${time}\n${scope}\n${hash('sha256', canonical)}`;
  const signature = createHmac('sha256', signingKey(signer, time.slice(0, 8)))
    .update(toSign)
    .digest('hex');
  headers['authorization'] =
    `AWS4-HMAC-SHA256 Credential=${signer.accessKey}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
  return { method: request.method, path: request.path, headers, ...(request.body && { body: request.body }) };
}

function signingKey(signer: Signer, date: string): Buffer {
  const step = (key: Buffer | string, text: string) => createHmac('sha256', key).update(text).digest();
  return step(step(step(step(`AWS4${signer.secretKey}`, date), signer.region), 's3'), 'aws4_request');
}
