// The Swift API over HTTP: policy documents of containers (nhn-openstack.md, section 22). Operations: GetContainerPolicy,
// UpdateContainerPolicy.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type ServerProcess, startServer } from '../support/server-process.ts';
import { addSwiftUser, askSwift, type SwiftUser } from '../support/swift-client.ts';

let server: ServerProcess;
let kim: SwiftUser;
let lee: SwiftUser;
const JSON_TYPE = { 'Content-Type': 'application/json; charset=utf-8' };

before(async () => {
  server = await startServer({ workers: 2 });
  kim = await addSwiftUser(server, 'kim');
  lee = await addSwiftUser(server, 'lee');
});
after(async () => {
  const logs = server?.logs() ?? '';
  await server?.dispose();
  assert.doesNotMatch(logs, /"level":"(?:error|fatal)"/);
});

const make = async (name: string, headers: Readonly<Record<string, string>> = {}) =>
  assert.equal((await kim.ask('PUT', `/${name}`, { headers })).status, 201);
const post = (name: string, document: object | string, headers: Readonly<Record<string, string>> = {}) =>
  kim.ask('POST', `/${name}`, {
    headers: { ...JSON_TYPE, ...headers },
    body: typeof document === 'string' ? document : JSON.stringify(document),
  });
async function policyOf(name: string, key = ''): Promise<unknown> {
  const answer = await kim.ask('GET', `/${name}?policy${key === '' ? '' : `=${key}`}`);
  assert.equal(answer.status, 200, answer.text);
  assert.match(answer.header('content-type') ?? '', /^application\/json/);
  return JSON.parse(answer.text);
}

describe('the policy document of a container', () => {
  const acl = {
    read: {
      public: true,
      listing: true,
      referrers: { allow: ['.example.com'], deny: ['bad.example.com'] },
      grantees: [{ tenant: 'acme', user: '*' }, { role: 'member' }],
    },
    write: { grantees: [{ tenant: '*', user: 'lee' }] },
    view: { grantees: [{ tenant: 't', user: 'u' }] },
  };

  it('is empty at first, and is what headers say', async () => {
    await make('lists');
    assert.deepEqual(await policyOf('lists'), {});
    assert.deepEqual(await policyOf('lists', 'acl'), {});
    assert.equal((await post('lists', { acl })).status, 204);
    assert.deepEqual(await policyOf('lists'), { acl });
    const head = await kim.ask('HEAD', '/lists');
    assert.equal(
      head.header('x-container-read'),
      '.r:*,.r:.example.com,.r:-bad.example.com,.rlistings,acme:*,member',
    );
    assert.equal(head.header('x-container-write'), '*:lee');
    // Replaced whole: what the document does not name has gone.
    await post('lists', { acl: { write: { grantees: [{ role: 'member' }] } } });
    assert.deepEqual(await policyOf('lists'), { acl: { write: { grantees: [{ role: 'member' }] } } });
    assert.equal((await post('lists', '')).status, 204, 'nothing but headers');
    assert.equal((await post('lists', { acl: {} })).status, 204);
    assert.deepEqual(await policyOf('lists'), {});
  });

  it('beats headers about the same, and leaves the others', async () => {
    await make('both', { 'X-Container-Read': '.r:*', 'X-Container-Meta-Kept': '1' });
    const ipAcl = {
      whitelist: [{ permission: 'full_control', cidr: '127.0.0.0/8' }],
      blacklist: [{ permission: 'write', cidr: '10.0.0.1' }],
    };
    const cors = {
      allow_origins: ['https://a.example', 'https://b.example'],
      max_age: 60,
      expose_headers: ['etag'],
    };
    const answer = await post(
      'both',
      { ip_acl: ipAcl, cors },
      {
        'X-Container-Ip-Acl-Allowed-List': 'r10.0.0.9',
        'X-Container-Meta-Access-Control-Max-Age': '5',
        'X-Container-Meta-Added': '2',
      },
    );
    assert.equal(answer.status, 204, answer.text);
    assert.deepEqual(await policyOf('both', 'ip_acl'), { ip_acl: ipAcl });
    assert.deepEqual(await policyOf('both', 'cors'), { cors });
    const head = await kim.ask('HEAD', '/both');
    const names = ['read', 'meta-kept', 'meta-added', 'ip-acl-allowed-list', 'meta-access-control-max-age'];
    const values = names.map((name) => head.header(`x-container-${name}`));
    assert.deepEqual(values, ['.r:*', '1', '2', 'a127.0.0.0/8', '60']);
    const origins = Array.from({ length: 100 }, (_, index) => `https://origin-${index}.example`);
    assert.equal((await post('both', { cors: { allow_origins: origins } })).status, 204);
    const more = await kim.ask('POST', '/both', { headers: { 'X-Container-Meta-More': '3' } });
    assert.equal(more.status, 204, 'a long list hinders no other change');
  });

  it('fixes how long uploads stay, by the first rule that fits', async () => {
    await make('timed', { 'X-Container-Object-Lifecycle': '9' });
    const transfer = { type: 'transfer', destination: 'archive' };
    const lifecycle = {
      default_rule: { days: 30, action: { type: 'delete' } },
      rules: [
        { name: 'logs', condition: { prefix: 'logs/' }, days: 2, action: transfer },
        { name: 'all-l', condition: { prefix: 'l' }, days: 3, action: { type: 'delete' } },
      ],
    };
    assert.equal((await post('timed', { lifecycle })).status, 204);
    assert.deepEqual(await policyOf('timed'), { lifecycle });
    for (const [key, days] of [
      ['logs/a', 2],
      ['late', 3],
      ['other', 30],
    ] as const) {
      await kim.ask('PUT', `/timed/${key}`, { body: 'x' });
      const at = Number((await kim.ask('HEAD', `/timed/${key}`)).header('x-delete-at'));
      assert.equal(Math.round((at - Date.now() / 1000) / 86_400), days, key);
    }
    assert.equal((await kim.ask('HEAD', '/timed')).header('x-container-object-lifecycle'), '30');
    await post('timed', { lifecycle: {} });
    assert.deepEqual(await policyOf('timed'), {});
  });

  it('changes the lock of a container that has one', async () => {
    await make('locked', { 'X-Container-Worm-Retention-Day': '1' });
    assert.equal((await post('locked', { lock: { days: 5 } })).status, 204);
    assert.deepEqual(await policyOf('locked'), { lock: { days: 5 } });
    assert.equal((await post('lists', { lock: { days: 5 } })).status, 400);
  });

  it('tells what is wrong, and where, and changes nothing then', async () => {
    await make('wrong');
    const grantees = Array.from({ length: 101 }, () => ({ tenant: 't', user: 'u' }));
    const rule = { name: 'a', condition: { prefix: 'p' }, days: 1 };
    for (const [document, told] of [
      ['{', /^policy: must be JSON/],
      [[], /^policy: must be an object/],
      [{ acls: {} }, /^policy: .*lifecycle, acl/],
      [{ acl: { read: { grantees } } }, /^acl\.read\.grantees: .*100/],
      [{ acl: { read: { grantees: [{ tenant: '.r', user: '*' }] } } }, /^acl\.read\.grantees\[0\]\.tenant: /],
      [{ acl: { write: { public: true } } }, /^acl\.write: /],
      [{ acl: { read: { public: 'yes' } } }, /^acl\.read\.public: /],
      [{ acl: { read: { referrers: { allow: ['a,.r:*'] } } } }, /^acl\.read\.referrers\.allow\[0\]: /],
      [
        { ip_acl: { whitelist: [{ permission: 'all', cidr: '1.2.3.4' }] } },
        /^ip_acl\.whitelist\[0\]\.permission/,
      ],
      [{ lifecycle: { default_rule: { days: 0 } } }, /^lifecycle\.default_rule\.days: /],
      [{ lifecycle: { rules: [rule, rule] } }, /^lifecycle\.rules\[1\]\.name: /],
      [
        { lifecycle: { rules: [{ ...rule, condition: { prefix: '' } }] } },
        /^lifecycle\.rules\[0\]\.condition/,
      ],
      [{ cors: { max_age: -1 } }, /^cors\.max_age: /],
      [{ acl: { write: { grantees: [{ role: 'member' }] } }, lock: { days: 1.5 } }, /^lock\.days: /],
    ] as const) {
      const answer = await post('wrong', document);
      assert.equal(answer.status, 400, JSON.stringify(document).slice(0, 100));
      assert.match(answer.text, told);
    }
    const address = { ip_acl: { whitelist: [{ permission: 'read', cidr: '1.2.3.400' }] } };
    assert.equal((await post('wrong', address)).status, 400);
    const gateway = { ip_acl: { services: [{ name: 'service_gateway', permission: 'deny' }] } };
    assert.equal((await post('wrong', gateway)).status, 501);
    assert.equal((await post('wrong', `"${'x'.repeat(300_000)}"`)).status, 413);
    assert.equal((await kim.ask('GET', '/wrong?policy=quota')).status, 400);
    assert.deepEqual(await policyOf('wrong'), {});
  });

  it('belongs to the owner', async () => {
    await make('open', { 'X-Container-Read': '.r:*,.rlistings', 'X-Container-Write': '*:*' });
    const ask = (method: string, query: string) =>
      askSwift(server.storageUrl, method, `${kim.path}/open${query}`, {
        token: lee.token,
        headers: JSON_TYPE,
        body: method === 'POST' ? '{}' : '',
      });
    assert.equal((await ask('GET', '?policy')).status, 403);
    assert.equal((await ask('POST', '')).status, 403);
    assert.equal((await askSwift(server.storageUrl, 'GET', `${kim.path}/open?policy`)).status, 401);
  });
});
