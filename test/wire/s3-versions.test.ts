// Versions and delete markers on the wire, header by header.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type InProcessS3, serveS3 } from '../support/s3-in-process.ts';

let s3: InProcessS3;

before(async () => {
  s3 = await serveS3();
  await s3.send({ method: 'PUT', path: '/bucket' });
  await s3.inBucket('bucket', (store, bucket) => store.updateBucket(bucket, { versioning: 'enabled' }));
});

after(async () => {
  await s3.stop();
  assert.deepEqual(s3.bugs, []);
});

const send = (
  method: string,
  path: string,
  query: [string, string][] = [],
  headers: Record<string, string> = {},
) => s3.send({ method, path, query, headers });
const put = async (path: string, body: string) => {
  const { headers } = await s3.send({ method: 'PUT', path, body: Buffer.from(body) });
  return headers.get('x-amz-version-id') ?? '';
};

test('a version is shown when it is written and addressed when it is read', async () => {
  const first = await put('/bucket/a', 'first');
  const second = await put('/bucket/a', 'second');
  assert.notEqual(first, '');
  assert.notEqual(first, second);
  const current = await send('GET', '/bucket/a');
  assert.equal(current.headers.get('x-amz-version-id'), second);
  const older = await send('GET', '/bucket/a', [['versionId', first]]);
  assert.deepEqual([older.headers.get('x-amz-version-id'), older.body.toString()], [first, 'first']);
});

test('a delete marker hides the object and says so', async () => {
  const version = await put('/bucket/b', 'b');
  const deleted = await send('DELETE', '/bucket/b');
  const marker = deleted.headers.get('x-amz-version-id') ?? '';
  assert.equal(deleted.status, 204);
  assert.equal(deleted.headers.get('x-amz-delete-marker'), 'true');

  for (const method of ['GET', 'HEAD']) {
    const hidden = await send(method, '/bucket/b');
    assert.equal(hidden.status, 404);
    assert.equal(hidden.headers.get('x-amz-delete-marker'), 'true');
    assert.equal(hidden.headers.get('x-amz-version-id'), marker);

    const addressed = await send(method, '/bucket/b', [['versionId', marker]]);
    assert.equal(addressed.status, 405);
    assert.equal(addressed.headers.get('allow'), 'DELETE');
    assert.equal(addressed.headers.get('x-amz-delete-marker'), 'true');
    assert.equal(addressed.headers.get('last-modified'), 'Sat, 22 Feb 2020 22:22:23 GMT');
  }

  const undone = await send('DELETE', '/bucket/b', [['versionId', marker]]);
  assert.equal(undone.headers.get('x-amz-delete-marker'), 'true');
  assert.equal(undone.headers.get('x-amz-version-id'), marker);
  assert.equal((await send('GET', '/bucket/b')).headers.get('x-amz-version-id'), version);
});

test('a version that cannot be, and one that is not there', async () => {
  await put('/bucket/c', 'c');
  const empty = await send('GET', '/bucket/c', [['versionId', '']]);
  assert.deepEqual([empty.status, empty.element('Code')], [400, 'InvalidArgument']);
  const other = await put('/bucket/d', 'd');
  const absent = await send('GET', '/bucket/c', [['versionId', other]]);
  assert.deepEqual([absent.status, absent.element('Code')], [404, 'NoSuchVersion']);
  assert.deepEqual([absent.element('Key'), absent.element('VersionId')], ['c', other]);
});

test('an older version is restored by copying it over the current one', async () => {
  const first = await put('/bucket/e', 'first');
  await put('/bucket/e', 'second');
  const answer = await send('PUT', '/bucket/e', [], { 'x-amz-copy-source': `bucket/e?versionId=${first}` });
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get('x-amz-copy-source-version-id'), first);
  assert.notEqual(answer.headers.get('x-amz-version-id'), first);
  assert.equal((await send('GET', '/bucket/e')).body.toString(), 'first');
});
