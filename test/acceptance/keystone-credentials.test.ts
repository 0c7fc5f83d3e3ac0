// EC2 credentials, tenants, projects and version documents over HTTP; what other users, foreign tenants and broken requests get.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { CreateBucketCommand, ListBucketsCommand } from '@aws-sdk/client-s3';
import fc from 'fast-check';
import {
  type Asking,
  addTenant,
  addTenantUser,
  askKeystone,
  assertKeystoneError,
  type KeystoneAnswer,
  logIn,
  type Tenant,
  type TenantUser,
} from '../support/keystone-client.ts';
import { exchange } from '../support/raw-http.ts';
import { assertS3Error, connectS3 } from '../support/s3-client.ts';
import { type ServerProcess, startServer } from '../support/server-process.ts';

let server: ServerProcess;
let tenant: Tenant;
let kim: TenantUser;
let stranger: TenantUser;
let kims: string;
let bosses: string;
let strangers: string;
let roots: string;
before(async () => {
  server = await startServer({ workers: 2, env: { GOTGAN_ROOT_PASSWORD: 'password of root' } });
  tenant = await addTenant(server, 'acme');
  kim = await addTenantUser(server, tenant, 'kim');
  const boss = await addTenantUser(server, tenant, 'boss', 'admin');
  stranger = await addTenantUser(server, await addTenant(server, 'elsewhere'), 'stranger', 'admin');
  [kims, bosses, strangers] = [
    await logIn(server, kim),
    await logIn(server, boss),
    await logIn(server, stranger),
  ];
  const root = await ask('POST', '/v2.0/tokens', {
    body: {
      auth: { tenantName: 'root', passwordCredentials: { username: 'root', password: 'password of root' } },
    },
  });
  roots = root.json.access.token.id;
});
after(async () => {
  const logs = server?.logs() ?? '';
  await server?.dispose();
  assert.doesNotMatch(logs, /"level":"(?:error|fatal)"/);
});

const ask = (method: string, path: string, asking?: Asking): Promise<KeystoneAnswer> =>
  askKeystone(server, method, path, asking);
const ec2 = (version: string, user: TenantUser): string => `/${version}/users/${user.id}/credentials/OS-EC2`;

// CreateEc2CredentialV2, ListEc2CredentialsV2, ShowEc2CredentialV2, DeleteEc2CredentialV2, and the same of v3:
// CreateEc2CredentialV3, ListEc2CredentialsV3, ShowEc2CredentialV3, DeleteEc2CredentialV3.
for (const version of ['v2.0', 'v3'] as const) {
  const suffix = version === 'v2.0' ? 'V2' : 'V3';
  describe(`CreateEc2Credential${suffix}, ListEc2Credentials${suffix}, ShowEc2Credential${suffix}, DeleteEc2Credential${suffix}`, () => {
    it('make a pair that signs S3 requests at once, and not any more once it is deleted', async () => {
      const base = ec2(version, kim);
      const made = await ask('POST', base, { token: kims, body: { tenant_id: tenant.id } });
      assert.equal(made.status, version === 'v2.0' ? 200 : 201, made.text);
      const { access, secret, created_at, links, ...rest } = made.json.credential;
      assert.match(access, /^[0-9a-f]{32}$/);
      assert.match(secret, /^[0-9a-f]{32}$/);
      assert.match(created_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      assert.deepEqual(rest, { tenant_id: tenant.id, user_id: kim.id, trust_id: null, accessed_at: null });
      const self = `${server.controlUrl}/v3/users/${kim.id}/credentials/OS-EC2/${access}`;
      assert.deepEqual(links, version === 'v3' ? { self } : undefined);

      const s3 = connectS3(server, { credentials: { accessKeyId: access, secretAccessKey: secret } });
      await s3.send(new CreateBucketCommand({ Bucket: `made-by-${version.replace('.', '-')}` }));
      // Either version shows it, with its secret.
      for (const other of ['v2.0', 'v3']) {
        const { credentials } = (await ask('GET', ec2(other, kim), { token: kims })).json;
        assert.deepEqual(
          [credentials.length, credentials[0].access, credentials[0].secret],
          [1, access, secret],
        );
        const shown = await ask('GET', `${ec2(other, kim)}/${access}`, { token: kims });
        assert.deepEqual([shown.status, shown.json.credential.secret], [200, secret]);
      }
      const deleted = await ask('DELETE', `${base}/${access}`, { token: kims });
      assert.deepEqual([deleted.status, deleted.text], [204, '']);
      await assertS3Error(s3.send(new ListBucketsCommand({})), { code: 'InvalidAccessKeyId', status: 403 });
      assertKeystoneError(
        await ask('DELETE', `${base}/${access}`, { token: kims }),
        404,
        /no such credential/,
      );
      assertKeystoneError(await ask('GET', `${base}/${access}`, { token: kims }), 404, /no such credential/);
      s3.destroy();
    });

    it('are for the user and for administrators of the tenant', async () => {
      const base = ec2(version, kim);
      const body = { tenant_id: tenant.id };
      const made = await ask('POST', base, { token: bosses, body });
      const { access } = made.json.credential;
      assert.equal(made.json.credential.user_id, kim.id);
      const byRoot = await ask('GET', `${base}/${access}`, { token: roots });
      assert.equal(byRoot.status, 200);
      for (const [method, path] of [
        ['POST', base],
        ['GET', base],
        ['GET', `${base}/${access}`],
        ['DELETE', `${base}/${access}`],
      ] as const) {
        const sent = method === 'POST' ? { body } : {};
        assertKeystoneError(
          await ask(method, path, { token: strangers, ...sent }),
          403,
          /about another user/,
        );
        assertKeystoneError(await ask(method, path, sent), 401, /requires authentication/);
        assertKeystoneError(await ask(method, path, { token: `${kims}0`, ...sent }), 401, /requires auth/);
        const nobody = path.replace(kim.id, 'f'.repeat(32));
        assertKeystoneError(await ask(method, nobody, { token: kims, ...sent }), 403, /about another user/);
        assertKeystoneError(await ask(method, nobody, { token: roots, ...sent }), 404, /no such user/);
      }
      // Another user's key is as good as none.
      const elsewhere = `${ec2(version, stranger)}/${access}`;
      assertKeystoneError(await ask('GET', elsewhere, { token: strangers }), 404, /no such credential/);
      assertKeystoneError(await ask('DELETE', elsewhere, { token: strangers }), 404, /no such credential/);
      assert.equal((await ask('DELETE', `${base}/${access}`, { token: bosses })).status, 204);
    });

    it('take a tenant of the user, and at most three pairs', async () => {
      const base = ec2(version, kim);
      const post = (body: unknown) => ask('POST', base, { token: kims, body });
      assertKeystoneError(await post({}), 400, /no "tenant_id" in the body/);
      assertKeystoneError(await post({ tenant_id: 7 }), 400, /"tenant_id" in the body must be a string/);
      assertKeystoneError(await post('nonsense'), 400, /not JSON/);
      assertKeystoneError(await post({ tenant_id: stranger.tenant.id }), 403, /no role in this tenant/);
      assertKeystoneError(await post({ tenant_id: 'unknown' }), 403, /no role in this tenant/);
      const large = { tenant_id: tenant.id, filler: 'x'.repeat(114_688) };
      assertKeystoneError(await post(large), 413, /at most 114688 bytes/);
      const answers = await Promise.all(Array.from({ length: 6 }, () => post({ tenant_id: tenant.id })));
      const made = answers.filter(({ status }) => status < 300);
      assert.equal(made.length, 3, answers.map(({ status }) => status).join(' '));
      for (const answer of answers.filter(({ status }) => status >= 300)) {
        assertKeystoneError(answer, 409, /at most 3 credentials/);
      }
      for (const { json } of made) await ask('DELETE', `${base}/${json.credential.access}`, { token: kims });
    });
  });
}

describe('tenants and projects', () => {
  it('ListTenants, ShowTenant', async () => {
    const shown = { id: tenant.id, name: 'acme', description: '', enabled: true };
    const listed = await ask('GET', '/v2.0/tenants', { token: kims });
    assert.deepEqual(listed.json, { tenants: [shown], tenants_links: [] });
    assert.deepEqual((await ask('GET', '/v2.0/tenants?limit=0', { token: kims })).json.tenants, []);
    const behind = await ask('GET', `/v2.0/tenants?marker=${tenant.id}`, { token: kims });
    assert.deepEqual(behind.json.tenants, []);
    assertKeystoneError(await ask('GET', '/v2.0/tenants?limit=-1', { token: kims }), 400, /"limit"/);
    assertKeystoneError(await ask('GET', '/v2.0/tenants?marker=x', { token: kims }), 400, /"marker"/);
    const one = await ask('GET', `/v2.0/tenants/${tenant.id}`, { token: kims });
    assert.deepEqual(one.json, { tenant: shown });
    assert.deepEqual((await ask('GET', `/v2.0/tenants/${tenant.id}`, { token: roots })).json, {
      tenant: shown,
    });
    for (const token of [kims, strangers]) {
      const id = token === kims ? stranger.tenant.id : tenant.id;
      assertKeystoneError(await ask('GET', `/v2.0/tenants/${id}`, { token }), 404, /no such tenant/);
    }
    assertKeystoneError(await ask('GET', '/v2.0/tenants/acme', { token: kims }), 404, /no such tenant/);
  });

  it('ListAuthProjects, ListUserProjects, ListProjects, ShowProject', async () => {
    const paths = [
      '/v3/auth/projects',
      `/v3/users/${kim.id}/projects`,
      '/v3/projects',
      '/v3/projects?name=acme',
    ];
    for (const path of paths) {
      const { projects, links } = (await ask('GET', path, { token: kims })).json;
      assert.deepEqual(
        [projects.length, projects[0].id, projects[0].domain_id],
        [1, tenant.id, 'default'],
        path,
      );
      assert.deepEqual(Object.keys(links), ['next', 'previous', 'self']);
    }
    assert.deepEqual((await ask('GET', '/v3/projects?name=elsewhere', { token: kims })).json.projects, []);
    const all = (await ask('GET', '/v3/projects', { token: roots })).json.projects;
    assert.deepEqual(
      all.map(({ name }: { name: string }) => name),
      ['acme', 'elsewhere', 'root'],
    );
    const foreign = await ask('GET', `/v3/users/${kim.id}/projects`, { token: strangers });
    assertKeystoneError(foreign, 403, /about another user/);
    const own = await ask('GET', `/v3/projects/${tenant.id}`, { token: kims });
    assert.equal(own.json.project.links.self, `${server.controlUrl}/v3/projects/${tenant.id}`);
    assertKeystoneError(
      await ask('GET', `/v3/projects/${tenant.id}`, { token: strangers }),
      404,
      /no such tenant/,
    );
  });

  it('ShowUser, ShowDomain, ShowCatalog', async () => {
    const { user } = (await ask('GET', `/v3/users/${kim.id}`, { token: kims })).json;
    assert.deepEqual([user.name, user.email, user.default_project_id], ['kim', kim.email, tenant.id]);
    assertKeystoneError(await ask('GET', `/v3/users/${kim.id}`, { token: strangers }), 403, /another user/);
    const { domain } = (await ask('GET', '/v3/domains/default', { token: kims })).json;
    assert.equal(domain.name, 'Default');
    assertKeystoneError(await ask('GET', '/v3/domains/other', { token: kims }), 404, /no such domain/);
    const { catalog, links } = (await ask('GET', '/v3/auth/catalog', { token: kims })).json;
    assert.equal(links.self, `${server.controlUrl}/v3/auth/catalog`);
    assert.equal(catalog[1].endpoints[0].url, `${server.storageUrl}/v1/AUTH_${tenant.id}`);
  });
});

describe('version documents', () => {
  it('ListVersions, ShowVersionV2, ShowVersionV3, ListExtensions are public', async () => {
    const root = await ask('GET', '/');
    assert.equal(root.status, 300);
    const ids = root.json.versions.values.map(({ id, status }: Record<string, string>) => `${id} ${status}`);
    assert.deepEqual(ids, ['v3.14 stable', 'v2.0 deprecated']);
    for (const [path, id] of [
      ['/v2.0', 'v2.0'],
      ['/v2.0/', 'v2.0'],
      ['/v3', 'v3.14'],
      ['/v3/', 'v3.14'],
    ] as const) {
      const { version } = (await ask('GET', path)).json;
      assert.equal(version.id, id);
      assert.equal(version.links[0].href, `${server.controlUrl}${path.endsWith('/') ? path : `${path}/`}`);
    }
    assert.deepEqual((await ask('GET', '/v2.0/extensions')).json, { extensions: { values: [] } });
  });
});

/** As the specification has it for every body. */
const BODY_BYTES_MAX = 114_688;

describe('broken requests', () => {
  it('to paths and methods that are not there', async () => {
    for (const path of [
      '/v2.0/nothing',
      '/v3/auth',
      '/v3//auth/tokens',
      '/v2.0/users/x/credentials/OS-EC3',
    ]) {
      assertKeystoneError(await ask('GET', path, { token: kims }), 404, /no such resource/);
    }
    const wrong = await ask('PUT', '/v2.0/tokens', { token: kims });
    assertKeystoneError(wrong, 405, /takes POST/);
    assert.equal(wrong.headers.get('allow'), 'POST');
    assertKeystoneError(await ask('GET', '/v2.0/tokens/%zz', { token: kims }), 400, /percent-encoded/);
    assertKeystoneError(await ask('GET', '/v2.0/tenants?limit=%ff', { token: kims }), 400, /percent-encoded/);
  });

  it('with hosts that would break out of a header or a document', async () => {
    const head = (host: string) => `GET /v2.0/tenants HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
    const answer = await exchange(server.controlUrl, head('a"b, Basic realm="x'));
    assert.ok([400, 401].includes(answer.status), String(answer.status));
    assert.doesNotMatch(answer.headers.get('www-authenticate') ?? '', /Basic/);
    const versions = await exchange(server.controlUrl, head('evil"/><script>').replace('/v2.0/tenants', '/'));
    assert.doesNotMatch(versions.body.toString(), /script/);
  });

  it('with tokens of any bytes: never accepted, never a failure of the server', async () => {
    const bytes = fc
      .uint8Array({ minLength: 1, maxLength: 300 })
      .map((array) => Buffer.from(array.filter((byte) => byte > 0x20 && byte !== 0x7f)));
    await fc.assert(
      fc.asyncProperty(bytes, async (token) => {
        const answer = await exchange(
          server.controlUrl,
          Buffer.concat([
            Buffer.from(
              'GET /v2.0/tenants HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-Auth-Token: ',
            ),
            token,
            Buffer.from('\r\n\r\n'),
          ]),
        );
        assert.equal(answer.status, 401);
      }),
      { numRuns: 50 },
    );
  });

  it('with any JSON: refused in words, never a failure of the server', async () => {
    const names = [
      'auth',
      'identity',
      'methods',
      'password',
      'token',
      'user',
      'scope',
      'project',
      'domain',
      'id',
    ];
    const more = [
      'passwordCredentials',
      'tenantId',
      'tenantName',
      'tenant_id',
      '__proto__',
      'constructor',
      'name',
    ];
    const key = fc.oneof(fc.constantFrom(...names, ...more), fc.string());
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof({ maxDepth: 6 }, fc.jsonValue(), fc.dictionary(key, tie('tree')), fc.array(tie('tree'))),
    }));
    const paths = ['/v2.0/tokens', '/v3/auth/tokens', ec2('v2.0', kim), ec2('v3', kim)];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...paths), tree, async (path, body) => {
        const text = JSON.stringify({ auth: body, tenant_id: body });
        const answer = await ask('POST', path, { token: kims, body: text });
        const expected = Buffer.byteLength(text) > BODY_BYTES_MAX ? [413] : [400, 401, 403, 429];
        assert.ok(expected.includes(answer.status), `${answer.status} ${answer.text}`);
        assert.equal(answer.json.error.code, answer.status);
      }),
      { numRuns: 200 },
    );
  });
});
