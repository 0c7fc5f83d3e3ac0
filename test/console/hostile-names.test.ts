// Whatever others have put into keys, metadata, tags, names and policies is text in the console, never markup and never a script.
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

const ATTACK = `<img src=x onerror="window.hit=1">`;
const SCRIPT = `<script>window.hit=1</script>`;

describe('hostile names', { skip: whyNoBrowser }, () => {
  let server: ServerProcess;
  let console: OpenConsole;
  before(async () => {
    server = await startConsoleServer();
    await askS3(server, 'PUT', '/hostile');
    const headers = { 'content-type': 'text/html', 'x-amz-meta-note': ATTACK };
    for (const key of [ATTACK, `javascript:alert(1)`, `"><svg onload=window.hit=1>`, `a/${SCRIPT}`]) {
      await askS3(server, 'PUT', `/hostile/${key}`, { body: SCRIPT, headers });
    }
    const tags = `<Tagging><TagSet><Tag><Key>k</Key><Value>x${'y'.repeat(3)}</Value></Tag></TagSet></Tagging>`;
    await askS3(server, 'PUT', '/hostile?tagging=', { body: tags });
    await askAdmin(server, 'POST', '/accounts', { name: 'strangers' });
    const user = { name: 'mallory', displayName: ATTACK, password: ROOT_PASSWORD };
    await askAdmin(server, 'POST', '/accounts/strangers/users', user);
    console = await openConsole(server);
    await logIn(console.page);
  });
  after(async () => {
    await console?.close();
    await server?.dispose();
  });

  async function assertUnhurt(): Promise<void> {
    const { page, complaints } = console;
    assert.equal(await page.evaluate('window.hit'), undefined);
    assert.equal(await page.locator('main img, main svg, [role=dialog] svg').count(), 0);
    assert.deepEqual(complaints, []);
  }

  it('are shown as they are in lists and folders', async () => {
    const { page } = console;
    await goTo(page, '#/buckets/KR1/hostile');
    await page.getByRole('link', { name: ATTACK }).waitFor();
    assert.equal(await page.getByRole('link', { name: 'javascript:alert(1)' }).count(), 1);
    await assertUnhurt();
    await page.getByRole('link', { name: 'a/' }).click();
    await page.getByRole('link', { name: '<script>window.hit=1<' }).waitFor();
    await assertUnhurt();
  });

  it('are shown as they are in details, metadata and the preview of a page', async () => {
    const { page } = console;
    await goTo(page, `#/buckets/KR1/hostile/objects/%2F/${encodeURIComponent(ATTACK)}`);
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('heading', { name: ATTACK }).waitFor();
    await dialog.locator('pre').getByText(SCRIPT).waitFor();
    await dialog.getByText(ATTACK).nth(1).waitFor();
    assert.equal(await page.evaluate('window.hit'), undefined);
    await dialog.getByRole('tab', { name: 'Metadata and tags' }).click();
    const value = await dialog.getByLabel('Value 1').first().inputValue();
    assert.equal(value, ATTACK);
    await assertUnhurt();
  });

  it('are shown as they are in users and in errors', async () => {
    const { page } = console;
    const { accounts } = await askAdmin(server, 'GET', '/accounts');
    const { id } = accounts.find(({ name }: { name: string }) => name === 'strangers');
    await goTo(page, `#/access/users/${id}`);
    await page.getByRole('cell', { name: ATTACK }).waitFor();
    await goTo(page, `#/buckets/KR1/${encodeURIComponent(ATTACK)}`);
    await page.getByRole('heading', { name: ATTACK }).waitFor();
    await page.getByRole('alert').first().waitFor();
    await assertUnhurt();
  });

  it('cannot be opened as pages of the console’s origin', async () => {
    const { page } = console;
    const opened = await page.context().newPage();
    const url = `${server.controlUrl}/console/api/s3/KR1/hostile/${encodeURIComponent(ATTACK)}`;
    const response = await opened.goto(url);
    assert.equal(response?.status(), 200);
    assert.equal(await opened.evaluate('window.origin'), 'null');
    assert.equal(await opened.evaluate('window.hit'), undefined);
    await opened.close();
  });
});
