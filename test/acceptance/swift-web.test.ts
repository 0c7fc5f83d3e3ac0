// The Swift API over HTTP: containers as web sites (nhn-openstack.md, section 15.2). Operations: GetObject, HeadObject,
// ListContainerObjects, HeadContainer.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type ServerProcess, startServer } from '../support/server-process.ts';
import { addSwiftUser, askSwift, type SwiftAnswer, type SwiftUser } from '../support/swift-client.ts';

let server: ServerProcess;
let kim: SwiftUser;
before(async () => {
  server = await startServer({ workers: 2 });
  kim = await addSwiftUser(server, 'kim');
  const headers = {
    'X-Container-Read': '.r:*',
    'X-Container-Meta-Web-Index': 'index.html',
    'X-Container-Meta-Web-Error': 'error.html',
  };
  assert.equal((await kim.ask('PUT', '/site', { headers })).status, 201);
  const pages = {
    'index.html': 'home',
    'dir/index.html': 'dir',
    'no-index/page.html': 'page',
    '404error.html': 'not here',
    '401error.html': 'not for you',
  };
  for (const [name, body] of Object.entries(pages)) {
    assert.equal((await kim.ask('PUT', `/site/${name}`, { body })).status, 201);
  }
});
after(async () => {
  const logs = server?.logs() ?? '';
  await server?.dispose();
  assert.doesNotMatch(logs, /"level":"(?:error|fatal)"/);
});

const browse = (below: string, headers: Record<string, string> = {}, method = 'GET'): Promise<SwiftAnswer> =>
  askSwift(server.storageUrl, method, kim.path + below, { headers });

describe('a web site', () => {
  it('has an index in every folder', async () => {
    for (const [target, body] of [
      ['/site/', 'home'],
      ['/site/index.html', 'home'],
      ['/site/dir/', 'dir'],
      ['/site/no-index/page.html', 'page'],
    ] as const) {
      const page = await browse(target, { Accept: 'text/html' });
      assert.deepEqual([page.status, page.text], [200, body], target);
      assert.equal((await browse(target, {}, 'HEAD')).header('content-length'), `${body.length}`);
    }
    assert.equal((await browse('/site/')).header('content-type'), 'text/html');
  });

  it('leads folders without a slash to those with one', async () => {
    const site = await browse('/site');
    assert.deepEqual([site.status, site.header('location')], [301, `${server.storageUrl}${kim.path}/site/`]);
    const folder = await browse('/site/dir');
    assert.deepEqual(
      [folder.status, folder.header('location')],
      [301, `${server.storageUrl}${kim.path}/site/dir/`],
    );
  });

  it('shows its own pages for errors, with their status', async () => {
    for (const target of ['/site/absent', '/site/absent/', '/site/no-index/']) {
      const page = await browse(target);
      assert.deepEqual([page.status, page.text], [404, 'not here'], target);
    }
    const headers = { 'X-Remove-Container-Meta-Web-Error': 'x' };
    assert.equal((await kim.ask('POST', '/site', { headers })).status, 204);
    assert.match((await browse('/site/absent')).text, /<h1>Not Found<\/h1>/);
  });

  it('lists folders where it may', async () => {
    const listings = {
      'X-Container-Meta-Web-Listings': 'true',
      'X-Container-Meta-Web-Listings-Css': 'a.css',
    };
    assert.equal((await kim.ask('POST', '/site', { headers: listings })).status, 204);
    assert.equal((await browse('/site/no-index/')).status, 401);
    assert.equal(
      (await kim.ask('POST', '/site', { headers: { 'X-Container-Read': '.r:*,.rlistings' } })).status,
      204,
    );
    await kim.ask('PUT', `/site/no-index/${encodeURIComponent('<b>&')}`);
    await kim.ask('PUT', '/site/no-index/deep/er');
    const page = await browse('/site/no-index/');
    assert.equal(page.status, 200);
    assert.match(page.text, new RegExp(`Listing of ${kim.path}/site/no-index/`));
    assert.match(page.text, /<a href="\.\/page\.html">page\.html<\/a>/);
    assert.match(page.text, /<a href="\.\/deep\/">deep\/<\/a>/);
    assert.match(page.text, /<a href="\.\/%3Cb%3E%26">&lt;b&gt;&amp;<\/a>/);
    assert.match(page.text, /href="\.\.\/a\.css"/);
    assert.match(page.header('content-type') ?? '', /^text\/html/);
  });

  it('is for those without a token, and for those who ask for it', async () => {
    const listing = await kim.ask('GET', '/site/');
    assert.match(listing.text, /^401error\.html\n/);
    assert.equal((await kim.ask('GET', '/site/', { headers: { 'X-Web-Mode': 'true' } })).text, 'home');
    assert.equal(
      (await kim.ask('PUT', '/private', { headers: { 'X-Container-Meta-Web-Index': 'i' } })).status,
      201,
    );
    await kim.ask('PUT', '/private/i', { body: 'secret' });
    for (const target of ['/private/', '/private/i', '/private/absent']) {
      assert.equal((await browse(target)).status, 401, target);
    }
    assert.equal((await kim.ask('GET', '/private/', { headers: { 'X-Web-Mode': 'true' } })).text, 'secret');
  });
});
