// The Swift API over HTTP: settings of containers that bind both doors: older versions in an archive, locked containers, names that may
// be uploaded (nhn-openstack.md, sections 19.1, 19.2, 20, 21.3 and 24.7). Operations: PutContainer, UpdateContainer, PutObject.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { assertS3Error } from '../support/s3-client.ts';
import { type ServerProcess, startServer } from '../support/server-process.ts';
import { addSwiftUser, connectS3As, type SwiftUser } from '../support/swift-client.ts';

let server: ServerProcess;
let kim: SwiftUser;
let s3: S3Client;
before(async () => {
  server = await startServer({ workers: 2 });
  kim = await addSwiftUser(server, 'kim');
  s3 = await connectS3As(server, kim);
});
after(async () => {
  s3?.destroy();
  const logs = server?.logs() ?? '';
  await server?.dispose();
  assert.doesNotMatch(logs, /"level":"(?:error|fatal)"/);
});

type Headers = Record<string, string>;
const make = async (name: string, headers: Headers = {}) =>
  assert.equal((await kim.ask('PUT', `/${name}`, { headers })).status, 201, name);
const post = async (target: string, headers: Headers) => (await kim.ask('POST', target, { headers })).status;
const put = async (target: string, body = '') => (await kim.ask('PUT', target, { body })).status;
const names = async (container: string): Promise<string[]> =>
  (await kim.ask('GET', `/${container}`)).text.split('\n').filter((line) => line !== '');

describe('X-History-Location', () => {
  it('keeps what is replaced and deleted, through both doors', async () => {
    await make('kept');
    await make('current', { 'X-History-Location': 'kept', 'X-Versions-Retention': '7' });
    const head = await kim.ask('HEAD', '/current');
    assert.deepEqual(
      [
        head.header('x-history-location'),
        head.header('x-versions-retention'),
        head.header('x-versions-location'),
      ],
      ['kept', '7', undefined],
    );
    await put('/current/dir/o', 'one');
    const first = (await kim.ask('HEAD', '/current/dir/o')).header('x-timestamp');
    await s3.send(new PutObjectCommand({ Bucket: 'current', Key: 'dir/o', Body: 'two' }));
    assert.deepEqual(await names('kept'), [`005dir/o/${first}`]);
    assert.equal((await kim.ask('GET', `/kept/005dir/o/${first}`)).text, 'one');
    await s3.send(new DeleteObjectCommand({ Bucket: 'current', Key: 'dir/o' }));
    assert.equal((await kim.ask('GET', '/current/dir/o')).status, 404);
    const archived = await names('kept');
    assert.equal(archived.length, 3);
    const marker = await kim.ask('HEAD', `/kept/${archived[2]}`);
    assert.equal(marker.header('content-type'), 'application/x-deleted;swift_versions_deleted=1');
    assert.equal((await kim.ask('DELETE', '/current/never')).status, 404);
    assert.equal((await names('kept')).length, 4);
    const copied = await kim.ask('COPY', `/kept/${archived[1]}`, {
      headers: { Destination: 'current/dir/o' },
    });
    assert.equal(copied.status, 201);
    const restored = await s3.send(new GetObjectCommand({ Bucket: 'current', Key: 'dir/o' }));
    assert.equal(await restored.Body?.transformToString(), 'two');
  });

  it('is refused beside its rival, and cleared by an empty value or by removing it', async () => {
    await make('cleared', { 'X-History-Location': 'kept' });
    const both = { 'X-History-Location': 'a', 'X-Versions-Location': 'b' };
    assert.equal(await post('/cleared', both), 400);
    assert.equal(await post('/cleared', { 'X-History-Location': 'a/b' }), 412);
    assert.equal(await post('/cleared', { 'X-Versions-Retention': 'x' }), 400);
    assert.equal(await post('/cleared', { 'X-Versions-Enabled': 'true' }), 400);
    assert.equal(await post('/cleared', { 'X-History-Location': '' }), 204);
    assert.equal((await kim.ask('HEAD', '/cleared')).header('x-history-location'), undefined);
    assert.equal(await post('/cleared', { 'X-Versions-Location': 'kept' }), 204);
    assert.equal((await kim.ask('HEAD', '/cleared')).header('x-versions-location'), 'kept');
    assert.equal(await post('/cleared', { 'X-Remove-Versions-Location': 'x' }), 204);
    assert.equal((await kim.ask('HEAD', '/cleared')).header('x-versions-location'), undefined);
  });

  it('without its container lets nothing be replaced', async () => {
    await make('orphaned', { 'X-History-Location': 'nowhere' });
    assert.equal(await put('/orphaned/o', 'one'), 201);
    assert.equal(await put('/orphaned/o', 'two'), 412);
    assert.equal((await kim.ask('DELETE', '/orphaned/o')).status, 412);
    assert.equal((await kim.ask('GET', '/orphaned/o')).text, 'one');
  });
});

describe('X-Versions-Location', () => {
  it('brings the version before back when one is deleted', async () => {
    await make('stacked-archive');
    await make('stacked', { 'X-Versions-Location': 'stacked-archive' });
    for (const body of ['one', 'two', 'three']) assert.equal(await put('/stacked/o', body), 201);
    assert.equal((await names('stacked-archive')).length, 2);
    for (const body of ['two', 'one']) {
      assert.equal((await kim.ask('DELETE', '/stacked/o')).status, 204);
      assert.equal((await kim.ask('GET', '/stacked/o')).text, body);
    }
    assert.equal((await kim.ask('DELETE', '/stacked/o')).status, 204);
    assert.equal((await kim.ask('GET', '/stacked/o')).status, 404);
    assert.equal((await kim.ask('DELETE', '/stacked/o')).status, 404);
  });

  it('counts for null as well, which is all that stands under the name', async () => {
    await make('null-archive');
    await make('null-stack', { 'X-Versions-Location': 'null-archive' });
    for (const body of ['one', 'two']) assert.equal(await put('/null-stack/o', body), 201);
    assert.equal((await kim.ask('DELETE', '/null-stack/o?version-id=null')).status, 204);
    assert.equal((await kim.ask('GET', '/null-stack/o')).text, 'one');
    await make('null-history', { 'X-History-Location': 'null-archive' });
    assert.equal(await put('/null-history/o', 'kept'), 201);
    await s3.send(new DeleteObjectCommand({ Bucket: 'null-history', Key: 'o', VersionId: 'null' }));
    assert.equal((await kim.ask('GET', '/null-history/o')).status, 404);
    assert.equal((await names('null-archive')).length, 2);
  });
});

describe('X-Container-Worm-Retention-Day', () => {
  it('keeps objects from being overwritten and deleted, through both doors', async () => {
    await make('locked', { 'X-Container-Worm-Retention-Day': '1' });
    assert.equal((await kim.ask('HEAD', '/locked')).header('x-container-worm-retention-day'), '1');
    assert.equal(await put('/locked/o', 'kept'), 201);
    const until = Number((await kim.ask('HEAD', '/locked/o')).header('x-object-worm-retain-until'));
    assert.ok(Math.abs(until - Date.now() / 1000 - 86_400) < 60);
    assert.equal(await put('/locked/o', 'else'), 403);
    assert.equal((await kim.ask('DELETE', '/locked/o')).status, 403);
    const gone = s3.send(new DeleteObjectCommand({ Bucket: 'locked', Key: 'o' }));
    await assertS3Error(gone, { code: 'AccessDenied', status: 403 });
    assert.equal(await post('/locked/o', { 'X-Object-Meta-A': '1' }), 202);
    assert.equal(await post('/locked/o', { 'X-Object-Worm-Retain-Until': `${until + 100}` }), 202);
    assert.equal(await post('/locked/o', { 'X-Object-Worm-Retain-Until': `${until}` }), 400);
    assert.equal(await post('/locked/o', { 'X-Object-Worm-Retain-Until': 'soon' }), 400);
    const later = await kim.ask('HEAD', '/locked/o');
    assert.equal(later.header('x-object-worm-retain-until'), `${until + 100}`);
    assert.equal((await kim.ask('COPY', '/locked/o', { headers: { Destination: 'kept/copy' } })).status, 201);
    assert.equal((await kim.ask('DELETE', '/locked')).status, 409);
  });

  it('is for containers that were made so, and only changed afterwards', async () => {
    await make('unlocked');
    assert.equal(await post('/unlocked', { 'X-Container-Worm-Retention-Day': '1' }), 400);
    await make('locked-0', { 'X-Container-Worm-Retention-Day': '0' });
    assert.equal(await put('/locked-0/o', 'free'), 201);
    assert.equal(await put('/locked-0/o', 'again'), 201);
    assert.equal(await post('/locked-0', { 'X-Container-Worm-Retention-Day': '3' }), 204);
    assert.equal((await kim.ask('HEAD', '/locked-0')).header('x-container-worm-retention-day'), '3');
    for (const value of ['', '-1', '36501', 'x']) {
      assert.equal(await post('/locked-0', { 'X-Container-Worm-Retention-Day': value }), 400, value);
    }
  });
});

describe('X-Container-Object-Deny-Extension-Policy and its like', () => {
  it('bind the last element of names, through both doors', async () => {
    await make('named', {
      'X-Container-Object-Deny-Extension-Policy': 'exe,%2Csv',
      'X-Container-Object-Allow-Keyword-Policy': 'report, %ED%95%9C%EA%B8%80',
    });
    const head = await kim.ask('HEAD', '/named');
    assert.equal(head.header('x-container-object-deny-extension-policy'), 'exe,%2Csv');
    assert.equal(await put('/named/report.txt'), 201);
    assert.equal(await put(`/named/${encodeURIComponent('한글')}`), 201);
    assert.equal(await put('/named/folder/'), 201);
    for (const name of ['report.exe', 'report/other', 'x.txt', 'report.%2Csv']) {
      assert.equal(await put(`/named/${name}`), 409, name);
    }
    const refused = s3.send(new PutObjectCommand({ Bucket: 'named', Key: 'report.exe', Body: '' }));
    await assertS3Error(refused, { code: 'AccessDenied', status: 403 });
    const both = { 'X-Container-Object-Allow-Extension-Policy': 'txt' };
    assert.equal(await post('/named', both), 400);
    assert.equal(
      await post('/named', { ...both, 'X-Remove-Container-Object-Deny-Extension-Policy': 'x' }),
      204,
    );
    assert.equal(await put('/named/report.exe'), 409);
    assert.equal(await post('/named', { 'X-Container-Object-Allow-Extension-Policy': '' }), 204);
    assert.equal(await put('/named/report.exe'), 201);
  });
});

describe('X-Container-Ip-Acl-Allowed-List and -Denied-List', () => {
  it('bind owners too, at both doors, but not their settings', async () => {
    await make('fenced', { 'X-Container-Ip-Acl-Denied-List': 'w127.0.0.0/8' });
    assert.equal(await put('/fenced/o'), 403);
    const refused = s3.send(new PutObjectCommand({ Bucket: 'fenced', Key: 'o', Body: '' }));
    await assertS3Error(refused, { code: 'AccessDenied', status: 403 });
    assert.equal((await kim.ask('GET', '/fenced')).status, 204);
    assert.equal(await post('/fenced', { 'X-Container-Ip-Acl-Allowed-List': 'a127.0.0.1' }), 204);
    assert.equal(await put('/fenced/o', 'x'), 201);
    assert.equal(await post('/fenced', { 'X-Container-Ip-Acl-Allowed-List': 'r10.0.0.0/8' }), 204);
    assert.equal((await kim.ask('GET', '/fenced/o')).status, 403);
    const head = await kim.ask('HEAD', '/fenced');
    assert.equal(head.header('x-container-ip-acl-allowed-list'), 'r10.0.0.0/8');
    assert.equal(await post('/fenced', { 'X-Container-Ip-Acl-Allowed-List': 'anywhere' }), 400);
    assert.equal(await post('/fenced', { 'X-Container-Ip-Acl-Allowed-List': '' }), 204);
    assert.equal((await kim.ask('GET', '/fenced/o')).text, 'x');
  });
});
