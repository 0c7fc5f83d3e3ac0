// S3 by bearer token: what is taken for one, what is said of a bad one, and bodies as SDKs send them under it.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { crc32 } from 'node:zlib';
import type { BearerVerdict } from '../../src/dialects/authn/bearer-token.ts';
import { defaultInstances } from '../../src/identity/service-instances.ts';
import { exchange, openConnection } from '../support/raw-http.ts';
import { ACCOUNT, credentialOf, type InProcessS3, serveS3 } from '../support/s3-in-process.ts';

const SECOND_GUID = 'd26a651b-47d7-4a0d-b5b3-b41c048334ae';

const verified = (instanceId?: string): BearerVerdict => ({
  kind: 'verified',
  caller: {
    principal: credentialOf(ACCOUNT, 'owner').principal,
    proof: { kind: 'token', auditId: 'of the test' },
  },
  instanceId,
});

let s3: InProcessS3;

before(async () => {
  s3 = await serveS3({
    bearerTokens: new Map<string, BearerVerdict>([
      ['good', verified()],
      ['of-second', verified(SECOND_GUID)],
      ['expired', { kind: 'refused', fault: 'token-expired' }],
    ]),
    instances: {
      ...defaultInstances,
      find: async (account, guid) => ({ account, guid, resourceGroup: 'group' }),
      list: async (account) =>
        [DEFAULT, SECOND_GUID].map((guid) => ({ account, guid, resourceGroup: 'group' })),
    },
  });
  assert.equal((await send('PUT', '/bucket', { 'ibm-service-instance-id': DEFAULT })).status, 200);
});

after(async () => {
  await s3.stop();
  assert.deepEqual(s3.bugs, []);
});

const DEFAULT = defaultInstances.defaultOf(ACCOUNT);

function headOf(method: string, target: string, headers: Readonly<Record<string, string>>): string {
  const lines = Object.entries({ host: s3.host, authorization: 'Bearer good', ...headers });
  return `${method} ${target} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
}

const send = (method: string, target: string, headers: Readonly<Record<string, string>> = {}, body = '') =>
  exchange(s3.url, headOf(method, target, { 'content-length': `${body.length}`, ...headers }) + body);

describe('a token', () => {
  test('is taken after the scheme in any case, with blanks around it', async () => {
    for (const authorization of ['Bearer good', 'bearer good', 'BEARER   good  ']) {
      assert.equal((await send('GET', '/bucket', { authorization })).status, 200, authorization);
    }
  });

  test('that opens nothing is AccessDenied, whatever is wrong with it, in the words of IBM', async () => {
    const bad = [
      'Bearer None',
      'Bearer undefined',
      'Bearer null',
      'Bearer',
      'Bearer ',
      'Bearer expired',
      'Bearer a.b.c',
    ];
    for (const authorization of bad) {
      const { status, body, headers } = await send('GET', '/bucket', { authorization });
      assert.equal(status, 403, authorization);
      assert.equal(
        body.toString().replace(headers.get('x-amz-request-id') ?? '', 'ID'),
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Error><Code>AccessDenied</Code>' +
          '<Message>Access Denied</Message><Resource>/bucket/</Resource><RequestId>ID</RequestId>' +
          '<httpStatusCode>403</httpStatusCode></Error>',
      );
    }
    assert.equal((await send('HEAD', '/bucket', { authorization: 'Bearer expired' })).status, 403);
  });

  test('beside a signature in the query is one proof too many', async () => {
    const answer = await send('GET', '/bucket?X-Amz-Algorithm=AWS4-HMAC-SHA256');
    assert.deepEqual([answer.status, answer.element('Code')], [400, 'InvalidArgument']);
  });

  test('made with a resource key is about its instance, unless a header names another', async () => {
    const authorization = 'Bearer of-second';
    assert.equal((await send('PUT', '/of-second', { authorization })).status, 200);
    assert.equal((await send('GET', '/', { authorization })).element('ID'), SECOND_GUID);
    const named = await send('GET', '/', { authorization, 'ibm-service-instance-id': DEFAULT });
    assert.equal(named.element('ID'), DEFAULT);
  });
});

describe('a body under a token', () => {
  const chunked = (text: string, trailer: string) =>
    `${text.length.toString(16)}\r\n${text}\r\n0\r\n${trailer}\r\n\r\n`;
  const checksumOf = (text: string) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(crc32(text));
    return bytes.toString('base64');
  };
  const framing = (size: number) => ({
    'content-encoding': 'gzip,aws-chunked',
    'x-amz-decoded-content-length': `${size}`,
    'x-amz-trailer': 'x-amz-checksum-crc32',
  });

  test('is decoded when it is framed, also without x-amz-content-sha256', async () => {
    const text = 'hello, framed world';
    const body = chunked(text, `x-amz-checksum-crc32:${checksumOf(text)}`);
    const put = await send('PUT', '/bucket/framed', framing(text.length), body);
    assert.equal(put.status, 200);
    assert.equal(put.headers.get('x-amz-checksum-crc32'), checksumOf(text));
    const got = await send('GET', '/bucket/framed');
    assert.deepEqual([got.body.toString(), got.headers.get('content-encoding')], [text, 'gzip']);
  });

  test('in chunked transfer, sent after 100 Continue, as by the Python SDK', async () => {
    const text = 'x'.repeat(20_000);
    const body = chunked(text, `x-amz-checksum-crc32:${checksumOf(text)}`);
    const connection = await openConnection(s3.url);
    try {
      const headers = { 'transfer-encoding': 'chunked', expect: '100-continue', ...framing(text.length) };
      connection.write(headOf('PUT', '/bucket/awaited', headers));
      await new Promise<void>((resolve) => connection.socket.once('data', () => resolve()));
      connection.write(`${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`);
      assert.equal((await connection.readResponse()).status, 200);
    } finally {
      connection.close();
    }
    assert.equal((await send('GET', '/bucket/awaited')).body.toString(), text);
  });

  test('that is not what its trailer says is refused, and stored as sent when it is not framed', async () => {
    const body = chunked('hello', `x-amz-checksum-crc32:${checksumOf('other')}`);
    assert.equal((await send('PUT', '/bucket/wrong', framing(5), body)).element('Code'), 'BadDigest');
    assert.equal(
      (await send('PUT', '/bucket/plain', { 'content-encoding': 'aws-chunked' }, 'plain')).status,
      200,
    );
    assert.equal((await send('GET', '/bucket/plain')).body.toString(), 'plain');
  });

  test('is not asked for when the token opens nothing', async () => {
    const connection = await openConnection(s3.url);
    try {
      const headers = { authorization: 'Bearer None', expect: '100-continue', 'content-length': '1000000' };
      connection.write(headOf('PUT', '/bucket/refused', headers));
      assert.equal((await connection.readResponse()).status, 403);
    } finally {
      connection.close();
    }
  });
});
