// What the console does when it may not: a user without rights, a session that ends, a server that goes away, a log-out.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { askAdmin } from '../support/ask-admin.ts';
import { askS3 } from '../support/console-api.ts';
import {
  goTo,
  logIn,
  type OpenConsole,
  openConsole,
  ROOT_PASSWORD,
  startConsoleServer,
  whyNoBrowser,
} from '../support/console-browser.ts';
import type { ServerProcess } from '../support/server-process.ts';

describe('sessions', { skip: whyNoBrowser }, () => {
  let server: ServerProcess;
  let console: OpenConsole;
  before(async () => {
    server = await startConsoleServer();
    await askS3(server, 'PUT', '/example-bucket');
    await askAdmin(server, 'POST', '/accounts', { name: 'guests' });
    const kim = { name: 'kim', password: ROOT_PASSWORD, role: 'member' };
    await askAdmin(server, 'POST', '/accounts/guests/users', kim);
    console = await openConsole(server);
  });
  after(async () => {
    await console?.close();
    await server?.dispose();
  });

  it('of a user without rights show what was refused, not what would be there', async () => {
    const { page } = console;
    await logIn(page, { account: 'guests', user: 'kim' });
    await goTo(page, '#/buckets/KR1/example-bucket');
    await page.getByText('You may not do this.').waitFor();
    await page.getByText(/AccessDenied · .*tx[0-9a-f]+/).waitFor();
    assert.equal(await page.getByRole('link', { name: 'Operations' }).count(), 0);
    await goTo(page, '#/operations');
    await page.getByText('There is no such page.').waitFor();
    await goTo(page, '#/access');
    await page.getByRole('button', { name: 'Create a pair' }).waitFor();
    assert.equal(await page.getByRole('tab').count(), 1);
  });

  it('of one’s own keys show a secret once', async () => {
    const { page } = console;
    await page.getByRole('button', { name: 'Create a pair' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('The secret is shown this once').waitFor();
    const [accessKey, secretKey] = await dialog.locator('code').allTextContents();
    assert.match(accessKey ?? '', /^[0-9a-f]{32}$/);
    const saved = page.waitForEvent('download');
    await dialog.getByRole('button', { name: 'Save as a file' }).click();
    const stream = await (await saved).createReadStream();
    const text = (await stream.toArray()).join('');
    assert.deepEqual(JSON.parse(text), { 'Access key': accessKey, 'Secret key': secretKey });
    await dialog.getByRole('button', { name: 'I have stored it' }).click();
    await page.getByText(accessKey ?? '').waitFor();
    assert.equal(await page.getByText(secretKey ?? '', { exact: true }).count(), 0);
  });

  it('that end lead to the login, and back to where one was', async () => {
    const { page } = console;
    await goTo(page, '#/access/mine');
    await askAdmin(server, 'PUT', '/accounts/guests/users/kim/password', { password: 'another-password-9' });
    await goTo(page, '#/buckets');
    await page.getByText('Your session has ended.').first().waitFor();
    await logIn(page, { account: 'guests', user: 'kim', password: 'another-password-9' });
    await page.getByRole('heading', { name: 'Buckets' }).waitFor();
  });

  it('outlive a server that was away', async () => {
    const { page } = console;
    await server.stop();
    await page.reload().catch(() => undefined);
    await goTo(page, '#/access/mine').catch(() => undefined);
    await server.restart();
    await page.goto(`${server.controlUrl}/console/#/access/mine`);
    await page.getByText('My key pairs').first().waitFor();
    await server.stop();
    await goTo(page, '#/buckets');
    await page.getByText('The server does not answer.').first().waitFor();
    await server.restart();
    await page.getByRole('button', { name: 'Try again' }).first().click();
    await page.getByText('There is no bucket yet.').waitFor();
  });

  it('are gone after logging out, also for the button that goes back', async () => {
    const { page } = console;
    await page.getByRole('button', { name: 'kim' }).click();
    await page.getByRole('menuitem', { name: 'Log out' }).click();
    await page.getByRole('button', { name: 'Log in' }).waitFor();
    await page.goBack();
    await page.getByRole('button', { name: 'Log in' }).waitFor();
    const { cookies } = await page.context().storageState();
    assert.deepEqual(cookies, []);
  });
});
