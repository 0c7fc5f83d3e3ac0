// The Swift API over HTTP: TempURLs (nhn-openstack.md, section 14). Signed here with Node's HMAC, and by `swift tempurl` where
// test/clients runs; the vectors of python-swiftclient stand in src/dialects/authn/temp-url.test.ts.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { askAdmin } from '../support/ask-admin.ts';
import { type ServerProcess, startServer } from '../support/server-process.ts';
import { addSwiftUser, askSwift, type SwiftRequest, type SwiftUser } from '../support/swift-client.ts';

let server: ServerProcess;
let kim: SwiftUser;
const IN_AN_HOUR = Math.floor(Date.now() / 1000) + 3600;
const keys = { account: 'key of the account', second: 'second key', container: 'key of the container' };

before(async () => {
  server = await startServer({ workers: 2 });
  kim = await addSwiftUser(server, 'kim');
  const accountKeys = {
    'X-Account-Meta-Temp-URL-Key': keys.account,
    'X-Account-Meta-Temp-URL-Key-2': keys.second,
  };
  assert.equal((await kim.ask('POST', '', { headers: accountKeys })).status, 204);
  const headers = { 'X-Container-Meta-Temp-URL-Key': keys.container };
  assert.equal((await kim.ask('PUT', '/c', { headers })).status, 201);
  assert.equal((await kim.ask('PUT', '/other')).status, 201);
  assert.equal((await kim.ask('PUT', '/other/o', { body: 'elsewhere' })).status, 201);
  const described = {
    'Content-Type': 'text/plain',
    'X-Object-Meta-Secret': '1',
    'X-Object-Meta-Public-Note': '2',
  };
  assert.equal((await kim.ask('PUT', '/c/dir/o', { body: 'hello', headers: described })).status, 201);
});
after(async () => {
  const logs = server?.logs() ?? '';
  await server?.dispose();
  assert.doesNotMatch(logs, /"level":"(?:error|fatal)"/);
});

interface Link {
  readonly method?: string;
  readonly key?: string;
  readonly digest?: 'sha1' | 'sha256' | 'sha512';
  readonly expires?: number;
  readonly prefix?: string;
  readonly ipRange?: string;
}

function linkTo(
  below: string,
  { method = 'GET', key = keys.account, digest = 'sha256', ...rest }: Link = {},
) {
  const { expires = IN_AN_HOUR, prefix, ipRange } = rest;
  const path =
    prefix === undefined
      ? `${kim.path}${decodeURIComponent(below)}`
      : `prefix:${kim.path}/${below.split('/')[1]}/${prefix}`;
  const start = ipRange === undefined ? '' : `ip=${ipRange}\n`;
  const signature = createHmac(digest, key).update(`${start}${method}\n${expires}\n${path}`).digest('hex');
  const query = new URLSearchParams({ temp_url_sig: signature, temp_url_expires: `${expires}` });
  if (prefix !== undefined) query.set('temp_url_prefix', prefix);
  if (ipRange !== undefined) query.set('temp_url_ip_range', ipRange);
  return `${kim.path}${below}?${query}`;
}

const ask = (method: string, target: string, asking: SwiftRequest = {}) =>
  askSwift(server.storageUrl, method, target, asking);

describe('a TempURL', () => {
  it('reads one object without a token, with any of the keys', async () => {
    for (const key of Object.values(keys)) {
      const answer = await ask('GET', linkTo('/c/dir/o', { key, digest: 'sha512' }));
      assert.deepEqual([answer.status, answer.text], [200, 'hello'], key);
      assert.equal(answer.header('x-object-meta-secret'), undefined);
      assert.equal(answer.header('x-object-meta-public-note'), '2');
      assert.equal(answer.header('expires'), new Date(IN_AN_HOUR * 1000).toUTCString());
      assert.equal(answer.header('content-disposition'), `attachment; filename="o"; filename*=UTF-8''o`);
    }
    assert.equal((await ask('HEAD', linkTo('/c/dir/o'))).status, 200);
    const range = await ask('GET', linkTo('/c/dir/o'), { headers: { Range: 'bytes=1-2' } });
    assert.deepEqual([range.status, range.text], [206, 'el']);
  });

  it('names the file as it is told', async () => {
    const named = await ask('GET', `${linkTo('/c/dir/o')}&filename=${encodeURIComponent('한 글.txt')}`);
    assert.equal(
      named.header('content-disposition'),
      `attachment; filename="%ED%95%9C %EA%B8%80.txt"; filename*=UTF-8''%ED%95%9C%20%EA%B8%80.txt`,
    );
    const inline = await ask('GET', `${linkTo('/c/dir/o')}&inline`);
    assert.equal(inline.header('content-disposition'), 'inline');
    const both = await ask('GET', `${linkTo('/c/dir/o')}&inline&filename=a.txt`);
    assert.equal(both.header('content-disposition'), `inline; filename="a.txt"; filename*=UTF-8''a.txt`);
    const headers = { 'Content-Disposition': 'attachment; filename=stored' };
    await kim.ask('PUT', '/c/disposed', { headers });
    const stored = await ask('GET', linkTo('/c/disposed'));
    assert.equal(stored.header('content-disposition'), 'attachment; filename=stored');
  });

  it('writes and removes where it was made for that', async () => {
    const put = await ask('PUT', linkTo('/c/new', { method: 'PUT' }), { body: 'by link' });
    assert.equal(put.status, 201);
    assert.equal((await kim.ask('GET', '/c/new')).text, 'by link');
    const posted = await ask('POST', linkTo('/c/new', { method: 'POST' }), {
      headers: { 'X-Object-Meta-A': '1' },
    });
    assert.equal(posted.status, 202);
    for (const header of ['X-Object-Manifest', 'X-Symlink-Target']) {
      const pointer = await ask('PUT', linkTo('/c/new', { method: 'PUT' }), {
        headers: { [header]: 'other/o' },
      });
      assert.equal(pointer.status, 400, header);
    }
    // Parameters that are none of a link's are not looked at.
    const plain = await ask('PUT', `${linkTo('/c/list', { method: 'PUT' })}&multipart-manifest=put`, {
      body: JSON.stringify([{ path: '/other/o' }]),
    });
    assert.equal(plain.status, 201);
    assert.match((await kim.ask('GET', '/c/list')).text, /other/);
    assert.equal((await ask('DELETE', linkTo('/c/new', { method: 'DELETE' }))).status, 204);
  });

  it('opens what its prefix covers', async () => {
    assert.equal((await ask('GET', linkTo('/c/dir/o', { prefix: 'di' }))).status, 200);
    assert.equal((await ask('GET', linkTo('/c/dir/o', { prefix: '' }))).status, 200);
    assert.equal((await ask('GET', linkTo('/c/disposed', { prefix: 'dir/' }))).status, 401);
  });

  it('is bound to addresses where it says so', async () => {
    assert.equal((await ask('GET', linkTo('/c/dir/o', { ipRange: '127.0.0.0/8' }))).status, 200);
    assert.equal((await ask('GET', linkTo('/c/dir/o', { ipRange: '10.0.0.0/8' }))).status, 401);
  });

  it('is 401 with any defect', async () => {
    const past = Math.floor(Date.now() / 1000) - 5;
    for (const target of [
      linkTo('/c/dir/o', { expires: past }),
      linkTo('/c/dir/o', { digest: 'sha1' }),
      linkTo('/c/dir/o', { key: 'wrong' }),
      linkTo('/c/dir/o', { method: 'PUT' }),
      linkTo('/other/o', { key: keys.container }),
      linkTo('/c/dir/o').replace('/v1/', '/v1.0/'),
      linkTo('/c/dir/o').replace(/temp_url_sig=[^&]*&/, ''),
      linkTo('/c/dir/o').replace(/&temp_url_expires=.*$/, ''),
      linkTo('/c', { prefix: '' }),
    ]) {
      const answer = await ask('GET', target);
      assert.equal(answer.status, 401, target);
      assert.match(answer.text, /Temp URL invalid/);
    }
    // A token does not mend a link that does not hold.
    const wrong = await ask('GET', linkTo('/c/dir/o', { key: 'wrong' }), { token: kim.token });
    assert.equal(wrong.status, 401);
  });

  it('of a container does not reach another one', async () => {
    const link = (key: string) => linkTo('/c/copy', { method: 'PUT', key });
    const headers = { 'X-Copy-From': '/other/o' };
    assert.equal((await ask('PUT', link(keys.container), { headers })).status, 401);
    assert.equal((await ask('PUT', link(keys.account), { headers })).status, 201);
    await kim.ask('PUT', '/c/dlo', { headers: { 'X-Object-Manifest': 'other/o' } });
    assert.equal((await ask('GET', linkTo('/c/dlo', { key: keys.container }))).status, 401);
    assert.equal((await ask('GET', linkTo('/c/dlo'))).text, 'elsewhere');
  });

  it('holds no longer while its account is disabled, by whichever key', async () => {
    const lee = await addSwiftUser(server, 'lee');
    const accountKey = { 'X-Account-Meta-Temp-URL-Key': 'k' };
    assert.equal((await lee.ask('POST', '', { headers: accountKey })).status, 204);
    const headers = { 'X-Container-Meta-Temp-URL-Key': 'kc' };
    assert.equal((await lee.ask('PUT', '/c', { headers })).status, 201);
    assert.equal((await lee.ask('PUT', '/c/o', { body: 'hello' })).status, 201);
    const statuses = async () => {
      const found: number[] = [];
      for (const [method, key] of [
        ['GET', 'k'],
        ['GET', 'kc'],
        ['PUT', 'k'],
      ] as const) {
        const text = `${method}\n${IN_AN_HOUR}\n${lee.path}/c/o`;
        const signature = createHmac('sha256', key).update(text).digest('hex');
        const target = `${lee.path}/c/o?temp_url_sig=${signature}&temp_url_expires=${IN_AN_HOUR}`;
        found.push((await ask(method, target)).status);
      }
      return found;
    };
    assert.deepEqual(await statuses(), [200, 200, 201]);
    for (const [enabled, expected] of [
      [false, [401, 401, 401]],
      [true, [200, 200, 201]],
    ] as const) {
      await askAdmin(server, 'PATCH', `/accounts/${lee.tenant.id}`, { enabled });
      assert.deepEqual(await statuses(), expected);
    }
  });

  it('is announced with its digests', async () => {
    const info = JSON.parse((await ask('GET', '/info')).text);
    assert.deepEqual(info.tempurl.allowed_digests, ['sha256', 'sha512']);
  });
});

describe('GOTGAN_TEMP_URL_DIGESTS', () => {
  it('lets old clients sign with SHA-1', async () => {
    const lax = await startServer({ env: { GOTGAN_TEMP_URL_DIGESTS: 'sha1,sha256' } });
    try {
      const lee = await addSwiftUser(lax, 'lee');
      await lee.ask('POST', '', { headers: { 'X-Account-Meta-Temp-URL-Key': 'k' } });
      await lee.ask('PUT', '/c');
      await lee.ask('PUT', '/c/o', { body: 'hello' });
      const signature = createHmac('sha1', 'k').update(`GET\n${IN_AN_HOUR}\n${lee.path}/c/o`).digest('hex');
      const target = `${lee.path}/c/o?temp_url_sig=${signature}&temp_url_expires=${IN_AN_HOUR}`;
      assert.equal((await askSwift(lax.storageUrl, 'GET', target)).text, 'hello');
    } finally {
      await lax.dispose();
    }
  });
});
