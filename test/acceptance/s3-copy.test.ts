// CopyObject by the AWS SDK: directives, conditions, sources that are none.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import {
  CopyObjectCommand,
  type CopyObjectCommandInput,
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { assertNoFailures, assertS3Error, connectS3, newBucketName } from '../support/s3-client.ts';
import { type ServerProcess, startServer } from '../support/server-process.ts';

const SOURCE = 'source/곳간 +&.bin';
const bytes = randomBytes(150_000);

let server: ServerProcess;
let s3: S3Client;
let Bucket: string;
let Other: string;
let CopySource: string;
let etag = '';

before(async () => {
  server = await startServer();
  s3 = connectS3(server);
  Bucket = newBucketName('copy');
  Other = newBucketName('copy');
  CopySource = `${Bucket}/${encodeURIComponent(SOURCE)}`;
  await s3.send(new CreateBucketCommand({ Bucket }));
  await s3.send(new CreateBucketCommand({ Bucket: Other }));
  const written = await s3.send(
    new PutObjectCommand({
      Bucket,
      Key: SOURCE,
      Body: bytes,
      ContentType: 'image/gif',
      CacheControl: 'no-cache',
      Metadata: { colour: 'blue' },
    }),
  );
  etag = written.ETag ?? '';
});
after(async () => {
  s3?.destroy();
  await server?.dispose();
  assertNoFailures(server);
});

const copy = (Key: string, more: Partial<CopyObjectCommandInput> = {}) =>
  s3.send(new CopyObjectCommand({ Bucket, Key, CopySource, ...more }));
const head = (Key: string, bucket = Bucket) => s3.send(new HeadObjectCommand({ Bucket: bucket, Key }));

test('a copy has the bytes and, unless told otherwise, the metadata of its source', async () => {
  const answer = await copy('copied', { Bucket: Other });
  assert.equal(answer.CopyObjectResult?.ETag, etag);
  assert.ok(answer.CopyObjectResult?.LastModified);
  const copied = await s3.send(new GetObjectCommand({ Bucket: Other, Key: 'copied' }));
  assert.deepEqual(
    [copied.ETag, copied.ContentType, copied.CacheControl, copied.Metadata],
    [etag, 'image/gif', 'no-cache', { colour: 'blue' }],
  );
  assert.ok(bytes.equals((await copied.Body?.transformToByteArray()) ?? new Uint8Array()));
});

test('a copy lives on when its source is gone', async () => {
  await copy('first');
  await copy('second', { CopySource: `/${Bucket}/first` });
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'first' }));
  const second = await s3.send(new GetObjectCommand({ Bucket, Key: 'second' }));
  assert.ok(bytes.equals((await second.Body?.transformToByteArray()) ?? new Uint8Array()));
});

test('REPLACE takes the metadata of the request', async () => {
  await copy('replaced', {
    MetadataDirective: 'REPLACE',
    ContentType: 'text/plain',
    Metadata: { shape: 'round' },
  });
  const answer = await head('replaced');
  assert.deepEqual(
    [answer.ContentType, answer.CacheControl, answer.Metadata],
    ['text/plain', undefined, { shape: 'round' }],
  );
});

test('onto itself only with something to change', async () => {
  await copy('self');
  const itself = { CopySource: `${Bucket}/self` };
  await assertS3Error(copy('self', itself), {
    code: 'InvalidRequest',
    status: 400,
    message: /trying to copy an object to itself/,
  });
  await copy('self', { ...itself, MetadataDirective: 'REPLACE', Metadata: { changed: 'yes' } });
  const answer = await head('self');
  assert.deepEqual([answer.Metadata, answer.ContentLength], [{ changed: 'yes' }, bytes.length]);
});

test('only when the source is as expected', async () => {
  const failed = { code: 'PreconditionFailed', status: 412 };
  const past = new Date(0);
  await copy('expected', { CopySourceIfMatch: etag, CopySourceIfUnmodifiedSince: past });
  await copy('expected', { CopySourceIfNoneMatch: '"another"', CopySourceIfModifiedSince: past });
  await assertS3Error(copy('unexpected', { CopySourceIfMatch: '"another"' }), failed);
  await assertS3Error(copy('unexpected', { CopySourceIfNoneMatch: etag }), failed);
  await assertS3Error(copy('unexpected', { CopySourceIfUnmodifiedSince: past }), failed);
  await assertS3Error(head('unexpected'), { code: 'NotFound', status: 404 });
});

test('only where the destination is as expected', async () => {
  await s3.send(new PutObjectCommand({ Bucket, Key: 'taken', Body: 'taken' }));
  await assertS3Error(copy('taken', { IfNoneMatch: '*' }), { code: 'PreconditionFailed', status: 412 });
  assert.equal((await head('taken')).ContentLength, 5);
  await copy('free', { IfNoneMatch: '*' });
});

test('with another checksum when asked for one', async () => {
  const answer = await copy('summed', { ChecksumAlgorithm: 'SHA256' });
  assert.match(answer.CopyObjectResult?.ChecksumSHA256 ?? '', /^[A-Za-z0-9+/]{43}=$/);
  const read = await s3.send(new GetObjectCommand({ Bucket, Key: 'summed', ChecksumMode: 'ENABLED' }));
  assert.ok(bytes.equals((await read.Body?.transformToByteArray()) ?? new Uint8Array()));
});

test('not from what is not there', async () => {
  await assertS3Error(copy('none', { CopySource: `${Bucket}/absent` }), {
    code: 'NoSuchKey',
    status: 404,
    fields: { Key: 'absent' },
  });
  await assertS3Error(copy('none', { CopySource: `${newBucketName('absent')}/x` }), {
    code: 'NoSuchBucket',
    status: 404,
  });
  for (const nonsense of ['nonsense', '/', `${Bucket}/`]) {
    await assertS3Error(copy('none', { CopySource: nonsense }), {
      code: 'InvalidArgument',
      status: 400,
      fields: { ArgumentName: 'x-amz-copy-source' },
    });
  }
  await assertS3Error(copy('none', { MetadataDirective: 'KEEP' as 'COPY' }), {
    code: 'InvalidArgument',
    status: 400,
    fields: { ArgumentName: 'x-amz-metadata-directive', ArgumentValue: 'KEEP' },
  });
  await assertS3Error(head('none'), { code: 'NotFound', status: 404 });
});
