// Quotas: set by the command line (PutAccountQuota, PutBucketQuota, GetAccountQuota of the admin API), felt by S3 clients.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { addTestAccount, type TestAccount } from '../support/add-account.ts';
import { assertNoFailures, assertS3Error, connectS3, newBucketName } from '../support/s3-client.ts';
import { runGotgan, type ServerProcess, startServer } from '../support/server-process.ts';
import { addSwiftUser } from '../support/swift-client.ts';

let server: ServerProcess;
let team: TestAccount;
let s3: S3Client;

before(async () => {
  server = await startServer();
  team = await addTestAccount(server, { name: 'team', email: 'team@example.com' });
  s3 = connectS3(server, { credentials: team.credentials });
});
after(async () => {
  s3?.destroy();
  await server?.dispose();
  assertNoFailures(server);
});

async function gotgan(...words: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return runGotgan([...words, '--endpoint', server.controlUrl], {
    GOTGAN_ACCESS_KEY: server.accessKey,
    GOTGAN_SECRET_KEY: server.secretKey,
  });
}

async function quota(...words: string[]): Promise<unknown> {
  const ended = await gotgan('quota', ...words, '--json');
  assert.equal(ended.code, 0, ended.stderr);
  return ended.stdout === '' ? undefined : JSON.parse(ended.stdout);
}

const refused = (call: Promise<unknown>, message: RegExp) =>
  assertS3Error(call, { status: 400, code: 'EntityTooLarge', message });

describe('the quota of a bucket', () => {
  test('refuses what goes beyond it, through every kind of write', async () => {
    const Bucket = newBucketName('quota');
    await s3.send(new CreateBucketCommand({ Bucket }));
    assert.deepEqual(await quota('set', 'team', '--bucket', Bucket, '--bytes', '10', '--objects', '2'), {
      bucket: Bucket,
      region: 'KR1',
      bytes: 10,
      objects: 2,
    });
    const put = (Key: string, Body: string) => s3.send(new PutObjectCommand({ Bucket, Key, Body }));
    await put('a', '12345');
    await refused(put('b', '123456'), /exceeds the quota of the bucket: 10 bytes/);
    const CopySource = `${Bucket}/a`;
    await s3.send(new CopyObjectCommand({ Bucket, Key: 'b', CopySource }));
    await refused(put('c', ''), /exceeds the quota of the bucket: 2 objects/);
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'b' }));
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'c' }));
    const part = (Body: string) =>
      s3.send(new UploadPartCommand({ Bucket, Key: 'c', UploadId, PartNumber: 1, Body }));
    await refused(part('123456'), /10 bytes/);
    const { ETag } = await part('12345');
    await put('a', '123456');
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
    const complete = new CompleteMultipartUploadCommand({ Bucket, Key: 'c', UploadId, MultipartUpload });
    await refused(s3.send(complete), /10 bytes/);
    await quota('remove', 'team', '--bucket', Bucket);
    await s3.send(complete);
  });

  test('is asked for by a name that is there', async () => {
    const ended = await gotgan('quota', 'set', 'team', '--bucket', 'no-such-bucket', '--bytes', '1');
    assert.equal(ended.code, 1);
    assert.match(ended.stderr, /no bucket no-such-bucket/);
    const region = await gotgan('quota', 'set', 'team', '--in', 'mars', '--bytes', '1');
    assert.match(region.stderr, /no region mars/);
    assert.equal((await gotgan('quota', 'set', 'team')).code, 64);
    assert.equal((await gotgan('quota', 'set', 'team', '--bytes', '-1')).code, 64);
  });
});

test('the quota of an account is of all its buckets', async () => {
  const [one, two] = [newBucketName('quota'), newBucketName('quota')];
  for (const Bucket of [one, two]) await s3.send(new CreateBucketCommand({ Bucket }));
  const put = (Bucket: string, Key: string, size: number) =>
    s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x'.repeat(size) }));
  assert.deepEqual(await quota('show', 'team'), [{ region: 'KR1' }]);
  await quota('set', 'team', '--bytes', '1000');
  assert.deepEqual(await quota('show', 'team'), [{ region: 'KR1', bytes: 1000 }]);
  // Workers notice within a second.
  await new Promise((resolve) => setTimeout(resolve, 1100));
  await put(one, 'a', 600);
  await refused(put(two, 'a', 600), /exceeds the quota of the account: 1000 bytes/);
  await quota('remove', 'team', '--in', 'KR1');
  await new Promise((resolve) => setTimeout(resolve, 1100));
  await put(two, 'a', 600);
});

test('the quota of an account is shown to clients of Swift, felt by them, and not theirs to set', async () => {
  const kim = await addSwiftUser(server, 'kim');
  const { name } = kim.tenant;
  assert.equal((await kim.ask('PUT', '/c')).status, 201);
  await quota('set', name, '--bytes', '1000', '--objects', '2');
  await new Promise((resolve) => setTimeout(resolve, 1100));
  const head = await kim.ask('HEAD', '');
  assert.deepEqual(
    [head.header('x-account-quota-bytes'), head.header('x-account-quota-count')],
    ['1000', '2'],
  );
  assert.equal((await kim.ask('PUT', '/c/a', { body: 'x'.repeat(600) })).status, 201);
  assert.equal((await kim.ask('PUT', '/c/b', { body: 'x'.repeat(600) })).status, 413);
  assert.equal((await kim.ask('COPY', '/c/a', { headers: { Destination: 'c/b' } })).status, 413);
  assert.equal((await kim.ask('PUT', '/c/b', { body: 'x' })).status, 201);
  assert.equal((await kim.ask('PUT', '/c/d', { body: '' })).status, 413);
  for (const header of [
    'X-Account-Quota-Bytes',
    'X-Account-Meta-Quota-Bytes',
    'X-Remove-Account-Quota-Bytes',
  ]) {
    assert.equal((await kim.ask('POST', '', { headers: { [header]: '2000' } })).status, 403, header);
  }
  assert.equal((await kim.ask('HEAD', '')).header('x-account-quota-bytes'), '1000');
});
