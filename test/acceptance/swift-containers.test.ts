// The Swift API over HTTP: service paths, accounts and containers (nhn-openstack.md, sections 2, 6, 7 and 9).
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type ServerProcess, startServer } from '../support/server-process.ts';
import { addSwiftUser, askSwift, type SwiftAnswer, type SwiftUser } from '../support/swift-client.ts';

let server: ServerProcess;
let kim: SwiftUser;
let stranger: SwiftUser;
before(async () => {
  server = await startServer({ workers: 2 });
  kim = await addSwiftUser(server, 'kim');
  stranger = await addSwiftUser(server, 'stranger');
});
after(async () => {
  const logs = server?.logs() ?? '';
  await server?.dispose();
  assert.doesNotMatch(logs, /"level":"(?:error|fatal)"/);
});

const anonymous = (method: string, target: string) => askSwift(server.storageUrl, method, target);
const put = async (target: string, body = '', headers: Record<string, string> = {}) =>
  assert.equal((await kim.ask('PUT', target, { body, headers })).status, 201, target);

describe('GetInfo, HeadInfo, CheckHealth, HeadHealth', () => {
  it('need no token', async () => {
    const info = await anonymous('GET', '/info');
    assert.equal(info.status, 200);
    assert.equal(info.header('content-type'), 'application/json; charset=UTF-8');
    const { swift } = JSON.parse(info.text);
    assert.equal(swift.max_file_size, 5_368_709_122);
    assert.deepEqual(
      swift.policies.map(({ name }: { name: string }) => name),
      ['Standard', 'Economy'],
    );
    const head = await anonymous('HEAD', '/info');
    assert.deepEqual([head.status, head.text], [200, '']);
    const health = await anonymous('GET', '/healthcheck');
    assert.deepEqual([health.status, health.text], [200, 'OK']);
    assert.equal((await anonymous('HEAD', '/healthcheck')).status, 200);
  });
});

describe('every answer', () => {
  it('carries the transaction id, with what the client adds to it', async () => {
    for (const [method, target] of [
      ['GET', '/info'],
      ['GET', kim.path],
      ['HEAD', `${kim.path}/none`],
    ] as const) {
      const answer = await askSwift(server.storageUrl, method, target, {
        headers: { 'X-Trans-Id-Extra': 'mine/1' },
      });
      assert.match(answer.header('x-trans-id') ?? '', /^tx[0-9a-f]{21}-[0-9a-f]{10}-mine\/1$/);
      assert.equal(answer.header('x-openstack-request-id'), answer.header('x-trans-id'));
    }
  });

  it('says in fixed words what went wrong, and nothing at all to HEAD', async () => {
    const answer = await kim.ask('GET', '/none/none');
    assert.equal(answer.status, 404);
    assert.equal(answer.header('content-type'), 'text/html; charset=UTF-8');
    assert.equal(answer.text, '<html><h1>Not Found</h1><p>There is nothing of that name.</p></html>');
    const head = await kim.ask('HEAD', '/none/none');
    assert.deepEqual([head.status, head.text], [404, '']);
  });

  it('is 401 without a token or with one that does not hold, 403 with that of a stranger', async () => {
    await put('/mine');
    for (const below of ['', '/mine', '/none', '/mine/o', '/none/o']) {
      const answer = await anonymous('GET', kim.path + below);
      assert.equal(answer.status, 401, below);
      assert.match(
        answer.header('www-authenticate') ?? '',
        /^Keystone uri="http:\/\/127\.0\.0\.1:\d+", Swift realm="AUTH_[0-9a-f]{32}"$/,
      );
      const wrong = { token: 'no-such-token' };
      assert.equal((await askSwift(server.storageUrl, 'GET', kim.path + below, wrong)).status, 401);
      const foreign = { token: stranger.token };
      assert.equal((await askSwift(server.storageUrl, 'GET', kim.path + below, foreign)).status, 403);
    }
    await kim.ask('DELETE', '/mine');
  });

  it('reads paths as Swift does', async () => {
    assert.equal((await anonymous('GET', '/v1')).status, 412);
    assert.equal((await anonymous('GET', '/v1//c')).status, 404);
    assert.equal((await kim.ask('GET', '/c%00')).status, 412);
    assert.equal((await kim.ask('GET', '/c%ff')).status, 412);
    assert.equal((await kim.ask('PATCH', '/c')).status, 405);
    assert.match((await kim.ask('PATCH', '/c')).header('allow') ?? '', /\bPUT\b/);
    assert.equal((await kim.ask('PUT', `/${'c'.repeat(257)}`)).status, 400);
    assert.equal((await kim.ask('PUT', `/c/${'o'.repeat(1025)}`)).status, 400);
  });
});

describe('accounts', () => {
  it('ListContainers and HeadAccount count what there is, in three forms', async () => {
    const lee = await addSwiftUser(server, 'lee');
    const empty = await lee.ask('GET', '');
    assert.deepEqual([empty.status, empty.header('x-account-container-count')], [204, '0']);
    assert.deepEqual((await lee.ask('GET', '?format=json')).text, '[]');
    await lee.ask('PUT', '/My_Data');
    await lee.ask('PUT', '/other', { headers: { 'X-Storage-Policy': 'economy' } });
    await lee.ask('PUT', '/My_Data/o', { body: 'seven b' });
    const head = await lee.ask('HEAD', '');
    assert.equal(head.status, 204);
    const counters = ['container-count', 'object-count', 'bytes-used'].flatMap((name) => [
      head.header(`x-account-${name}`),
      head.header(`x-account-storage-policy-economy-${name}`),
    ]);
    assert.deepEqual(counters, ['2', '1', '1', '0', '7', '0']);
    const json = JSON.parse((await lee.ask('GET', '?format=json')).text);
    assert.deepEqual(
      json.map(({ last_modified, ...rest }: Record<string, unknown>) => rest),
      [
        { name: 'My_Data', count: 1, bytes: 7, storage_policy: 'Standard' },
        { name: 'other', count: 0, bytes: 0, storage_policy: 'Economy' },
      ],
    );
    assert.match(json[0].last_modified, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/);
    const xml = await lee.ask('GET', '', { headers: { Accept: 'text/xml' } });
    assert.match(
      xml.text,
      /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<account name="AUTH_[0-9a-f]{32}"><container><name>My_Data</,
    );
    assert.match(
      xml.text,
      /<last_modified>[^<]+<\/last_modified><storage_policy>Economy<\/storage_policy><\/container>/,
    );
    assert.equal((await lee.ask('GET', '?reverse=true&limit=1')).text, 'other\n');
    assert.equal((await lee.ask('GET', '?marker=My_Data')).text, 'other\n');
    assert.equal((await lee.ask('GET', '?delimiter=_')).text, 'My_\nother\n');
  });

  it('UpdateAccount merges metadata, which other places do not share', async () => {
    const headers = { 'X-Account-Meta-Color': 'röd', 'X-Account-Meta-Size': '1' };
    assert.equal((await kim.ask('POST', '', { headers })).status, 204);
    await kim.ask('POST', '', { headers: { 'X-Account-Meta-Size': '' } });
    const head = await kim.ask('HEAD', '');
    assert.equal(head.header('x-account-meta-color'), 'röd');
    assert.equal(head.header('x-account-meta-size'), undefined);
    await kim.ask('POST', '', {
      headers: { 'X-Account-Meta-Color': 'blue', 'X-Remove-Account-Meta-Color': 'x' },
    });
    assert.equal((await kim.ask('HEAD', '')).header('x-account-meta-color'), undefined);
    assert.equal((await kim.ask('POST', '', { headers: { 'X-Account-Meta-': 'x' } })).status, 400);
  });

  it('CreateAccount and DeleteAccount are refused to everybody', async () => {
    for (const method of ['PUT', 'DELETE']) {
      assert.equal((await kim.ask(method, '')).status, 403);
      assert.equal((await anonymous(method, kim.path)).status, 401);
    }
  });
});

describe('containers', () => {
  it('PutContainer answers 201 for a new one and 202 for one that is there, and merges', async () => {
    const first = await kim.ask('PUT', '/album', { headers: { 'X-Container-Meta-A': '1' } });
    assert.deepEqual([first.status, first.text, first.header('content-length')], [201, '', '0']);
    const second = await kim.ask('PUT', '/album', { headers: { 'X-Container-Meta-B': '2' } });
    assert.equal(second.status, 202);
    const head = await kim.ask('HEAD', '/album');
    assert.equal(head.status, 204);
    assert.deepEqual([head.header('x-container-meta-a'), head.header('x-container-meta-b')], ['1', '2']);
    assert.equal(head.header('x-storage-policy'), 'Standard');
    assert.match(head.header('x-timestamp') ?? '', /^\d{10}\.\d{5}$/);
    const other = { headers: { 'X-Storage-Policy': 'Economy' } };
    assert.equal((await kim.ask('PUT', '/album', other)).status, 409);
    const unknown = { headers: { 'X-Storage-Policy': 'Gold' } };
    assert.equal((await kim.ask('PUT', '/policy', unknown)).status, 400);
  });

  it('UpdateContainer merges and removes, HeadContainer shows, and too much is refused', async () => {
    await put('/settings');
    const post = (headers: Record<string, string>) => kim.ask('POST', '/settings', { headers });
    assert.equal((await post({ 'X-Container-Meta-A': '1', 'X-Container-Meta-B': '2' })).status, 204);
    await post({ 'X-Remove-Container-Meta-A': 'x', 'X-Container-Meta-A': '3' });
    const head = await kim.ask('HEAD', '/settings');
    assert.deepEqual(
      [head.header('x-container-meta-a'), head.header('x-container-meta-b')],
      [undefined, '2'],
    );
    assert.equal((await post({ [`X-Container-Meta-${'a'.repeat(128)}`]: 'v' })).status, 204);
    assert.equal((await post({ [`X-Container-Meta-${'a'.repeat(129)}`]: 'v' })).status, 400);
    assert.equal((await post({ 'X-Container-Meta-V': 'v'.repeat(256) })).status, 204);
    assert.equal((await post({ 'X-Container-Meta-V': 'v'.repeat(257) })).status, 400);
    assert.equal((await kim.ask('POST', '/none')).status, 404);
  });

  it('DeleteContainer wants it empty', async () => {
    await put('/full');
    await put('/full/o', 'x');
    assert.equal((await kim.ask('DELETE', '/full')).status, 409);
    await kim.ask('DELETE', '/full/o');
    assert.equal((await kim.ask('DELETE', '/full')).status, 204);
    assert.equal((await kim.ask('DELETE', '/full')).status, 404);
  });
});

describe('ListContainerObjects', () => {
  const names = ['a', 'a/', 'a/1', 'a/2', 'a/b/3', 'b', 'c/x', 'é', '日本'];
  const lines = (answer: SwiftAnswer): string[] => answer.text.split('\n').slice(0, -1);
  const list = async (query: string) => lines(await kim.ask('GET', `/list?${query}`));

  before(async () => {
    await put('/list');
    for (const name of names) await put(`/list/${encodeURIComponent(name)}`, name);
  });

  it('answers JSON, XML and text, and 204 when there is nothing to say', async () => {
    const json = JSON.parse((await kim.ask('GET', '/list?format=json&prefix=b')).text);
    assert.deepEqual(Object.keys(json[0]), ['name', 'hash', 'bytes', 'content_type', 'last_modified']);
    assert.deepEqual(
      [json[0].name, json[0].hash, json[0].bytes],
      ['b', '92eb5ffee6ae2fec3ad71c777531578f', 1],
    );
    const xml = await kim.ask('GET', '/list?format=xml&delimiter=/&limit=3');
    assert.match(xml.text, /<subdir name="a\/"><name>a\/<\/name><\/subdir><object><name>b<\/name><hash>/);
    assert.equal(xml.header('content-type'), 'application/xml; charset=utf-8');
    assert.equal(xml.header('vary'), undefined);
    const nothing = await kim.ask('GET', '/list?prefix=zzz');
    assert.deepEqual([nothing.status, nothing.text, nothing.header('vary')], [204, '', 'Accept']);
    assert.equal((await kim.ask('GET', '/list?prefix=zzz&format=json')).text, '[]');
    assert.match(
      (await kim.ask('GET', '/list?prefix=zzz&format=xml')).text,
      /<container name="list"><\/container>$/,
    );
    assert.equal((await kim.ask('GET', '/list', { headers: { Accept: 'image/png' } })).status, 406);
    assert.equal((await kim.ask('GET', '/list', { headers: { Accept: 'nonsense' } })).status, 400);
  });

  it('pages both ways through names and rolled-up folders', async () => {
    assert.deepEqual(await list(''), names);
    assert.deepEqual(await list('reverse=1'), names.toReversed());
    const rolled = ['a', 'a/', 'b', 'c/', 'é', '日本'];
    assert.deepEqual(await list('delimiter=/'), rolled);
    assert.deepEqual(await list('delimiter=/&reverse=on'), rolled.toReversed());
    for (const isReverse of [false, true]) {
      for (const limit of [1, 2, 3]) {
        const paged: string[] = [];
        for (let marker = ''; ; ) {
          const way = isReverse ? '&reverse=true' : '';
          const page = await list(`delimiter=/&limit=${limit}&marker=${encodeURIComponent(marker)}${way}`);
          if (page.length === 0) break;
          paged.push(...page);
          marker = page.at(-1) ?? '';
        }
        assert.deepEqual(paged, isReverse ? rolled.toReversed() : rolled, `${limit} ${isReverse}`);
      }
    }
    assert.deepEqual(await list('delimiter=/&marker=a/1'), ['b', 'c/', 'é', '日本']);
    assert.deepEqual(await list('marker=a/&end_marker=b'), ['a/1', 'a/2', 'a/b/3']);
    assert.deepEqual(await list('marker=b&end_marker=a/&reverse=true'), ['a/b/3', 'a/2', 'a/1']);
    assert.deepEqual(await list('prefix=a/&delimiter=/'), ['a/', 'a/1', 'a/2', 'a/b/']);
    assert.deepEqual(await list('path=a'), ['a/1', 'a/2']);
    assert.deepEqual(await list('path='), ['a', 'a/', 'b', 'é', '日本']);
    assert.deepEqual(await list('limit=0'), []);
  });

  it('refuses more than it gives', async () => {
    assert.equal((await kim.ask('GET', '/list?limit=10000')).status, 200);
    assert.equal((await kim.ask('GET', '/list?limit=10001')).status, 412);
    assert.equal((await kim.ask('GET', '/list?limit=many')).status, 200);
    assert.equal((await kim.ask('GET', '/list?marker=%ff')).status, 412);
  });

  it('counts exactly, on every worker, as soon as a write has been answered', async () => {
    await put('/counted');
    for (let index = 1; index <= 20; index += 1) {
      await put(`/counted/${index}`, 'xyz');
      const head = await kim.ask('HEAD', '/counted');
      assert.equal(head.header('x-container-object-count'), String(index));
      assert.equal(head.header('x-container-bytes-used'), String(index * 3));
    }
  });
});
