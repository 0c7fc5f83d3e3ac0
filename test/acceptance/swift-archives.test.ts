// The Swift API over HTTP: archives whose files become objects (nhn-openstack.md, section 13.2), made by GNU tar.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { type ServerProcess, startServer } from '../support/server-process.ts';
import { addSwiftUser, askSwift, type SwiftUser } from '../support/swift-client.ts';

let server: ServerProcess;
let kim: SwiftUser;
let folder: string;
before(async () => {
  server = await startServer({ workers: 2 });
  kim = await addSwiftUser(server, 'kim');
  folder = mkdtempSync(join(tmpdir(), 'gotgan-archive-'));
  mkdirSync(join(folder, 'box/deep'), { recursive: true });
  writeFileSync(join(folder, 'box/a.txt'), 'alpha');
  writeFileSync(join(folder, 'box/deep/b.html'), 'x'.repeat(200_000));
  writeFileSync(join(folder, 'box/한글'), '');
  symlinkSync('a.txt', join(folder, 'box/link'));
});
after(async () => {
  if (folder !== undefined) rmSync(folder, { recursive: true });
  const logs = server?.logs() ?? '';
  await server?.dispose();
  assert.doesNotMatch(logs, /"level":"(?:error|fatal)"/);
});

const tar = (...options: string[]): Buffer =>
  execFileSync('tar', ['-C', folder, ...options, '-cf', '-', 'box'], { maxBuffer: 10 * 1024 ** 2 });
const json = { Accept: 'application/json' };

async function upload(target: string, body: Buffer, headers: Record<string, string> = {}) {
  const answer = await kim.ask('PUT', target, { body, headers: { ...json, ...headers } });
  assert.equal(answer.status, 200, answer.text);
  return JSON.parse(answer.text);
}

describe('ExtractArchive, ExtractArchiveAtContainer, ExtractArchiveAtPrefix', () => {
  it('store files, and make the containers that they need', async () => {
    const report = await upload('?extract-archive=tar', tar(), { 'X-Object-Meta-From': 'archive' });
    assert.deepEqual(report, {
      'Response Status': '201 Created',
      'Response Body': '',
      'Number Files Created': 3,
      Errors: [],
    });
    const got = await kim.ask('GET', '/box/a.txt');
    assert.deepEqual(
      [got.text, got.header('content-type'), got.header('x-object-meta-from')],
      ['alpha', 'text/plain', 'archive'],
    );
    assert.equal((await kim.ask('HEAD', '/box/deep/b.html')).header('content-length'), '200000');
    assert.equal((await kim.ask('HEAD', `/box/${encodeURIComponent('한글')}`)).status, 200);
    assert.equal((await kim.ask('HEAD', '/box/link')).status, 404);
    await kim.ask('PUT', '/target');
    assert.equal((await upload('/target?extract-archive=tar.gz', tar('-z')))['Number Files Created'], 3);
    assert.equal((await kim.ask('GET', '/target/box/a.txt')).text, 'alpha');
    assert.equal(
      (await upload('/target/some/prefix?extract-archive=tar.bz2', tar('-j')))['Number Files Created'],
      3,
    );
    assert.equal((await kim.ask('GET', '/target/some/prefix/box/a.txt')).text, 'alpha');
  });

  it('take types and metadata from extended headers', async () => {
    const archive = pack();
    const pax = { 'SCHILY.xattr.user.mime_type': 'text/x-own', 'SCHILY.xattr.user.meta.Colour': 'red' };
    archive.entry({ name: 'pax/o', pax }, 'body');
    archive.entry({ name: '../../pax/up' }, 'up');
    archive.finalize();
    const chunks: Buffer[] = [];
    for await (const chunk of archive) chunks.push(chunk as Buffer);
    const report = await upload('/target?extract-archive=tar', Buffer.concat(chunks));
    assert.equal(report['Number Files Created'], 2);
    const got = await kim.ask('GET', '/target/pax/o');
    assert.deepEqual([got.header('content-type'), got.header('x-object-meta-colour')], ['text/x-own', 'red']);
    // A name is no path.
    assert.equal((await kim.ask('GET', '/target/../../pax/up')).text, 'up');
  });

  it('say what is wrong, with the archive or with files of it', async () => {
    const broken = await upload('/target?extract-archive=tar.gz', Buffer.from('no archive'));
    assert.equal(broken['Response Status'], '400 Bad Request');
    assert.match(broken['Response Body'], /^Invalid Tar File/);
    const empty = await upload('/target?extract-archive=tar', Buffer.alloc(1024));
    assert.equal(empty['Response Body'], 'Invalid Tar File: No Valid Files');
    const cut = await upload('/target/cut?extract-archive=tar', tar().subarray(0, 100_000));
    assert.equal(cut['Response Status'], '400 Bad Request');
    assert.equal((await kim.ask('HEAD', '/target/cut/box/deep/b.html')).status, 404);
    const format = await kim.ask('PUT', '/target?extract-archive=zip', { body: '' });
    assert.equal(format.status, 400);
    const denied = await askSwift(server.storageUrl, 'PUT', `${kim.path}/target?extract-archive=tar`, {
      body: tar(),
      headers: json,
    });
    const report = JSON.parse(denied.text);
    assert.equal(report['Response Status'], '401 Unauthorized');
    assert.equal(report.Errors[0][1], '401 Unauthorized');
    const policy = { 'X-Container-Object-Deny-Extension-Policy': 'html' };
    await kim.ask('PUT', '/choosy', { headers: policy });
    const some = await upload('/choosy?extract-archive=tar', tar());
    assert.deepEqual(
      [some['Number Files Created'], some.Errors],
      [2, [['/choosy/box/deep/b.html', '409 Conflict']]],
    );
  });

  it('do not collect headers without end', async () => {
    const header = Buffer.alloc(512);
    header.write('././@PaxHeader', 0);
    header.write('0000644\0', 100);
    header.write('77777777777\0', 124);
    header.write('        ', 148);
    header.write('x', 156);
    header.write('ustar\x0000', 257);
    let sum = 0;
    for (const byte of header) sum += byte;
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    const bomb = gzipSync(Buffer.concat([header, Buffer.alloc(8 * 1024 ** 2, 'a')]));
    const report = await upload('/target?extract-archive=tar.gz', bomb);
    assert.equal(report['Response Body'], 'Invalid Tar File: Header exceeds max size');
  });
});
