// HTTP as the real server speaks it on both addresses; the listener's own tests have every corner.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { CreateBucketCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import { IndependentSigner, type SignedRequest } from '../support/independent-signer.ts';
import { exchange, headOf, openConnection } from '../support/raw-http.ts';
import { assertS3Error, connectS3 } from '../support/s3-client.ts';
import { type ServerProcess, startServer } from '../support/server-process.ts';

const BUCKET = 'listener';
const MIB = 1024 * 1024;

let server: ServerProcess;
before(async () => {
  server = await startServer({ workers: 2 });
  await connectS3(server).send(new CreateBucketCommand({ Bucket: BUCKET }));
});
after(() => server?.dispose());

function signPut(key: string, body: Buffer, secret = server.secretKey): SignedRequest {
  const { host } = new URL(server.storageUrl);
  const signer = new IndependentSigner({ accessKeyId: server.accessKey, secret, region: 'KR1' }, new Date());
  return signer.byHeader({ method: 'PUT', host, path: `/${BUCKET}/${key}`, body }, 'UNSIGNED-PAYLOAD');
}

describe('requests that are not HTTP as it should be', () => {
  const requests: readonly [string, number, string, string][] = [
    [
      'two lengths',
      400,
      'BadRequest',
      'PUT /x HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
    ],
    [
      'length and chunks',
      400,
      'BadRequest',
      'PUT /x HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['no host', 400, 'BadRequest', 'GET / HTTP/1.1\r\n\r\n'],
    ['no HTTP', 400, 'BadRequest', 'hello\r\n\r\n'],
    [
      'too many bytes of headers',
      431,
      'RequestHeaderSectionTooLarge',
      `GET / HTTP/1.1\r\nHost: h\r\nX: ${'x'.repeat(70_000)}\r\n\r\n`,
    ],
  ];
  for (const [name, status, code, request] of requests) {
    it(`${name}: in XML on the storage address, in JSON on the control address`, async () => {
      const storage = await exchange(server.storageUrl, request);
      assert.deepEqual([storage.status, storage.element('Code')], [status, code]);
      assert.equal(storage.headers.get('content-type'), 'application/xml');
      const control = await exchange(server.controlUrl, request);
      assert.deepEqual([control.status, JSON.parse(control.body.toString()).error.code], [status, code]);
      assert.equal(control.headers.get('connection'), 'close');
    });
  }

  it('are counted', async () => {
    const text = await (await fetch(`${server.controlUrl}/metrics`)).text();
    assert.match(text, /^gotgan_refusals_total\{status="431"\} 2$/m);
  });
});

describe('an upload', () => {
  it('is asked for its body only when it may come', async () => {
    const body = Buffer.from('continued');
    const good = await openConnection(server.storageUrl);
    good.write(headOf(signPut('continued', body), { headers: { expect: '100-continue' } }));
    const [first] = await once(good.socket, 'data');
    assert.equal(String(first), 'HTTP/1.1 100 Continue\r\n\r\n');
    good.write(body);
    assert.equal((await good.readResponse(false)).status, 200);
    good.close();
    const refused = await openConnection(server.storageUrl);
    refused.write(headOf(signPut('refused', body, 'wrong'), { headers: { expect: '100-continue' } }));
    const answer = await refused.readResponse(false);
    assert.deepEqual([answer.status, answer.headers.get('connection')], [403, 'close']);
    assert.equal(answer.element('Code'), 'SignatureDoesNotMatch');
    refused.close();
  });

  it('that is refused can be read about, even by who sends all of it first', async () => {
    const body = Buffer.alloc(12 * MIB, 1);
    const connection = await openConnection(server.storageUrl);
    connection.socket.pause();
    connection.write(headOf(signPut('refused', body, 'wrong'), { body }));
    connection.write(body);
    await pause(300);
    connection.socket.resume();
    const answer = await connection.readResponse(false);
    assert.deepEqual([answer.status, answer.element('Code')], [403, 'SignatureDoesNotMatch']);
    connection.close();
    await assertS3Error(connectS3(server).send(new HeadObjectCommand({ Bucket: BUCKET, Key: 'refused' })), {
      code: 'NotFound',
      status: 404,
    });
  });

  it('that is short leaves the connection usable after its refusal', async () => {
    const connection = await openConnection(server.storageUrl);
    const body = Buffer.from('short');
    for (let round = 0; round < 3; round += 1) {
      connection.write(headOf(signPut('short', body, 'wrong')));
      connection.write(body);
      assert.equal((await connection.readResponse(false)).status, 403);
      connection.write(headOf(signPut('short', body)));
      connection.write(body);
      assert.equal((await connection.readResponse(false)).status, 200);
    }
    connection.close();
  });

  it('whose client leaves in the middle is not stored', async () => {
    const body = Buffer.alloc(MIB, 1);
    const connection = await openConnection(server.storageUrl);
    connection.write(headOf(signPut('cut', body)));
    connection.write(body.subarray(0, MIB / 2));
    await pause(100);
    connection.socket.end();
    const answer = await connection.readResponse(false);
    assert.deepEqual([answer.status, answer.element('Code')], [400, 'IncompleteBody']);
    await assertS3Error(connectS3(server).send(new HeadObjectCommand({ Bucket: BUCKET, Key: 'cut' })), {
      code: 'NotFound',
      status: 404,
    });
  });
});

it('names of objects are UTF-8 in the target, and escaped there', async () => {
  const { host } = new URL(server.storageUrl);
  const identity = { accessKeyId: server.accessKey, secret: server.secretKey, region: 'KR1' };
  const signer = new IndependentSigner(identity, new Date());
  const request = signer.byHeader({ method: 'PUT', host, path: `/${BUCKET}/곳간`, body: Buffer.from('x') });
  assert.equal((await exchange(server.storageUrl, headOf(request), request.body)).status, 200);
  const raw = Buffer.from(`HEAD /${BUCKET}/곳간 HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  assert.equal((await exchange(server.storageUrl, raw)).status, 400);
});
