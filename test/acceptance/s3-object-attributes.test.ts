// GetObjectAttributes by the AWS SDK: of one piece, of parts in pages, and what is refused.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetObjectAttributesCommand,
  type ObjectAttributes,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { assertNoFailures, assertS3Error, connectS3, newBucketName } from '../support/s3-client.ts';
import { type ServerProcess, startServer } from '../support/server-process.ts';

let server: ServerProcess;
let s3: S3Client;

before(async () => {
  server = await startServer();
  s3 = connectS3(server);
});
after(async () => {
  s3?.destroy();
  await server?.dispose();
  assertNoFailures(server);
});

async function newBucket() {
  const Bucket = newBucketName('attributes');
  await s3.send(new CreateBucketCommand({ Bucket }));
  return Bucket;
}

const put = (Bucket: string, Key: string, extra: object = {}) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body: 'bytes', ...extra }));

describe('GetObjectAttributes', () => {
  const all: ObjectAttributes[] = ['ETag', 'Checksum', 'ObjectParts', 'StorageClass', 'ObjectSize'];

  test('of an object of one piece', async () => {
    const Bucket = await newBucket();
    const { ETag } = await put(Bucket, 'key', { ChecksumAlgorithm: 'SHA256', Body: 'bytes' });
    const target = { Bucket, Key: 'key' };
    const answer = await s3.send(new GetObjectAttributesCommand({ ...target, ObjectAttributes: all }));
    assert.equal(answer.ETag, ETag?.replaceAll('"', ''));
    assert.equal(answer.ObjectSize, 5);
    assert.equal(answer.StorageClass, 'STANDARD');
    assert.deepEqual(answer.Checksum, {
      ChecksumSHA256: createHash('sha256').update('bytes').digest('base64'),
      ChecksumType: 'FULL_OBJECT',
    });
    assert.equal(answer.ObjectParts, undefined);
    assert.ok(answer.LastModified instanceof Date);
    const size = await s3.send(
      new GetObjectAttributesCommand({ ...target, ObjectAttributes: ['ObjectSize'] }),
    );
    assert.deepEqual(
      [size.ObjectSize, size.ETag, size.Checksum, size.StorageClass],
      [5, undefined, undefined, undefined],
    );
  });

  test('of an object of parts, in pages', async () => {
    const Bucket = await newBucket();
    const target = { Bucket, Key: 'parts' };
    const { UploadId } = await s3.send(
      new CreateMultipartUploadCommand({ ...target, ChecksumAlgorithm: 'CRC32' }),
    );
    const size = 5 * 1024 * 1024;
    const Parts = [];
    for (const [PartNumber, bytes] of [
      [1, size],
      [3, size],
      [7, 11],
    ] as const) {
      const Body = Buffer.alloc(bytes, PartNumber);
      const { ETag, ChecksumCRC32 } = await s3.send(
        new UploadPartCommand({ ...target, UploadId, PartNumber, Body, ChecksumAlgorithm: 'CRC32' }),
      );
      Parts.push({ PartNumber, ETag, ChecksumCRC32 });
    }
    const done = await s3.send(
      new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts } }),
    );
    const ask = (MaxParts?: number, PartNumberMarker?: string) =>
      s3.send(
        new GetObjectAttributesCommand({
          ...target,
          ObjectAttributes: all,
          ...(MaxParts !== undefined && { MaxParts }),
          ...(PartNumberMarker !== undefined && { PartNumberMarker }),
        }),
      );
    const whole = await ask();
    assert.equal(whole.ETag, done.ETag?.replaceAll('"', ''));
    assert.equal(whole.ObjectSize, 2 * size + 11);
    assert.deepEqual(whole.Checksum, { ChecksumCRC32: done.ChecksumCRC32, ChecksumType: 'COMPOSITE' });
    assert.equal(whole.ObjectParts?.TotalPartsCount, 3);
    assert.equal(whole.ObjectParts?.IsTruncated, false);
    assert.deepEqual(
      whole.ObjectParts?.Parts?.map(({ PartNumber, Size, ChecksumCRC32 }) => ({
        PartNumber,
        Size,
        ChecksumCRC32,
      })),
      Parts.map(({ PartNumber, ChecksumCRC32 }, index) => ({
        PartNumber,
        Size: index === 2 ? 11 : size,
        ChecksumCRC32,
      })),
    );
    const { ObjectParts: middle } = await ask(1, '1');
    assert.deepEqual(
      [middle?.MaxParts, middle?.PartNumberMarker, middle?.NextPartNumberMarker, middle?.IsTruncated],
      [1, '1', '3', true],
    );
    assert.deepEqual(
      middle?.Parts?.map(({ PartNumber }) => PartNumber),
      [3],
    );
    const { ObjectParts: last } = await ask(10, '3');
    assert.deepEqual([last?.IsTruncated, last?.Parts?.map(({ PartNumber }) => PartNumber)], [false, [7]]);
    assert.equal(last?.TotalPartsCount, 3);
  });

  test('what is refused', async () => {
    const Bucket = await newBucket();
    await put(Bucket, 'key');
    const ask = (Key: string, ObjectAttributes: string[], extra: object = {}) =>
      s3.send(
        new GetObjectAttributesCommand({
          Bucket,
          Key,
          ObjectAttributes: ObjectAttributes as ObjectAttributes[],
          ...extra,
        }),
      );
    await assertS3Error(ask('key', ['Owner']), { code: 'InvalidArgument', status: 400 });
    await assertS3Error(ask('key', []), { code: 'InvalidRequest', status: 400 });
    await assertS3Error(ask('key', ['ETag'], { MaxParts: -1 }), { code: 'InvalidArgument', status: 400 });
    await assertS3Error(ask('missing', ['ETag']), { code: 'NoSuchKey', status: 404 });
    const headers = { 'x-amz-object-attributes': 'ETag' };
    const unsigned = await fetch(`${server.storageUrl}/${Bucket}/key?attributes`, { headers });
    assert.equal(unsigned.status, 403);
  });
});
