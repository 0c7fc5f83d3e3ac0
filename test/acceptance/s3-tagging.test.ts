// Tags of objects and buckets by the AWS SDK: set, shown, counted, copied, removed, and what is refused.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketTaggingCommand,
  DeleteObjectCommand,
  DeleteObjectTaggingCommand,
  GetBucketTaggingCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutBucketTaggingCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  type Tag,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { addTestAccount } from '../support/add-account.ts';
import { openBucket } from '../support/open-bucket.ts';
import { assertS3Error, connectS3, newBucketName } from '../support/s3-client.ts';

const { server, s3, Bucket } = await openBucket('tagging');

const put = (Key: string, extra: object = {}) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body: 'bytes', ...extra }));
const tag = (Key: string, TagSet: Tag[], extra: object = {}) =>
  s3.send(new PutObjectTaggingCommand({ Bucket, Key, Tagging: { TagSet }, ...extra }));
const tagsOf = async (Key: string, extra: object = {}) =>
  (await s3.send(new GetObjectTaggingCommand({ Bucket, Key, ...extra }))).TagSet;
const numbered = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ Key: `key ${index}`, Value: '' }));

describe('tags of an object', () => {
  test('are set, shown in the order of their keys, replaced and removed', async () => {
    await put('a');
    const before = await s3.send(new HeadObjectCommand({ Bucket, Key: 'a' }));
    assert.deepEqual(await tagsOf('a'), []);
    await tag('a', [
      { Key: '색/크기', Value: ' a+b=c:d@e_f.g-h ' },
      { Key: 'empty', Value: '' },
    ]);
    assert.deepEqual(await tagsOf('a'), [
      { Key: 'empty', Value: '' },
      { Key: '색/크기', Value: ' a+b=c:d@e_f.g-h ' },
    ]);
    await tag('a', [{ Key: 'other', Value: 'x' }]);
    assert.deepEqual(await tagsOf('a'), [{ Key: 'other', Value: 'x' }]);
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'a' }));
    assert.deepEqual([head.ETag, head.LastModified], [before.ETag, before.LastModified]);
    const removed = await s3.send(new DeleteObjectTaggingCommand({ Bucket, Key: 'a' }));
    assert.equal(removed.$metadata.httpStatusCode, 204);
    assert.deepEqual(await tagsOf('a'), []);
    await tag('a', numbered(1));
    await tag('a', []);
    assert.deepEqual(await tagsOf('a'), []);
  });

  test('come with what makes the object, and are counted', async () => {
    const expected = [
      { Key: 'a b', Value: 'c=d' },
      { Key: 'flag', Value: '' },
    ];
    const Tagging = 'flag&a+b=c%3Dd';
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'parts', Tagging }));
    const upload = { Bucket, Key: 'parts', UploadId };
    const { ETag } = await s3.send(new UploadPartCommand({ ...upload, PartNumber: 1, Body: 'x' }));
    await s3.send(
      new CompleteMultipartUploadCommand({
        ...upload,
        MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] },
      }),
    );
    await put('piece', { Tagging });
    const url = await getSignedUrl(s3, new PutObjectCommand({ Bucket, Key: 'linked', Tagging }));
    assert.equal((await fetch(url, { method: 'PUT', body: 'bytes' })).status, 200);
    for (const Key of ['parts', 'piece', 'linked']) {
      assert.deepEqual(await tagsOf(Key), expected, Key);
      assert.equal((await s3.send(new GetObjectCommand({ Bucket, Key }))).TagCount, 2, Key);
      assert.equal((await s3.send(new HeadObjectCommand({ Bucket, Key }))).TagCount, 2, Key);
    }
    await put('piece');
    assert.deepEqual(await tagsOf('piece'), []);
    assert.equal((await s3.send(new HeadObjectCommand({ Bucket, Key: 'piece' }))).TagCount, undefined);
  });

  test('follow a copy unless they are replaced', async () => {
    await put('source', { Tagging: 'from=source' });
    const copy = (extra: object) =>
      s3.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/source`, ...extra }));
    await copy({});
    assert.deepEqual(await tagsOf('copy'), [{ Key: 'from', Value: 'source' }]);
    await copy({ Tagging: 'ignored=yes', MetadataDirective: 'REPLACE' });
    assert.deepEqual(await tagsOf('copy'), [{ Key: 'from', Value: 'source' }]);
    await copy({ Tagging: 'from=request', TaggingDirective: 'REPLACE' });
    assert.deepEqual(await tagsOf('copy'), [{ Key: 'from', Value: 'request' }]);
    await copy({ TaggingDirective: 'REPLACE' });
    assert.deepEqual(await tagsOf('copy'), []);
  });

  test('belong to one version', async () => {
    const versioned = newBucketName('tagged-versions');
    await s3.send(new CreateBucketCommand({ Bucket: versioned }));
    const VersioningConfiguration = { Status: 'Enabled' } as const;
    await s3.send(new PutBucketVersioningCommand({ Bucket: versioned, VersioningConfiguration }));
    const target = { Bucket: versioned, Key: 'key' };
    const first = await s3.send(new PutObjectCommand({ ...target, Body: 'first' }));
    const second = await s3.send(new PutObjectCommand({ ...target, Body: 'second' }));
    const old = { Bucket: versioned, VersionId: first.VersionId };
    assert.equal((await tag('key', numbered(1), old)).VersionId, first.VersionId);
    assert.equal((await tagsOf('key', old))?.length, 1);
    const current = await s3.send(new GetObjectTaggingCommand(target));
    assert.deepEqual([current.VersionId, current.TagSet], [second.VersionId, []]);
    const removed = await s3.send(new DeleteObjectTaggingCommand({ ...target, ...old }));
    assert.equal(removed.VersionId, first.VersionId);
    assert.deepEqual(await tagsOf('key', old), []);
    const marker = await s3.send(new DeleteObjectCommand(target));
    await assertS3Error(tagsOf('key', { Bucket: versioned }), { code: 'NoSuchKey', status: 404 });
    const onMarker = { Bucket: versioned, VersionId: marker.VersionId };
    await assertS3Error(tag('key', [], onMarker), { code: 'MethodNotAllowed', status: 405 });
  });

  test('at their longest', async () => {
    await put('long');
    const longest = Array.from({ length: 10 }, (_, index) => ({
      Key: `${index}`.padEnd(128, '키'),
      Value: '값'.repeat(256),
    }));
    await tag('long', longest);
    assert.deepEqual(await tagsOf('long'), longest);
  });

  test('what is refused', async () => {
    await put('kept', { Tagging: 'kept=yes' });
    const invalid = (message: RegExp) => ({ code: 'InvalidTag', status: 400, message });
    const rows: readonly (readonly [Tag[], ReturnType<typeof invalid>])[] = [
      [[{ Key: '', Value: 'x' }], invalid(/TagKey/)],
      [[{ Key: 'k'.repeat(129), Value: 'x' }], invalid(/TagKey/)],
      [[{ Key: 'a#b', Value: 'x' }], invalid(/TagKey/)],
      [[{ Key: 'a', Value: 'v'.repeat(257) }], invalid(/TagValue/)],
      [[{ Key: 'a', Value: 'x;y' }], invalid(/TagValue/)],
      [[{ Key: 'aws:a', Value: 'x' }], invalid(/System tags/)],
      [[...numbered(1), ...numbered(1)], invalid(/same key/)],
    ];
    for (const [tags, expected] of rows) await assertS3Error(tag('kept', tags), expected);
    const tooMany = { code: 'BadRequest', status: 400, message: 'Object tags cannot be greater than 10' };
    await assertS3Error(tag('kept', numbered(11)), tooMany);
    await assertS3Error(put('kept', { Tagging: Array.from({ length: 11 }, (_, n) => n).join('&') }), tooMany);
    for (const Tagging of ['a=%', 'a=1&a=2', 'a=%FF']) {
      await assertS3Error(put('kept', { Tagging }), { code: 'InvalidArgument', status: 400 });
    }
    await assertS3Error(put('kept', { Tagging: '=x' }), invalid(/TagKey/));
    assert.deepEqual(await tagsOf('kept'), [{ Key: 'kept', Value: 'yes' }]);
    for (const command of [
      new PutObjectTaggingCommand({ Bucket, Key: 'absent', Tagging: { TagSet: [] } }),
      new DeleteObjectTaggingCommand({ Bucket, Key: 'absent' }),
      new GetObjectTaggingCommand({ Bucket, Key: 'absent' }),
    ]) {
      await assertS3Error(s3.send(command as GetObjectTaggingCommand), { code: 'NoSuchKey', status: 404 });
    }
  });
});

describe('tags of a bucket', () => {
  test('are set, shown, replaced and removed', async () => {
    const target = { Bucket: newBucketName('tagged') };
    await s3.send(new CreateBucketCommand(target));
    const read = async () => (await s3.send(new GetBucketTaggingCommand(target))).TagSet;
    const write = (TagSet: Tag[]) => s3.send(new PutBucketTaggingCommand({ ...target, Tagging: { TagSet } }));
    const none = { code: 'NoSuchTagSet', status: 404 };
    await assertS3Error(read(), none);
    const fifty = numbered(50).toSorted((left, right) => (left.Key < right.Key ? -1 : 1));
    assert.equal((await write(fifty.toReversed())).$metadata.httpStatusCode, 204);
    assert.deepEqual(await read(), fifty);
    await assertS3Error(write(numbered(51)), {
      code: 'BadRequest',
      status: 400,
      message: 'Bucket tag count cannot be greater than 50',
    });
    await assertS3Error(write([{ Key: 'a', Value: '!' }]), { code: 'InvalidTag', status: 400 });
    assert.deepEqual(await read(), fifty);
    assert.equal((await s3.send(new DeleteBucketTaggingCommand(target))).$metadata.httpStatusCode, 204);
    await assertS3Error(read(), none);
    await s3.send(new DeleteBucketTaggingCommand(target));
  });

  test('come with CreateBucket', async () => {
    const target = { Bucket: newBucketName('tagged') };
    const Tags = [{ Key: 'team', Value: 'storage' }];
    await s3.send(new CreateBucketCommand({ ...target, CreateBucketConfiguration: { Tags } }));
    assert.deepEqual((await s3.send(new GetBucketTaggingCommand(target))).TagSet, Tags);
    const wrong = { Tags: [{ Key: 'aws:team', Value: 'storage' }] };
    await assertS3Error(
      s3.send(new CreateBucketCommand({ Bucket: newBucketName('tagged'), CreateBucketConfiguration: wrong })),
      { code: 'InvalidTag', status: 400 },
    );
  });
});

test('writing with tags takes the permission to set them', async () => {
  const { credentials } = await addTestAccount(server, { name: 'writer', email: 'writer@example.com' });
  const writer = connectS3(server, { credentials });
  const target = { Bucket: newBucketName('shared'), Key: 'key' };
  await s3.send(new CreateBucketCommand({ Bucket: target.Bucket, ACL: 'public-read-write' }));
  await writer.send(new PutObjectCommand({ ...target, Body: 'bytes' }));
  const denied = { code: 'AccessDenied', status: 403 };
  const tagged = { ...target, Tagging: 'a=b' };
  await assertS3Error(writer.send(new PutObjectCommand({ ...tagged, Body: 'bytes' })), denied);
  await assertS3Error(writer.send(new CreateMultipartUploadCommand(tagged)), denied);
  const CopySource = `${target.Bucket}/key`;
  const copy = { ...tagged, Key: 'copy', CopySource, TaggingDirective: 'REPLACE' } as const;
  await assertS3Error(writer.send(new CopyObjectCommand(copy)), denied);
  writer.destroy();
});

test('somebody else neither reads, writes nor counts tags', async () => {
  await put('public', { Tagging: 'secret=yes', ACL: 'public-read' });
  const { credentials } = await addTestAccount(server, { name: 'other', email: 'other@example.com' });
  const other = connectS3(server, { credentials });
  const target = { Bucket, Key: 'public' };
  assert.equal((await other.send(new HeadObjectCommand(target))).TagCount, undefined);
  const Tagging = { TagSet: [] };
  for (const command of [
    new GetObjectTaggingCommand(target),
    new PutObjectTaggingCommand({ ...target, Tagging }),
    new DeleteObjectTaggingCommand(target),
    new GetBucketTaggingCommand({ Bucket }),
    new PutBucketTaggingCommand({ Bucket, Tagging }),
    new DeleteBucketTaggingCommand({ Bucket }),
  ]) {
    await assertS3Error(other.send(command as GetObjectTaggingCommand), {
      code: 'AccessDenied',
      status: 403,
    });
  }
  other.destroy();
  assert.deepEqual(await tagsOf('public'), [{ Key: 'secret', Value: 'yes' }]);
});
