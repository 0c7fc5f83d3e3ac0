// Multipart uploads by the AWS SDK: every operation, both types of checksum, and every way to get them wrong.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { crc32 } from 'node:zlib';
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { assertNoFailures, assertS3Error, connectS3, newBucketName } from '../support/s3-client.ts';
import { type ServerProcess, startServer } from '../support/server-process.ts';

const MIB = 1024 ** 2;
const FIVE_MIB = 5 * MIB;
const BYTES = randomBytes(2 * FIVE_MIB + 1000);
const PARTS = [
  BYTES.subarray(0, FIVE_MIB),
  BYTES.subarray(FIVE_MIB, 2 * FIVE_MIB),
  BYTES.subarray(2 * FIVE_MIB),
];

const md5 = (bytes: Uint8Array) => createHash('md5').update(bytes).digest();
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();
const crc32Base64 = (bytes: Uint8Array) => {
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(bytes));
  return checksum.toString('base64');
};
const COMPOSITE_ETAG = `"${md5(Buffer.concat(PARTS.map(md5))).toString('hex')}-3"`;

let server: ServerProcess;
let s3: S3Client;
let Bucket: string;
let keyNumber = 0;

before(async () => {
  server = await startServer();
  // Checksums only where a test asks for one.
  s3 = connectS3(server, { requestChecksumCalculation: 'WHEN_REQUIRED' });
  Bucket = newBucketName('multipart');
  await s3.send(new CreateBucketCommand({ Bucket }));
});
after(async () => {
  s3?.destroy();
  await server?.dispose();
  assertNoFailures(server);
});

interface Begun {
  readonly Bucket: string;
  readonly Key: string;
  readonly UploadId: string;
}

async function begin(options: Partial<CreateMultipartUploadCommandInput> = {}): Promise<Begun> {
  const Key = options.Key ?? `key/${++keyNumber}`;
  const { UploadId = '' } = await s3.send(new CreateMultipartUploadCommand({ Bucket, ...options, Key }));
  return { Bucket, Key, UploadId };
}

async function send(upload: Begun, PartNumber: number, Body: Buffer): Promise<CompletedPart> {
  const { ETag } = await s3.send(new UploadPartCommand({ ...upload, PartNumber, Body }));
  return { PartNumber, ETag };
}

async function sendAll(upload: Begun): Promise<CompletedPart[]> {
  return Promise.all(PARTS.map((part, index) => send(upload, index + 1, part)));
}

const complete = (upload: Begun, Parts: CompletedPart[]) =>
  s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }));

async function read(Key: string): Promise<Buffer> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
}

const put = (Key: string, Body: Buffer | string) => s3.send(new PutObjectCommand({ Bucket, Key, Body }));

describe('an upload in parts', () => {
  test('becomes one object, with what was said at its beginning', async () => {
    const upload = await begin({
      ContentType: 'image/png',
      CacheControl: 'no-cache',
      ContentDisposition: 'inline',
      Metadata: { colour: 'blue' },
    });
    const parts = await sendAll(upload);
    assert.deepEqual(
      parts.map(({ ETag }) => ETag),
      PARTS.map((part) => `"${md5(part).toString('hex')}"`),
    );
    await assertS3Error(s3.send(new HeadObjectCommand({ Bucket, Key: upload.Key })), {
      code: 'NotFound',
      status: 404,
    });
    const made = await complete(upload, parts);
    assert.deepEqual(
      [made.Bucket, made.Key, made.ETag, made.Location],
      [Bucket, upload.Key, COMPOSITE_ETAG, `${server.storageUrl}/${Bucket}/${upload.Key}`],
    );
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: upload.Key }));
    assert.deepEqual(
      [head.ETag, head.ContentLength, head.ContentType, head.CacheControl, head.ContentDisposition],
      [COMPOSITE_ETAG, BYTES.length, 'image/png', 'no-cache', 'inline'],
    );
    assert.deepEqual(head.Metadata, { colour: 'blue' });
    assert.ok((await read(upload.Key)).equals(BYTES));
  });

  test('is read part by part and by ranges over their borders', async () => {
    const upload = await begin();
    await complete(upload, await sendAll(upload));
    const { Key } = upload;
    for (const [index, part] of PARTS.entries()) {
      const answer = await s3.send(new GetObjectCommand({ Bucket, Key, PartNumber: index + 1 }));
      assert.equal(answer.PartsCount, 3);
      assert.equal(answer.ContentLength, part.length);
      assert.ok(part.equals((await answer.Body?.transformToByteArray()) ?? new Uint8Array()));
    }
    await assertS3Error(s3.send(new GetObjectCommand({ Bucket, Key, PartNumber: 4 })), {
      code: 'InvalidPartNumber',
      status: 416,
      fields: { PartNumberRequested: '4', ActualPartCount: '3' },
    });
    for (const [start, end] of [
      [FIVE_MIB - 3, FIVE_MIB + 2],
      [0, 2 * FIVE_MIB],
      [2 * FIVE_MIB - 1, BYTES.length - 1],
    ] as const) {
      const answer = await s3.send(new GetObjectCommand({ Bucket, Key, Range: `bytes=${start}-${end}` }));
      assert.equal(answer.ContentRange, `bytes ${start}-${end}/${BYTES.length}`);
      assert.ok(BYTES.subarray(start, end + 1).equals((await answer.Body?.transformToByteArray())!));
    }
  });

  test('takes the last of two parts of one number, and of gaps no notice', async () => {
    const upload = await begin();
    await send(upload, 7, PARTS[0]!);
    const second = await send(upload, 7, PARTS[1]!);
    const last = await send(upload, 10_000, PARTS[2]!);
    const left = await send(upload, 9_000, Buffer.from('not in the list'));
    assert.ok(left.ETag);
    await complete(upload, [second, last]);
    assert.ok((await read(upload.Key)).equals(Buffer.concat([PARTS[1]!, PARTS[2]!])));
  });

  test('may be completed again with the same answer', async () => {
    const upload = await begin();
    const parts = [await send(upload, 1, Buffer.from('small'))];
    const first = await complete(upload, parts);
    const again = await complete(upload, parts);
    assert.equal(again.ETag, first.ETag);
  });

  test('is what lib-storage makes of a long stream', async () => {
    const Key = 'streamed';
    const upload = new Upload({
      client: s3,
      params: { Bucket, Key, Body: BYTES },
      queueSize: 3,
      partSize: FIVE_MIB,
    });
    const answer = await upload.done();
    assert.equal(answer.ETag, COMPOSITE_ETAG);
    assert.ok((await read(Key)).equals(BYTES));
  });

  test('of an aborted upload nothing remains', async () => {
    const upload = await begin();
    const part = await send(upload, 1, Buffer.from('gone'));
    const answer = await s3.send(new AbortMultipartUploadCommand(upload));
    assert.equal(answer.$metadata.httpStatusCode, 204);
    const noSuchUpload = { code: 'NoSuchUpload', status: 404, fields: { UploadId: upload.UploadId } };
    await assertS3Error(send(upload, 2, Buffer.from('late')), noSuchUpload);
    await assertS3Error(complete(upload, [part]), noSuchUpload);
    await assertS3Error(s3.send(new ListPartsCommand(upload)), noSuchUpload);
    await assertS3Error(s3.send(new HeadObjectCommand({ Bucket, Key: upload.Key })), {
      code: 'NotFound',
      status: 404,
    });
  });
});

describe('CompleteMultipartUpload refuses', () => {
  const refusedKey = 'refused';
  let upload: Begun;
  let parts: CompletedPart[];
  before(async () => {
    await put(refusedKey, 'the earlier object');
    upload = await begin({ Key: refusedKey });
    parts = [
      await send(upload, 1, PARTS[0]!),
      await send(upload, 2, Buffer.from('too small')),
      await send(upload, 3, Buffer.from('last')),
    ];
  });
  after(async () => {
    assert.equal((await read(refusedKey)).toString(), 'the earlier object');
    // And the upload can still be completed.
    await complete(upload, [parts[0]!, parts[2]!]);
    assert.ok((await read(refusedKey)).equals(Buffer.concat([PARTS[0]!, Buffer.from('last')])));
  });

  test('an empty list', async () => {
    await assertS3Error(complete(upload, []), { code: 'MalformedXML', status: 400 });
  });

  test('small parts before the last', async () => {
    await assertS3Error(complete(upload, parts), {
      code: 'EntityTooSmall',
      status: 400,
      fields: { ProposedSize: '9', MinSizeAllowed: String(FIVE_MIB), PartNumber: '2' },
    });
  });

  test('a wrong order', async () => {
    await assertS3Error(complete(upload, [parts[2]!, parts[0]!]), { code: 'InvalidPartOrder', status: 400 });
    await assertS3Error(complete(upload, [parts[0]!, parts[0]!]), { code: 'InvalidPartOrder', status: 400 });
  });

  test('parts that are not there, or are not those', async () => {
    await assertS3Error(complete(upload, [parts[0]!, { PartNumber: 4, ETag: parts[2]!.ETag }]), {
      code: 'InvalidPart',
      status: 400,
      fields: { PartNumber: '4' },
    });
    await assertS3Error(complete(upload, [parts[0]!, { PartNumber: 3, ETag: `"${'0'.repeat(32)}"` }]), {
      code: 'InvalidPart',
      status: 400,
      fields: { PartNumber: '3' },
    });
  });

  test('part numbers that cannot be, and more parts than there can be', async () => {
    for (const PartNumber of [0, 10_001]) {
      await assertS3Error(complete(upload, [{ PartNumber, ETag: 'x' }]), {
        code: 'InvalidArgument',
        status: 400,
        fields: { ArgumentName: 'partNumber', ArgumentValue: String(PartNumber) },
      });
    }
    const tooMany = Array.from({ length: 10_001 }, (_, index) => ({ PartNumber: index + 1, ETag: 'x' }));
    await assertS3Error(complete(upload, tooMany), { code: 'MalformedXML', status: 400 });
  });

  test('a size that is not the sum of the parts', async () => {
    const command = new CompleteMultipartUploadCommand({
      ...upload,
      MpuObjectSize: 17,
      MultipartUpload: { Parts: [parts[0]!, parts[2]!] },
    });
    await assertS3Error(s3.send(command), {
      code: 'InvalidRequest',
      status: 400,
      message: /x-amz-mp-object-size/,
    });
  });

  test('to replace what its condition protects', async () => {
    const MultipartUpload = { Parts: [parts[0]!, parts[2]!] };
    await assertS3Error(
      s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload, IfNoneMatch: '*' })),
      { code: 'PreconditionFailed', status: 412, fields: { Condition: 'If-None-Match' } },
    );
    await assertS3Error(
      s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload, IfMatch: '"another"' })),
      { code: 'PreconditionFailed', status: 412, fields: { Condition: 'If-Match' } },
    );
  });
});

describe('UploadPart', () => {
  test('refuses numbers that cannot be', async () => {
    const upload = await begin();
    for (const PartNumber of [0, 10_001, -1]) {
      await assertS3Error(send(upload, PartNumber, Buffer.from('x')), {
        code: 'InvalidArgument',
        status: 400,
        message: 'Part number must be an integer between 1 and 10000, inclusive',
        fields: { ArgumentName: 'partNumber', ArgumentValue: String(PartNumber) },
      });
    }
  });

  test('refuses an upload that is none, or of another key', async () => {
    const upload = await begin();
    for (const wrong of [
      { ...upload, UploadId: 'made-up' },
      { ...upload, UploadId: 'A'.repeat(32) },
      { ...upload, Key: 'another' },
    ]) {
      await assertS3Error(send(wrong, 1, Buffer.from('x')), {
        code: 'NoSuchUpload',
        status: 404,
        fields: { UploadId: wrong.UploadId },
      });
    }
  });

  test('refuses bytes that are not what their digest says, and keeps the earlier part', async () => {
    const upload = await begin();
    const good = await send(upload, 1, Buffer.from('good'));
    const bad = new UploadPartCommand({
      ...upload,
      PartNumber: 1,
      Body: 'bad',
      ContentMD5: md5(Buffer.from('other')).toString('base64'),
    });
    await assertS3Error(s3.send(bad), { code: 'BadDigest', status: 400 });
    await complete(upload, [good]);
    assert.equal((await read(upload.Key)).toString(), 'good');
  });
});

describe('checksums of parts', () => {
  test('composite: of the checksums of the parts', async () => {
    const upload = await begin({ ChecksumAlgorithm: 'SHA256' });
    const parts: CompletedPart[] = [];
    for (const [index, Body] of PARTS.entries()) {
      const PartNumber = index + 1;
      const answer = await s3.send(
        new UploadPartCommand({ ...upload, PartNumber, Body, ChecksumAlgorithm: 'SHA256' }),
      );
      assert.equal(answer.ChecksumSHA256, sha256(Body).toString('base64'));
      parts.push({ PartNumber, ETag: answer.ETag, ChecksumSHA256: answer.ChecksumSHA256 });
    }
    const listed = await s3.send(new ListPartsCommand(upload));
    assert.deepEqual([listed.ChecksumAlgorithm, listed.ChecksumType], ['SHA256', 'COMPOSITE']);
    assert.equal(listed.Parts?.[1]?.ChecksumSHA256, parts[1]?.ChecksumSHA256);
    const wrong = parts.with(1, { ...parts[1], ChecksumSHA256: parts[0]?.ChecksumSHA256 });
    await assertS3Error(complete(upload, wrong), { code: 'InvalidPart', status: 400 });
    const made = await complete(upload, parts);
    const expected = `${sha256(Buffer.concat(PARTS.map(sha256))).toString('base64')}-3`;
    assert.deepEqual([made.ChecksumSHA256, made.ChecksumType], [expected, 'COMPOSITE']);
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: upload.Key, ChecksumMode: 'ENABLED' }));
    assert.deepEqual([head.ChecksumSHA256, head.ChecksumType], [expected, 'COMPOSITE']);
  });

  test('full object: of all bytes, and checked when given', async () => {
    const upload = await begin({ ChecksumAlgorithm: 'CRC32', ChecksumType: 'FULL_OBJECT' });
    const parts: CompletedPart[] = [];
    for (const [index, Body] of PARTS.entries()) {
      const answer = await s3.send(
        new UploadPartCommand({ ...upload, PartNumber: index + 1, Body, ChecksumAlgorithm: 'CRC32' }),
      );
      assert.equal(answer.ChecksumCRC32, crc32Base64(Body));
      parts.push({ PartNumber: index + 1, ETag: answer.ETag, ChecksumCRC32: answer.ChecksumCRC32 });
    }
    const MultipartUpload = { Parts: parts };
    await assertS3Error(
      s3.send(
        new CompleteMultipartUploadCommand({
          ...upload,
          MultipartUpload,
          ChecksumCRC32: crc32Base64(Buffer.from('other')),
          ChecksumType: 'FULL_OBJECT',
        }),
      ),
      { code: 'BadDigest', status: 400 },
    );
    const made = await s3.send(
      new CompleteMultipartUploadCommand({
        ...upload,
        MultipartUpload,
        ChecksumCRC32: crc32Base64(BYTES),
        ChecksumType: 'FULL_OBJECT',
      }),
    );
    assert.deepEqual([made.ChecksumCRC32, made.ChecksumType], [crc32Base64(BYTES), 'FULL_OBJECT']);
  });

  test('as current SDKs do by default, CRC32 by trailer', async () => {
    const byDefault = connectS3(server);
    const Key = 'by default';
    const upload = new Upload({
      client: byDefault,
      params: { Bucket, Key, Body: BYTES },
      partSize: FIVE_MIB,
    });
    await upload.done();
    const head = await byDefault.send(new HeadObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' }));
    assert.match(head.ChecksumCRC32 ?? '', /^[A-Za-z0-9+/]{6}==-3$/);
    assert.ok((await read(Key)).equals(BYTES));
    byDefault.destroy();
  });

  test('types that an algorithm cannot have are refused in words', async () => {
    const refused = [
      [
        { ChecksumAlgorithm: 'CRC64NVME', ChecksumType: 'COMPOSITE' },
        'The COMPOSITE checksum type cannot be used with the crc64nvme checksum algorithm.',
      ],
      [
        { ChecksumAlgorithm: 'SHA256', ChecksumType: 'FULL_OBJECT' },
        'The FULL_OBJECT checksum type cannot be used with the sha256 checksum algorithm.',
      ],
      [
        { ChecksumType: 'COMPOSITE' },
        'The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.',
      ],
      [{ ChecksumAlgorithm: 'MD4' as 'SHA1' }, /^Checksum algorithm provided is unsupported/],
    ] as const;
    for (const [options, message] of refused) {
      await assertS3Error(begin(options), { code: 'InvalidRequest', status: 400, message });
    }
  });

  test('another algorithm than the upload’s is refused', async () => {
    const upload = await begin({ ChecksumAlgorithm: 'SHA1' });
    await assertS3Error(
      s3.send(new UploadPartCommand({ ...upload, PartNumber: 1, Body: 'x', ChecksumAlgorithm: 'CRC32C' })),
      { code: 'InvalidRequest', status: 400, message: /Checksum Type mismatch/ },
    );
  });
});

describe('UploadPartCopy', () => {
  const Key = 'copy/source +&';
  before(() => put(Key, BYTES));

  test('takes a whole object or a range of it', async () => {
    const upload = await begin();
    const CopySource = `${Bucket}/${encodeURIComponent(Key)}`;
    const first = await s3.send(
      new UploadPartCopyCommand({
        ...upload,
        PartNumber: 1,
        CopySource,
        CopySourceRange: `bytes=100-${FIVE_MIB + 99}`,
      }),
    );
    const second = await s3.send(new UploadPartCopyCommand({ ...upload, PartNumber: 2, CopySource }));
    assert.equal(first.CopyPartResult?.ETag, `"${md5(BYTES.subarray(100, FIVE_MIB + 100)).toString('hex')}"`);
    assert.ok(first.CopyPartResult?.LastModified);
    await complete(upload, [
      { PartNumber: 1, ETag: first.CopyPartResult?.ETag },
      { PartNumber: 2, ETag: second.CopyPartResult?.ETag },
    ]);
    assert.ok((await read(upload.Key)).equals(Buffer.concat([BYTES.subarray(100, FIVE_MIB + 100), BYTES])));
  });

  test('refuses ranges that are none, and bytes that are not there', async () => {
    const upload = await begin();
    const CopySource = `${Bucket}/${encodeURIComponent(Key)}`;
    for (const CopySourceRange of [
      '0-2',
      'bytes=0',
      'bytes=0-',
      'bytes=-5',
      'bytes=a-b',
      'bytes=0-2,3-5',
      'bytes=5-2',
    ]) {
      await assertS3Error(
        s3.send(new UploadPartCopyCommand({ ...upload, PartNumber: 1, CopySource, CopySourceRange })),
        {
          code: 'InvalidArgument',
          status: 400,
          fields: { ArgumentName: 'x-amz-copy-source-range', ArgumentValue: CopySourceRange },
        },
      );
    }
    await assertS3Error(
      s3.send(
        new UploadPartCopyCommand({
          ...upload,
          PartNumber: 1,
          CopySource,
          CopySourceRange: `bytes=0-${BYTES.length}`,
        }),
      ),
      { code: 'InvalidRange', status: 416, message: /not valid for source object of size/ },
    );
  });

  test('refuses absent sources and failed conditions', async () => {
    const upload = await begin();
    await assertS3Error(
      s3.send(new UploadPartCopyCommand({ ...upload, PartNumber: 1, CopySource: `${Bucket}/absent` })),
      { code: 'NoSuchKey', status: 404 },
    );
    await assertS3Error(
      s3.send(
        new UploadPartCopyCommand({
          ...upload,
          PartNumber: 1,
          CopySource: `${Bucket}/${encodeURIComponent(Key)}`,
          CopySourceIfMatch: '"another"',
        }),
      ),
      { code: 'PreconditionFailed', status: 412 },
    );
  });
});

describe('listing uploads and parts', () => {
  test('ListParts goes on by marker', async () => {
    const upload = await begin();
    for (const number of [1, 2, 5, 9, 11]) await send(upload, number, Buffer.from(`part ${number}`));
    const first = await s3.send(new ListPartsCommand({ ...upload, MaxParts: 3 }));
    assert.deepEqual(
      [first.Parts?.map(({ PartNumber }) => PartNumber), first.IsTruncated, first.NextPartNumberMarker],
      [[1, 2, 5], true, '5'],
    );
    assert.deepEqual([first.Key, first.UploadId, first.MaxParts], [upload.Key, upload.UploadId, 3]);
    assert.match(first.Owner?.ID ?? '', /^[0-9a-f]{32}$/);
    assert.match(first.Initiator?.ID ?? '', /^[0-9a-f]{32}$/);
    assert.deepEqual(
      [first.Parts?.[0]?.Size, first.Parts?.[0]?.ETag],
      [6, `"${md5(Buffer.from('part 1')).toString('hex')}"`],
    );
    const second = await s3.send(
      new ListPartsCommand({ ...upload, PartNumberMarker: first.NextPartNumberMarker }),
    );
    assert.deepEqual(
      [second.Parts?.map(({ PartNumber }) => PartNumber), second.IsTruncated, second.PartNumberMarker],
      [[9, 11], false, '5'],
    );
    await assertS3Error(s3.send(new ListPartsCommand({ ...upload, MaxParts: -1 })), {
      code: 'InvalidArgument',
      status: 400,
      fields: { ArgumentName: 'max-parts', ArgumentValue: '-1' },
    });
  });

  test('ListMultipartUploads knows prefix, delimiter, markers and encoding', async () => {
    const other = newBucketName('uploads');
    await s3.send(new CreateBucketCommand({ Bucket: other }));
    const keys = ['a b', 'dir/1', 'dir/2', 'dir/2', 'e+f', 'z'];
    for (const Key of keys) await s3.send(new CreateMultipartUploadCommand({ Bucket: other, Key }));
    const seen: string[] = [];
    let KeyMarker: string | undefined;
    let UploadIdMarker: string | undefined;
    for (;;) {
      const page: Awaited<ReturnType<typeof uploadsPage>> = await uploadsPage(
        other,
        KeyMarker,
        UploadIdMarker,
      );
      for (const upload of page.Uploads ?? []) {
        seen.push(decodeURIComponent(upload.Key ?? ''));
        assert.ok(upload.UploadId && upload.Initiated && upload.Owner?.ID && upload.Initiator?.ID);
      }
      if (page.IsTruncated !== true) break;
      KeyMarker = decodeURIComponent(page.NextKeyMarker ?? '');
      UploadIdMarker = page.NextUploadIdMarker;
    }
    assert.deepEqual(seen, keys);
    const byFolder = await s3.send(new ListMultipartUploadsCommand({ Bucket: other, Delimiter: '/' }));
    assert.deepEqual(byFolder.CommonPrefixes, [{ Prefix: 'dir/' }]);
    assert.deepEqual(
      byFolder.Uploads?.map(({ Key }) => Key),
      ['a b', 'e+f', 'z'],
    );
    const inFolder = await s3.send(new ListMultipartUploadsCommand({ Bucket: other, Prefix: 'dir/' }));
    assert.equal(inFolder.Uploads?.length, 3);
  });

  const uploadsPage = (other: string, KeyMarker: string | undefined, UploadIdMarker: string | undefined) =>
    s3.send(
      new ListMultipartUploadsCommand({
        Bucket: other,
        KeyMarker,
        UploadIdMarker,
        MaxUploads: 2,
        EncodingType: 'url',
      }),
    );
});
