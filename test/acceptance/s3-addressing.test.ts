// Path style and virtual-hosted addresses, presigned URLs, regions and the headers that every answer has.
import assert from 'node:assert/strict';
import { Agent } from 'node:http';
import { after, before, describe, test } from 'node:test';
import {
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { IndependentSigner } from '../support/independent-signer.ts';
import { exchange, exchangeSigned, headOf, openConnection } from '../support/raw-http.ts';
import { assertNoFailures, assertS3Error, connectS3, newBucketName } from '../support/s3-client.ts';
import { type ServerProcess, startServer } from '../support/server-process.ts';

const DOMAIN = 's3.gotgan.test';

let server: ServerProcess;
let s3: S3Client;
let Bucket: string;
let host: string;

before(async () => {
  server = await startServer({ env: { GOTGAN_DOMAIN: DOMAIN } });
  s3 = connectS3(server);
  host = new URL(server.storageUrl).host;
  Bucket = newBucketName('addressed');
  await s3.send(new CreateBucketCommand({ Bucket }));
});
after(async () => {
  s3?.destroy();
  await server?.dispose();
  assertNoFailures(server);
});

function signer(): IndependentSigner {
  const { accessKey: accessKeyId, secretKey: secret } = server;
  return new IndependentSigner({ accessKeyId, secret, region: 'KR1' }, new Date());
}

const keys = [
  'plain',
  'a b',
  'a+b',
  'a%20b',
  'a//b',
  '../up',
  './here',
  '곳간/😀',
  'q?x=1&y',
  '#hash',
  "~!*'()",
  '&<>"',
  'end/',
];

describe('keys', () => {
  for (const Key of keys) {
    test(`${Key} is kept as sent`, async () => {
      await s3.send(new PutObjectCommand({ Bucket, Key, Body: `of ${Key}` }));
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
      assert.equal(await Body?.transformToString(), `of ${Key}`);
      const response = await exchangeSigned(
        server.storageUrl,
        signer().byHeader({ method: 'GET', host, path: `/${Bucket}/${Key}` }),
      );
      assert.equal(response.body.toString(), `of ${Key}`);
      await s3.send(new DeleteObjectCommand({ Bucket, Key }));
    });
  }
});

describe('virtual-hosted addresses', () => {
  // The names lead to the server under test whatever the machine's resolver says of them.
  const connect = () => {
    const port = new URL(server.storageUrl).port;
    const httpAgent = new Agent({
      keepAlive: true,
      lookup: (_name, options, callback) => {
        if (options.all === true) callback(null, [{ address: '127.0.0.1', family: 4 }]);
        else callback(null, '127.0.0.1', 4);
      },
    });
    return connectS3(server, {
      endpoint: `http://${DOMAIN}:${port}`,
      forcePathStyle: false,
      requestHandler: { httpAgent },
    });
  };

  test('name the bucket as path style does', async () => {
    const hosted = connect();
    await hosted.send(new ListBucketsCommand({}));
    for (const Key of keys) {
      await hosted.send(new PutObjectCommand({ Bucket, Key, Body: `hosted ${Key}` }));
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
      assert.equal(await Body?.transformToString(), `hosted ${Key}`);
    }
    const created = newBucketName('hosted');
    await hosted.send(new CreateBucketCommand({ Bucket: created }));
    await s3.send(new HeadBucketCommand({ Bucket: created }));
    await assertS3Error(hosted.send(new GetObjectCommand({ Bucket, Key: 'absent' })), {
      code: 'NoSuchKey',
      status: 404,
    });
    hosted.destroy();
  });
});

describe('presigned URLs of the SDK', () => {
  test('read and write without any header', async () => {
    const Key = 'presigned/곳간 +.txt';
    const upload = await getSignedUrl(s3, new PutObjectCommand({ Bucket, Key }), { expiresIn: 60 });
    const written = await fetch(upload, { method: 'PUT', body: 'by link' });
    assert.equal(written.status, 200, await written.text());
    const download = await getSignedUrl(
      s3,
      new GetObjectCommand({ Bucket, Key, ResponseContentType: 'text/html' }),
      { expiresIn: 60 },
    );
    const read = await fetch(download);
    assert.deepEqual([await read.text(), read.headers.get('content-type')], ['by link', 'text/html']);
    assert.equal((await fetch(download, { headers: { range: 'bytes=3-' } })).status, 206);
    const tampered = await fetch(download.replace('text%2Fhtml', 'text%2Fplain'));
    assert.equal(tampered.status, 403);
  });

  test('upload parts', async () => {
    const Key = 'presigned/parts';
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key }));
    const part = new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: 1 });
    const answer = await fetch(await getSignedUrl(s3, part), { method: 'PUT', body: 'a part' });
    assert.equal(answer.status, 200);
    assert.match(answer.headers.get('etag') ?? '', /^"[0-9a-f]{32}"$/);
  });
});

describe('regions', () => {
  test('the place under any of its names, in any case; no other', async () => {
    for (const region of ['KR1', 'kr1', 'us-east-1', 'us-south', 'kr-west1']) {
      const client = connectS3(server, { region });
      await client.send(new HeadBucketCommand({ Bucket }));
      client.destroy();
    }
    const client = connectS3(server, { region: 'ap-northeast-2' });
    await assertS3Error(client.send(new ListBucketsCommand({})), {
      code: 'AuthorizationHeaderMalformed',
      status: 400,
      fields: { Region: 'KR1' },
    });
    client.destroy();
  });
});

describe('every answer', () => {
  const signed = (method: string, path: string, body?: Buffer) =>
    signer().byHeader({ method, host, path, ...(body !== undefined && { body }) });

  test('has one request id in four headers, and no body where none may be', async () => {
    const Key = 'answered';
    const ids = new Set<string>();
    const exchanges: readonly [string, string, number][] = [
      ['PUT', `/${Bucket}/${Key}`, 200],
      ['GET', `/${Bucket}/${Key}`, 200],
      ['HEAD', `/${Bucket}/${Key}`, 200],
      ['HEAD', `/${Bucket}/absent`, 404],
      ['GET', `/${Bucket}`, 200],
      ['HEAD', `/${Bucket}`, 200],
      ['DELETE', `/${Bucket}/${Key}`, 204],
    ];
    for (const [method, path, status] of exchanges) {
      const body = method === 'PUT' ? Buffer.from('content') : undefined;
      const response = await exchangeSigned(server.storageUrl, signed(method, path, body));
      assert.equal(response.status, status, `${method} ${path}`);
      const id = response.headers.get('x-amz-request-id') ?? '';
      assert.match(id, /^tx[0-9a-f]{21}-[0-9a-f]{10}$/);
      for (const header of ['x-amz-id-2', 'x-trans-id', 'x-openstack-request-id']) {
        assert.equal(response.headers.get(header), id);
      }
      assert.ok(response.headers.get('date'));
      assert.equal(response.headers.get('server'), undefined);
      if (method === 'HEAD' && status === 200 && path.endsWith(Key)) {
        assert.equal(response.headers.get('content-length'), '7');
      }
      ids.add(id);
    }
    assert.equal(ids.size, exchanges.length);
  });

  test('shows metadata that was sent as bytes of UTF-8, and a type where none was sent', async () => {
    const headers = { 'x-amz-meta-grain': '보리', 'content-disposition': 'attachment; filename="곳간.txt"' };
    const path = `/${Bucket}/described`;
    const request = signer().byHeader({ method: 'PUT', host, path, headers, body: Buffer.from('x') });
    assert.equal((await exchangeSigned(server.storageUrl, request)).status, 200);
    const shown = (await exchangeSigned(server.storageUrl, signed('HEAD', path))).headers;
    assert.equal(shown.get('content-type'), 'binary/octet-stream');
    assert.equal(shown.get('content-disposition'), headers['content-disposition']);
    assert.match(shown.get('x-amz-meta-grain') ?? '', /^=\?UTF-8\?[BQ]\?[^?]+\?=$/i);
  });

  test('leaves the connection for the next request, also after an error', async () => {
    const connection = await openConnection(server.storageUrl);
    await exchangeSigned(server.storageUrl, signed('PUT', `/${Bucket}/kept`, Buffer.from('kept')));
    const requests: readonly [string, string, number][] = [
      ['GET', `/${Bucket}/absent`, 404],
      ['HEAD', `/${Bucket}/absent`, 404],
      ['GET', `/${Bucket}/kept`, 200],
      ['HEAD', `/${Bucket}/kept`, 200],
      ['GET', `/${Bucket}/kept`, 200],
    ];
    for (const [method, path, status] of requests) {
      connection.write(headOf(signed(method, path)));
      assert.equal((await connection.readResponse(method === 'HEAD')).status, status);
    }
    connection.close();
  });

  test('to Expect: 100-continue refuses before the body is sent', async () => {
    const body = Buffer.alloc(3_000_000, 'x');
    const good = signer().byHeader({ method: 'PUT', host, path: `/${Bucket}/continued`, body });
    const connection = await openConnection(server.storageUrl);
    const expecting = { headers: { expect: '100-continue' } };
    connection.write(headOf(good, expecting));
    const go = await new Promise<string>((resolve) => {
      connection.socket.once('data', (bytes) => resolve(bytes.toString()));
    });
    assert.match(go, /^HTTP\/1\.1 100 /);
    connection.write(body);
    assert.equal((await connection.readResponse()).status, 200);
    connection.close();
    const absent = signer().byHeader({ method: 'PUT', host, path: '/no-such-bucket/x', body });
    const refused = await exchange(server.storageUrl, headOf(absent, expecting));
    assert.deepEqual([refused.status, refused.element('Code')], [404, 'NoSuchBucket']);
  });

  test('of a refused upload arrives although the body is still being sent', async () => {
    const body = Buffer.alloc(8_000_000, 'x');
    const absent = signer().byHeader({ method: 'PUT', host, path: '/no-such-bucket/x', body });
    const response = await exchangeSigned(server.storageUrl, absent);
    assert.deepEqual([response.status, response.element('Code')], [404, 'NoSuchBucket']);
  });

  test('names operations that are known and not there', async () => {
    const request = signer().byHeader({ method: 'PUT', host, path: `/${Bucket}`, query: [['website', '']] });
    const response = await exchangeSigned(server.storageUrl, request);
    assert.deepEqual([response.status, response.element('Code')], [501, 'NotImplemented']);
    assert.match(response.body.toString(), /PutBucketWebsite/);
  });
});
