// The console's session over HTTP, as a browser and as an attacker would use it: CreateSession, GetSession, DeleteSession,
// GetConsoleFile, and the APIs that a session opens.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { askAdmin } from '../support/ask-admin.ts';
import { buildConsole } from '../support/console-build.ts';
import { type ServerProcess, startServer } from '../support/server-process.ts';

const PASSWORD = 'a-password-for-tests-only';
/** Something that everybody may do who is logged in. */
const API = '/console/api/v2.0/tenants';
let server: ServerProcess;

before(async () => {
  buildConsole();
  server = await startServer({ workers: 2, env: { GOTGAN_ROOT_PASSWORD: PASSWORD } });
});
after(() => server?.dispose());

interface HeldSession {
  readonly cookie: string;
  readonly csrf: string;
}

const url = (path: string): string => `${server.controlUrl}${path}`;

function post(path: string, document: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url(path), { method: 'POST', body: JSON.stringify(document), headers });
}

async function logIn(document: object = { user: 'root', password: PASSWORD }): Promise<HeldSession> {
  const response = await post('/console/session', document);
  assert.equal(response.status, 201);
  const [cookie = ''] = response.headers.getSetCookie();
  const { session } = (await response.json()) as { session: { csrfToken: string } };
  return { cookie: cookie.split(';')[0] ?? '', csrf: session.csrfToken };
}

async function assertRefused(response: Response, status: number, code: string): Promise<void> {
  const { error } = (await response.json()) as { error: { code: string; requestId: string } };
  assert.deepEqual([response.status, error.code], [status, code]);
  assert.equal(response.headers.get('x-request-id'), error.requestId);
}

const withCookie = ({ cookie }: HeldSession): Record<string, string> => ({ cookie });
const withSession = ({ cookie, csrf }: HeldSession): Record<string, string> => ({
  cookie,
  'x-gotgan-csrf': csrf,
});

describe('pages', () => {
  it('are sent with a policy that lets nothing else run, and can be kept', async () => {
    const page = await fetch(url('/console/'));
    assert.equal(page.status, 200);
    assert.equal(page.headers.get('content-type'), 'text/html; charset=utf-8');
    const policy = page.headers.get('content-security-policy') ?? '';
    assert.match(policy, /default-src 'none'/);
    assert.match(policy, /frame-ancestors 'none'/);
    assert.doesNotMatch(policy, /unsafe|https?:|\*/);
    assert.equal(page.headers.get('cache-control'), 'no-cache');
    const html = await page.text();
    assert.doesNotMatch(html, /<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=/);
    const script = /src="\.\/(assets\/[^"]+\.js)"/.exec(html)?.[1] ?? '';
    const first = await fetch(url(`/console/${script}`), { headers: { 'accept-encoding': 'br' } });
    assert.equal(first.headers.get('cache-control'), 'public, max-age=31536000, immutable');
    assert.equal(first.headers.get('content-encoding'), 'br');
    assert.match(await first.text(), /react/i);
    const etag = first.headers.get('etag') ?? '';
    const again = await fetch(url(`/console/${script}`), { headers: { 'if-none-match': etag } });
    assert.equal(again.status, 304);
  });

  it('are found from the bare address by people, not by programs', async () => {
    const person = await fetch(server.controlUrl, {
      redirect: 'manual',
      headers: { accept: 'text/html,*/*' },
    });
    assert.deepEqual([person.status, person.headers.get('location')], [303, './console/']);
    assert.equal((await fetch(server.controlUrl, { redirect: 'manual' })).status, 300);
    const noSlash = await fetch(url('/console'), { redirect: 'manual' });
    assert.deepEqual([noSlash.status, noSlash.headers.get('location')], [303, './console/']);
  });

  it('are files of the console and of nothing else', async () => {
    for (const path of ['/console/../package.json', '/console/%2e%2e/package.json', '/console/.built-from']) {
      assert.equal((await fetch(url(path))).status, 404, path);
    }
    await assertRefused(await fetch(url('/console/none.js')), 404, 'NotFound');
    await assertRefused(await fetch(url('/console/'), { method: 'PUT' }), 405, 'MethodNotAllowed');
  });
});

describe('logging in', () => {
  it('sets a cookie that scripts and other sites cannot have', async () => {
    const response = await post('/console/session', { user: 'root', password: PASSWORD });
    const [cookie = ''] = response.headers.getSetCookie();
    assert.match(cookie, /^gotgan-console=[\w-]+; Path=\/console\/; Max-Age=\d+; HttpOnly; SameSite=Strict$/);
    assert.equal(response.headers.get('cache-control'), 'no-store');
  });

  it('takes an access-key pair, and ends when the pair may not be used any more', async () => {
    const [{ account }] = (await askAdmin(server, 'GET', '/accounts')).accounts.map((account: object) => ({
      account,
    }));
    const { user } = await askAdmin(server, 'POST', `/accounts/${account.id}/users`, { name: 'keyed' });
    const path = `/accounts/${account.id}/users/${user.id}/keys`;
    const { accessKey, secretKey } = (await askAdmin(server, 'POST', path, {})).key;
    const session = await logIn({ accessKey, secretKey });
    const look = (): Promise<Response> => fetch(url(API), { headers: withCookie(session) });
    assert.equal((await look()).status, 200);
    await askAdmin(server, 'PATCH', `/keys/${accessKey}`, { enabled: false });
    await assertRefused(await look(), 401, 'SessionExpired');
    await assertRefused(await post('/console/session', { accessKey, secretKey }), 401, 'LoginRefused');
  });

  it('takes an API key of a user, and ends with it; none of a service', async () => {
    const { accounts } = await askAdmin(server, 'GET', '/accounts');
    const path = `/accounts/${accounts[0].id}`;
    await askAdmin(server, 'POST', `${path}/users`, { name: 'keyed-by-api' });
    const made = { holder: 'user:keyed-by-api', name: 'console' };
    const { apiKey } = await askAdmin(server, 'POST', `${path}/api-keys`, made);
    const session = await logIn({ apiKey: apiKey.value });
    const look = (): Promise<Response> => fetch(url(API), { headers: withCookie(session) });
    assert.equal((await look()).status, 200);
    await askAdmin(server, 'PATCH', `/api-keys/${apiKey.id}`, { enabled: false });
    await assertRefused(await look(), 401, 'SessionExpired');
    await assertRefused(await post('/console/session', { apiKey: apiKey.value }), 401, 'LoginRefused');
    await askAdmin(server, 'POST', `${path}/services`, { name: 'robot' });
    const ofService = await askAdmin(server, 'POST', `${path}/api-keys`, {
      holder: 'service:robot',
      name: 'x',
    });
    await assertRefused(
      await post('/console/session', { apiKey: ofService.apiKey.value }),
      401,
      'LoginRefused',
    );
    await assertRefused(await post('/console/session', { apiKey: 'no-such-key' }), 401, 'LoginRefused');
  });

  it('refuses the wrong secret like the wrong user, and guessing', async () => {
    const { accessKeyId } = server.credentials;
    const wrong = [
      { user: 'root', password: 'wrong' },
      { user: 'nobody', password: 'wrong' },
      { accessKey: accessKeyId, secretKey: 'wrong' },
      { accessKey: 'unknown', secretKey: 'wrong' },
    ];
    for (const document of wrong)
      await assertRefused(await post('/console/session', document), 401, 'LoginRefused');
    let last: Response | undefined;
    for (let attempt = 0; attempt < 30 && last?.status !== 429; attempt += 1) {
      last = await post('/console/session', { accessKey: 'guessed', secretKey: `${attempt}` });
    }
    assert.ok(last);
    assert.ok(Number(last.headers.get('retry-after')) > 0);
    await assertRefused(last, 429, 'TooManyAttempts');
  });

  it('refuses what is no login', async () => {
    for (const body of ['', '[]', '{"user":1,"password":"x"}', '{"user":"x"}', 'null']) {
      const response = await fetch(url('/console/session'), { method: 'POST', body });
      await assertRefused(response, 400, 'InvalidRequest');
    }
    const long = { user: 'x'.repeat(20_000), password: 'x' };
    await assertRefused(await post('/console/session', long), 413, 'BodyTooLarge');
    const headers = { 'sec-fetch-site': 'cross-site' };
    await assertRefused(
      await post('/console/session', { user: 'root', password: PASSWORD }, headers),
      403,
      'ForeignOrigin',
    );
  });

  it('is in the audit log, without secrets', async () => {
    await logIn();
    const log = readFileSync(join(server.dataDirectory, 'audit.log'), 'utf8');
    const lines = log
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const of = (outcome: string) =>
      lines.some((line) => line['operation'] === 'CreateSession' && line['outcome'] === outcome);
    assert.ok(of('success') && of('failure'));
    assert.ok(!log.includes(PASSWORD));
  });
});

describe('a session', () => {
  it('tells whose it is, and ends on the server when it is deleted', async () => {
    const session = await logIn();
    const response = await fetch(url('/console/session'), { headers: withCookie(session) });
    const document = (await response.json()) as {
      session: { user: { name: string }; isServerAdmin: boolean };
    };
    assert.deepEqual([document.session.user.name, document.session.isServerAdmin], ['root', true]);
    await assertRefused(
      await fetch(url('/console/session'), { method: 'DELETE', headers: withCookie(session) }),
      403,
      'CsrfTokenWrong',
    );
    const ended = await fetch(url('/console/session'), { method: 'DELETE', headers: withSession(session) });
    assert.equal(ended.status, 204);
    assert.match(ended.headers.getSetCookie()[0] ?? '', /^gotgan-console=; .*Max-Age=0/);
    await assertRefused(await fetch(url(API), { headers: withCookie(session) }), 401, 'SessionExpired');
    await assertRefused(await fetch(url(API)), 401, 'NotLoggedIn');
    const none = await fetch(url('/console/session'), { headers: withCookie(session) });
    assert.deepEqual([none.status, await none.json()], [200, { session: null, hasEnded: true }]);
    const never = await fetch(url('/console/session'));
    assert.deepEqual([never.status, await never.json()], [200, { session: null, hasEnded: false }]);
  });

  it('does not count when two cookies claim it', async () => {
    const { cookie } = await logIn();
    const response = await fetch(url(API), {
      headers: { cookie: `${cookie}; gotgan-console=other` },
    });
    await assertRefused(response, 401, 'NotLoggedIn');
  });

  it('opens S3, the admin API and the identity services with the rights of its user', async () => {
    const session = await logIn();
    const s3 = '/console/api/s3/KR1';
    const create = await fetch(url(`${s3}/console-bucket`), { method: 'PUT', headers: withSession(session) });
    assert.equal(create.status, 200);
    const put = {
      method: 'PUT',
      body: '<script>alert(1)</script>',
      headers: { ...withSession(session), 'content-type': 'text/html' },
    };
    assert.equal((await fetch(url(`${s3}/console-bucket/a/%3Cb%3E.html`), put)).status, 200);
    const got = await fetch(url(`${s3}/console-bucket/a/%3Cb%3E.html`), { headers: withCookie(session) });
    assert.equal(await got.text(), '<script>alert(1)</script>');
    assert.equal(
      got.headers.get('content-security-policy'),
      "default-src 'none'; frame-ancestors 'none'; sandbox",
    );
    assert.equal(got.headers.get('x-content-type-options'), 'nosniff');
    const accounts = await fetch(url('/console/api/admin/v1/accounts'), { headers: withCookie(session) });
    assert.equal(accounts.status, 200);
    const tenants = await fetch(url('/console/api/v2.0/tenants'), { headers: withCookie(session) });
    assert.equal(tenants.status, 200);
  });

  it('opens the services of IBM and of Samsung Cloud Platform', async () => {
    const headers = withCookie(await logIn());
    const instances = await fetch(url('/console/api/v2/resource_instances'), { headers });
    assert.equal(instances.status, 200);
    const { resources } = (await instances.json()) as { resources: { crn: string }[] };
    assert.ok(resources.length > 0);
    const products = await fetch(url('/console/api/scp/product/v1/products'), { headers });
    assert.equal(products.status, 200);
  });

  it('opens nothing without its token, from elsewhere, or after its end', async () => {
    const session = await logIn();
    const path = '/console/api/s3/KR1/never-made';
    const put = (headers: Record<string, string>) => fetch(url(path), { method: 'PUT', headers });
    await assertRefused(await put(withCookie(session)), 403, 'CsrfTokenWrong');
    await assertRefused(await put({ ...withCookie(session), 'x-gotgan-csrf': 'x' }), 403, 'CsrfTokenWrong');
    await assertRefused(await put({}), 401, 'NotLoggedIn');
    for (const site of ['same-site', 'cross-site']) {
      await assertRefused(
        await put({ ...withSession(session), 'sec-fetch-site': site }),
        403,
        'ForeignOrigin',
      );
      const read = await fetch(url('/console/api/s3/KR1/'), {
        headers: { ...withCookie(session), 'sec-fetch-site': site },
      });
      await assertRefused(read, 403, 'ForeignOrigin');
    }
    // A proof of another kind beside the session changes nothing, and a session at an API's own path is none.
    assert.equal((await put({ 'x-auth-token': session.cookie.split('=')[1] ?? '' })).status, 401);
    assert.equal((await fetch(url('/admin/v1/accounts'), { headers: withSession(session) })).status, 401);
  });

  it('gives a user what the user may do, and no more', async () => {
    const { account } = await askAdmin(server, 'POST', '/accounts', { name: 'guests' });
    await askAdmin(server, 'POST', `/accounts/${account.id}/users`, {
      name: 'kim',
      password: PASSWORD,
      role: 'member',
    });
    const session = await logIn({ account: 'guests', user: 'kim', password: PASSWORD });
    const accounts = await fetch(url('/console/api/admin/v1/accounts'), { headers: withCookie(session) });
    assert.equal(accounts.status, 403);
    const create = await fetch(url('/console/api/s3/KR1/kims-bucket'), {
      method: 'PUT',
      headers: withSession(session),
    });
    assert.equal(create.status, 403);
    assert.match(await create.text(), /<Code>AccessDenied<\/Code>/);
  });
});
