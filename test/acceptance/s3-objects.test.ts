// PutObject, GetObject, HeadObject, DeleteObject and DeleteObjects by the AWS SDK.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { before, describe, test } from 'node:test';
import {
  ChecksumAlgorithm,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  type GetObjectCommandInput,
  type GetObjectCommandOutput,
  HeadObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
} from '@aws-sdk/client-s3';
import { openBucket } from '../support/open-bucket.ts';
import { assertS3Error, connectS3, newBucketName } from '../support/s3-client.ts';

const { server, s3, Bucket } = await openBucket('objects');

const md5Hex = (bytes: Uint8Array) => createHash('md5').update(bytes).digest('hex');
const put = (
  Key: string,
  Body: NonNullable<PutObjectCommandInput['Body']>,
  more: Partial<PutObjectCommandInput> = {},
) => s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
const get = (Key: string, more: Partial<GetObjectCommandInput> = {}) =>
  s3.send(new GetObjectCommand({ Bucket, Key, ...more }));
const head = (Key: string, more: Partial<GetObjectCommandInput> = {}) =>
  s3.send(new HeadObjectCommand({ Bucket, Key, ...more }));
const bytesOf = async ({ Body }: GetObjectCommandOutput) =>
  Buffer.from((await Body?.transformToByteArray()) ?? []);
const textOf = async (answer: GetObjectCommandOutput) => (await bytesOf(answer)).toString();

describe('PutObject and GetObject', () => {
  for (const size of [0, 1, 4096, 8160, 8161, 16_321, 65_536, 65_537, 1_048_576, 3_145_729]) {
    test(`of ${size} bytes`, async () => {
      const bytes = randomBytes(size);
      const Key = `size/${size}`;
      const written = await put(Key, bytes);
      assert.equal(written.ETag, `"${md5Hex(bytes)}"`);
      assert.equal(written.$metadata.httpStatusCode, 200);
      const answer = await get(Key);
      assert.deepEqual(
        [answer.ContentLength, answer.ETag, answer.ContentType, answer.AcceptRanges],
        [size, written.ETag, 'application/octet-stream', 'bytes'],
      );
      assert.ok((await bytesOf(answer)).equals(bytes));
    });
  }

  test('of a stream with a known length', async () => {
    const bytes = randomBytes(300_000);
    await put('stream', Readable.from([bytes.subarray(0, 100_000), bytes.subarray(100_000)]), {
      ContentLength: bytes.length,
    });
    assert.ok((await bytesOf(await get('stream'))).equals(bytes));
  });

  test('replaces, and forgets what was before', async () => {
    await put('replaced', 'first', { Metadata: { a: '1' }, CacheControl: 'no-store' });
    await put('replaced', 'second!', { Metadata: { b: '2' } });
    const answer = await get('replaced');
    assert.deepEqual(
      [await textOf(answer), answer.Metadata, answer.CacheControl],
      ['second!', { b: '2' }, undefined],
    );
  });

  test('keeps every kind of metadata', async () => {
    const expires = 'Sat, 22 Feb 2031 22:22:22 GMT';
    await put('described', 'x', {
      ContentType: 'text/plain; charset=utf-8',
      CacheControl: 'max-age=60',
      ContentDisposition: 'attachment; filename="file.txt"',
      ContentEncoding: 'gzip',
      ContentLanguage: 'ko-KR',
      Expires: new Date(expires),
      Metadata: {
        Plain: 'value',
        word: '=?UTF-8?B?67O066asIOydtOyCrQ==?=',
        empty: '',
        'with.dots_and-more': ' kept ',
      },
    });
    const answer = await head('described');
    assert.deepEqual(
      [
        answer.ContentType,
        answer.CacheControl,
        answer.ContentDisposition,
        answer.ContentEncoding,
        answer.ContentLanguage,
        answer.ExpiresString,
      ],
      [
        'text/plain; charset=utf-8',
        'max-age=60',
        'attachment; filename="file.txt"',
        'gzip',
        'ko-KR',
        expires,
      ],
    );
    // Encoded words are understood, and what is no ASCII comes back as one, as at AWS.
    const { word = '', ...others } = answer.Metadata ?? {};
    assert.deepEqual(others, { plain: 'value', empty: '', 'with.dots_and-more': 'kept' });
    assert.equal(decodeWord(word), '보리 이삭');
  });

  test('says when it was written, to the second and never before', async () => {
    const begun = Date.now();
    await put('dated', 'x');
    const written = (await head('dated')).LastModified?.getTime() ?? 0;
    assert.ok(written % 1000 === 0 && written >= begun - 1000 && written <= Date.now() + 1000);
  });

  test('refuse too much metadata, and keep what was there', async () => {
    await put('limited', 'kept');
    await assertS3Error(put('limited', 'x', { Metadata: { a: 'x'.repeat(2048) } }), {
      code: 'MetadataTooLarge',
      status: 400,
    });
    assert.equal(await textOf(await get('limited')), 'kept');
  });

  test('refuse what is not there yet, by name', async () => {
    await assertS3Error(put('unsupported', 'x', { ServerSideEncryption: 'AES256' }), {
      code: 'NotImplemented',
      status: 501,
    });
    await assertS3Error(put('unsupported', 'x', { StorageClass: 'GLACIER' }), {
      code: 'InvalidStorageClass',
      status: 400,
    });
    await assertS3Error(head('unsupported'), { code: 'NotFound', status: 404 });
  });

  test('of what is not there', async () => {
    await assertS3Error(get('absent'), { code: 'NoSuchKey', status: 404, fields: { Key: 'absent' } });
    await assertS3Error(head('absent'), { code: 'NotFound', status: 404 });
    const none = newBucketName('absent');
    await assertS3Error(get('x', { Bucket: none }), {
      code: 'NoSuchBucket',
      status: 404,
      fields: { BucketName: none },
    });
    await assertS3Error(put('x', 'x', { Bucket: none }), { code: 'NoSuchBucket', status: 404 });
    await assertS3Error(get('a', { VersionId: 'made-up' }), { code: 'InvalidArgument', status: 400 });
  });

  test('mind the expected owner', async () => {
    await put('owned', 'x');
    await assertS3Error(get('owned', { ExpectedBucketOwner: 'f'.repeat(32) }), {
      code: 'AccessDenied',
      status: 403,
    });
  });

  test('answer in the headers that the client asks for', async () => {
    await put('overridden', 'x', { ContentType: 'text/plain' });
    const answer = await get('overridden', {
      ResponseContentType: 'application/json',
      ResponseContentDisposition: 'attachment',
      ResponseCacheControl: 'no-cache',
      ResponseContentEncoding: 'identity',
      ResponseContentLanguage: 'en',
    });
    assert.deepEqual(
      [answer.ContentType, answer.ContentDisposition, answer.CacheControl, answer.ContentLanguage],
      ['application/json', 'attachment', 'no-cache', 'en'],
    );
  });
});

/** RFC 2047, as far as this server writes it. */
function decodeWord(text: string): string {
  return text.replace(/=\?UTF-8\?(B|Q)\?([^?]*)\?=\s*/gi, (_, kind: string, data: string) =>
    kind.toUpperCase() === 'B'
      ? Buffer.from(data, 'base64').toString()
      : decodeURIComponent(data.replaceAll('_', ' ').replace(/=([0-9A-F]{2})/gi, '%$1')),
  );
}

describe('ranges', () => {
  const bytes = randomBytes(200_000);
  before(() => put('ranged', bytes));

  const ranges: readonly [string, number, number][] = [
    ['bytes=0-0', 0, 0],
    ['bytes=10-19', 10, 19],
    ['bytes=199999-', 199_999, 199_999],
    ['bytes=65530-131080', 65_530, 131_080],
    ['bytes=100000-999999', 100_000, 199_999],
    ['bytes=-1', 199_999, 199_999],
    ['bytes=-500000', 0, 199_999],
  ];
  for (const [Range, start, end] of ranges) {
    test(Range, async () => {
      const answer = await get('ranged', { Range });
      assert.deepEqual(
        [answer.$metadata.httpStatusCode, answer.ContentRange, answer.ContentLength],
        [206, `bytes ${start}-${end}/200000`, end - start + 1],
      );
      assert.ok((await bytesOf(answer)).equals(bytes.subarray(start, end + 1)));
      assert.equal((await head('ranged', { Range })).ContentLength, end - start + 1);
    });
  }

  for (const Range of ['bytes=200000-', 'bytes=-0', 'bytes=300000-400000']) {
    test(`${Range} is beyond the end`, async () => {
      await assertS3Error(get('ranged', { Range }), {
        code: 'InvalidRange',
        status: 416,
        fields: { ActualObjectSize: '200000', RangeRequested: Range },
      });
    });
  }

  test('an object of one piece is its part 1', async () => {
    const answer = await get('ranged', { PartNumber: 1 });
    assert.ok((await bytesOf(answer)).equals(bytes));
    await assertS3Error(get('ranged', { PartNumber: 2 }), { code: 'InvalidPartNumber', status: 416 });
  });
});

describe('conditional reads', () => {
  let etag = '';
  let modified = new Date(0);
  before(async () => {
    etag = (await put('conditional', 'content')).ETag ?? '';
    modified = (await head('conditional')).LastModified ?? modified;
  });
  const hour = 3_600_000;
  const earlier = () => new Date(modified.getTime() - hour);
  const later = () => new Date(modified.getTime() + hour);
  const other = '"00000000000000000000000000000000"';

  const cases: readonly [string, () => Partial<GetObjectCommandInput>, 200 | 304 | 412][] = [
    ['If-Match of its tag', () => ({ IfMatch: etag }), 200],
    ['If-Match without quotes', () => ({ IfMatch: etag.replaceAll('"', '') }), 200],
    ['If-Match of several', () => ({ IfMatch: `${other}, ${etag}` }), 200],
    ['If-Match of anything', () => ({ IfMatch: '*' }), 200],
    ['If-Match of another', () => ({ IfMatch: other }), 412],
    ['If-None-Match of its tag', () => ({ IfNoneMatch: etag }), 304],
    ['If-None-Match of its tag, weak', () => ({ IfNoneMatch: `W/${etag}` }), 304],
    ['If-None-Match of anything', () => ({ IfNoneMatch: '*' }), 304],
    ['If-None-Match of another', () => ({ IfNoneMatch: other }), 200],
    ['If-Modified-Since before', () => ({ IfModifiedSince: earlier() }), 200],
    ['If-Modified-Since then', () => ({ IfModifiedSince: modified }), 304],
    ['If-Unmodified-Since then', () => ({ IfUnmodifiedSince: modified }), 200],
    ['If-Unmodified-Since before', () => ({ IfUnmodifiedSince: earlier() }), 412],
    ['If-Unmodified-Since after', () => ({ IfUnmodifiedSince: later() }), 200],
    ['If-Match wins over If-Unmodified-Since', () => ({ IfMatch: etag, IfUnmodifiedSince: earlier() }), 200],
    [
      'If-None-Match wins over If-Modified-Since',
      () => ({ IfNoneMatch: other, IfModifiedSince: modified }),
      200,
    ],
    [
      'If-None-Match fails despite If-Modified-Since',
      () => ({ IfNoneMatch: etag, IfModifiedSince: earlier() }),
      304,
    ],
  ];
  for (const [what, condition, status] of cases) {
    test(`${what}: ${status}`, async () => {
      for (const read of [get, head]) {
        const outcome = await read('conditional', condition()).then(
          (answer) => answer.$metadata.httpStatusCode,
          (error: { $metadata: { httpStatusCode?: number } }) => error.$metadata.httpStatusCode,
        );
        assert.equal(outcome, status);
      }
    });
  }

  test('a failed condition is named', async () => {
    await assertS3Error(get('conditional', { IfMatch: other }), {
      code: 'PreconditionFailed',
      status: 412,
      fields: { Condition: 'If-Match' },
    });
  });
});

describe('conditional writes', () => {
  test('If-None-Match: * writes only what is not there', async () => {
    await put('once', 'first', { IfNoneMatch: '*' });
    await assertS3Error(put('once', 'second', { IfNoneMatch: '*' }), {
      code: 'PreconditionFailed',
      status: 412,
      fields: { Condition: 'If-None-Match' },
    });
    assert.equal(await textOf(await get('once')), 'first');
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'once' }));
    await put('once', 'third', { IfNoneMatch: '*' });
  });

  test('If-Match writes only over what is known', async () => {
    const { ETag } = await put('known', 'first');
    await put('known', 'second', { IfMatch: ETag });
    await assertS3Error(put('known', 'third', { IfMatch: ETag }), {
      code: 'PreconditionFailed',
      status: 412,
    });
    assert.equal(await textOf(await get('known')), 'second');
    await assertS3Error(put('never', 'x', { IfMatch: ETag }), { code: 'NoSuchKey', status: 404 });
    const both = put('known', 'x', { IfMatch: ETag, IfNoneMatch: '*' });
    await assertS3Error(both, { code: 'NotImplemented', status: 501 });
  });

  test('If-None-Match with an ETag writes over anything else', async () => {
    const { ETag } = await put('unless', 'first');
    const refused = { code: 'PreconditionFailed', status: 412 };
    await assertS3Error(put('unless', 'second', { IfNoneMatch: ETag }), refused);
    assert.equal(await textOf(await get('unless')), 'first');
    await put('unless', 'second', { IfNoneMatch: '"another"' });
    assert.equal(await textOf(await get('unless')), 'second');
    await put('unless-new', 'x', { IfNoneMatch: ETag });
  });

  test('DeleteObject with conditions', async () => {
    const { ETag } = await put('guarded', 'x');
    const remove = (more: object) => s3.send(new DeleteObjectCommand({ Bucket, Key: 'guarded', ...more }));
    const failed = { code: 'PreconditionFailed', status: 412 };
    await assertS3Error(remove({ IfMatch: '"another"' }), failed);
    await assertS3Error(remove({ IfMatchSize: 2 }), failed);
    await assertS3Error(remove({ IfMatchLastModifiedTime: new Date(0) }), failed);
    assert.equal(await textOf(await get('guarded')), 'x');
    await remove({
      IfMatch: ETag,
      IfMatchSize: 1,
      IfMatchLastModifiedTime: (await head('guarded')).LastModified,
    });
    await assertS3Error(head('guarded'), { code: 'NotFound', status: 404 });
  });
});

describe('checksums', () => {
  const bytes = randomBytes(100_000);
  for (const algorithm of ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const) {
    test(`${algorithm}, sent and shown`, async () => {
      const field = `Checksum${algorithm}` as const;
      const Key = `checksum/${algorithm}`;
      const written = await put(Key, bytes, { ChecksumAlgorithm: ChecksumAlgorithm[algorithm] });
      assert.ok(written[field]);
      assert.equal(written.ChecksumType, 'FULL_OBJECT');
      // The SDK checks what it reads against the checksum shown.
      const answer = await get(Key, { ChecksumMode: 'ENABLED' });
      assert.equal(answer[field], written[field]);
      assert.ok((await bytesOf(answer)).equals(bytes));
      const streamed = await put(Key, Readable.from([bytes]), {
        ContentLength: bytes.length,
        ChecksumAlgorithm: ChecksumAlgorithm[algorithm],
      });
      assert.equal(streamed[field], written[field]);
      await assertS3Error(put(Key, 'other bytes', { [field]: written[field] }), {
        code: 'BadDigest',
        status: 400,
      });
      assert.ok((await bytesOf(await get(Key))).equals(bytes));
    });
  }

  test('are shown only when asked for', async () => {
    await put('checksum/quiet', 'x');
    const quiet = connectS3(server, { responseChecksumValidation: 'WHEN_REQUIRED' });
    const answer = await quiet.send(new HeadObjectCommand({ Bucket, Key: 'checksum/quiet' }));
    assert.equal(answer.ChecksumCRC32, undefined);
    quiet.destroy();
  });
});

describe('DeleteObject and DeleteObjects', () => {
  test('delete what is there, and what is not', async () => {
    await put('deleted', 'x');
    for (let round = 0; round < 2; round++) {
      const answer = await s3.send(new DeleteObjectCommand({ Bucket, Key: 'deleted' }));
      assert.equal(answer.$metadata.httpStatusCode, 204);
      assert.equal(answer.DeleteMarker, undefined);
    }
    await assertS3Error(get('deleted'), { code: 'NoSuchKey', status: 404 });
  });

  test('many at once, aloud and quietly', async () => {
    const keys = ['many/1', 'many/2 +&<', 'many/곳간', 'many/\u0001'];
    for (const Key of keys.slice(0, 3)) await put(Key, 'x');
    const Objects = keys.slice(0, 3).map((Key) => ({ Key }));
    const loud = await s3.send(
      new DeleteObjectsCommand({ Bucket, Delete: { Objects: [...Objects, { Key: 'never' }] } }),
    );
    assert.deepEqual(
      loud.Deleted?.map(({ Key }) => Key),
      [...keys.slice(0, 3), 'never'],
    );
    assert.equal(loud.Errors, undefined);
    for (const Key of keys.slice(0, 3)) await assertS3Error(head(Key), { code: 'NotFound', status: 404 });
    await put('many/1', 'x');
    const quiet = await s3.send(
      new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: 'many/1' }], Quiet: true } }),
    );
    assert.deepEqual([quiet.Deleted, quiet.Errors], [undefined, undefined]);
    await assertS3Error(head('many/1'), { code: 'NotFound', status: 404 });
  });

  test('many at once with one that must not', async () => {
    await put('some/a', 'x');
    await put('some/b', 'x');
    const answer = await s3.send(
      new DeleteObjectsCommand({
        Bucket,
        Delete: {
          Objects: [
            { Key: 'some/a' },
            { Key: 'some/b', ETag: '"another"' },
            { Key: 'some/c', VersionId: 'x' },
          ],
        },
      }),
    );
    assert.deepEqual(
      answer.Deleted?.map(({ Key }) => Key),
      ['some/a'],
    );
    assert.deepEqual(
      answer.Errors?.map(({ Key, Code }) => [Key, Code]),
      [
        ['some/b', 'PreconditionFailed'],
        ['some/c', 'InvalidArgument'],
      ],
    );
    assert.equal(await textOf(await get('some/b')), 'x');
  });
});
