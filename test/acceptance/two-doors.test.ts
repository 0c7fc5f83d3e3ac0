// What one door writes the other reads, each by its own rules: the list of nhn-openstack.md, section 24.7, one case per item.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { assertS3Error, connectS3 } from '../support/s3-client.ts';
import { type ServerProcess, startServer } from '../support/server-process.ts';
import { addSwiftUser, askSwift, type SwiftUser, s3KeysOf } from '../support/swift-client.ts';

let server: ServerProcess;
let kim: SwiftUser;
let s3: S3Client;
before(async () => {
  server = await startServer({ workers: 2, env: { GOTGAN_REGIONS: 'KR1,KR2=127.0.0.1:0' } });
  kim = await addSwiftUser(server, 'kim');
  s3 = connectS3(server, { credentials: await s3KeysOf(server, kim) });
});
after(async () => {
  s3?.destroy();
  const logs = server?.logs() ?? '';
  await server?.dispose();
  assert.doesNotMatch(logs, /"level":"(?:error|fatal)"/);
});

const md5 = (bytes: string | Buffer) => createHash('md5').update(bytes).digest('hex');
let made = 0;
async function container(headers: Record<string, string> = {}): Promise<string> {
  made += 1;
  const name = `two-doors-${made}`;
  assert.equal((await kim.ask('PUT', `/${name}`, { headers })).status, 201);
  return name;
}
async function put(target: string, body: string | Buffer, headers: Record<string, string> = {}) {
  const answer = await kim.ask('PUT', target, { body, headers });
  assert.equal(answer.status, 201, answer.text);
  return answer;
}
const swift = async (method: string, below: string, headers: Record<string, string> = {}) =>
  kim.ask(method, below, { headers });
const names = async (Bucket: string) =>
  ((await s3.send(new ListObjectsV2Command({ Bucket }))).Contents ?? []).map(({ Key }) => Key);
const text = async (Bucket: string, Key: string) =>
  (await (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString()) ?? '';

describe('the list of section 24.7', () => {
  it('1: a container that S3 could not name is there for Swift only', async () => {
    await swift('PUT', '/My_Data');
    await put('/My_Data/o', 'x');
    const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
    assert.ok(!Buckets.some(({ Name }) => Name === 'My_Data'));
    await assertS3Error(s3.send(new GetObjectCommand({ Bucket: 'My_Data', Key: 'o' })), {
      code: 'InvalidBucketName',
      status: 400,
    });
    assert.match((await swift('GET', '')).text, /^My_Data$/m);
  });

  it('2: names are the same bytes on both sides', async () => {
    const Bucket = await container();
    const wanted = [
      '/lead',
      'a//b',
      'a/../b',
      'per%2Fcent',
      'sp ace',
      'pl+us',
      'emoji😀',
      'é',
      'q?&=#',
      'z/',
    ];
    for (const [index, name] of wanted.entries()) {
      if (index % 2 === 0) await put(`/${Bucket}/${encodeURIComponent(name)}`, name);
      else await s3.send(new PutObjectCommand({ Bucket, Key: name, Body: name }));
    }
    const sorted = wanted.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    assert.deepEqual(await names(Bucket), sorted);
    const listed = JSON.parse((await swift('GET', `/${Bucket}?format=json`)).text);
    assert.deepEqual(
      listed.map(({ name }: { name: string }) => name),
      sorted,
    );
    for (const name of wanted) {
      assert.equal(await text(Bucket, name), name);
      assert.equal((await swift('GET', `/${Bucket}/${encodeURIComponent(name)}`)).text, name);
    }
  });

  it('3: a name that is too long is refused in the words of each', async () => {
    const Bucket = await container();
    const Key = 'é'.repeat(513);
    const long = s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }));
    await assertS3Error(long, { code: 'KeyTooLongError', status: 400 });
    assert.equal((await swift('PUT', `/${Bucket}/${encodeURIComponent(Key)}`)).status, 400);
    await put(`/${Bucket}/${encodeURIComponent('é'.repeat(512))}`, 'fits');
    assert.equal(await text(Bucket, 'é'.repeat(512)), 'fits');
  });

  it('4: removing what is not there is 404 for Swift and nothing for S3', async () => {
    const Bucket = await container();
    assert.equal((await swift('DELETE', `/${Bucket}/none`)).status, 404);
    const { $metadata } = await s3.send(new DeleteObjectCommand({ Bucket, Key: 'none' }));
    assert.equal($metadata.httpStatusCode, 204);
  });

  it('5: an expired object is gone from both, at once', async () => {
    const Bucket = await container();
    await put(`/${Bucket}/o`, 'x', { 'X-Delete-After': '1' });
    assert.equal(await text(Bucket, 'o'), 'x');
    await wait(1_600);
    assert.equal((await swift('GET', `/${Bucket}/o`)).status, 404);
    await assertS3Error(s3.send(new GetObjectCommand({ Bucket, Key: 'o' })), {
      code: 'NoSuchKey',
      status: 404,
    });
    assert.deepEqual(await names(Bucket), []);
    assert.equal((await swift('GET', `/${Bucket}`)).status, 204);
  });

  it('6: what Swift puts in the place of an object in parts leaves none of them', async () => {
    const Bucket = await container();
    const parts = [randomBytes(5 * 1024 * 1024), randomBytes(1000)];
    await uploadInParts(Bucket, 'o', parts);
    const head = await swift('HEAD', `/${Bucket}/o`);
    const joined = md5(parts.map(md5).join(''));
    assert.deepEqual(
      [head.header('etag'), head.header('x-static-large-object'), head.header('content-length')],
      [`"${joined}"`, 'True', String(5 * 1024 * 1024 + 1000)],
    );
    const bytes = (await swift('GET', `/${Bucket}/o`)).body;
    assert.ok(bytes.equals(Buffer.concat(parts)));
    await put(`/${Bucket}/o`, 'small');
    assert.equal((await swift('HEAD', `/${Bucket}`)).header('x-container-bytes-used'), '5');
    assert.equal((await swift('GET', `/${Bucket}+segments`)).status, 404);
    assert.equal(await text(Bucket, 'o'), 'small');
  });

  it('7: the head of a dynamic large object is copied by S3 as one object', async () => {
    const Bucket = await container();
    await put(`/${Bucket}/parts/1`, 'one ');
    await put(`/${Bucket}/parts/2`, 'two');
    await put(`/${Bucket}/whole`, '', { 'X-Object-Manifest': `${Bucket}/parts/` });
    assert.equal(await text(Bucket, 'whole'), 'one two');
    await s3.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/whole` }));
    await swift('DELETE', `/${Bucket}/parts/1`);
    const copy = await swift('GET', `/${Bucket}/copy`);
    assert.deepEqual([copy.text, copy.header('x-object-manifest')], ['one two', undefined]);
    assert.equal(copy.header('etag'), md5('one two'));
  });

  it('8: what S3 replaces in a container with a history is archived', async () => {
    const archive = await container();
    const Bucket = await container({ 'X-History-Location': archive });
    await put(`/${Bucket}/o`, 'first');
    await s3.send(new PutObjectCommand({ Bucket, Key: 'o', Body: 'second' }));
    const [archived = ''] = (await swift('GET', `/${archive}`)).text.split('\n');
    assert.match(archived, /^001o\/\d{10}\.\d{5}$/);
    assert.equal(await text(archive, archived), 'first');
  });

  it('9: a full quota and a name that may not be are refused in the words of each', async () => {
    const Bucket = await container({ 'X-Container-Meta-Quota-Bytes': '10' });
    await put(`/${Bucket}/fits`, '12345');
    assert.equal((await kim.ask('PUT', `/${Bucket}/o`, { body: '123456' })).status, 413);
    const large = s3.send(new PutObjectCommand({ Bucket, Key: 'o', Body: '123456' }));
    await assertS3Error(large, { code: 'EntityTooLarge', status: 400 });
    assert.equal((await swift('HEAD', `/${Bucket}`)).header('x-container-meta-quota-bytes'), '10');
    const nonsense = { 'X-Container-Meta-Quota-Bytes': 'many' };
    assert.equal((await swift('POST', `/${Bucket}`, nonsense)).status, 400);
    await swift('POST', `/${Bucket}`, { 'X-Remove-Container-Meta-Quota-Bytes': 'x' });
    await put(`/${Bucket}/o`, '123456');
    assert.equal((await swift('POST', '', { 'X-Account-Meta-Quota-Bytes': '1' })).status, 403);
    const picky = await container({ 'X-Container-Object-Deny-Extension-Policy': 'exe' });
    assert.equal((await kim.ask('PUT', `/${picky}/a.exe`, { body: 'x' })).status, 409);
    const denied = s3.send(new PutObjectCommand({ Bucket: picky, Key: 'a.exe', Body: 'x' }));
    await assertS3Error(denied, { code: 'AccessDenied', status: 403 });
  });

  it('10: a locked object is not removed by S3 either', async () => {
    const Bucket = await container({ 'X-Container-Worm-Retention-Day': '1' });
    await put(`/${Bucket}/o`, 'kept');
    assert.equal((await swift('DELETE', `/${Bucket}/o`)).status, 403);
    const remove = s3.send(new DeleteObjectCommand({ Bucket, Key: 'o' }));
    await assertS3Error(remove, { code: 'AccessDenied', status: 403 });
    const Delete = { Objects: [{ Key: 'o' }] };
    const { Errors = [] } = await s3.send(new DeleteObjectsCommand({ Bucket, Delete }));
    assert.deepEqual(
      Errors.map(({ Key, Code }) => [Key, Code]),
      [['o', 'AccessDenied']],
    );
    assert.equal(await text(Bucket, 'o'), 'kept');
  });

  it('11: a public container is open to nobody in particular at both addresses', async () => {
    const Bucket = await container({ 'X-Container-Read': '.r:*' });
    await put(`/${Bucket}/o`, 'public');
    for (const url of [`${server.storageUrl}${kim.path}/${Bucket}/o`, `${server.storageUrl}/${Bucket}/o`]) {
      const answer = await fetch(url);
      assert.deepEqual([answer.status, await answer.text()], [200, 'public'], url);
    }
    assert.equal((await fetch(`${server.storageUrl}${kim.path}/${Bucket}`)).status, 401);
    assert.equal((await fetch(`${server.storageUrl}/${Bucket}`)).status, 403);
  });

  it('12: a content type keeps its parameters, and metadata its values', async () => {
    const Bucket = await container();
    const type = 'text/plain; charset=EUC-KR';
    await put(`/${Bucket}/swift`, 'x', { 'Content-Type': type, 'X-Object-Meta-Mtime': '1700000000.5' });
    const Metadata = { mtime: '1700000000.5', 'a-b': 'dash', a_b: 'underscore' };
    await s3.send(new PutObjectCommand({ Bucket, Key: 's3', Body: 'x', ContentType: type, Metadata }));
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'swift' }));
    assert.deepEqual([head.ContentType, head.Metadata], [type, { mtime: '1700000000.5' }]);
    const shown = await swift('HEAD', `/${Bucket}/s3`);
    assert.deepEqual(
      ['content-type', 'x-object-meta-mtime', 'x-object-meta-a-b', 'x-object-meta-a_b'].map((name) =>
        shown.header(name),
      ),
      [type, '1700000000.5', 'dash', 'underscore'],
    );
  });

  it('13: Last-Modified is the same second in every answer', async () => {
    const Bucket = await container();
    for (let index = 0; index < 5; index += 1) {
      await put(`/${Bucket}/${index}`, 'x');
      await wait(130);
    }
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
    const rows = JSON.parse((await swift('GET', `/${Bucket}?format=json`)).text);
    for (const [index, { Key = '', LastModified }] of Contents.entries()) {
      const seconds = (LastModified?.getTime() ?? 0) / 1000;
      const head = await s3.send(new HeadObjectCommand({ Bucket, Key }));
      const shown = Date.parse((await swift('HEAD', `/${Bucket}/${Key}`)).header('last-modified') ?? '');
      assert.deepEqual([(head.LastModified?.getTime() ?? 0) / 1000, shown / 1000], [seconds, seconds]);
      assert.equal(Math.ceil(Date.parse(`${rows[index].last_modified}Z`) / 1000), seconds);
    }
  });

  it('14: a container of the cheap policy shows STANDARD', async () => {
    const Bucket = await container({ 'X-Storage-Policy': 'Economy' });
    await put(`/${Bucket}/o`, 'x');
    const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket }));
    assert.equal(Contents?.[0]?.StorageClass, 'STANDARD');
    assert.equal((await swift('HEAD', `/${Bucket}`)).header('x-storage-policy'), 'Economy');
  });

  it('15: two users of one tenant act on the same buckets', async () => {
    const lee = await addSwiftUser(server, 'lee', { tenant: kim.tenant, role: 'operator' });
    const other = connectS3(server, { credentials: await s3KeysOf(server, lee) });
    const Bucket = await container();
    await other.send(new PutObjectCommand({ Bucket, Key: 'o', Body: 'of lee' }));
    assert.equal(await text(Bucket, 'o'), 'of lee');
    const { Owner } = await s3.send(new ListBucketsCommand({}));
    assert.equal((await other.send(new ListBucketsCommand({}))).Owner?.ID, Owner?.ID);
    other.destroy();
  });

  it('16: two regions are two accounts', async () => {
    const url = server.regionUrl('KR2');
    const there = (method: string, below: string, headers: Record<string, string> = {}) =>
      askSwift(url, method, kim.path + below, { token: kim.token, headers });
    const name = await container();
    assert.equal((await there('HEAD', `/${name}`)).status, 404);
    assert.equal((await there('PUT', `/${name}`)).status, 201);
    await put(`/${name}/o`, 'here');
    assert.equal((await there('HEAD', `/${name}/o`)).status, 404);
    await there('POST', '', { 'X-Account-Meta-Where': 'KR2' });
    assert.equal((await swift('HEAD', '')).header('x-account-meta-where'), undefined);
    assert.equal((await there('HEAD', '')).header('x-account-container-count'), '1');
  });
});

describe('a bucket made by S3', () => {
  it('is a container with its policy, and its name is no error to make again', async () => {
    const Bucket = 'made-by-s3';
    await s3.send(new CreateBucketCommand({ Bucket }));
    await s3.send(new PutObjectCommand({ Bucket, Key: 'dir/', Body: Buffer.alloc(0) }));
    assert.equal((await swift('PUT', `/${Bucket}`)).status, 202);
    assert.equal((await swift('HEAD', `/${Bucket}`)).header('x-storage-policy'), 'Standard');
    assert.equal((await swift('HEAD', `/${Bucket}/dir/`)).header('content-length'), '0');
    await swift('DELETE', `/${Bucket}/dir/`);
    assert.equal((await swift('DELETE', `/${Bucket}`)).status, 204);
  });
});

async function uploadInParts(Bucket: string, Key: string, parts: readonly Buffer[]): Promise<void> {
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key }));
  const Parts: { PartNumber: number; ETag: string | undefined }[] = [];
  for (const [index, Body] of parts.entries()) {
    const PartNumber = index + 1;
    const { ETag } = await s3.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body }));
    Parts.push({ PartNumber, ETag });
  }
  await s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }));
}
