// CreateLink: a link that the console makes for its user opens the object for everybody, and nothing else.
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { type ServerProcess, startServer } from '../support/server-process.ts';

const PASSWORD = 'a-password-for-tests-only';
let server: ServerProcess;
let headers: Record<string, string>;

before(async () => {
  server = await startServer({ env: { GOTGAN_ROOT_PASSWORD: PASSWORD } });
  const body = JSON.stringify({ user: 'root', password: PASSWORD });
  const response = await fetch(`${server.controlUrl}/console/session`, { method: 'POST', body });
  const { session } = (await response.json()) as { session: { csrfToken: string } };
  const cookie = response.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  headers = { cookie, 'x-gotgan-csrf': session.csrfToken };
});
after(() => server?.dispose());

function send(method: string, path: string, body?: string): Promise<Response> {
  return fetch(`${server.controlUrl}/console${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body }),
  });
}

const ask = (input: object): Promise<Response> => send('POST', '/session/links', JSON.stringify(input));

it('opens the object, whatever its key, and no other method', async () => {
  await send('PUT', '/api/s3/KR1/linked');
  for (const key of ['a.txt', 'a b/+%/곳간 (1).txt', "it's*!"]) {
    const path = key.split('/').map(encodeURIComponent).join('/');
    assert.equal((await send('PUT', `/api/s3/KR1/linked/${path}`, `at ${key}`)).status, 200);
    const response = await ask({ region: 'KR1', bucket: 'linked', key, expiresSeconds: '60' });
    assert.equal(response.status, 201);
    const { link } = (await response.json()) as {
      link: { url: string; accessKey: string; expiresAt: string };
    };
    assert.ok(link.url.startsWith(`${server.storageUrl}/linked/`));
    assert.equal(link.accessKey, server.accessKey);
    assert.ok(Math.abs(Date.parse(link.expiresAt) - Date.now() - 60_000) < 20_000);
    const got = await fetch(link.url);
    assert.deepEqual([got.status, await got.text()], [200, `at ${key}`]);
    assert.equal((await fetch(link.url, { method: 'DELETE' })).status, 403);
    assert.equal((await fetch(link.url.replace('Expires=60', 'Expires=61'))).status, 403);
  }
});

it('names a version', async () => {
  await send('PUT', '/api/s3/KR1/versioned');
  const on = '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>';
  await send('PUT', '/api/s3/KR1/versioned?versioning', on);
  const first = await send('PUT', '/api/s3/KR1/versioned/key', 'first');
  await send('PUT', '/api/s3/KR1/versioned/key', 'second');
  const versionId = first.headers.get('x-amz-version-id') ?? '';
  const response = await ask({
    region: 'KR1',
    bucket: 'versioned',
    key: 'key',
    versionId,
    expiresSeconds: '60',
  });
  const { link } = (await response.json()) as { link: { url: string } };
  assert.equal(await (await fetch(link.url)).text(), 'first');
});

it('is refused for longer than a week, an unknown region, and without a pair', async () => {
  const good = { region: 'KR1', bucket: 'linked', key: 'a.txt', expiresSeconds: '60' };
  for (const wrong of [
    { expiresSeconds: '604801' },
    { expiresSeconds: '0' },
    { region: 'KR9' },
    { key: '\ud800' },
  ]) {
    assert.equal((await ask({ ...good, ...wrong })).status, 400);
  }
  const made = await send('POST', '/api/admin/v1/accounts', JSON.stringify({ name: 'pairless' }));
  assert.equal(made.status, 201);
  const user = JSON.stringify({ name: 'kim', password: PASSWORD });
  assert.equal((await send('POST', '/api/admin/v1/accounts/pairless/users', user)).status, 201);
  const body = JSON.stringify({ account: 'pairless', user: 'kim', password: PASSWORD });
  const response = await fetch(`${server.controlUrl}/console/session`, { method: 'POST', body });
  const { session } = (await response.json()) as { session: { csrfToken: string } };
  headers = {
    cookie: response.headers.getSetCookie()[0]?.split(';')[0] ?? '',
    'x-gotgan-csrf': session.csrfToken,
  };
  const refused = await ask(good);
  assert.equal(refused.status, 409);
  assert.match(await refused.text(), /NoUsableKey/);
});
