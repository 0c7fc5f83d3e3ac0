// Uploads in a real browser: 50 MB in parts with a pause, a server that goes away in between, names as in folders, and a list of
// thousands of keys of which the page holds a few.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
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

/** Runs in the page. */
function scrollToEnd(element: { scrollTo(x: number, y: number): void; readonly scrollHeight: number }): void {
  element.scrollTo(0, element.scrollHeight);
}

describe('uploads', { skip: whyNoBrowser }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'gotgan-uploads-'));
  let server: ServerProcess;
  let console: OpenConsole;
  before(async () => {
    server = await startConsoleServer();
    await askS3(server, 'PUT', '/uploads');
    console = await openConsole(server);
    await logIn(console.page);
    await goTo(console.page, '#/buckets/KR1/uploads');
  });
  after(async () => {
    await console?.close();
    await server?.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  it('of 50 MB can be paused and go on', async () => {
    const { page } = console;
    const buffer = randomBytes(50 * MEGABYTE);
    // Slow enough to be caught in the middle.
    const network = await page.context().newCDPSession(page);
    const limit = (bytesPerSecond: number) =>
      network.send('Network.emulateNetworkConditions', {
        offline: false,
        latency: 0,
        downloadThroughput: -1,
        uploadThroughput: bytesPerSecond,
      });
    await limit(20 * MEGABYTE);
    const path = join(folder, 'large.bin');
    writeFileSync(path, buffer);
    await page.getByTestId('files').setInputFiles(path);
    await page.getByRole('button', { name: 'Pause: large.bin' }).waitFor();
    await page.getByText(/Uploading · (?:1\d|2\d|3\d) MiB/).waitFor();
    await page.getByRole('button', { name: 'Pause: large.bin' }).click();
    await page.getByText('Paused').waitFor();
    const parts = await askS3(server, 'GET', '/uploads?uploads');
    assert.match(parts, /<Key>large.bin<\/Key>/);
    await limit(-1);
    await page.getByRole('button', { name: 'Resume: large.bin' }).click();
    await page.getByText('Uploads: 1 of 1 done').waitFor({ timeout: 60_000 });
    await page.getByRole('link', { name: 'large.bin' }).waitFor();
    const s3 = connectS3(server);
    const { Body: body } = await s3.send(new GetObjectCommand({ Bucket: 'uploads', Key: 'large.bin' }));
    const stored = (await body?.transformToByteArray()) ?? new Uint8Array();
    const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
    assert.equal(digest(stored), digest(buffer));
    assert.doesNotMatch(await askS3(server, 'GET', '/uploads?uploads'), /<Upload>/);
  });

  it('wait while the server is away, and go on when it is back', async () => {
    const { page } = console;
    await server.stop();
    const file = { name: 'patient.txt', mimeType: 'text/plain', buffer: Buffer.from('patience') };
    await page.getByTestId('files').setInputFiles([file]);
    await page.getByText('The server does not answer.').waitFor();
    await page.getByText('Paused').waitFor();
    await server.restart();
    await page.getByRole('button', { name: 'Resume: patient.txt' }).click();
    await page.getByText('Uploads: 2 of 2 done').waitFor();
    assert.equal(await askS3(server, 'GET', '/uploads/patient.txt'), 'patience');
  });

  it('that are refused say why, and leave nothing that looks done', async () => {
    const { page } = console;
    await page.getByRole('button', { name: 'Remove finished' }).click();
    const deny = {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Deny', Principal: '*', Action: 's3:PutObject', Resource: 'arn:aws:s3:::uploads/*' },
      ],
    };
    await askS3(server, 'PUT', '/uploads?policy=', { body: JSON.stringify(deny) });
    const file = { name: 'refused.txt', mimeType: 'text/plain', buffer: Buffer.from('x') };
    await page.getByTestId('files').setInputFiles([file]);
    await page.getByText('You may not do this.').waitFor();
    await page.getByText('Uploads: 0 of 1 done').waitFor();
    await page.getByRole('button', { name: 'Cancel: refused.txt' }).click();
    await askS3(server, 'DELETE', '/uploads?policy=');
  });

  it('stand in a list of thousands, of which the page holds a few', async () => {
    const { page } = console;
    const count = 2500;
    await askS3(server, 'PUT', '/many');
    const s3 = connectS3(server);
    const keys = Array.from({ length: count }, (_, index) => `key-${String(index).padStart(5, '0')}`);
    while (keys.length > 0) {
      await Promise.all(
        keys.splice(0, 100).map((Key) => s3.send(new PutObjectCommand({ Bucket: 'many', Key, Body: 'x' }))),
      );
    }
    await goTo(page, '#/buckets/KR1/many');
    await page.getByText('1,000 shown, more below').waitFor();
    const frame = page.locator('.rows-frame');
    for (const text of ['2,000 shown, more below', '2,500 shown']) {
      await frame.evaluate(scrollToEnd);
      await page.getByText(text, { exact: true }).waitFor();
    }
    await frame.evaluate(scrollToEnd);
    await page.getByRole('link', { name: 'key-02499' }).waitFor();
    assert.ok((await page.locator('tbody tr').count()) < 100);
    await page.getByLabel('Begins with').fill('key-012');
    await page.getByText('100 shown', { exact: true }).waitFor();
  });
});
