// The Swift API over HTTP: many removals in one request (nhn-openstack.md, section 13.1).
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type ServerProcess, startServer } from '../support/server-process.ts';
import { addSwiftUser, askSwift, type SwiftAnswer, type SwiftUser } from '../support/swift-client.ts';

let server: ServerProcess;
let kim: SwiftUser;
before(async () => {
  server = await startServer({ workers: 2 });
  kim = await addSwiftUser(server, 'kim');
});
after(async () => {
  const logs = server?.logs() ?? '';
  await server?.dispose();
  assert.doesNotMatch(logs, /"level":"(?:error|fatal)"/);
});

async function fill(container: string, names: readonly string[]): Promise<void> {
  await kim.ask('PUT', `/${container}`);
  for (const name of names) {
    const made = await kim.ask('PUT', `/${container}/${encodeURIComponent(name)}`, { body: name });
    assert.equal(made.status, 201);
  }
}

const remove = (
  method: 'POST' | 'DELETE',
  target: string,
  body: string,
  headers: Record<string, string> = {},
): Promise<SwiftAnswer> =>
  kim.ask(method, target, {
    body,
    headers: { 'Content-Type': 'text/plain', Accept: 'application/json', ...headers },
  });

describe('BulkDelete', () => {
  it('removes objects and then containers, and counts what was not there', async () => {
    await fill('one', ['a', 'sp ace', '한/글']);
    const lines = [
      'one',
      '/one/a',
      'one/sp%20ace',
      '',
      `one/${encodeURIComponent('한')}/${encodeURIComponent('글')}`,
      'one/absent',
    ];
    const answer = await remove('POST', '?bulk-delete', `${lines.join('\n')}\n`);
    assert.equal(answer.status, 200);
    assert.equal(answer.header('content-type'), 'application/json');
    assert.deepEqual(JSON.parse(answer.text), {
      'Response Status': '200 OK',
      'Response Body': '',
      'Number Deleted': 4,
      'Number Not Found': 1,
      Errors: [],
    });
    assert.equal((await kim.ask('HEAD', '/one')).status, 404);
  });

  it('reports in three forms what could not be removed', async () => {
    await fill('two', ['a']);
    const json = await remove('POST', '?bulk-delete=true', 'two\n');
    assert.deepEqual(JSON.parse(json.text).Errors, [['/two', '409 Conflict']]);
    assert.equal(JSON.parse(json.text)['Response Status'], '400 Bad Request');
    const plain = await remove('POST', '?bulk-delete=1', 'two\n', { Accept: 'text/plain' });
    assert.match(
      plain.text,
      /^Number Deleted: 0\nNumber Not Found: 0\nResponse Body: \nResponse Status: 400 Bad Request\nErrors:\n\/two, 409 Conflict\n$/,
    );
    const xml = await remove('POST', '?bulk-delete', 'two\n', { Accept: 'application/xml' });
    assert.match(
      xml.text,
      /^<delete>\n<number_deleted>0<\/number_deleted>\n[\s\S]*<errors>\n<object><name>\/two<\/name><status>409 Conflict<\/status><\/object>\n<\/errors>\n<\/delete>\n$/,
    );
  });

  it('says in its report what is wrong with the request as a whole', async () => {
    const status = async (body: string, headers: Record<string, string> = {}) => {
      const answer = await remove('POST', '?bulk-delete', body, headers);
      assert.equal(answer.status, 200);
      return [JSON.parse(answer.text)['Response Status'], JSON.parse(answer.text)['Response Body']];
    };
    assert.deepEqual(await status(''), ['400 Bad Request', 'Invalid bulk delete.']);
    assert.equal((await status('a', { 'Content-Type': 'application/json' }))[0], '406 Not Acceptable');
    assert.equal((await status('x/y\n'.repeat(10_001)))[0], '413 Request Entity Too Large');
    assert.deepEqual(await status(`c/${'x'.repeat(5000)}`), ['400 Bad Request', 'Invalid File Name']);
    const bad = await remove('POST', '?bulk-delete', 'two/%FF\n');
    assert.equal(JSON.parse(bad.text).Errors[0][1], '412 Precondition Failed');
    const type = await remove('POST', '?bulk-delete', 'two/a\n', { Accept: 'image/png' });
    assert.match(type.text, /Response Status: 406 Not Acceptable/);
  });

  it('stops after a thousand failures', async () => {
    const stranger = await addSwiftUser(server, 'lee');
    const answer = await askSwift(server.storageUrl, 'POST', `${kim.path}?bulk-delete`, {
      token: stranger.token,
      body: Array.from({ length: 1100 }, (_, index) => `two/${index}`).join('\n'),
      headers: { Accept: 'application/json' },
    });
    const report = JSON.parse(answer.text);
    assert.deepEqual(report['Response Body'], 'Max delete failures exceeded');
    assert.equal(report.Errors.length >= 1000 && report.Errors.length < 1010, true);
    assert.equal(report.Errors[0][1], '403 Forbidden');
  });

  it('lists what nobody but its owner may remove, without saying what is there', async () => {
    const answer = await askSwift(server.storageUrl, 'POST', `${kim.path}?bulk-delete`, {
      body: 'two/a\nnowhere/b\n',
      headers: { Accept: 'application/json' },
    });
    const report = JSON.parse(answer.text);
    assert.deepEqual(report.Errors.sort(), [
      ['/nowhere/b', '401 Unauthorized'],
      ['/two/a', '401 Unauthorized'],
    ]);
    assert.equal(report['Response Status'], '400 Bad Request');
  });
});

describe('BulkDeleteByDelete, BulkDeleteAtContainer, BulkDeleteAtContainerByDelete', () => {
  it('do the same', async () => {
    await fill('three', ['a', 'b', 'c']);
    for (const [method, target, name] of [
      ['DELETE', '?bulk-delete', 'a'],
      ['POST', '/three?bulk-delete', 'b'],
      ['DELETE', '/three?bulk-delete', 'c'],
    ] as const) {
      const answer = await remove(method, target, `three/${name}`);
      assert.equal(JSON.parse(answer.text)['Number Deleted'], 1, `${method} ${target}`);
    }
    assert.equal((await kim.ask('HEAD', '/three')).header('x-container-object-count'), '0');
  });
});

describe('BulkDeleteAtObject, BulkDeleteAtObjectByDelete', () => {
  it('remove what the body names, and not what the path names', async () => {
    await fill('four', ['a', 'b', 'kept']);
    for (const [method, name] of [
      ['POST', 'a'],
      ['DELETE', 'b'],
    ] as const) {
      const answer = await remove(method, '/four/kept?bulk-delete', `four/${name}`);
      assert.equal(JSON.parse(answer.text)['Number Deleted'], 1, method);
    }
    assert.equal((await kim.ask('GET', '/four')).text, 'kept\n');
  });
});
