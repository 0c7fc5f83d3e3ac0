// A user with parts in several tenants: tokens and EC2 credentials for each, roles that differ and change, on every worker.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CreateBucketCommand, ListBucketsCommand } from '@aws-sdk/client-s3';
import { askAdmin } from '../support/ask-admin.ts';
import { assertNoFailures, assertS3Error, connectS3 } from '../support/s3-client.ts';
import { runGotgan, type ServerProcess, startServer } from '../support/server-process.ts';

// biome-ignore lint/suspicious/noExplicitAny: answers are looked into member by member
type Json = any;

const PASSWORD = 'only-for-this-run';
let server: ServerProcess;
let alpha: Json;
let beta: Json;
let kim: Json;

before(async () => {
  server = await startServer({ workers: 2 });
  alpha = (await ask('POST', '/accounts', { name: 'alpha' })).account;
  beta = (await ask('POST', '/accounts', { name: 'beta' })).account;
  const sent = { name: 'kim', email: 'kim@example.com', password: PASSWORD };
  kim = (await ask('POST', '/accounts/alpha/users', sent)).user;
});
after(async () => {
  assertNoFailures(server);
  await server?.dispose();
});

const ask = (method: string, path: string, sent?: object): Promise<Json> =>
  askAdmin(server, method, path, sent);

async function keystone(method: string, path: string, token: string | undefined, sent?: object) {
  const response = await fetch(`${server.controlUrl}${path}`, {
    method,
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { 'x-auth-token': token }),
    },
    ...(sent === undefined ? {} : { body: JSON.stringify(sent) }),
  });
  const text = await response.text();
  return { status: response.status, json: (text === '' ? undefined : JSON.parse(text)) as Json };
}

const logIn = (tenantName: string) =>
  keystone('POST', '/v2.0/tokens', undefined, {
    auth: { tenantName, passwordCredentials: { username: 'kim@example.com', password: PASSWORD } },
  });

const rescope = (id: string, tenantName: string) =>
  keystone('POST', '/v2.0/tokens', undefined, { auth: { tenantName, token: { id } } });

const credentialsPath = () => `/v2.0/users/${kim.id}/credentials/OS-EC2`;

/** Both workers are asked. */
async function eventually(count: number, call: () => Promise<unknown>): Promise<void> {
  await Promise.all(Array.from({ length: count }, call));
}

test('a part in another tenant gives tokens and keys for it, with the role there, until it is taken away', async () => {
  assert.equal((await logIn('beta')).status, 401);
  const { guest } = await ask('PUT', '/accounts/beta/guests/kim@example.com', { role: 'operator' });
  assert.deepEqual([guest.userId, guest.accountId, guest.role], [kim.id, beta.id, 'operator']);
  const { status, json } = await logIn('beta');
  assert.equal(status, 200, JSON.stringify(json));
  const token = json.access.token.id;
  assert.deepEqual([json.access.token.tenant.name, json.access.user.roles], ['beta', [{ name: 'operator' }]]);
  const { json: tenants } = await keystone('GET', '/v2.0/tenants', token);
  assert.deepEqual(
    tenants.tenants.map(({ name }: Json) => name),
    ['alpha', 'beta'],
  );
  const { json: projects } = await keystone('GET', '/v3/auth/projects', token);
  assert.deepEqual(
    projects.projects.map(({ id }: Json) => id),
    [alpha.id, beta.id],
  );

  const made = await keystone('POST', credentialsPath(), token, { tenant_id: beta.id });
  assert.equal(made.status, 200, JSON.stringify(made.json));
  const { access, secret, tenant_id: tenant } = made.json.credential;
  assert.equal(tenant, beta.id);
  const own = (await keystone('POST', credentialsPath(), token, { tenant_id: alpha.id })).json.credential;
  const s3 = connectS3(server, { credentials: { accessKeyId: access, secretAccessKey: secret } });
  await s3.send(new CreateBucketCommand({ Bucket: 'of-beta' }));
  const inAlpha = connectS3(server, {
    credentials: { accessKeyId: own.access, secretAccessKey: own.secret },
  });
  assert.deepEqual((await inAlpha.send(new ListBucketsCommand({}))).Buckets ?? [], []);
  assert.deepEqual(
    (await s3.send(new ListBucketsCommand({}))).Buckets?.map(({ Name }) => Name),
    ['of-beta'],
  );

  await ask('PUT', `/accounts/beta/guests/${kim.id}`, { role: 'member' });
  await eventually(8, () =>
    assertS3Error(s3.send(new CreateBucketCommand({ Bucket: 'more' })), {
      code: 'AccessDenied',
      status: 403,
    }),
  );
  const { guests } = await ask('GET', '/accounts/beta/guests');
  assert.deepEqual(
    guests.map(({ userId, role }: Json) => [userId, role]),
    [[kim.id, 'member']],
  );
  await ask('DELETE', `/accounts/beta/guests/${kim.id}`);
  await eventually(8, () =>
    assertS3Error(s3.send(new ListBucketsCommand({})), { code: 'InvalidAccessKeyId', status: 403 }),
  );
  await inAlpha.send(new ListBucketsCommand({}));
  await ask('PUT', `/accounts/beta/guests/${kim.id}`, { role: 'operator' });
  await eventually(8, () =>
    assertS3Error(s3.send(new ListBucketsCommand({})), { code: 'InvalidAccessKeyId', status: 403 }),
  );
  await ask('DELETE', `/accounts/beta/guests/${kim.id}`);
  assert.equal((await keystone('GET', '/v2.0/tenants', token)).status, 401);
  assert.equal((await logIn('beta')).status, 401);
  assert.equal((await logIn('alpha')).status, 200);
});

test('a token of one tenant is exchanged for one of another, and for none that is not theirs', async () => {
  await ask('PUT', `/accounts/beta/guests/${kim.id}`, { role: 'member' });
  const first = (await logIn('alpha')).json.access.token.id;
  const other = await rescope(first, 'beta');
  assert.deepEqual([other.status, other.json.access?.token.tenant.name], [200, 'beta']);
  const back = await rescope(other.json.access.token.id, 'alpha');
  assert.equal(back.json.access.token.tenant.name, 'alpha');
  assert.equal((await rescope(first, 'root')).status, 401);
  await ask('PATCH', '/accounts/beta', { enabled: false });
  assert.equal((await rescope(first, 'beta')).status, 401);
  assert.equal((await keystone('GET', '/v2.0/tenants', other.json.access.token.id)).status, 401);
  await ask('PATCH', '/accounts/beta', { enabled: true });
  assert.equal(
    (await keystone('GET', '/v2.0/tenants', other.json.access.token.id)).status,
    401,
    'void for ever',
  );
});

test('three keys for each tenant, and none for a tenant that is not theirs', async () => {
  const token = (await logIn('beta')).json.access.token.id;
  for (const expected of [200, 200, 200, 409]) {
    const { status } = await keystone('POST', credentialsPath(), token, { tenant_id: beta.id });
    assert.equal(status, expected);
  }
  const foreign = (await ask('POST', '/accounts', { name: 'gamma' })).account;
  assert.equal((await keystone('POST', credentialsPath(), token, { tenant_id: foreign.id })).status, 403);
});

test('no part is root anywhere, nor one in the own tenant', async () => {
  const { account: root } = (await ask('GET', '/accounts')).accounts[0] ?? {};
  assert.equal(root, undefined);
  await ask('PUT', `/accounts/:own/guests/${kim.id}`, { role: 'admin' });
  const token = (await logIn('root')).json.access.token.id;
  const accounts = await keystone('GET', '/v3/projects', token);
  assert.deepEqual(
    accounts.json.projects.map(({ name }: Json) => name),
    ['root'],
    'an administrator of the tenant alone',
  );
  const { credential } = (
    await keystone('POST', credentialsPath(), token, { tenant_id: accounts.json.projects[0].id })
  ).json;
  const ended = await runGotgan(['account', 'list', '--endpoint', server.controlUrl], {
    GOTGAN_ACCESS_KEY: credential.access,
    GOTGAN_SECRET_KEY: credential.secret,
  });
  assert.match(ended.stderr, /Only the root user of the root account/);
  await assert.rejects(ask('PUT', `/accounts/alpha/guests/${kim.id}`, { role: 'admin' }), /InvalidValue/);
  await assert.rejects(ask('PUT', `/accounts/beta/guests/${kim.id}`, { role: 'owner' }), /InvalidRequest/);
  await assert.rejects(
    ask('PUT', '/accounts/beta/guests/nobody@example.com', { role: 'admin' }),
    /NoSuchUser/,
  );
});

test('roles change from the next request on, and on the command line', async () => {
  const run = async (...words: readonly string[]) => {
    const ended = await runGotgan([...words, '--endpoint', server.controlUrl], {
      GOTGAN_ACCESS_KEY: server.accessKey,
      GOTGAN_SECRET_KEY: server.secretKey,
    });
    assert.equal(ended.code, 0, ended.stderr);
    return ended.stdout;
  };
  const { key } = await ask('POST', '/accounts/alpha/users/kim/keys', {});
  const s3 = connectS3(server, {
    credentials: { accessKeyId: key.accessKey, secretAccessKey: key.secretKey },
  });
  await s3.send(new ListBucketsCommand({}));
  assert.match(await run('user', 'set-role', 'kim', 'member', '--account', 'alpha'), /^ROLE\tmember$/m);
  await eventually(8, () =>
    assertS3Error(s3.send(new ListBucketsCommand({})), { code: 'AccessDenied', status: 403 }),
  );
  await ask('PATCH', '/accounts/alpha/users/kim', { role: 'operator' });
  await eventually(8, () => s3.send(new ListBucketsCommand({})));
  await assert.rejects(ask('PATCH', '/accounts/alpha/users/:root', { role: 'member' }), /RootIsPermanent/);
  assert.match(
    await run('user', 'invite', 'kim@example.com', 'operator', '--account', 'beta'),
    /^ROLE\toperator$/m,
  );
  assert.match(await run('user', 'guests', '--account', 'beta'), new RegExp(`^${kim.id}\\toperator\\t`, 'm'));
  await run('user', 'uninvite', 'kim@example.com', '--account', 'beta');
  assert.equal(await run('user', 'guests', '--account', 'beta'), 'USER\tROLE\tSINCE\n');
  // The operations: ListGuests, SetGuest, RemoveGuest.
});
