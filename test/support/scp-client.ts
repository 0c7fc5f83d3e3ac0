/** The services of Samsung Cloud Platform as a client without a library asks them: signed from the documented formula alone. */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { type IncomingHttpHeaders, request as sendRequest } from 'node:http';

export interface ScpKey {
  readonly accessKeyId: string;
  readonly secretKey: string;
  readonly sessionToken?: string;
}

export interface ScpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into member by member
  readonly json: any;
}

export interface ScpAsking {
  /** None: nothing is signed. */
  readonly key?: ScpKey;
  /** An object is sent as JSON, text and bytes as they are. */
  readonly body?: unknown;
  /** Beside or instead of the usual ones; undefined leaves one out. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** Name in the Host field, and in the URL that is signed. */
  readonly host?: string;
  readonly nowMillis: number;
  readonly accountId?: string;
}

/** `path`: with its query, as it goes onto the wire. */
export function askScp(
  origin: string,
  method: string,
  path: string,
  { key, body, headers = {}, host, nowMillis, accountId }: ScpAsking,
): Promise<ScpAnswer> {
  const address = new URL(origin);
  const authority = host === undefined ? address.host : `${host}:${address.port}`;
  const signed =
    key === undefined ? {} : scpHeaders(method, `http://${authority}${path}`, key, nowMillis, accountId);
  const sent =
    body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  const all = {
    Host: authority,
    ...(sent === undefined
      ? {}
      : { 'Content-Type': 'application/json', 'Content-Length': String(Buffer.byteLength(sent)) }),
    ...signed,
    ...headers,
  };
  const fields = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  return new Promise((resolve, reject) => {
    const request = sendRequest(
      { host: address.hostname, port: address.port, method, path, headers: fields, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          const json = /^[[{]/.test(text) ? JSON.parse(text) : undefined;
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json });
        });
        response.on('error', reject);
      },
    );
    request.on('error', reject);
    request.end(sent);
  });
}

/** Spelled as the documentation does. */
export function scpHeaders(
  method: string,
  url: string,
  key: ScpKey,
  nowMillis: number,
  accountId?: string,
): Record<string, string> {
  const timestamp = String(nowMillis);
  const message = [method, url, timestamp, key.accessKeyId, accountId ?? '', 'Openapi'].join('');
  return {
    'Scp-Accesskey': key.accessKeyId,
    'Scp-Signature': createHmac('sha256', key.secretKey).update(message, 'utf8').digest('base64'),
    'Scp-Timestamp': timestamp,
    'Scp-ClientType': 'Openapi',
    ...(accountId === undefined ? {} : { 'Scp-AccountId': accountId }),
    ...(key.sessionToken === undefined ? {} : { 'Scp-Session-Token': key.sessionToken }),
  };
}

const MEMBERS = [
  'code',
  'detail',
  'global_request_id',
  'links',
  'related_resources',
  'request_id',
  'response',
  'status',
  'title',
];
const REQUEST_ID = /^req-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** With everything that every error has. */
export function assertScpError(answer: ScpAnswer, status: number, code: string, detail?: RegExp): void {
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.headers['content-type'], 'application/json; charset=utf-8');
  const gateway = status === 401 ? ['status', 'name', 'message', 'errors'] : ['errors'];
  assert.deepEqual(Object.keys(answer.json), gateway);
  assert.equal(answer.json.errors.length, 1);
  const [error] = answer.json.errors;
  const versions = code === 'UnsupportedApiVersion' ? ['max_version', 'min_version'] : [];
  assert.deepEqual(Object.keys(error), [...MEMBERS, ...versions].sort());
  assert.deepEqual([error.code, error.title, error.status], [code, code, status], answer.text);
  assert.match(error.request_id, REQUEST_ID);
  assert.match(error.global_request_id, /^req-[0-9a-f-]{36}$/);
  assert.equal(answer.headers['x-request-id'], error.request_id);
  assert.deepEqual([error.links, error.related_resources], [[], []]);
  if (detail !== undefined) assert.match([error.detail].flat().join('\n'), detail);
  if (status === 401) {
    assert.equal(answer.json.status, 'UNAUTHORIZED');
    assert.equal(answer.json.name, 'Request was rejected by gateway');
    assert.equal(answer.json.message, error.detail);
  }
}
