// The life of the processes: readiness, replacement of workers, stopping with and without patience, and power cuts.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { IndependentSigner } from '../support/independent-signer.ts';
import { childrenOf, eventually, isAlive } from '../support/process-table.ts';
import { headOf, openConnection, type RawConnection } from '../support/raw-http.ts';
import { connectS3 } from '../support/s3-client.ts';
import { type ServerProcess, startServer } from '../support/server-process.ts';

const BUCKET = 'processes';
const HALF = Buffer.alloc(500_000, 1);

/** Half of an upload, sent. */
async function beginUpload(server: ServerProcess, key: string): Promise<RawConnection> {
  const { host } = new URL(server.storageUrl);
  const identity = { accessKeyId: server.accessKey, secret: server.secretKey, region: 'KR1' };
  const body = Buffer.concat([HALF, HALF]);
  const signer = new IndependentSigner(identity, new Date());
  const request = signer.byHeader(
    { method: 'PUT', host, path: `/${BUCKET}/${key}`, body },
    'UNSIGNED-PAYLOAD',
  );
  const connection = await openConnection(server.storageUrl);
  connection.write(headOf(request));
  connection.write(HALF);
  await pause(200);
  return connection;
}

async function metric(server: ServerProcess, name: string): Promise<number> {
  const text = await (await fetch(`${server.controlUrl}/metrics`)).text();
  const value = text
    .split('\n')
    .find((line) => line.startsWith(`${name} `))
    ?.split(' ')[1];
  return Number(value);
}

/** Undefined while the connection that was used has gone with its worker. */
function workersListening(server: ServerProcess): Promise<number | undefined> {
  return metric(server, 'gotgan_workers').catch(() => undefined);
}

describe('a running server', () => {
  let server: ServerProcess;
  before(async () => {
    server = await startServer({ workers: 2 });
    await connectS3(server).send(new CreateBucketCommand({ Bucket: BUCKET }));
  });
  after(() => server.dispose());

  it('is alive and ready', async () => {
    for (const [path, status] of [
      ['/healthz', 'ok'],
      ['/readyz', 'ready'],
      ['/readyz/', 'ready'],
    ]) {
      const response = await fetch(server.controlUrl + path);
      assert.deepEqual([response.status, await response.json()], [200, { status }]);
    }
    const posted = await fetch(`${server.controlUrl}/healthz`, { method: 'POST' });
    assert.deepEqual([posted.status, posted.headers.get('allow')], [405, 'GET, HEAD']);
    const head = await fetch(`${server.controlUrl}/healthz`, { method: 'HEAD' });
    assert.deepEqual([head.status, await head.text()], [200, '']);
    const unknown = await fetch(`${server.controlUrl}/nothing/`);
    assert.equal(unknown.status, 404);
    assert.equal(((await unknown.json()) as { error: { code: string } }).error.code, 'NotFound');
    const root = await fetch(server.controlUrl);
    assert.deepEqual([root.status, Object.keys((await root.json()) as object)], [300, ['versions']]);
  });

  it('sums its metrics over workers', async () => {
    const counter = 'gotgan_requests_total{dialect="s3",operation="PutObject",status="200"}';
    const before = (await metric(server, counter)) || 0;
    const sent = 'gotgan_received_bytes_total{dialect="s3",operation="PutObject"}';
    const bytesBefore = (await metric(server, sent)) || 0;
    // Connections of their own, so that both workers get some.
    for (let index = 0; index < 10; index += 1) {
      const s3 = connectS3(server);
      await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: `metric-${index}`, Body: 'x'.repeat(100) }));
      s3.destroy();
    }
    assert.equal((await metric(server, counter)) - before, 10);
    assert.ok((await metric(server, sent)) - bytesBefore >= 1000);
    assert.equal(
      await metric(server, 'gotgan_request_duration_seconds_count{dialect="s3",operation="PutObject"}'),
      before + 10,
    );
    assert.equal(await metric(server, 'gotgan_workers'), 2);
    assert.ok((await metric(server, 'gotgan_store_buckets')) >= 1);
  });

  it('replaces a worker that dies and goes on serving what was stored', async () => {
    const s3 = connectS3(server, { maxAttempts: 5 });
    await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'kept', Body: 'kept' }));
    const [victim] = childrenOf(server.pid);
    assert.ok(victim !== undefined);
    process.kill(victim, 'SIGKILL');
    await eventually(
      'two workers again',
      async () => !isAlive(victim) && (await workersListening(server)) === 2,
    );
    assert.equal(await metric(server, 'gotgan_worker_restarts_total'), 1);
    for (let index = 0; index < 6; index += 1) {
      const fresh = connectS3(server, { maxAttempts: 5 });
      const found = await fresh.send(new GetObjectCommand({ Bucket: BUCKET, Key: 'kept' }));
      assert.equal(await found.Body?.transformToString(), 'kept');
      await fresh.send(new PutObjectCommand({ Bucket: BUCKET, Key: `after-${index}`, Body: 'x' }));
      fresh.destroy();
    }
    assert.match(server.logs(), /"msg":"a worker has died"/);
  });
});

describe('stopping', () => {
  it('lets a running upload end, takes no new ones, and exits with 0', async () => {
    const server = await startServer({ workers: 2 });
    try {
      await connectS3(server).send(new CreateBucketCommand({ Bucket: BUCKET }));
      const upload = await beginUpload(server, 'late');
      const workers = childrenOf(server.pid);
      const stopped = server.stop();
      await eventually('no more connections', async () => {
        try {
          (await openConnection(server.storageUrl)).close();
          return false;
        } catch {
          return true;
        }
      });
      upload.write(HALF);
      const answer = await upload.readResponse(false);
      assert.deepEqual([answer.status, answer.headers.get('connection')], [200, 'close']);
      assert.deepEqual(await stopped, { code: 0, signal: null });
      assert.deepEqual(workers.filter(isAlive), []);
      await server.restart();
      const found = await connectS3(server).send(new GetObjectCommand({ Bucket: BUCKET, Key: 'late' }));
      assert.equal(found.ContentLength, 1_000_000);
    } finally {
      await server.dispose();
    }
  });

  it('happens at once at the second signal', async () => {
    const server = await startServer();
    try {
      await connectS3(server).send(new CreateBucketCommand({ Bucket: BUCKET }));
      const upload = await beginUpload(server, 'never');
      const begun = performance.now();
      process.kill(server.pid, 'SIGINT');
      await pause(300);
      process.kill(server.pid, 'SIGINT');
      assert.deepEqual(await server.ended(), { code: 1, signal: null });
      assert.ok(performance.now() - begun < 5000);
      upload.close();
    } finally {
      await server.dispose();
    }
  });
});

describe('sudden ends', () => {
  it('leave no worker behind when the primary is killed, and nothing acknowledged is lost', async () => {
    const server = await startServer({ workers: 2 });
    try {
      const s3 = connectS3(server);
      await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
      await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'kept', Body: 'kept' }));
      const workers = childrenOf(server.pid);
      assert.equal(workers.length, 2);
      process.kill(server.pid, 'SIGKILL');
      await eventually('the workers are gone', () => !workers.some(isAlive));
      await server.ended();
      await server.restart();
      const found = await connectS3(server).send(new GetObjectCommand({ Bucket: BUCKET, Key: 'kept' }));
      assert.equal(await found.Body?.transformToString(), 'kept');
      await server.kill9();
      await server.restart();
      await connectS3(server).send(new GetObjectCommand({ Bucket: BUCKET, Key: 'kept' }));
    } finally {
      await server.dispose();
    }
  });
});
