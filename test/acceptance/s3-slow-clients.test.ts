// A slow-loris client: it is cut off, nothing of what it sent exists, and nobody else waits for it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CreateBucketCommand, HeadObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { IndependentSigner } from '../support/independent-signer.ts';
import { headOf, openConnection } from '../support/raw-http.ts';
import { assertNoFailures, assertS3Error, connectS3 } from '../support/s3-client.ts';
import { type ServerProcess, startServer } from '../support/server-process.ts';

const BUCKET = 'slow-clients';
const SLOW_CONNECTIONS = 50;

let server: ServerProcess;
let s3: S3Client;

before(async () => {
  server = await startServer();
  s3 = connectS3(server);
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
});
after(async () => {
  s3?.destroy();
  await server?.dispose();
  assertNoFailures(server);
});

test('headers that never end are cut off after 20 s, others are served meanwhile', async () => {
  const { host } = new URL(server.storageUrl);
  const identity = { accessKeyId: server.accessKey, secret: server.secretKey, region: 'KR1' };
  const signer = new IndependentSigner(identity, new Date());
  const request = signer.byHeader({
    method: 'PUT',
    host,
    path: `/${BUCKET}/slow`,
    body: Buffer.from('slow'),
  });
  const head = headOf(request);
  const connections = await Promise.all(
    Array.from({ length: SLOW_CONNECTIONS }, () => openConnection(server.storageUrl)),
  );
  const begun = Date.now();
  let sent = 0;
  const drip = setInterval(() => {
    for (const connection of connections) connection.write(head.slice(sent, sent + 1));
    sent += 1;
  }, 500);
  const ends = connections.map((connection) => connection.closed());
  let others = 0;
  let isOver = false;
  const serveOthers = async () => {
    while (!isOver) {
      const started = Date.now();
      await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'quick', Body: 'quick' }));
      assert.ok(Date.now() - started < 3000, 'others wait for slow clients');
      others += 1;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  };
  const served = serveOthers();
  await Promise.all(ends);
  clearInterval(drip);
  isOver = true;
  await served;
  const seconds = (Date.now() - begun) / 1000;
  assert.ok(seconds > 15 && seconds < 30, `cut off after ${seconds} s`);
  assert.ok(others > 20);
  await assertS3Error(s3.send(new HeadObjectCommand({ Bucket: BUCKET, Key: 'slow' })), {
    code: 'NotFound',
    status: 404,
  });
});
