// Links made by the AWS SDK, which moves `x-amz-*` headers of the request into the query.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CreateBucketCommand, HeadObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { connectS3 } from '../support/s3-client.ts';
import { type ServerProcess, startServer } from '../support/server-process.ts';

const Bucket = 'links';
let server: ServerProcess;
let s3: S3Client;

before(async () => {
  server = await startServer();
  s3 = connectS3(server);
  await s3.send(new CreateBucketCommand({ Bucket }));
});

after(async () => {
  s3?.destroy();
  await server?.dispose();
});

test('a PutObject link stores the metadata that it was made with', async () => {
  const Metadata = { color: 'blue', note: 'two words' };
  const link = await getSignedUrl(s3, new PutObjectCommand({ Bucket, Key: 'k', Metadata }));
  assert.match(link, /x-amz-meta-color=blue/);
  const answer = await fetch(link, { method: 'PUT', body: 'bytes' });
  assert.equal(answer.status, 200, await answer.text());
  const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'k' }));
  assert.deepEqual([head.Metadata, head.ContentLength], [Metadata, 5]);
});

test('a link with changed metadata is refused, and one with a storage class that is not there', async () => {
  const link = await getSignedUrl(
    s3,
    new PutObjectCommand({ Bucket, Key: 'c', Metadata: { color: 'blue' } }),
  );
  const changed = await fetch(link.replace('color=blue', 'color=red'), { method: 'PUT', body: 'x' });
  assert.deepEqual([changed.status, /<Code>SignatureDoesNotMatch</.test(await changed.text())], [403, true]);
  const cold = await getSignedUrl(s3, new PutObjectCommand({ Bucket, Key: 'c', StorageClass: 'GLACIER' }));
  const refused = await fetch(cold, { method: 'PUT', body: 'x' });
  assert.deepEqual([refused.status, /<Code>InvalidStorageClass</.test(await refused.text())], [400, true]);
});
