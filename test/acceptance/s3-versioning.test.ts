// Versions by the AWS SDK: switching them on, reading, listing, deleting and copying them, and what is refused.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  AbortMultipartUploadCommand,
  type BucketVersioningStatus,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketVersioningCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { addTestAccount } from '../support/add-account.ts';
import { IndependentSigner } from '../support/independent-signer.ts';
import { exchangeSigned } from '../support/raw-http.ts';
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

const setVersioning = (Bucket: string, Status: BucketVersioningStatus) =>
  s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }));

async function newBucket(status?: BucketVersioningStatus) {
  const Bucket = newBucketName('versioning');
  await s3.send(new CreateBucketCommand({ Bucket }));
  if (status !== undefined) await setVersioning(Bucket, status);
  return Bucket;
}

async function put(Bucket: string, Key: string, Body = 'bytes'): Promise<string> {
  const { VersionId = '' } = await s3.send(new PutObjectCommand({ Bucket, Key, Body }));
  return VersionId;
}

async function read(Bucket: string, Key: string, VersionId?: string) {
  const answer = await s3.send(new GetObjectCommand({ Bucket, Key, VersionId }));
  return { body: await answer.Body?.transformToString(), versionId: answer.VersionId };
}

/** `key version latest`, with `marker` for a delete marker, as one listing shows them. */
async function listed(Bucket: string) {
  const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
  return {
    versions: Versions.map(({ Key, VersionId, IsLatest }) => [Key, VersionId, IsLatest]),
    markers: DeleteMarkers.map(({ Key, VersionId, IsLatest }) => [Key, VersionId, IsLatest]),
  };
}

describe('PutBucketVersioning and GetBucketVersioning', () => {
  test('nothing, then Enabled, then Suspended', async () => {
    const Bucket = await newBucket();
    const state = async () => (await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status;
    assert.equal(await state(), undefined);
    for (const status of ['Enabled', 'Enabled', 'Suspended', 'Enabled'] as const) {
      await setVersioning(Bucket, status);
      assert.equal(await state(), status);
    }
  });

  test('what is malformed, asks for MFA delete, or says nothing', async () => {
    const Bucket = await newBucket();
    const putDocument = (document: string) => {
      const signer = new IndependentSigner(
        { accessKeyId: server.accessKey, secret: server.secretKey, region: 'KR1' },
        new Date(),
      );
      const request = signer.byHeader({
        method: 'PUT',
        host: new URL(server.storageUrl).host,
        path: `/${Bucket}`,
        query: [['versioning', '']],
        body: Buffer.from(document),
      });
      return exchangeSigned(server.storageUrl, request);
    };
    const document = (content: string) => `<VersioningConfiguration>${content}</VersioningConfiguration>`;
    const rows: readonly (readonly [string, number, string])[] = [
      ['', 400, 'MissingRequestBodyError'],
      ['<Versioning/>', 400, 'MalformedXML'],
      [document('<Status>enabled</Status>'), 400, 'MalformedXML'],
      [document('<Status>Enabled</Status><MfaDelete>On</MfaDelete>'), 400, 'MalformedXML'],
      [document('<MfaDelete>Disabled</MfaDelete>'), 400, 'IllegalVersioningConfigurationException'],
      [document(''), 400, 'IllegalVersioningConfigurationException'],
      [document('<Status>Enabled</Status><MfaDelete>Enabled</MfaDelete>'), 501, 'NotImplemented'],
    ];
    for (const [text, status, code] of rows) {
      const response = await putDocument(text);
      assert.deepEqual([response.status, response.element('Code')], [status, code], text);
    }
    assert.equal((await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status, undefined);
    assert.equal(
      (await putDocument(document('<Status>Enabled</Status><MfaDelete>Disabled</MfaDelete>'))).status,
      200,
    );
    assert.equal((await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status, 'Enabled');
  });

  test('only the owner of the bucket, and only of one that is there', async () => {
    const Bucket = await newBucket();
    const { credentials } = await addTestAccount(server, { name: 'other', email: 'other@example.com' });
    const other = connectS3(server, { credentials });
    const VersioningConfiguration = { Status: 'Enabled' } as const;
    const denied = { code: 'AccessDenied', status: 403 };
    await assertS3Error(
      other.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration })),
      denied,
    );
    await assertS3Error(other.send(new GetBucketVersioningCommand({ Bucket })), denied);
    other.destroy();
    const absent = newBucketName('absent');
    await assertS3Error(
      s3.send(new PutBucketVersioningCommand({ Bucket: absent, VersioningConfiguration })),
      { code: 'NoSuchBucket', status: 404 },
    );
  });
});

describe('a bucket that keeps versions', () => {
  test('every write has a version, and each can be read', async () => {
    const Bucket = await newBucket();
    assert.equal(await put(Bucket, 'key', 'before'), '');
    await setVersioning(Bucket, 'Enabled');
    const first = await put(Bucket, 'key', 'first');
    const second = await put(Bucket, 'key', 'second');
    assert.ok(first !== '' && second !== '' && first !== second && first !== 'null');
    assert.deepEqual(await read(Bucket, 'key'), { body: 'second', versionId: second });
    assert.deepEqual(await read(Bucket, 'key', first), { body: 'first', versionId: first });
    assert.deepEqual(await read(Bucket, 'key', 'null'), { body: 'before', versionId: 'null' });
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'key', VersionId: 'null' }));
    assert.deepEqual([head.VersionId, head.ContentLength], ['null', 6]);
    const attributes = await s3.send(
      new GetObjectAttributesCommand({
        Bucket,
        Key: 'key',
        VersionId: first,
        ObjectAttributes: ['ObjectSize'],
      }),
    );
    assert.deepEqual([attributes.VersionId, attributes.ObjectSize], [first, 5]);
    assert.deepEqual((await listed(Bucket)).versions, [
      ['key', second, true],
      ['key', first, false],
      ['key', 'null', false],
    ]);
  });

  test('deleting places a marker; deleting the marker brings the object back', async () => {
    const Bucket = await newBucket('Enabled');
    const version = await put(Bucket, 'key');
    const deleted = await s3.send(new DeleteObjectCommand({ Bucket, Key: 'key' }));
    assert.equal(deleted.DeleteMarker, true);
    const marker = deleted.VersionId;
    await assertS3Error(read(Bucket, 'key'), { code: 'NoSuchKey', status: 404 });
    await assertS3Error(read(Bucket, 'key', marker), { code: 'MethodNotAllowed', status: 405 });
    assert.equal((await s3.send(new ListObjectsV2Command({ Bucket }))).KeyCount, 0);
    assert.deepEqual(await listed(Bucket), {
      versions: [['key', version, false]],
      markers: [['key', marker, true]],
    });
    await assertS3Error(s3.send(new DeleteBucketCommand({ Bucket })), {
      code: 'BucketNotEmpty',
      status: 409,
    });
    const undone = await s3.send(new DeleteObjectCommand({ Bucket, Key: 'key', VersionId: marker }));
    assert.deepEqual([undone.DeleteMarker, undone.VersionId], [true, marker]);
    assert.equal((await read(Bucket, 'key')).versionId, version);
    const gone = await s3.send(new DeleteObjectCommand({ Bucket, Key: 'key', VersionId: version }));
    assert.deepEqual([gone.DeleteMarker, gone.VersionId], [undefined, version]);
    assert.deepEqual(await listed(Bucket), { versions: [], markers: [] });
    await s3.send(new DeleteBucketCommand({ Bucket }));
  });

  test('DeleteObjects with and without versions', async () => {
    const Bucket = await newBucket('Enabled');
    const kept = await put(Bucket, 'a');
    const removed = await put(Bucket, 'b');
    const first = await s3.send(
      new DeleteObjectsCommand({
        Bucket,
        Delete: { Objects: [{ Key: 'a' }, { Key: 'b', VersionId: removed }] },
      }),
    );
    const [ofA, ofB] = first.Deleted ?? [];
    assert.equal(ofA?.DeleteMarker, true);
    assert.equal(ofA.VersionId, undefined);
    assert.deepEqual(ofB, { Key: 'b', VersionId: removed });
    const marker = ofA.DeleteMarkerVersionId;
    assert.deepEqual(await listed(Bucket), {
      versions: [['a', kept, false]],
      markers: [['a', marker, true]],
    });
    const second = await s3.send(
      new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: 'a', VersionId: marker }] } }),
    );
    assert.deepEqual(second.Deleted, [
      { Key: 'a', VersionId: marker, DeleteMarker: true, DeleteMarkerVersionId: marker },
    ]);
    assert.equal((await read(Bucket, 'a')).versionId, kept);
  });

  test('copying from a version, onto another key and onto itself', async () => {
    const Bucket = await newBucket('Enabled');
    const first = await put(Bucket, 'key', 'first');
    await put(Bucket, 'key', 'second');
    const copy = (Key: string) =>
      s3.send(new CopyObjectCommand({ Bucket, Key, CopySource: `${Bucket}/key?versionId=${first}` }));
    for (const Key of ['other', 'key']) {
      const copied = await copy(Key);
      assert.equal(copied.CopySourceVersionId, first);
      assert.deepEqual(await read(Bucket, Key), { body: 'first', versionId: copied.VersionId });
    }
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'key' }));
    await assertS3Error(
      s3.send(new CopyObjectCommand({ Bucket, Key: 'other', CopySource: `${Bucket}/key` })),
      { code: 'NoSuchKey', status: 404 },
    );
    assert.equal((await copy('again')).CopySourceVersionId, first);
  });

  test('a multipart upload shows its version when it is complete', async () => {
    const Bucket = await newBucket('Enabled');
    const source = await put(Bucket, 'source', 'old');
    await put(Bucket, 'source', 'new');
    const target = { Bucket, Key: 'parts' };
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand(target));
    const copied = await s3.send(
      new UploadPartCopyCommand({
        ...target,
        UploadId,
        PartNumber: 1,
        CopySource: `${Bucket}/source?versionId=${source}`,
      }),
    );
    assert.equal(copied.CopySourceVersionId, source);
    const completed = await s3.send(
      new CompleteMultipartUploadCommand({
        ...target,
        UploadId,
        MultipartUpload: { Parts: [{ PartNumber: 1, ETag: copied.CopyPartResult?.ETag }] },
      }),
    );
    assert.deepEqual(await read(Bucket, 'parts'), { body: 'old', versionId: completed.VersionId });
    const second = await s3.send(new CreateMultipartUploadCommand(target));
    const upload = { ...target, UploadId: second.UploadId };
    await s3.send(new UploadPartCommand({ ...upload, PartNumber: 1, Body: 'x' }));
    await s3.send(new AbortMultipartUploadCommand(upload));
    assert.equal((await listed(Bucket)).versions.length, 3);
  });

  test('listing in pages of one', async () => {
    const Bucket = await newBucket('Enabled');
    const written = [];
    for (const key of ['a', 'a', 'b']) written.push([key, await put(Bucket, key)]);
    const seen = [];
    let markers: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } = {};
    for (;;) {
      const page = await s3.send(new ListObjectVersionsCommand({ Bucket, MaxKeys: 1, ...markers }));
      for (const { Key, VersionId } of page.Versions ?? []) seen.push([Key, VersionId]);
      if (page.IsTruncated !== true) break;
      markers = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
    }
    assert.deepEqual(seen, [written[1], written[0], written[2]]);
  });

  test('versions that cannot be, and that are not there', async () => {
    const Bucket = await newBucket('Enabled');
    await put(Bucket, 'a');
    const other = await put(Bucket, 'b');
    await assertS3Error(read(Bucket, 'a', other), { code: 'NoSuchVersion', status: 404 });
    await assertS3Error(read(Bucket, 'a', 'no version'), { code: 'InvalidArgument', status: 400 });
    const deleted = await s3.send(new DeleteObjectCommand({ Bucket, Key: 'a', VersionId: other }));
    assert.deepEqual([deleted.VersionId, deleted.DeleteMarker], [other, undefined]);
  });
});

test('suspended, a write replaces the version null, which only reads show, and keeps the others', async () => {
  const Bucket = await newBucket('Enabled');
  const kept = await put(Bucket, 'key', 'kept');
  await setVersioning(Bucket, 'Suspended');
  assert.equal(await put(Bucket, 'key', 'first'), '');
  assert.equal(await put(Bucket, 'source', 'second'), '');
  const copied = await s3.send(new CopyObjectCommand({ Bucket, Key: 'key', CopySource: `${Bucket}/source` }));
  assert.deepEqual([copied.VersionId, copied.CopySourceVersionId], [undefined, 'null']);
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'source', VersionId: 'null' }));
  assert.deepEqual(await read(Bucket, 'key'), { body: 'second', versionId: 'null' });
  const deleted = await s3.send(new DeleteObjectCommand({ Bucket, Key: 'key' }));
  assert.deepEqual([deleted.DeleteMarker, deleted.VersionId], [true, 'null']);
  assert.deepEqual(await listed(Bucket), {
    versions: [['key', kept, false]],
    markers: [['key', 'null', true]],
  });
});
