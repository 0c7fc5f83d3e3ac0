// Tokens of the identity services, v2.0, v3 and TempAuth, over HTTP: who gets one, what it says, and when it ends, on every worker.
import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { askAdmin } from '../support/ask-admin.ts';
import {
  type Asking,
  addTenant,
  addTenantUser,
  askKeystone,
  assertKeystoneError,
  type KeystoneAnswer,
  logIn,
  passwordBody,
  type Tenant,
  type TenantUser,
} from '../support/keystone-client.ts';
import { type ServerProcess, startServer } from '../support/server-process.ts';

let server: ServerProcess;
let tenant: Tenant;
let kim: TenantUser;
let boss: TenantUser;
let stranger: TenantUser;
before(async () => {
  server = await startServer({
    workers: 2,
    env: { GOTGAN_REGIONS: 'KR1,KR2=127.0.0.1:0', GOTGAN_ROOT_PASSWORD: 'password of root' },
  });
  tenant = await addTenant(server, 'acme');
  kim = await addTenantUser(server, tenant, 'kim');
  boss = await addTenantUser(server, tenant, 'boss', 'admin');
  stranger = await addTenantUser(server, await addTenant(server, 'elsewhere'), 'stranger', 'admin');
});
after(async () => {
  const logs = server?.logs() ?? '';
  await server?.dispose();
  assert.doesNotMatch(logs, /"level":"(?:error|fatal)"/);
});

const ask = (method: string, path: string, asking?: Asking): Promise<KeystoneAnswer> =>
  askKeystone(server, method, path, asking);
const assertSameRefusal = (answer: KeystoneAnswer): void =>
  assertKeystoneError(answer, 401, /^The request you have made requires authentication\.$/);

/** Whether a token is accepted, asked six times over connections of their own, so that both workers answer. */
async function isAccepted(token: string): Promise<boolean> {
  const statuses = new Set<number>();
  for (let index = 0; index < 6; index += 1)
    statuses.add((await ask('GET', '/v2.0/tenants', { token })).status);
  assert.equal(statuses.size, 1, `workers disagree: ${[...statuses].join(' ')}`);
  return statuses.has(200);
}

describe('CreateTokenV2', () => {
  it('answers as in the guide, with the endpoints of every region', async () => {
    const answer = await ask('POST', '/v2.0/tokens', { body: passwordBody(kim) });
    assert.equal(answer.status, 200);
    const { token, serviceCatalog, user, metadata } = answer.json.access;
    assert.match(token.id, /^[\w-]{20,255}$/);
    assert.deepEqual(token.tenant, {
      id: tenant.id,
      name: 'acme',
      description: '',
      enabled: true,
      groupId: tenant.id,
      project_domain: 'NORMAL',
      swift: true,
    });
    assert.match(token.expires, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    assert.match(token.issued_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/);
    const lifetime = Date.parse(token.expires) - Date.parse(`${token.issued_at}Z`);
    assert.ok(Math.abs(lifetime - 43_200_000) < 2000, String(lifetime));
    assert.deepEqual(user, {
      id: kim.id,
      username: kim.email,
      name: 'kim',
      roles: [{ name: 'operator' }],
      roles_links: [],
    });
    assert.deepEqual(metadata, { roles: ['operator'], is_admin: 0 });
    const endpointsOf = (type: string) =>
      serviceCatalog
        .find((service: { type: string }) => service.type === type)
        .endpoints.map(({ region, publicURL }: Record<string, string>) => [region, publicURL]);
    assert.deepEqual(endpointsOf('object-store'), [
      ['KR1', `${server.storageUrl}/v1/AUTH_${tenant.id}`],
      ['KR2', `${server.regionUrl('KR2')}/v1/AUTH_${tenant.id}`],
    ]);
    assert.deepEqual(endpointsOf('identity'), [
      ['KR1', `${server.controlUrl}/v2.0`],
      ['KR2', `${server.controlUrl}/v2.0`],
    ]);
    assert.equal(answer.headers.get('vary'), 'X-Auth-Token');
    assert.match(answer.headers.get('x-openstack-request-id') ?? '', /^req-/);
  });

  it('takes a tenant by id, by name, or none', async () => {
    const byName = await ask('POST', '/v2.0/tokens', {
      body: {
        auth: { tenantName: 'acme', passwordCredentials: { username: 'kim', password: kim.password } },
      },
    });
    assert.equal(byName.json?.access.token.tenant.id, tenant.id, byName.text);
    const byId = await ask('POST', '/v2.0/tokens', {
      body: {
        auth: { tenantId: tenant.id, passwordCredentials: { userId: kim.id, password: kim.password } },
      },
    });
    assert.equal(byId.json?.access.user.id, kim.id, byId.text);
    const unscoped = await ask('POST', '/v2.0/tokens', { body: passwordBody(kim, { tenantId: undefined }) });
    assert.deepEqual(
      [unscoped.status, unscoped.json.access.token.tenant, unscoped.json.access.serviceCatalog],
      [200, undefined, []],
    );
    const token = unscoped.json.access.token.id;
    const tenants = await ask('GET', '/v2.0/tenants', { token });
    assert.deepEqual(tenants.json, {
      tenants: [{ id: tenant.id, name: 'acme', description: '', enabled: true }],
      tenants_links: [],
    });
    const scoped = await ask('POST', '/v2.0/tokens', {
      body: { auth: { tenantId: tenant.id, token: { id: token } } },
    });
    assert.equal(scoped.json.access.token.tenant.name, 'acme');
    assert.equal(scoped.json.access.token.expires, unscoped.json.access.token.expires, 'the old expiry');
    assert.notEqual(scoped.json.access.token.id, token);
  });

  it('refuses in one and the same way whatever is wrong', async () => {
    const credentials = (username: string, password: string) => ({
      passwordCredentials: { username, password },
    });
    const wrong: readonly object[] = [
      passwordBody(kim, credentials(kim.email, 'wrong')),
      passwordBody(kim, credentials('nobody@acme.example', kim.password)),
      passwordBody(kim, { tenantId: 'f'.repeat(32) }),
      passwordBody(kim, { tenantId: stranger.tenant.id }),
      passwordBody(kim, { tenantId: undefined, tenantName: 'nobody' }),
      { auth: { tenantId: tenant.id, token: { id: 'unknown' } } },
      { auth: { tenantId: tenant.id, token: { id: `1-${'0'.repeat(64)}` } } },
      { auth: { tenantId: tenant.id, token: { id: await logIn(server, stranger) } } },
      { auth: { tenantId: tenant.id, 'RAX-KSKEY:apiKeyCredentials': { username: 'a', apiKey: 'b' } } },
    ];
    for (const body of wrong) assertSameRefusal(await ask('POST', '/v2.0/tokens', { body }));
  });

  it('names what is missing or wrong in the body', async () => {
    const wrong: readonly [unknown, RegExp][] = [
      ['', /^The body is not JSON\.$/],
      ['{"auth"', /^The body is not JSON\.$/],
      [Buffer.from([0x7b, 0xff, 0x7d]), /^The body is not JSON\.$/],
      ['[]', /^The body must be a JSON object\.$/],
      ['null', /^The body must be a JSON object\.$/],
      ['{}', /has no "auth" in the body/],
      ['{"__proto__":{"auth":{}}}', /has no "auth" in the body/],
      [{ auth: [] }, /"auth" in the body must be an object/],
      [{ auth: {} }, /has no "passwordCredentials" or "token" in "auth"/],
      [{ auth: { passwordCredentials: 7 } }, /"passwordCredentials" in "auth" must be an object/],
      [{ auth: { passwordCredentials: { password: 'x' } } }, /has no "username" or "userId"/],
      [{ auth: { passwordCredentials: { username: 'x' } } }, /has no "password" in "passwordCredentials"/],
      [{ auth: { passwordCredentials: { username: 'x', password: '' } } }, /has no "password"/],
      [
        { auth: { passwordCredentials: { username: 1, password: 'x' } } },
        /"username" in .* must be a string/,
      ],
      [{ auth: { passwordCredentials: { username: 'x', password: 'p'.repeat(4097) } } }, /at most 4096/],
      [
        { auth: { tenantId: 'i'.repeat(65), token: { id: 'x' } } },
        /"tenantId" in "auth" may have at most 64/,
      ],
      [{ auth: { token: { id: 't'.repeat(8193) } } }, /at most 8192/],
      [{ auth: { token: {} } }, /has no "id" in "token"/],
      [`{"auth":${'['.repeat(50_000)}`, /nested too deeply/],
      [`${'{"a":'.repeat(40)}1${'}'.repeat(40)}`, /nested too deeply/],
    ];
    for (const [body, message] of wrong) {
      assertKeystoneError(await ask('POST', '/v2.0/tokens', { body }), 400, message);
    }
    const brackets = { ...passwordBody(kim), note: '[{"\\'.repeat(100) };
    assert.equal((await ask('POST', '/v2.0/tokens', { body: brackets })).status, 200, 'text is not depth');
    const large = { auth: { filler: 'x'.repeat(1_000_000) } };
    assertKeystoneError(await ask('POST', '/v2.0/tokens', { body: large }), 413, /at most 114688 bytes/);
  });
});

describe('ValidateTokenV2, CheckTokenV2, RevokeTokenV2, ListTokenEndpoints', () => {
  it('serve the owner and administrators, and nobody else', async () => {
    const subject = await logIn(server, kim);
    const path = `/v2.0/tokens/${subject}`;
    for (const token of [subject, await logIn(server, boss)]) {
      const shown = await ask('GET', path, { token });
      assert.equal(shown.json.access.user.id, kim.id);
      assert.equal((await ask('GET', `${path}?belongsTo=${tenant.id}`, { token })).status, 200);
      assertSameRefusal(await ask('GET', `${path}?belongsTo=${'0'.repeat(32)}`, { token }));
      const checked = await ask('HEAD', path, { token });
      assert.deepEqual([checked.status, checked.text], [200, '']);
      const { endpoints } = (await ask('GET', `${path}/endpoints`, { token })).json;
      assert.equal(endpoints.length, 4);
      assert.equal(endpoints[3].publicURL, `${server.regionUrl('KR2')}/v1/AUTH_${tenant.id}`);
    }
    const foreign = await logIn(server, stranger);
    for (const method of ['GET', 'DELETE']) {
      assertKeystoneError(await ask(method, path, { token: foreign }), 404, /There is no such token/);
      const bosses = await logIn(server, boss);
      const denied = await ask(method, `/v2.0/tokens/${bosses}`, { token: subject });
      assertKeystoneError(denied, 404, /There is no such token/);
      assertKeystoneError(
        await ask(method, '/v2.0/tokens/unknown', { token: subject }),
        404,
        /no such token/,
      );
      assertSameRefusal(await ask(method, path));
      assertSameRefusal(await ask(method, path, { token: 'unknown' }));
    }
    const revoked = await ask('DELETE', path, { token: subject });
    assert.deepEqual([revoked.status, revoked.text], [204, '']);
    assert.equal(await isAccepted(subject), false);
    assert.equal(server.logs().includes(subject), false, 'no token is ever logged');
  });
});

describe('tokens end at once, on both workers', () => {
  it('when their user is disabled, gets another password, or is removed, and when the account is disabled', async () => {
    const users = `/accounts/${tenant.id}/users`;
    const [lee, park] = [
      await addTenantUser(server, tenant, 'lee'),
      await addTenantUser(server, tenant, 'park'),
    ];
    const token = await logIn(server, lee);
    assert.equal(await isAccepted(token), true);
    await askAdmin(server, 'PATCH', `${users}/lee`, { enabled: false });
    assert.equal(await isAccepted(token), false);
    assertSameRefusal(await ask('POST', '/v2.0/tokens', { body: passwordBody(lee) }));
    await askAdmin(server, 'PATCH', `${users}/lee`, { enabled: true });
    assert.equal(await isAccepted(token), false, 'for ever');
    const next = await logIn(server, lee);
    await askAdmin(server, 'PUT', `${users}/lee/password`, { password: 'another password' });
    assert.equal(await isAccepted(next), false);
    assertSameRefusal(await ask('POST', '/v2.0/tokens', { body: passwordBody(lee) }));
    const parks = await logIn(server, park);
    await askAdmin(server, 'DELETE', `${users}/park`);
    assert.equal(await isAccepted(parks), false);
    const branch = await addTenant(server, 'branch');
    const clerk = await addTenantUser(server, branch, 'clerk');
    const clerks = await logIn(server, clerk);
    await askAdmin(server, 'PATCH', `/accounts/${branch.id}`, { enabled: false });
    assert.equal(await isAccepted(clerks), false);
    assertSameRefusal(await ask('POST', '/v2.0/tokens', { body: passwordBody(clerk) }));
  });

  it('when their time is over', async () => {
    const short = await startServer({ env: { GOTGAN_TOKEN_LIFETIME_SECONDS: '2' } });
    try {
      const user = await addTenantUser(short, await addTenant(short, 'short'), 'kim');
      const token = await logIn(short, user);
      assert.equal((await askKeystone(short, 'GET', '/v2.0/tenants', { token })).status, 200);
      await new Promise((resolve) => setTimeout(resolve, 2100));
      assertSameRefusal(await askKeystone(short, 'GET', '/v2.0/tenants', { token }));
      assertSameRefusal(
        await askKeystone(short, 'POST', '/v2.0/tokens', { body: { auth: { token: { id: token } } } }),
      );
    } finally {
      await short.dispose();
    }
  });
});

describe('CreateTokenV3, ValidateTokenV3, CheckTokenV3, RevokeTokenV3', () => {
  const v3 = (user: object, scope?: unknown): object => ({
    auth: {
      identity: { methods: ['password'], password: { user } },
      ...(scope === undefined ? {} : { scope }),
    },
  });
  const byName = () => ({ name: kim.email, domain: { id: 'default' }, password: kim.password });

  it('answer 201 with the token in a header', async () => {
    const scope = { project: { name: 'acme', domain: { name: 'Default' } } };
    const made = await ask('POST', '/v3/auth/tokens', { body: v3(byName(), scope) });
    assert.equal(made.status, 201, made.text);
    const subject = made.headers.get('x-subject-token') ?? '';
    const { token } = made.json;
    const domain = { id: 'default', name: 'Default' };
    assert.deepEqual(token.user, { id: kim.id, name: 'kim', domain, password_expires_at: null });
    assert.deepEqual(token.project, { id: tenant.id, name: 'acme', domain });
    assert.deepEqual([token.methods, token.is_domain], [['password'], false]);
    assert.deepEqual(token.roles, [{ id: 'operator', name: 'operator' }]);
    assert.match(token.expires_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    const storage = token.catalog.find(({ type }: { type: string }) => type === 'object-store');
    assert.deepEqual(
      storage.endpoints.map(
        (endpoint: Record<string, string>) => `${endpoint['interface']} ${endpoint['region_id']}`,
      ),
      ['public KR1', 'internal KR1', 'admin KR1', 'public KR2', 'internal KR2', 'admin KR2'],
    );
    const shown = await ask('GET', '/v3/auth/tokens', { token: subject, subject });
    assert.deepEqual([shown.status, shown.headers.get('x-subject-token')], [200, subject]);
    assert.deepEqual(shown.json, made.json);
    const slim = await ask('GET', '/v3/auth/tokens?nocatalog', { token: subject, subject });
    assert.equal(slim.json.token.catalog, undefined);
    assert.equal((await ask('HEAD', '/v3/auth/tokens', { token: subject, subject })).status, 200);
    const exchanged = await ask('POST', '/v3/auth/tokens', {
      body: {
        auth: {
          identity: { methods: ['token'], token: { id: subject } },
          scope: { project: { id: tenant.id } },
        },
      },
    });
    assert.deepEqual(exchanged.json.token.methods, ['token', 'password']);
    assert.equal(exchanged.json.token.expires_at, token.expires_at);
    assertKeystoneError(await ask('GET', '/v3/auth/tokens', { token: subject }), 400, /X-Subject-Token/);
    assertKeystoneError(
      await ask('GET', '/v3/auth/tokens', { token: subject, subject: 'unknown' }),
      404,
      /no such token/,
    );
    assert.equal((await ask('DELETE', '/v3/auth/tokens', { token: subject, subject })).status, 204);
    assert.equal(await isAccepted(subject), false);
  });

  it('know the ways to name user and scope', async () => {
    const id = { id: kim.id, password: kim.password };
    const own = await ask('POST', '/v3/auth/tokens', { body: v3(id) });
    assert.equal(own.json.token.project.id, tenant.id, 'without a scope: of the own project');
    for (const scope of ['unscoped', { unscoped: {} }]) {
      const unscoped = await ask('POST', '/v3/auth/tokens', { body: v3(id, scope) });
      assert.deepEqual(
        [unscoped.status, unscoped.json.token.project, unscoped.json.token.catalog],
        [201, undefined, undefined],
      );
    }
    const refused: readonly object[] = [
      v3({ ...id, password: 'wrong' }),
      v3({ ...byName(), domain: { id: 'other' } }),
      v3({ ...byName(), domain: { name: 'other' } }),
      v3(id, { project: { id: stranger.tenant.id } }),
      v3(id, { domain: { id: 'default' } }),
      v3(id, { system: { all: true } }),
      { auth: { identity: { methods: ['totp'], totp: {} } } },
      { auth: { identity: { methods: ['password', 'token'], password: { user: id }, token: { id: 'x' } } } },
      { auth: { identity: { methods: ['token'], token: { id: 'x' } } } },
    ];
    for (const body of refused) assertSameRefusal(await ask('POST', '/v3/auth/tokens', { body }));
    const malformed: readonly [object, RegExp][] = [
      [{ auth: {} }, /no "identity" in "auth"/],
      [{ auth: { identity: {} } }, /no "methods" in "identity"/],
      [{ auth: { identity: { methods: ['password'] } } }, /no "password" in "identity"/],
      [v3({ name: 'kim', password: 'x' }), /no "domain" in "user"/],
      [v3({ name: 'kim', domain: {}, password: 'x' }), /no "id" or "name" in "domain"/],
      [v3({ domain: { id: 'default' }, password: 'x' }), /no "name" in "user"/],
      [v3(id, 7), /"scope" in "auth" must be an object/],
      [v3(id, { project: { name: 'acme' } }), /no "domain" in "project"/],
    ];
    for (const [body, message] of malformed) {
      assertKeystoneError(await ask('POST', '/v3/auth/tokens', { body }), 400, message);
    }
  });
});

describe('GetTempAuthToken', () => {
  const log = (headers: Readonly<Record<string, string>>, path = '/auth/v1.0', method = 'GET') =>
    ask(method, `${server.storageUrl}${path}`, { headers });

  it('gives a token on the storage address', async () => {
    for (const path of ['/auth/v1.0', '/auth/v1.0/', '/auth/v1', '/auth/1.0', '/v1.0']) {
      const answer = await log({ 'X-Auth-User': 'acme:kim', 'X-Auth-Key': kim.password }, path);
      assert.deepEqual([answer.status, answer.text], [200, ''], path);
      assert.equal(answer.headers.get('x-storage-url'), `${server.storageUrl}/v1/AUTH_${tenant.id}`);
      assert.equal(answer.headers.get('x-storage-token'), answer.headers.get('x-auth-token'));
      const seconds = Number(answer.headers.get('x-auth-token-expires'));
      assert.ok(seconds > 43_100 && seconds <= 43_200);
      assert.equal(await isAccepted(answer.headers.get('x-auth-token') ?? ''), true);
    }
    const alias = { 'X-Storage-User': `${tenant.id}:${kim.email}`, 'X-Storage-Pass': kim.password };
    assert.equal((await log(alias)).status, 200);
    const ofRegion = await ask('GET', `${server.regionUrl('KR2')}/auth/v1.0`, { headers: alias });
    assert.equal(ofRegion.headers.get('x-storage-url'), `${server.regionUrl('KR2')}/v1/AUTH_${tenant.id}`);
  });

  it('refuses everybody else', async () => {
    const wrong: readonly [Readonly<Record<string, string>>, string][] = [
      [{}, 'unknown'],
      [{ 'X-Auth-User': 'acme:kim' }, 'acme'],
      [{ 'X-Auth-User': 'acme:kim', 'X-Auth-Key': 'wrong' }, 'acme'],
      [{ 'X-Auth-User': 'a"c:kim', 'X-Auth-Key': 'wrong' }, 'unknown'],
      [{ 'X-Auth-User': 'elsewhere:kim', 'X-Auth-Key': kim.password }, 'elsewhere'],
    ];
    for (const [headers, realm] of wrong) {
      const answer = await log(headers);
      assert.equal(answer.status, 401);
      assert.equal(answer.headers.get('www-authenticate'), `Swift realm="${realm}"`);
      assert.match(answer.headers.get('x-trans-id') ?? '', /^tx[0-9a-f]{21}-[0-9a-f]{10}$/);
    }
    const put = await log({ 'X-Auth-User': 'acme:kim', 'X-Auth-Key': kim.password }, '/auth/v1.0', 'PUT');
    assert.deepEqual([put.status, put.headers.get('allow')], [405, 'GET']);
    const s3 = await log({}, '/auth/v1.0/object');
    assert.match(s3.text, /<Code>/, 'below it is S3');
  });
});

describe('guessing', () => {
  it('is answered 429 with Retry-After after ten wrong passwords, known user or not', async () => {
    const victim = await addTenantUser(server, tenant, 'victim');
    for (const username of [victim.email, 'nobody-at-all@acme.example']) {
      const body = passwordBody(victim, { passwordCredentials: { username, password: 'wrong' } });
      const answers: KeystoneAnswer[] = [];
      // One more than the bound, since the workers tell each other while they go on.
      for (let index = 0; index < 12; index += 1) answers.push(await ask('POST', '/v2.0/tokens', { body }));
      const limited = answers.find(({ status }) => status === 429);
      assert.ok(limited, answers.map(({ status }) => status).join(' '));
      assertKeystoneError(limited, 429, /^Too many attempts: try again in \d+ seconds\.$/);
      assert.match(limited.headers.get('retry-after') ?? '', /^[1-9]\d?$/);
    }
  });
});

describe('the audit log', () => {
  it('says who did what from where with which outcome, and no secret', async () => {
    const path = join(server.dataDirectory, 'audit.log');
    const text = readFileSync(path, 'utf8');
    assert.equal(statSync(path).mode & 0o777, 0o600);
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const find = (wanted: object) =>
      lines.find((line) => Object.entries(wanted).every(([name, value]) => line[name] === value));
    const login = find({ operation: 'CreateTokenV2', outcome: 'success', loginUser: kim.id });
    assert.match(login?.time, /^\d{4}-\d\d-\d\dT/);
    assert.match(login.requestId, /^req-/);
    assert.deepEqual([login.api, login.remote, login.loginAccount], ['keystone', '127.0.0.1', tenant.id]);
    assert.ok(find({ operation: 'CreateTokenV2', reason: 'wrong-password', loginUser: kim.id, status: 401 }));
    assert.ok(find({ operation: 'CreateTokenV2', reason: 'unknown-user', outcome: 'failure' }));
    assert.ok(find({ operation: 'CreateTokenV2', reason: 'TooManyAttempts', status: 429 }));
    assert.ok(find({ operation: 'RevokeTokenV2', user: kim.id, outcome: 'success' }));
    assert.ok(find({ api: 'admin', operation: 'SetUserPassword', accessKey: server.accessKey }));
    assert.ok(find({ operation: 'GetTempAuthToken', outcome: 'success', loginUser: kim.id }));
    for (const secret of [kim.password, 'another password', 'nobody', server.secretKey]) {
      assert.equal(text.includes(secret), false, secret);
    }
    assert.doesNotMatch(text, /\d-[0-9a-f]{64}/);
  });
});
