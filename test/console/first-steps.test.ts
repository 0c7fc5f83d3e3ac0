// The console in a real browser: logging in, a bucket, an upload, and what stands in the list afterwards.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { askS3 } from '../support/console-api.ts';
import {
  logIn,
  type OpenConsole,
  openConsole,
  startConsoleServer,
  whyNoBrowser,
} from '../support/console-browser.ts';
import type { ServerProcess } from '../support/server-process.ts';

describe('first steps', { skip: whyNoBrowser }, () => {
  let server: ServerProcess;
  let console: OpenConsole;
  before(async () => {
    server = await startConsoleServer();
    console = await openConsole(server);
  });
  after(async () => {
    await console?.close();
    await server?.dispose();
  });

  it('needs less than 200 KB for the first view, and for the first screen behind the login', async () => {
    const { page } = console;
    const network = await page.context().newCDPSession(page);
    await network.send('Network.enable');
    let bytes = 0;
    network.on('Network.loadingFinished', ({ encodedDataLength }) => {
      bytes += encodedDataLength;
    });
    await network.send('Network.setCacheDisabled', { cacheDisabled: true });
    await page.reload();
    await page.getByRole('button', { name: 'Log in' }).waitFor();
    assert.ok(bytes > 50_000 && bytes < 150_000, `the login takes ${bytes} bytes`);
    await logIn(page);
    await page.getByText('There is no bucket yet.').waitFor();
    assert.ok(bytes < 200_000, `login and buckets take ${bytes} bytes`);
    await page.getByRole('button', { name: 'root' }).click();
    await page.getByRole('menuitem', { name: 'Log out' }).click();
    await page.getByRole('button', { name: 'Log in' }).waitFor();
  });

  it('refuses a wrong password and takes the right one', async () => {
    const { page } = console;
    await page.getByLabel('User', { exact: true }).fill('root');
    await page.getByLabel('Password', { exact: true }).last().fill('wrong');
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByText('This user does not exist, or the secret is wrong.').waitFor();
    await logIn(page);
    await page.getByText('There is no bucket yet.').waitFor();
  });

  it('tells the rules for names while one types, and makes a bucket', async () => {
    const { page } = console;
    await page.getByRole('button', { name: 'Create a bucket' }).click();
    const name = page.getByLabel('Name', { exact: true });
    await name.fill('No_Good');
    await page.getByText('small letters, digits, hyphens and dots only (not kept)').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Create', exact: true }).isDisabled(), true);
    await name.fill('example-bucket');
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    await page.getByRole('heading', { name: 'example-bucket', exact: true }).waitFor();
  });

  it('uploads a file and shows it', async () => {
    const { page } = console;
    const file = { name: 'hello.txt', mimeType: 'text/plain', buffer: Buffer.from('Hello, 곳간') };
    await page.getByTestId('files').setInputFiles([file]);
    await page.getByText('Uploads: 1 of 1 done').waitFor();
    await page.getByRole('link', { name: 'hello.txt' }).click();
    await page.getByText('Hello, 곳간').waitFor();
    await page.keyboard.press('Escape');
    assert.deepEqual(console.complaints, []);
  });

  it('takes what is dropped, into the folder that is shown', async () => {
    const { page } = console;
    await page.getByRole('button', { name: 'New folder' }).click();
    await page.getByRole('dialog').getByLabel('Name').fill('films');
    await page.getByRole('dialog').getByRole('button', { name: 'Create' }).click();
    await page.getByRole('link', { name: 'films/' }).click();
    await page.getByText('Nothing is here yet.').waitFor();
    const transfer = await page.evaluateHandle(
      `(() => { const t = new DataTransfer(); t.items.add(new File(['dropped'], 'dropped.txt')); return t; })()`,
    );
    await page.locator('.drop-area').dispatchEvent('dragover', { dataTransfer: transfer });
    await page.getByText('Drop to upload here').waitFor();
    await page.locator('.drop-area').dispatchEvent('drop', { dataTransfer: transfer });
    await page.getByRole('link', { name: 'dropped.txt' }).waitFor();
    assert.equal(await askS3(server, 'GET', '/example-bucket/films/dropped.txt'), 'dropped');
  });

  it('says what a deletion would lose, and deletes when the name has been typed', async () => {
    const { page } = console;
    const versioning = '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>';
    await askS3(server, 'PUT', '/example-bucket?versioning=', { body: versioning });
    await askS3(server, 'PUT', '/example-bucket/hello.txt', { body: 'again' });
    await page.getByRole('link', { name: 'Buckets' }).first().click();
    await page.getByRole('button', { name: 'Delete bucket example-bucket' }).click();
    const question = page.getByRole('alertdialog');
    await question.getByText('4 objects and versions').waitFor();
    const confirm = question.getByRole('button', { name: 'Delete' });
    assert.equal(await confirm.isDisabled(), true);
    await question.getByLabel('Type the name').fill('example-bucket');
    await confirm.click();
    await page.getByText('There is no bucket yet.').waitFor();
    await assert.rejects(askS3(server, 'HEAD', '/example-bucket'), /404/);
    assert.deepEqual(console.complaints, []);
  });
});
