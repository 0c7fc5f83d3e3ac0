// An upload that a page has begun goes on after the page was loaded again: the same file, chosen once more, sends the parts that are
// missing and no other.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { GetObjectCommand, ListMultipartUploadsCommand, ListPartsCommand } from '@aws-sdk/client-s3';
import type { Page } from 'playwright-core';
import { askS3 } from '../support/console-api.ts';
import {
  goTo,
  logIn,
  type OpenConsole,
  openConsole,
  startConsoleServer,
  whyNoBrowser,
} from '../support/console-browser.ts';
import { connectS3 } from '../support/s3-client.ts';
import type { ServerProcess } from '../support/server-process.ts';

const MEGABYTE = 1_000_000;
const SIZE = 50 * MEGABYTE;

describe('interrupted uploads', { skip: whyNoBrowser }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'gotgan-interrupted-'));
  const path = join(folder, 'film.bin');
  const content = randomBytes(SIZE);
  let server: ServerProcess;
  let console: OpenConsole;
  before(async () => {
    writeFileSync(path, content);
    server = await startConsoleServer();
    await askS3(server, 'PUT', '/films');
  });
  after(async () => {
    await server?.dispose();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    console = await openConsole(server);
    await logIn(console.page);
    await goTo(console.page, '#/buckets/KR1/films');
  });
  afterEach(async () => {
    assert.deepEqual(console.complaints, []);
    await console.close();
  });

  async function partsThere(): Promise<readonly number[]> {
    const s3 = connectS3(server);
    const { Uploads: uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket: 'films' }));
    const [upload] = uploads;
    if (upload === undefined) return [];
    const { Key, UploadId } = upload;
    const { Parts: parts = [] } = await s3.send(new ListPartsCommand({ Bucket: 'films', Key, UploadId }));
    return parts.map(({ PartNumber: number = 0 }) => number);
  }

  /** Begins slowly, and loads the page again when some parts have arrived. Answers which. */
  async function interrupt(page: Page): Promise<readonly number[]> {
    const network = await page.context().newCDPSession(page);
    const limit = (bytesPerSecond: number) =>
      network.send('Network.emulateNetworkConditions', {
        offline: false,
        latency: 0,
        downloadThroughput: -1,
        uploadThroughput: bytesPerSecond,
      });
    await limit(20 * MEGABYTE);
    await page.getByTestId('files').setInputFiles(path);
    await page.getByRole('button', { name: 'Pause: film.bin' }).waitFor();
    while ((await partsThere()).length < 2) await pause(50);
    await page.getByRole('button', { name: 'Pause: film.bin' }).click();
    await page.getByText('Paused').waitFor();
    await page.reload();
    await limit(-1);
    return partsThere();
  }

  /** Of what the page sends from now on. */
  function watchUpload(page: Page): { readonly begun: string[]; readonly sent: number[] } {
    const seen = { begun: [] as string[], sent: [] as number[] };
    page.on('request', (request) => {
      const { searchParams } = new URL(request.url());
      if (request.method() === 'POST' && searchParams.has('uploads')) seen.begun.push(request.url());
      const part = searchParams.get('partNumber');
      if (request.method() === 'PUT' && part !== null) seen.sent.push(Number(part));
    });
    return seen;
  }

  async function assertArrived(): Promise<void> {
    const s3 = connectS3(server);
    const { Body: body } = await s3.send(new GetObjectCommand({ Bucket: 'films', Key: 'film.bin' }));
    const stored = (await body?.transformToByteArray()) ?? new Uint8Array();
    const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
    assert.equal(digest(stored), digest(content));
    assert.deepEqual(await partsThere(), []);
    await askS3(server, 'DELETE', '/films/film.bin');
  }

  it('go on from the tray, with the same file only', async () => {
    const { page } = console;
    const there = await interrupt(page);
    assert.ok(there.length >= 2 && there.length < 6, String(there));
    const tray = page.getByRole('region', { name: 'Interrupted uploads: 1' });
    await tray.getByText(/Interrupted · \d+ MiB \/ 48 MiB/).waitFor();
    const input = tray.getByTestId('continue film.bin');
    await input.setInputFiles([{ name: 'film.bin', mimeType: '', buffer: Buffer.from('not it') }]);
    await tray.getByText('That is another file, or it has changed.').waitFor();
    const { begun, sent } = watchUpload(page);
    await input.setInputFiles(path);
    await page.getByText('Uploads: 1 of 1 done').waitFor({ timeout: 60_000 });
    assert.deepEqual(begun, []);
    assert.deepEqual(
      [...there, ...sent].sort((a, b) => a - b),
      [1, 2, 3, 4, 5, 6],
    );
    await assertArrived();
    assert.equal(await page.evaluate("localStorage.getItem('gotgan-uploads')"), null);
  });

  it('go on when the file is simply uploaded again', async () => {
    const { page } = console;
    const there = await interrupt(page);
    const stored: unknown = JSON.parse(await page.evaluate("localStorage.getItem('gotgan-uploads')"));
    assert.ok(Array.isArray(stored));
    assert.deepEqual(Object.keys(stored[0]).sort(), [
      'bucket',
      'key',
      'lastModified',
      'name',
      'place',
      'size',
      'uploadId',
      'user',
    ]);
    const { begun, sent } = watchUpload(page);
    await page.getByTestId('files').setInputFiles(path);
    await page.getByText('Uploads: 1 of 1 done').waitFor({ timeout: 60_000 });
    assert.deepEqual([begun, sent.length], [[], 6 - there.length]);
    await assertArrived();
  });

  it('begin anew when they have been ended meanwhile, by whomever', async () => {
    const { page } = console;
    await interrupt(page);
    await goTo(page, '#/buckets/KR1/films/uploads');
    await page.getByRole('button', { name: 'Choose the file again: film.bin' }).first().waitFor();
    const s3 = connectS3(server);
    const { Uploads: [upload] = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket: 'films' }));
    await askS3(server, 'DELETE', `/films/film.bin?uploadId=${upload?.UploadId}`);
    const { begun } = watchUpload(page);
    await page.getByRole('table').getByTestId('continue film.bin').setInputFiles(path);
    await page.getByText('Uploads: 1 of 1 done').waitFor({ timeout: 60_000 });
    assert.equal(begun.length, 1);
    await assertArrived();
  });

  it('are forgotten by who cancels them or logs out', async () => {
    const { page } = console;
    await interrupt(page);
    await page.getByRole('button', { name: 'Cancel: film.bin' }).click();
    await page.getByRole('region', { name: 'Interrupted uploads: 1' }).waitFor({ state: 'detached' });
    assert.deepEqual(await partsThere(), []);
    await interrupt(page);
    await page.getByRole('button', { name: 'root' }).click();
    await page.getByRole('menuitem', { name: 'Log out' }).click();
    await page.locator('form button[type=submit]').waitFor();
    assert.equal(await page.evaluate("localStorage.getItem('gotgan-uploads')"), null);
  });
});
