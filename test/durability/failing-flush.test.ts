// A disk that answers a flush with an error: nothing is acknowledged any more, and the server says why and ends.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CreateBucketCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { connectS3 } from '../support/s3-client.ts';
import { startServer } from '../support/server-process.ts';
import { failFlushes } from './fail-flushes.ts';

const STORAGE_FAILED = 74;

test('after a flush that failed the server acknowledges nothing and ends with the reason', async () => {
  const preload = new URL('./weaken-durability.ts', import.meta.url).href;
  const weakened = { NODE_OPTIONS: `--import=${preload}`, DURABILITY_MUTANT: 'failing-flush' };
  const server = await startServer({ workers: 2, env: weakened });
  const s3 = connectS3(server);
  try {
    await s3.send(new CreateBucketCommand({ Bucket: 'bucket' }));
    await s3.send(new PutObjectCommand({ Bucket: 'bucket', Key: 'before', Body: 'small' }));
    const large = Buffer.alloc(100_000, 7);
    const outcomes = await Promise.allSettled(
      ['a', 'b', 'c'].map((Key) => s3.send(new PutObjectCommand({ Bucket: 'bucket', Key, Body: large }))),
    );
    for (const outcome of outcomes) assert.equal(outcome.status, 'rejected', 'a write was acknowledged');
    assert.deepEqual(await server.ended(), { code: STORAGE_FAILED, signal: null });
    assert.match(server.logs(), /could not be flushed.*EIO|EIO.*could not be flushed/s);
    assert.match(server.logs(), /nothing more is acknowledged/);
    await server.restart({ NODE_OPTIONS: undefined, DURABILITY_MUTANT: undefined });
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'bucket', Key: 'before' }));
    assert.equal(await Body?.transformToString(), 'small');
    const missing = s3.send(new GetObjectCommand({ Bucket: 'bucket', Key: 'a' }));
    await assert.rejects(
      missing,
      (error) => error instanceof S3ServiceException && error.name === 'NoSuchKey',
    );
    await s3.send(new PutObjectCommand({ Bucket: 'bucket', Key: 'a', Body: large }));
  } finally {
    s3.destroy();
    await server.dispose();
  }
});

test('the same when it is the flush of a metadata commit', async (t) => {
  const server = await startServer();
  const s3 = connectS3(server);
  try {
    await s3.send(new CreateBucketCommand({ Bucket: 'bucket' }));
    const tampered = await failFlushes(server.pid);
    if (tampered === undefined) {
      t.skip('skipped: no right to trace processes');
      return;
    }
    await assert.rejects(s3.send(new PutObjectCommand({ Bucket: 'bucket', Key: 'small', Body: 'small' })));
    assert.deepEqual(await server.ended(), { code: STORAGE_FAILED, signal: null });
    tampered.stop();
    assert.match(server.logs(), /could not be made durable/);
    await server.restart();
    await s3.send(new PutObjectCommand({ Bucket: 'bucket', Key: 'small', Body: 'small' }));
  } finally {
    s3.destroy();
    await server.dispose();
  }
});
