// The Swift API over HTTP: objects and their copies (nhn-openstack.md, sections 8 and 12).
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { type ServerProcess, startServer } from '../support/server-process.ts';
import { addSwiftUser, askSwift, type SwiftAnswer, type SwiftUser } from '../support/swift-client.ts';

let server: ServerProcess;
let kim: SwiftUser;
before(async () => {
  server = await startServer({ workers: 2 });
  kim = await addSwiftUser(server, 'kim');
  assert.equal((await kim.ask('PUT', '/c')).status, 201);
});
after(async () => {
  const logs = server?.logs() ?? '';
  await server?.dispose();
  assert.doesNotMatch(logs, /"level":"(?:error|fatal)"/);
});

const md5 = (bytes: string | Buffer) => createHash('md5').update(bytes).digest('hex');
const put = async (target: string, body: string | Buffer = '', headers: Record<string, string> = {}) => {
  const answer = await kim.ask('PUT', target, { body, headers });
  assert.equal(answer.status, 201, answer.text);
  return answer;
};
const status = async (answer: Promise<SwiftAnswer>) => (await answer).status;

describe('PutObject, GetObject, HeadObject', () => {
  it('keep bytes, type and metadata, and show an ETag without quotes', async () => {
    const body = randomBytes(300_000);
    const made = await put('/c/photo.jpg', body, {
      'X-Object-Meta-Orig-Filename': 'Föto.jpg',
      'X-Object-Meta-A_b': 'underscore',
      'X-Object-Meta-Empty': '',
      'Content-Encoding': 'x-none',
      'Cache-Control': 'max-age=5',
      'X-Robots-Tag': 'noindex',
    });
    assert.deepEqual([made.header('etag'), made.text], [md5(body), '']);
    for (const method of ['GET', 'HEAD']) {
      const answer = await kim.ask(method, '/c/photo.jpg');
      assert.equal(answer.status, 200);
      assert.equal(answer.header('etag'), md5(body));
      assert.equal(answer.header('content-type'), 'image/jpeg');
      assert.equal(answer.header('content-length'), '300000');
      assert.equal(answer.header('x-object-meta-orig-filename'), 'Föto.jpg');
      assert.equal(answer.header('x-object-meta-a_b'), 'underscore');
      assert.equal(answer.header('x-object-meta-empty'), undefined);
      assert.equal(answer.header('content-encoding'), 'x-none');
      assert.equal(answer.header('cache-control'), 'max-age=5');
      assert.equal(answer.header('x-robots-tag'), 'noindex');
      assert.equal(answer.header('last-modified'), made.header('last-modified'));
      assert.match(answer.header('x-timestamp') ?? '', /^\d{10}\.\d{5}$/);
      if (method === 'GET') assert.ok(answer.body.equals(body));
    }
  });

  it('take any name as it is sent', async () => {
    for (const name of [
      '//',
      '/lead',
      'a/../b',
      './x',
      'sp ace',
      'pl+us',
      '%2F',
      'é😀',
      'tail/',
      'q?x=1&y',
    ]) {
      const target = `/c/${encodeURIComponent(name)}`;
      await put(target, name);
      assert.equal((await kim.ask('GET', target)).text, name, name);
      const json = JSON.parse(
        (await kim.ask('GET', `/c?format=json&prefix=${encodeURIComponent(name)}&limit=1`)).text,
      );
      assert.equal(json[0].name, name);
    }
    await put('/c/a/../b', 'raw dots');
    assert.equal((await kim.ask('GET', '/c/a%2F..%2Fb')).text, 'raw dots');
  });

  it('check what the request promises about the body', async () => {
    const wrong = { body: 'abc', headers: { ETag: md5('abd') } };
    assert.equal(await status(kim.ask('PUT', '/c/promised', wrong)), 422);
    assert.equal(await status(kim.ask('GET', '/c/promised')), 404);
    await put('/c/promised', 'abc', { ETag: `"${md5('abc').toUpperCase()}"` });
    assert.equal(await status(kim.ask('PUT', '/none/o', { body: 'x' })), 404);
    const chunked = await kim.ask('PUT', '/c/chunked', { body: 'in chunks', isChunked: true });
    assert.deepEqual([chunked.status, chunked.header('etag')], [201, md5('in chunks')]);
    const large = { headers: { 'Content-Length': '5368709123', Expect: '100-continue' } };
    assert.equal(await status(kim.ask('PUT', '/c/large', large)), 413);
  });

  it('make only what is not there with If-None-Match: *', async () => {
    await put('/c/once', '1', { 'If-None-Match': '*' });
    const again = { body: '2', headers: { 'If-None-Match': '*' } };
    assert.equal(await status(kim.ask('PUT', '/c/once', again)), 412);
    const other = { body: '2', headers: { 'If-None-Match': '"abc"' } };
    assert.equal(await status(kim.ask('PUT', '/c/once', other)), 400);
  });

  it('answer conditions with and without quotes', async () => {
    const made = await put('/c/conditional', 'content');
    const get = (headers: Record<string, string>) => status(kim.ask('GET', '/c/conditional', { headers }));
    const etag = md5('content');
    const date = made.header('last-modified') ?? '';
    assert.equal(await get({ 'If-Match': etag }), 200);
    assert.equal(await get({ 'If-Match': `"${etag}"` }), 200);
    assert.equal(await get({ 'If-Match': '"other"' }), 412);
    assert.equal(await get({ 'If-None-Match': `"other", "${etag}"` }), 304);
    assert.equal(await get({ 'If-None-Match': '"other"' }), 200);
    assert.equal(await get({ 'If-Unmodified-Since': date }), 200);
    assert.equal(await get({ 'If-Modified-Since': date }), 304);
    assert.equal(await get({ 'If-Unmodified-Since': 'Sat, 01 Jan 2000 00:00:00 GMT' }), 412);
    assert.equal(await get({ 'If-Modified-Since': 'not a date' }), 200);
    const notModified = await kim.ask('GET', '/c/conditional', { headers: { 'If-None-Match': etag } });
    assert.deepEqual([notModified.header('etag'), notModified.text], [etag, '']);
  });

  it('answer one range, several, and none that lies outside', async () => {
    await put('/c/range', '0123456789', { 'Content-Type': 'text/x' });
    const get = (range: string) => kim.ask('GET', '/c/range', { headers: { Range: range } });
    const one = await get('bytes=2-4');
    assert.deepEqual([one.status, one.text, one.header('content-range')], [206, '234', 'bytes 2-4/10']);
    assert.equal((await get('bytes=-3')).text, '789');
    assert.equal((await get('bytes=8-99')).text, '89');
    assert.equal((await get('bytes=20-,1-1')).text, '1');
    const many = await get('bytes=0-1, 5-5,-1');
    assert.equal(many.status, 206);
    const [, boundary = ''] =
      /^multipart\/byteranges; boundary=(.+)$/.exec(many.header('content-type') ?? '') ?? [];
    const part = (range: string, text: string) =>
      `--${boundary}\r\nContent-Type: text/x\r\nContent-Range: bytes ${range}/10\r\n\r\n${text}\r\n`;
    assert.equal(many.text, `${part('0-1', '01')}${part('5-5', '5')}${part('9-9', '9')}--${boundary}--`);
    assert.equal(many.header('content-length'), String(many.body.length));
    const outside = await get('bytes=10-');
    assert.deepEqual([outside.status, outside.header('content-range')], [416, 'bytes */10']);
    for (const nonsense of ['bytes=5-2', 'bytes=x', 'lines=1-2', 'bytes=-']) {
      assert.equal((await get(nonsense)).status, 200, nonsense);
    }
    assert.equal((await get(`bytes=${'0-9,'.repeat(40)}0-9`)).status, 416);
    const head = await kim.ask('HEAD', '/c/range', { headers: { Range: 'bytes=0-1' } });
    assert.deepEqual([head.status, head.header('content-length')], [200, '10']);
  });

  it('read several ranges of a large object while it is replaced', async () => {
    const body = randomBytes(4_000_000);
    await put('/c/busy', body);
    const [answer] = await Promise.all([
      kim.ask('GET', '/c/busy', { headers: { Range: 'bytes=0-999999,3000000-3999999' } }),
      put('/c/busy', 'replaced'),
    ]);
    // Of the new object there are bytes in the first range only.
    assert.equal(answer.status, 206);
    assert.ok(answer.body.includes(body.subarray(3_000_000)) || answer.text === 'replaced', answer.text);
  });
});

describe('UpdateObject', () => {
  it('replaces everything but the type and the bytes', async () => {
    await put('/c/posted', 'bytes', {
      'Content-Type': 'text/one',
      'Content-Disposition': 'inline',
      'X-Object-Meta-A': '1',
      'X-Object-Meta-B': '2',
    });
    const before = await kim.ask('HEAD', '/c/posted');
    const post = await kim.ask('POST', '/c/posted', { headers: { 'X-Object-Meta-B': '3' } });
    assert.equal(post.status, 202);
    const after = await kim.ask('GET', '/c/posted');
    assert.deepEqual(
      ['x-object-meta-a', 'x-object-meta-b', 'content-disposition', 'content-type', 'etag'].map((name) =>
        after.header(name),
      ),
      [undefined, '3', undefined, 'text/one', md5('bytes')],
    );
    assert.equal(after.text, 'bytes');
    assert.ok(Number(after.header('x-timestamp')) > Number(before.header('x-timestamp')));
    await kim.ask('POST', '/c/posted', { headers: { 'Content-Type': 'text/two' } });
    assert.equal((await kim.ask('HEAD', '/c/posted')).header('content-type'), 'text/two');
    assert.equal(await status(kim.ask('POST', '/c/none')), 404);
    const tooMany = Object.fromEntries(
      Array.from({ length: 91 }, (_, index) => [`X-Object-Meta-${index}`, 'v']),
    );
    assert.equal(await status(kim.ask('POST', '/c/posted', { headers: tooMany })), 400);
  });
});

describe('DeleteObject', () => {
  it('answers 404 for what is not there', async () => {
    await put('/c/gone', 'x');
    assert.equal(await status(kim.ask('DELETE', '/c/gone')), 204);
    assert.equal(await status(kim.ask('DELETE', '/c/gone')), 404);
    assert.equal(await status(kim.ask('DELETE', '/none/gone')), 404);
  });
});

describe('CopyObject and PutObjectCopy', () => {
  before(async () => {
    await put('/c/source', 'source bytes', {
      'Content-Type': 'text/x',
      'X-Object-Meta-Color': 'red',
      'X-Object-Meta-Size': 'big',
      'Cache-Control': 'no-store',
    });
    await kim.ask('PUT', '/t%20o');
  });

  it('copy both ways, with metadata overridden item by item', async () => {
    const copied = await kim.ask('COPY', '/c/source', {
      headers: { Destination: '/t%20o/c%C3%B6py', 'X-Object-Meta-Color': 'blue' },
    });
    assert.equal(copied.status, 201, copied.text);
    assert.equal(copied.header('x-copied-from'), 'c/source');
    assert.equal(copied.header('x-copied-from-account'), kim.path.slice('/v1/'.length));
    assert.equal(copied.header('x-object-meta-color'), 'blue');
    assert.equal(copied.header('etag'), md5('source bytes'));
    const made = await kim.ask('GET', '/t%20o/c%C3%B6py');
    assert.deepEqual(
      ['content-type', 'x-object-meta-color', 'x-object-meta-size', 'cache-control'].map((name) =>
        made.header(name),
      ),
      ['text/x', 'blue', 'big', 'no-store'],
    );
    assert.equal(made.text, 'source bytes');
    const fresh = { 'X-Copy-From': 't%20o/c%C3%B6py', 'X-Fresh-Metadata': 'true', 'X-Object-Meta-New': 'n' };
    await put('/c/fresh', '', fresh);
    const head = await kim.ask('HEAD', '/c/fresh');
    assert.deepEqual(
      ['x-object-meta-new', 'x-object-meta-size', 'content-type'].map((name) => head.header(name)),
      ['n', undefined, 'text/x'],
    );
  });

  it('copy an object onto itself, a range of it, and on conditions', async () => {
    await put('/c/source', '', { 'X-Copy-From': '/c/source', 'X-Object-Meta-Again': 'yes' });
    assert.equal((await kim.ask('HEAD', '/c/source')).header('x-object-meta-again'), 'yes');
    const part = await put('/c/part', '', { 'X-Copy-From': '/c/source', Range: 'bytes=0-5' });
    assert.equal(part.header('etag'), md5('source'));
    assert.equal((await kim.ask('GET', '/c/part')).text, 'source');
    const copy = (headers: Record<string, string>) =>
      status(kim.ask('PUT', '/c/x', { headers: { 'X-Copy-From': '/c/source', ...headers } }));
    assert.equal(await copy({ 'If-Match': '"other"' }), 412);
    assert.equal(await copy({ 'If-None-Match': md5('source bytes') }), 304);
    assert.equal(await copy({ Range: 'bytes=99-' }), 416);
  });

  it('refuse what they cannot do', async () => {
    const copy = (headers: Record<string, string>) => kim.ask('COPY', '/c/source', { headers });
    const missing = await copy({});
    assert.deepEqual([missing.status, missing.text], [412, 'Destination header required']);
    assert.equal(await status(copy({ Destination: 'c' })), 412);
    assert.equal(await status(copy({ Destination: 'c/' })), 412);
    assert.equal(await status(copy({ Destination: 'none/o' })), 404);
    assert.equal(await status(kim.ask('COPY', '/c/none', { headers: { Destination: 'c/o' } })), 404);
    const from = (source: string, body = '') =>
      status(kim.ask('PUT', '/c/x', { body, headers: { 'X-Copy-From': source } }));
    assert.equal(await from('c'), 412);
    assert.equal(await from('none/o'), 404);
    assert.equal(await from('c/source', 'not empty'), 400);
  });

  it('cross accounts only with rights on both sides', async () => {
    const lee = await addSwiftUser(server, 'lee');
    await lee.ask('PUT', '/c');
    await lee.ask('PUT', '/c/secret', { body: 'of lee' });
    const theirs = { 'X-Copy-From-Account': lee.path.slice('/v1/'.length), 'X-Copy-From': 'c/secret' };
    assert.equal(await status(kim.ask('PUT', '/c/stolen', { headers: theirs })), 403);
    const unknown = { ...theirs, 'X-Copy-From': 'none/secret' };
    assert.equal(await status(kim.ask('PUT', '/c/stolen', { headers: unknown })), 403);
    const away = { 'Destination-Account': lee.path.slice('/v1/'.length), Destination: 'c/mine' };
    assert.equal(await status(kim.ask('COPY', '/c/source', { headers: away })), 403);
    const nobody = await askSwift(server.storageUrl, 'COPY', `${kim.path}/c/source`, { headers: away });
    assert.equal(nobody.status, 401);
  });
});
