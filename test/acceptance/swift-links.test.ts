// The Swift API over HTTP: symbolic links, and objects that expire (nhn-openstack.md, sections 18 and 21.4). Operations: PutObject,
// GetObject, HeadObject, UpdateObject, CopyObject, DeleteObject.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { assertS3Error } from '../support/s3-client.ts';
import { type ServerProcess, startServer } from '../support/server-process.ts';
import { addSwiftUser, connectS3As, type SwiftUser } from '../support/swift-client.ts';

let server: ServerProcess;
let kim: SwiftUser;
let lee: SwiftUser;
let s3: S3Client;
before(async () => {
  server = await startServer({ workers: 2 });
  kim = await addSwiftUser(server, 'kim');
  lee = await addSwiftUser(server, 'lee');
  s3 = await connectS3As(server, kim);
  for (const name of ['/links', '/targets']) assert.equal((await kim.ask('PUT', name)).status, 201);
  const headers = { 'Content-Type': 'text/x-target', 'X-Object-Meta-Of': 'target' };
  assert.equal((await kim.ask('PUT', '/targets/dir/o', { body: 'target', headers })).status, 201);
});
after(async () => {
  s3?.destroy();
  const logs = server?.logs() ?? '';
  await server?.dispose();
  assert.doesNotMatch(logs, /"level":"(?:error|fatal)"/);
});

type Headers = Record<string, string>;
const ETAG = createHash('md5').update('target').digest('hex');
const link = (name: string, target: string, headers: Headers = {}, body = '') =>
  kim.ask('PUT', name, { headers: { 'X-Symlink-Target': target, ...headers }, body });

describe('a link', () => {
  it('is read as its target, and shown itself when that is asked for', async () => {
    assert.equal((await link('/links/l', 'targets/dir/o')).status, 201);
    for (const method of ['GET', 'HEAD']) {
      const answer = await kim.ask(method, '/links/l');
      assert.equal(answer.header('content-location'), `${kim.path}/targets/dir/o`);
      assert.equal(answer.header('etag'), ETAG);
      assert.equal(answer.header('content-type'), 'text/x-target');
      assert.equal(answer.header('x-object-meta-of'), 'target');
      assert.equal(answer.header('x-symlink-target'), undefined);
      if (method === 'GET') assert.equal(answer.text, 'target');
      const own = await kim.ask(method, '/links/l?symlink=get');
      assert.equal(own.header('x-symlink-target'), 'targets/dir/o');
      assert.equal(own.header('content-type'), 'application/symlink');
      assert.equal(own.header('content-length'), '0');
    }
    assert.equal((await kim.ask('GET', '/targets/dir/o?symlink=get')).text, 'target');
    const range = await kim.ask('GET', '/links/l', { headers: { Range: 'bytes=1-3' } });
    assert.equal(range.text, 'arg');
    const [row] = JSON.parse((await kim.ask('GET', '/links?format=json&prefix=l')).text);
    assert.equal(row.symlink_path, `${kim.path}/targets/dir/o`);
    assert.deepEqual([row.bytes, row.content_type], [0, 'application/symlink']);
    const viaS3 = await s3.send(new GetObjectCommand({ Bucket: 'links', Key: 'l' }));
    assert.equal(await viaS3.Body?.transformToString(), 'target');
  });

  it('with an ETag holds for that target only', async () => {
    assert.equal(
      (await link('/links/wrong', 'targets/dir/o', { 'X-Symlink-Target-Etag': '0'.repeat(32) })).status,
      409,
    );
    assert.equal(
      (await link('/links/wrong', 'targets/absent', { 'X-Symlink-Target-Etag': ETAG })).status,
      409,
    );
    assert.equal((await kim.ask('PUT', '/targets/moving', { body: 'target' })).status, 201);
    assert.equal(
      (await link('/links/static', 'targets/moving', { 'X-Symlink-Target-Etag': `"${ETAG}"` })).status,
      201,
    );
    const own = await kim.ask('HEAD', '/links/static?symlink=get');
    assert.deepEqual(
      [own.header('x-symlink-target-etag'), own.header('x-symlink-target-bytes')],
      [ETAG, '6'],
    );
    const [row] = JSON.parse((await kim.ask('GET', '/links?format=json&prefix=static')).text);
    assert.deepEqual([row.symlink_etag, row.symlink_bytes], [ETAG, 6]);
    assert.equal((await kim.ask('GET', '/links/static')).text, 'target');
    await kim.ask('PUT', '/targets/moving', { body: 'moved' });
    assert.equal((await kim.ask('GET', '/links/static')).status, 409);
  });

  it('is refused when it is none', async () => {
    for (const [headers, status] of [
      [{ 'X-Symlink-Target': 'targets' }, 412],
      [{ 'X-Symlink-Target': 'targets/' }, 412],
      [{ 'X-Symlink-Target': '/targets/o' }, 412],
      [{ 'X-Symlink-Target': 'links/bad' }, 400],
      [{ 'X-Symlink-Target': 'targets/o', 'X-Symlink-Target-Account': 'a/b' }, 412],
      [{ 'X-Symlink-Target-Etag': ETAG }, 400],
    ] as [Headers, number][]) {
      assert.equal((await kim.ask('PUT', '/links/bad', { headers })).status, status, JSON.stringify(headers));
    }
    assert.equal((await link('/links/bad', 'targets/o', {}, 'body')).status, 400);
  });

  it('leads over two others at most, and nowhere when its target is gone', async () => {
    await link('/links/chain-1', 'targets/dir/o');
    await link('/links/chain-2', 'links/chain-1');
    await link('/links/chain-3', 'links/chain-2');
    await link('/links/nowhere', 'targets/absent');
    assert.equal((await kim.ask('GET', '/links/chain-2')).text, 'target');
    assert.equal((await kim.ask('GET', '/links/chain-3')).status, 409);
    const nowhere = await kim.ask('GET', '/links/nowhere');
    assert.deepEqual(
      [nowhere.status, nowhere.header('content-location')],
      [404, `${kim.path}/targets/absent`],
    );
    await assertS3Error(s3.send(new GetObjectCommand({ Bucket: 'links', Key: 'nowhere' })), {
      code: 'NoSuchKey',
      status: 404,
    });
  });

  it('does not open what its reader may not read', async () => {
    assert.equal((await lee.ask('PUT', '/private')).status, 201);
    assert.equal((await lee.ask('PUT', '/private/o', { body: 'secret' })).status, 201);
    const account = lee.path.slice('/v1/'.length);
    assert.equal(
      (await link('/links/foreign', 'private/o', { 'X-Symlink-Target-Account': account })).status,
      201,
    );
    assert.equal((await kim.ask('GET', '/links/foreign')).status, 403);
    const own = await kim.ask('HEAD', '/links/foreign?symlink=get');
    assert.equal(own.header('x-symlink-target-account'), account);
    const shared = { 'X-Container-Read': `${kim.tenant.id}:*` };
    assert.equal((await lee.ask('POST', '/private', { headers: shared })).status, 204);
    assert.equal((await kim.ask('GET', '/links/foreign')).text, 'secret');
  });

  it('takes a POST, is copied and removed itself', async () => {
    await link('/links/own', 'targets/dir/o');
    const posted = await kim.ask('POST', '/links/own', { headers: { 'X-Object-Meta-Of': 'link' } });
    assert.deepEqual([posted.status, posted.header('location')], [307, `${kim.path}/targets/dir/o`]);
    assert.equal((await kim.ask('HEAD', '/links/own?symlink=get')).header('x-object-meta-of'), 'link');
    const copy = (query: string, to: string) =>
      kim.ask('COPY', `/links/own${query}`, { headers: { Destination: to } });
    assert.equal((await copy('', 'links/flat')).status, 201);
    assert.equal((await copy('?symlink=get', 'links/again')).status, 201);
    assert.equal((await kim.ask('HEAD', '/links/flat?symlink=get')).header('x-symlink-target'), undefined);
    const again = await kim.ask('HEAD', '/links/again?symlink=get');
    assert.equal(again.header('x-symlink-target'), 'targets/dir/o');
    assert.equal((await kim.ask('DELETE', '/links/own')).status, 204);
    assert.equal((await kim.ask('GET', '/targets/dir/o')).text, 'target');
  });

  it('may be a segment', async () => {
    const entries = JSON.stringify([{ path: '/links/l', etag: ETAG }, { path: '/targets/dir/o' }]);
    const made = await kim.ask('PUT', '/links/slo?multipart-manifest=put', { body: entries });
    assert.equal(made.status, 201, made.text);
    assert.equal((await kim.ask('GET', '/links/slo')).text, 'targettarget');
    const stored = await kim.ask('GET', '/links/slo?multipart-manifest=get');
    const headers = { 'X-Symlink-Target-Etag': stored.header('etag') ?? '' };
    assert.equal((await link('/links/to-slo', 'links/slo', headers)).status, 201);
    assert.equal((await kim.ask('GET', '/links/to-slo')).text, 'targettarget');
    assert.equal((await kim.ask('GET', '/links/to-slo?multipart-manifest=get')).text, stored.text);
    assert.equal((await kim.ask('POST', '/links/l', { headers: { 'X-Symlink-Target': 'a/b' } })).status, 400);
  });
});

describe('X-Delete-At and X-Delete-After', () => {
  const put = (name: string, headers: Headers) => kim.ask('PUT', name, { body: 'x', headers });

  it('make objects go at their time, at both doors', async () => {
    assert.equal((await put('/targets/soon', { 'X-Delete-After': '1' })).status, 201);
    assert.match((await kim.ask('HEAD', '/targets/soon')).header('x-delete-at') ?? '', /^\d{10}$/);
    await sleep(1500);
    assert.equal((await kim.ask('GET', '/targets/soon')).status, 404);
    assert.equal((await kim.ask('DELETE', '/targets/soon')).status, 404);
    assert.ok(!(await kim.ask('GET', '/targets')).text.includes('soon'));
    const gone = s3.send(new GetObjectCommand({ Bucket: 'targets', Key: 'soon' }));
    await assertS3Error(gone, { code: 'NoSuchKey', status: 404 });
  });

  it('are shown, carried over by copies and cleared by a POST without them', async () => {
    const at = `${Math.floor(Date.now() / 1000) + 1000}`;
    assert.equal((await put('/targets/later', { 'X-Delete-At': at })).status, 201);
    const shown = async (name: string) => (await kim.ask('HEAD', name)).header('x-delete-at');
    assert.equal(await shown('/targets/later'), at);
    await kim.ask('COPY', '/targets/later', { headers: { Destination: 'targets/copy' } });
    assert.equal(await shown('/targets/copy'), at);
    assert.equal((await kim.ask('POST', '/targets/later', { headers: { 'X-Delete-At': at } })).status, 202);
    assert.equal(await shown('/targets/later'), at);
    assert.equal((await kim.ask('POST', '/targets/later')).status, 202);
    assert.equal(await shown('/targets/later'), undefined);
  });

  it('are cut to the latest time of ten digits', async () => {
    for (const [name, header] of Object.entries({ at: 'X-Delete-At', after: 'X-Delete-After' })) {
      assert.equal((await put(`/targets/${name}`, { [header]: '1'.repeat(100) })).status, 201);
      assert.equal((await kim.ask('HEAD', `/targets/${name}`)).header('x-delete-at'), '9999999999');
    }
  });

  it('are refused when they are no times to come', async () => {
    for (const headers of [
      { 'X-Delete-At': 'soon' },
      { 'X-Delete-At': '1000' },
      { 'X-Delete-After': 'x' },
      { 'X-Delete-After': '0' },
      { 'X-Delete-After': '-5' },
    ] as Headers[]) {
      assert.equal((await put('/targets/wrong', headers)).status, 400, JSON.stringify(headers));
      assert.equal((await kim.ask('POST', '/targets/dir/o', { headers })).status, 400);
    }
  });

  it('follow the lifecycle of the container', async () => {
    const headers = { 'X-Container-Object-Lifecycle': '3', 'X-Container-Object-Transfer-To': 'targets' };
    assert.equal((await kim.ask('PUT', '/short-lived', { headers })).status, 201);
    const head = await kim.ask('HEAD', '/short-lived');
    assert.equal(head.header('x-container-object-lifecycle'), '3');
    assert.equal(head.header('x-container-object-transfer-to'), 'targets');
    await put('/short-lived/o', {});
    const at = Number((await kim.ask('HEAD', '/short-lived/o')).header('x-delete-at'));
    assert.ok(Math.abs(at - Date.now() / 1000 - 3 * 86_400) < 60);
    const wrong = { 'X-Container-Object-Lifecycle': '0' };
    assert.equal((await kim.ask('POST', '/short-lived', { headers: wrong })).status, 400);
    const cleared = { 'X-Container-Object-Lifecycle': '' };
    assert.equal((await kim.ask('POST', '/short-lived', { headers: cleared })).status, 204);
    await put('/short-lived/p', {});
    assert.equal((await kim.ask('HEAD', '/short-lived/p')).header('x-delete-at'), undefined);
  });
});
