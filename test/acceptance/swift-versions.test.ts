// The Swift API over HTTP: versions of objects, which are those of S3 (nhn-openstack.md, section 19.3). Operations: ListObjectVersions,
// RestoreObjectVersion, and the others with `version-id`.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  DeleteObjectCommand,
  GetBucketVersioningCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
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

const VERSION_ID = /^\d{10}\.\d{6}$/;
const MARKER_TYPE = 'application/x-deleted;swift_versions_deleted=1';

async function versioned(name: string): Promise<string> {
  const headers = { 'X-Versions-Enabled': 'true' };
  assert.equal((await kim.ask('PUT', `/${name}`, { headers })).status, 201);
  return `/${name}`;
}

async function put(target: string, body: string): Promise<string> {
  const made = await kim.ask('PUT', target, { body });
  assert.equal(made.status, 201);
  const id = made.header('x-object-version-id') ?? '';
  assert.match(id, VERSION_ID);
  return id;
}

interface Row {
  readonly name?: string;
  readonly subdir?: string;
  readonly version_id?: string;
  readonly is_latest?: boolean;
  readonly bytes?: number;
  readonly content_type?: string;
}

const list = async (container: string, query = ''): Promise<Row[]> =>
  JSON.parse((await kim.ask('GET', `${container}?versions=true${query}`)).text);
const read = (target: string, id: string, method = 'GET') => kim.ask(method, `${target}?version-id=${id}`);

describe('X-Versions-Enabled', () => {
  it('keeps versions that both doors see', async () => {
    const c = await versioned('both');
    assert.equal((await kim.ask('HEAD', c)).header('x-versions-enabled'), 'True');
    const first = await put(`${c}/o`, 'one');
    await s3.send(new PutObjectCommand({ Bucket: 'both', Key: 'o', Body: 'two' }));
    const current = await kim.ask('HEAD', `${c}/o`);
    assert.match(current.header('x-object-version-id') ?? '', VERSION_ID);
    assert.equal((await read(`${c}/o`, first)).text, 'one');
    const shown = await s3.send(new ListObjectVersionsCommand({ Bucket: 'both' }));
    assert.equal(shown.Versions?.length, 2);
    const off = await kim.ask('POST', c, { headers: { 'X-Versions-Enabled': 'false' } });
    assert.equal(off.status, 204);
    assert.equal((await kim.ask('HEAD', c)).header('x-versions-enabled'), 'False');
    const { Status } = await s3.send(new GetBucketVersioningCommand({ Bucket: 'both' }));
    assert.equal(Status, 'Suspended');
    const plain = await kim.ask('PUT', `${c}/o`, { body: 'three' });
    assert.equal(plain.header('x-object-version-id'), undefined);
    assert.equal((await kim.ask('GET', `${c}/o?version-id=null`)).text, 'three');
    assert.equal((await kim.ask('GET', `${c}/o`)).header('x-object-version-id'), 'null');
  });
});

describe('version-id', () => {
  it('names versions to read and to remove, and markers that are none', async () => {
    const c = await versioned('named');
    const first = await put(`${c}/o`, 'one');
    const second = await put(`${c}/o`, 'two');
    const deleted = await kim.ask('DELETE', `${c}/o`);
    const marker = deleted.header('x-object-version-id') ?? '';
    assert.deepEqual([deleted.status, VERSION_ID.test(marker)], [204, true]);
    assert.equal((await kim.ask('GET', `${c}/o`)).status, 404);
    const markerRead = await read(`${c}/o`, marker);
    assert.deepEqual([markerRead.status, markerRead.header('x-object-version-id')], [404, marker]);
    for (const method of ['GET', 'HEAD']) {
      const answer = await read(`${c}/o`, second, method);
      assert.deepEqual([answer.status, answer.header('x-object-version-id')], [200, second]);
    }
    const gone = await read(`${c}/o`, marker, 'DELETE');
    assert.deepEqual(
      [gone.status, gone.header('x-object-version-id'), gone.header('x-object-current-version-id')],
      [204, marker, second],
    );
    assert.equal((await kim.ask('GET', `${c}/o`)).text, 'two');
    await read(`${c}/o`, second, 'DELETE');
    assert.equal((await kim.ask('GET', `${c}/o`)).text, 'one');
    const last = await read(`${c}/o`, first, 'DELETE');
    assert.equal(last.header('x-object-current-version-id'), 'null');
    assert.equal((await read(`${c}/o`, first, 'DELETE')).status, 404);
    const missing = await kim.ask('DELETE', `${c}/never`);
    assert.deepEqual(
      [missing.status, VERSION_ID.test(missing.header('x-object-version-id') ?? '')],
      [404, true],
    );
  });

  it('is refused where it cannot be one', async () => {
    const c = await versioned('refused');
    await put(`${c}/o`, 'one');
    assert.equal((await read(`${c}/o`, 'yesterday')).status, 400);
    assert.equal((await read(`${c}/o`, '1234567890.12345')).status, 404);
    assert.equal((await read(`${c}/o`, '1234567890.12345', 'POST')).status, 400);
    assert.equal((await kim.ask('PUT', '/never-versioned')).status, 201);
    assert.equal((await kim.ask('PUT', '/never-versioned/o', { body: 'x' })).status, 201);
    assert.equal((await read('/never-versioned/o', '1234567890.12345')).status, 400);
    assert.equal((await read('/never-versioned/o', 'null')).text, 'x');
    assert.equal((await kim.ask('DELETE', c)).status, 409);
  });

  it('is copied from, and made current again', async () => {
    const c = await versioned('restored');
    const first = await put(`${c}/o`, 'one');
    await put(`${c}/o`, 'two');
    const headers = { 'X-Copy-From': `restored/o?version-id=${first}` };
    assert.equal((await kim.ask('PUT', `${c}/copy`, { headers })).status, 201);
    assert.equal((await kim.ask('GET', `${c}/copy`)).text, 'one');
    assert.equal((await kim.ask('PUT', `${c}/o?version-id=${first}`, { body: 'body' })).status, 400);
    assert.equal((await kim.ask('PUT', `${c}/o?version-id=1234567890.00000`)).status, 404);
    assert.equal((await kim.ask('PUT', `${c}/o?version-id=${first}`)).status, 201);
    assert.equal((await kim.ask('GET', `${c}/o`)).text, 'one');
  });
});

describe('a version that is a link', () => {
  it('is shown and copied itself, also when what is current is none', async () => {
    const c = await versioned('links');
    await put(`${c}/target`, 'target');
    const headers = { 'X-Symlink-Target': 'links/target' };
    const made = await kim.ask('PUT', `${c}/o`, { headers });
    const first = made.header('x-object-version-id') ?? '';
    const second = await put(`${c}/o`, 'no link');
    assert.equal((await read(`${c}/o`, first)).text, 'target');
    for (const method of ['GET', 'HEAD']) {
      const shown = await read(`${c}/o`, `${first}&symlink=get`, method);
      assert.deepEqual(
        [shown.header('x-symlink-target'), shown.header('content-type')],
        ['links/target', 'application/symlink'],
      );
    }
    const destination = { headers: { Destination: 'links/o' } };
    const copied = await kim.ask('COPY', `${c}/o?version-id=${first}&symlink=get`, destination);
    assert.equal(copied.status, 201);
    const current = await kim.ask('GET', `${c}/o?symlink=get`);
    assert.equal(current.header('x-symlink-target'), 'links/target');
    assert.equal((await read(`${c}/o`, `${second}&symlink=get`)).text, 'no link');
    await kim.ask('DELETE', `${c}/target`);
    await put(`${c}/o`, 'no link again');
    const lost = await read(`${c}/o`, first);
    assert.deepEqual([lost.status, lost.header('content-location')], [404, `${kim.path}/links/target`]);
  });
});

describe('a version that is a large object', () => {
  it('is removed with its own segments, and what is current stays', async () => {
    const c = await versioned('large');
    const accept = { headers: { Accept: 'application/json' } };
    assert.equal((await kim.ask('PUT', '/parts')).status, 201);
    const ids: string[] = [];
    for (const name of ['a', 'b', 'c']) {
      assert.equal((await kim.ask('PUT', `/parts/${name}`, { body: name })).status, 201);
      const body = JSON.stringify([{ path: `parts/${name}` }]);
      const made = await kim.ask('PUT', `${c}/o?multipart-manifest=put`, { body });
      ids.push(made.header('x-object-version-id') ?? '');
    }
    const target = `${c}/o?multipart-manifest=delete&version-id=`;
    const removed = await kim.ask('DELETE', target + ids[0], accept);
    assert.deepEqual([removed.status, JSON.parse(removed.text)['Number Deleted']], [200, 2]);
    assert.equal((await kim.ask('DELETE', `${target}${ids[1]}&async=yes`)).status, 204);
    assert.equal((await kim.ask('GET', '/parts')).text, 'c\n');
    assert.deepEqual(
      (await list(c)).map((row) => row.version_id),
      [ids[2]],
    );
    assert.equal((await kim.ask('GET', `${c}/o`)).text, 'c');
    const again = JSON.parse((await kim.ask('DELETE', target + ids[0], accept)).text);
    assert.deepEqual([again['Number Deleted'], again['Number Not Found']], [0, 1]);
    assert.equal((await kim.ask('DELETE', `${target}yesterday`)).status, 400);
  });
});

describe('ListObjectVersions', () => {
  it('shows every version, the newest of a name first, and markers as such', async () => {
    const c = await versioned('listed');
    const a = [await put(`${c}/a`, '1'), await put(`${c}/a`, '22')];
    const b = [await put(`${c}/dir/b`, '333')];
    await s3.send(new DeleteObjectCommand({ Bucket: 'listed', Key: 'a' }));
    const rows = await list(c);
    assert.deepEqual(
      rows.map(({ name, bytes, is_latest }) => [name, bytes, is_latest]),
      [
        ['a', 0, true],
        ['a', 2, false],
        ['a', 1, false],
        ['dir/b', 3, true],
      ],
    );
    assert.equal(rows[0]?.content_type, MARKER_TYPE);
    assert.deepEqual(
      rows.slice(1).map((row) => row.version_id),
      [a[1], a[0], b[0]],
    );
    const after = await list(c, `&marker=a&version_marker=${a[1]}`);
    assert.deepEqual(
      after.map((row) => row.version_id),
      [a[0], b[0]],
    );
    assert.deepEqual(
      (await list(c, '&marker=a')).map(({ name }) => name),
      ['dir/b'],
    );
    assert.deepEqual(
      (await list(c, '&delimiter=/')).map((row) => row.subdir ?? row.name),
      ['a', 'a', 'a', 'dir/'],
    );
    assert.deepEqual(
      (await list(c, '&reverse=true&limit=2')).map((row) => row.version_id),
      [b[0], a[0]],
    );
    assert.deepEqual((await list(c, '&prefix=dir')).length, 1);
    assert.equal((await list(c, '&limit=2')).length, 2);
    assert.deepEqual((await kim.ask('GET', c)).text, 'dir/b\n');
    assert.equal((await kim.ask('GET', `${c}?versions=false`)).text, 'dir/b\n');
    assert.equal(JSON.parse((await kim.ask('GET', `${c}?versions`)).text).length, 4);
  });

  it('is where the listing of the container leads to, in JSON', async () => {
    const c = await versioned('current');
    await put(`${c}/a%20b`, '1');
    const id = await put(`${c}/a%20b`, '22');
    const [row] = JSON.parse((await kim.ask('GET', `${c}?format=json`)).text);
    const path = `${kim.path}/current/a%20b?version-id=${id}`;
    assert.deepEqual([row.symlink_path, row.version_symlink, row.bytes], [path, true, 2]);
    const xml = (await kim.ask('GET', `${c}?format=xml`)).text;
    assert.match(xml, /<bytes>2<\/bytes>/);
    assert.doesNotMatch(xml, /symlink/);
    await kim.ask('POST', c, { headers: { 'X-Versions-Enabled': 'false' } });
    await kim.ask('PUT', `${c}/a%20b`, { body: 'no version' });
    const [plain] = JSON.parse((await kim.ask('GET', `${c}?format=json`)).text);
    assert.deepEqual([plain.symlink_path, plain.version_symlink], [undefined, undefined]);
  });

  it('is JSON only', async () => {
    const c = await versioned('json-only');
    assert.equal((await kim.ask('GET', `${c}?versions=true&format=xml`)).status, 406);
    assert.equal(
      (await kim.ask('GET', `${c}?versions=true`, { headers: { Accept: 'text/plain' } })).status,
      406,
    );
    assert.equal((await kim.ask('GET', `${c}?versions=true&version_marker=1`)).status, 400);
    assert.equal((await kim.ask('GET', `${c}?versions=true&marker=a&version_marker=x`)).status, 400);
    const empty = await kim.ask('GET', `${c}?versions=true&format=json`);
    assert.deepEqual([empty.status, empty.text], [200, '[]']);
  });
});
