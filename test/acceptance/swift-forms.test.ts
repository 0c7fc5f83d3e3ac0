// The Swift API over HTTP: uploads by HTML forms (nhn-openstack.md, section 15.1), sent by Node's own FormData. Operation: PostForm.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { askAdmin } from '../support/ask-admin.ts';
import { type ServerProcess, startServer } from '../support/server-process.ts';
import { addSwiftUser, type SwiftUser } from '../support/swift-client.ts';

let server: ServerProcess;
let kim: SwiftUser;
const IN_AN_HOUR = `${Math.floor(Date.now() / 1000) + 3600}`;
before(async () => {
  server = await startServer({ workers: 2 });
  kim = await addSwiftUser(server, 'kim');
  const headers = { 'X-Container-Meta-Temp-URL-Key': 'key' };
  assert.equal((await kim.ask('PUT', '/c', { headers })).status, 201);
});
after(async () => {
  const logs = server?.logs() ?? '';
  await server?.dispose();
  assert.doesNotMatch(logs, /"level":"(?:error|fatal)"/);
});

interface Form {
  readonly below?: string;
  readonly redirect?: string;
  readonly size?: string;
  readonly count?: string;
  readonly expires?: string;
  readonly key?: string;
  readonly more?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
  /** Fields and a file behind the others. */
  readonly behind?: Readonly<Record<string, string>>;
}

function post(form: Form): Promise<Response> {
  const { below = '/c/in_', redirect = '', size = '1000', count = '2', expires = IN_AN_HOUR } = form;
  const text = `${kim.path}${below}\n${redirect}\n${size}\n${count}\n${expires}`;
  const signature = createHmac('sha256', form.key ?? 'key')
    .update(text)
    .digest('hex');
  const data = new FormData();
  const fields = { redirect, max_file_size: size, max_file_count: count, expires, signature, ...form.more };
  for (const [name, value] of Object.entries(fields)) data.append(name, value);
  for (const [name, body] of Object.entries(form.files ?? { 'a.txt': 'alpha' })) {
    data.append('file', new Blob([body], { type: 'text/x-form' }), name);
  }
  for (const [name, value] of Object.entries(form.behind ?? {})) data.append(name, value);
  if (form.behind !== undefined) data.append('file', new Blob(['the last one']), 'last.txt');
  return fetch(`${server.storageUrl}${kim.path}${below}`, { method: 'POST', body: data, redirect: 'manual' });
}

describe('PostForm', () => {
  it('stores files below the prefix', async () => {
    const answer = await post({
      files: { 'a.txt': 'alpha', 한글: 'b'.repeat(900) },
      more: { x_delete_after: '500' },
    });
    assert.equal(answer.status, 201, await answer.text());
    const got = await kim.ask('GET', '/c/in_a.txt');
    assert.deepEqual([got.text, got.header('content-type')], ['alpha', 'text/x-form']);
    assert.match(got.header('x-delete-at') ?? '', /^\d{10}$/);
    assert.equal(
      (await kim.ask('HEAD', `/c/in_${encodeURIComponent('한글')}`)).header('content-length'),
      '900',
    );
  });

  it('leads on to a page, with what came of it', async () => {
    const redirect = 'https://example.com/done?x=1';
    const done = await post({ redirect });
    assert.deepEqual([done.status, done.headers.get('location')], [303, `${redirect}&status=201&message=`]);
    const large = await post({ redirect, size: '3' });
    assert.match(
      large.headers.get('location') ?? '',
      /status=400&message=FormPost%3A%20max_file_size%20exceeded$/,
    );
  });

  it('takes no more than was signed', async () => {
    const large = await post({ size: '3', files: { 'large.txt': 'alpha' } });
    assert.deepEqual([large.status, await large.text()], [400, 'FormPost: max_file_size exceeded']);
    assert.equal((await kim.ask('HEAD', '/c/in_large.txt')).status, 404);
    const many = await post({ count: '1', files: { one: '1', two: '2' } });
    assert.deepEqual([many.status, await many.text()], [400, 'FormPost: max_file_count exceeded']);
    assert.equal((await post({ files: {} })).status, 400);
  });

  it('goes by no field behind the first file: those are not signed', async () => {
    const behind = { max_file_size: '1000', max_file_count: '5', x_delete_after: '500' };
    const large = await post({ size: '5', behind });
    assert.deepEqual([large.status, await large.text()], [400, 'FormPost: max_file_size exceeded']);
    const many = await post({ count: '1', behind });
    assert.deepEqual([many.status, await many.text()], [400, 'FormPost: max_file_count exceeded']);
    assert.equal((await kim.ask('HEAD', '/c/in_last.txt')).status, 404);
    assert.equal((await post({ behind })).status, 201);
    assert.equal((await kim.ask('HEAD', '/c/in_last.txt')).header('x-delete-at'), undefined);
  });

  it('is 401 when it is not signed, expired, or for another place', async () => {
    for (const form of [{ key: 'wrong' }, { expires: '1000000000' }, { more: { max_file_size: '9999' } }]) {
      const answer = await post({ ...form, files: { 'denied.txt': 'x' } });
      assert.equal(answer.status, 401);
      assert.match(await answer.text(), /^FormPost: /);
    }
    assert.equal((await kim.ask('HEAD', '/c/in_denied.txt')).status, 404);
    assert.equal((await post({ below: '/nowhere/in_' })).status, 404);
    const broken = await kim.ask('POST', '/c/x', {
      body: 'no form',
      headers: { 'Content-Type': 'multipart/form-data; boundary=x' },
    });
    assert.equal(broken.status, 400);
  });

  it('is 401 while the account is disabled', async () => {
    const set = (enabled: boolean) => askAdmin(server, 'PATCH', `/accounts/${kim.tenant.id}`, { enabled });
    await set(false);
    const refused = await post({ files: { 'shut.txt': 'x' } });
    await set(true);
    assert.equal(refused.status, 401);
    assert.equal((await post({ files: { 'open.txt': 'x' } })).status, 201);
  });
});
