// Who may do what through Swift, and what S3 makes of it (nhn-openstack.md, sections 8.6, 16 and 24.5).
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  GetBucketAclCommand,
  GetObjectAclCommand,
  type Grant,
  PutBucketAclCommand,
} from '@aws-sdk/client-s3';
import { connectS3 } from '../support/s3-client.ts';
import { type ServerProcess, startServer } from '../support/server-process.ts';
import {
  addSwiftUser,
  askSwift,
  type SwiftAnswer,
  type SwiftUser,
  s3KeysOf,
} from '../support/swift-client.ts';

let server: ServerProcess;
let owner: SwiftUser;
let member: SwiftUser;
let stranger: SwiftUser;
before(async () => {
  server = await startServer({ workers: 2 });
  owner = await addSwiftUser(server, 'owner');
  member = await addSwiftUser(server, 'member', { tenant: owner.tenant, role: 'member' });
  stranger = await addSwiftUser(server, 'stranger');
});
after(async () => {
  const logs = server?.logs() ?? '';
  await server?.dispose();
  assert.doesNotMatch(logs, /"level":"(?:error|fatal)"/);
});

let made = 0;
/** A container with an object `o` in it. */
async function container(headers: Record<string, string> = {}): Promise<string> {
  made += 1;
  const name = `/acl-${made}`;
  assert.equal((await owner.ask('PUT', name, { headers })).status, 201);
  assert.equal((await owner.ask('PUT', `${name}/o`, { body: 'bytes' })).status, 201);
  return name;
}

/** As somebody, in the owner's account; undefined: as nobody. */
const as = (
  who: SwiftUser | undefined,
  method: string,
  below: string,
  headers: Record<string, string> = {},
  body?: string,
): Promise<SwiftAnswer> =>
  askSwift(server.storageUrl, method, owner.path + below, {
    token: who?.token,
    headers,
    ...(body === undefined ? {} : { body }),
  });

const calls = {
  'account GET': ['GET', ''],
  'account POST': ['POST', ''],
  'container PUT': ['PUT', '%c'],
  'container POST': ['POST', '%c'],
  'container GET': ['GET', '%c'],
  'container HEAD': ['HEAD', '%c'],
  'object GET': ['GET', '%c/o'],
  'object HEAD': ['HEAD', '%c/o'],
  'object PUT': ['PUT', '%c/new'],
  'object POST': ['POST', '%c/o'],
  'object DELETE': ['DELETE', '%c/new'],
  'container DELETE': ['DELETE', '%c'],
} as const;
type CallName = keyof typeof calls;

const list: readonly CallName[] = ['container GET', 'container HEAD'];
const read: readonly CallName[] = ['object GET', 'object HEAD'];
const write: readonly CallName[] = ['object PUT', 'object POST', 'object DELETE'];

async function allowedTo(who: SwiftUser | undefined, name: string, referer?: string): Promise<CallName[]> {
  const allowed: CallName[] = [];
  for (const [call, [method, below]] of Object.entries(calls)) {
    const headers = referer === undefined ? {} : { Referer: referer };
    const { status } = await as(who, method, below.replace('%c', name), headers);
    if (status === 401 || status === 403) assert.equal(status, who === undefined ? 401 : 403, call);
    else allowed.push(call as CallName);
  }
  return allowed;
}

describe('the matrix of section 8.6', () => {
  it('the owner may do everything', async () => {
    assert.deepEqual(await allowedTo(owner, await container()), Object.keys(calls));
  });

  for (const [title, headers, who, expected] of [
    ['nobody without a list', {}, 'nobody', []],
    ['a stranger without a list', {}, 'stranger', []],
    ['a member of the account without a list', {}, 'member', []],
    ['a stranger named to read', { 'X-Container-Read': '%t:%u' }, 'stranger', [...list, ...read]],
    ['a stranger named to write', { 'X-Container-Write': '%t:%u' }, 'stranger', write],
    ['a stranger named to view', { 'X-Container-View': '%t:%u' }, 'stranger', [...list, 'object HEAD']],
    ['a member named by name', { 'X-Container-Read': '*:member' }, 'member', [...list, ...read]],
    ['a member by role', { 'X-Container-Write': 'member' }, 'member', write],
    ['a stranger by a role of the account', { 'X-Container-Write': 'admin' }, 'stranger', []],
    ['the tenant of a stranger', { 'X-Container-Read': '%t:*' }, 'stranger', [...list, ...read]],
    ['whoever has a token', { 'X-Container-Read': '*:*' }, 'stranger', [...list, ...read]],
    ['nobody is no token', { 'X-Container-Read': '*:*' }, 'nobody', []],
    ['nobody by a referrer', { 'X-Container-Read': '.r:*' }, 'nobody', read],
    [
      'nobody by a referrer, to list',
      { 'X-Container-Read': '.r:*,.rlistings' },
      'nobody',
      [...list, ...read],
    ],
    ['.rlistings alone', { 'X-Container-Read': '.rlistings' }, 'nobody', []],
    ['another host', { 'X-Container-Read': '.r:.example.com' }, 'nobody', []],
    ['another user', { 'X-Container-Read': '%t:somebody-else' }, 'stranger', []],
  ] as const) {
    it(title, async () => {
      const users = { nobody: undefined, stranger, member };
      const lists = Object.entries(headers).map(([name, value]) => [
        name,
        value.replace('%t', stranger.tenant.id).replace('%u', stranger.id),
      ]);
      const ordered = Object.keys(calls).filter((call) => (expected as readonly string[]).includes(call));
      assert.deepEqual(await allowedTo(users[who], await container(Object.fromEntries(lists))), ordered);
    });
  }

  it('a host that may, and one that may not', async () => {
    const name = await container({ 'X-Container-Read': '.r:*.example.com, .r:-thief.example.com' });
    assert.deepEqual(await allowedTo(undefined, name, 'https://www.example.com/page'), read);
    assert.deepEqual(await allowedTo(undefined, name, 'https://thief.example.com/page'), []);
  });

  it('a copy needs reading on one side and writing on the other', async () => {
    const from = await container();
    const to = await container({ 'X-Container-Write': `${stranger.tenant.id}:*` });
    const copy = () =>
      as(stranger, 'PUT', `${to}/copied`, { 'X-Copy-From': `${from}/o`, 'Content-Length': '0' });
    assert.equal((await copy()).status, 403);
    await owner.ask('POST', from, { headers: { 'X-Container-Read': `${stranger.tenant.id}:*` } });
    assert.equal((await copy()).status, 201);
    assert.equal((await owner.ask('GET', `${to}/copied`)).text, 'bytes');
    const elsewhere = { Destination: `${from}/x` };
    assert.equal((await as(stranger, 'COPY', `${from}/o`, elsewhere)).status, 403);
  });

  it('what is not there is hidden from who may not look, and said to who may', async () => {
    const name = await container({ 'X-Container-Read': '.r:*' });
    assert.equal((await as(undefined, 'GET', `${name}/none`)).status, 404);
    assert.equal((await as(undefined, 'GET', '/none/none')).status, 401);
    assert.equal((await as(stranger, 'GET', '/none/none')).status, 403);
  });
});

describe('lists as they are set', () => {
  it('are cleaned, shown to the owner only, and cleared', async () => {
    const name = await container({ 'X-Container-Read': ' .referrer : *.example.com , a : b,,' });
    const shown = async (who: SwiftUser) => (await as(who, 'HEAD', name)).header('x-container-read');
    assert.equal(await shown(owner), '.r:.example.com,a:b');
    await owner.ask('POST', name, { headers: { 'X-Container-View': '*:*', 'X-Container-Meta-A': '1' } });
    assert.equal(await shown(stranger), undefined);
    assert.equal((await as(stranger, 'HEAD', name)).header('x-container-meta-a'), '1');
    await owner.ask('POST', name, { headers: { 'X-Remove-Container-Read': 'x', 'X-Container-View': '' } });
    const head = await as(owner, 'HEAD', name);
    assert.deepEqual(
      [head.header('x-container-read'), head.header('x-container-view')],
      [undefined, undefined],
    );
  });

  it('are refused with 400 when they say nothing', async () => {
    const name = await container();
    for (const headers of [
      { 'X-Container-Write': '.r:*' },
      { 'X-Container-Read': '.r:' },
      { 'X-Container-Read': '.r:-' },
      { 'X-Container-Read': '.what:x' },
      { 'X-Container-View': '.r:*' },
    ]) {
      assert.equal((await owner.ask('POST', name, { headers })).status, 400, JSON.stringify(headers));
    }
  });
});

describe('lists of Swift and of S3', () => {
  const grants = (answer: { readonly Grants?: Grant[] | undefined }) =>
    (answer.Grants ?? []).map(
      ({ Permission, Grantee }) => `${Permission} ${Grantee?.URI?.split('/').at(-1) ?? Grantee?.ID}`,
    );

  it('are shown in the words of the other where there are any, and replaced there', async () => {
    const credentials = await s3KeysOf(server, owner);
    const s3 = connectS3(server, { credentials });
    const name = await container({ 'X-Container-Read': '.r:*,.rlistings,a:b', 'X-Container-Write': '*:*' });
    const bucket = { Bucket: name.slice(1) };
    assert.deepEqual(grants(await s3.send(new GetBucketAclCommand(bucket))), [
      'READ AllUsers',
      'WRITE AuthenticatedUsers',
      `FULL_CONTROL ${owner.tenant.id}`,
    ]);
    assert.deepEqual(grants(await s3.send(new GetObjectAclCommand({ ...bucket, Key: 'o' }))), [
      'READ AllUsers',
      `FULL_CONTROL ${owner.tenant.id}`,
    ]);
    // Anonymous reading works through both doors.
    for (const target of [`${server.storageUrl}${name}/o`, `${server.storageUrl}${owner.path}${name}/o`]) {
      assert.equal(await (await fetch(target)).text(), 'bytes');
    }
    await s3.send(new PutBucketAclCommand({ ...bucket, ACL: 'private' }));
    const head = await owner.ask('HEAD', name);
    assert.deepEqual([head.header('x-container-read'), head.header('x-container-write')], ['a:b', undefined]);
    assert.equal((await as(undefined, 'GET', `${name}/o`)).status, 401);

    const grantee = stranger.tenant.id;
    await s3.send(
      new PutBucketAclCommand({
        ...bucket,
        GrantWrite: `id=${grantee}`,
        GrantRead: `uri="http://acs.amazonaws.com/groups/global/AllUsers"`,
      }),
    );
    const granted = await owner.ask('HEAD', name);
    assert.equal(granted.header('x-container-write'), `${grantee}:*`);
    assert.equal(granted.header('x-container-read'), 'a:b,.rlistings');
    assert.equal((await as(stranger, 'PUT', `${name}/theirs`, {}, 'x')).status, 201);
    assert.equal((await as(undefined, 'GET', name)).status, 200);
    assert.equal((await as(undefined, 'GET', `${name}/o`)).status, 401);
    await owner.ask('POST', name, { headers: { 'X-Container-Write': '', 'X-Container-Read': '' } });
    assert.deepEqual(grants(await s3.send(new GetBucketAclCommand(bucket))), []);
    assert.equal((await as(stranger, 'PUT', `${name}/theirs`, {}, 'x')).status, 403);
    s3.destroy();
  });
});
