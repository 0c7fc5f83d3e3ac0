// Identities in the console: users with passwords, service IDs with HMAC pairs shown once, groups, policies that are attached and then
// count, keys that are disabled and deleted.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { GetObjectCommand } from '@aws-sdk/client-s3';
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
import { SamlProvider } from '../support/saml-provider.ts';
import type { ServerProcess } from '../support/server-process.ts';

describe('access', { skip: whyNoBrowser }, () => {
  let server: ServerProcess;
  let console: OpenConsole;
  let pair = { accessKeyId: '', secretAccessKey: '' };
  before(async () => {
    server = await startConsoleServer();
    await askS3(server, 'PUT', '/builds');
    await askS3(server, 'PUT', '/builds/output.txt', { body: 'built' });
    console = await openConsole(server);
    await logIn(console.page);
  });
  after(async () => {
    await console?.close();
    await server?.dispose();
  });

  const read = () =>
    connectS3(server, { credentials: pair }).send(
      new GetObjectCommand({ Bucket: 'builds', Key: 'output.txt' }),
    );

  it('makes a user who can log in', async () => {
    const { page } = console;
    await goTo(page, '#/access/users');
    await page.getByRole('button', { name: 'Create a user' }).click();
    const form = page.getByRole('dialog');
    await form.getByLabel('Name', { exact: true }).fill('kim');
    await form.getByLabel('Password').fill('a-fine-password');
    await form.getByRole('button', { name: 'Create', exact: true }).click();
    await page.getByRole('cell', { name: 'kim', exact: true }).waitFor();
    const body = JSON.stringify({ user: 'kim', password: 'a-fine-password' });
    const answer = await fetch(`${server.controlUrl}/console/session`, { method: 'POST', body });
    assert.equal(answer.status, 201);
  });

  it('makes a service ID with a key pair that is shown once', async () => {
    const { page } = console;
    await page.getByRole('tab', { name: 'Service IDs' }).click();
    await page.getByRole('button', { name: 'Create a service ID' }).click();
    await page.getByRole('dialog').getByLabel('Name', { exact: true }).fill('builder');
    await page.getByRole('dialog').getByRole('button', { name: 'Create', exact: true }).click();
    await page.getByRole('button', { name: 'Keys and policies: builder' }).click();
    await page.getByRole('button', { name: 'Create a pair' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Create', exact: true }).click();
    const secret = page.getByRole('dialog', { name: /of builder/ });
    await secret.getByText('The secret is shown this once').waitFor();
    const [accessKeyId = '', secretAccessKey = ''] = await secret.locator('code').allTextContents();
    pair = { accessKeyId, secretAccessKey };
    await secret.getByRole('button', { name: 'I have stored it' }).click();
    await page.getByText(accessKeyId).waitFor();
    await assert.rejects(read, { name: 'AccessDenied' });
  });

  it('gives the service what a policy says, as soon as it is attached', async () => {
    const { page } = console;
    await page.keyboard.press('Escape');
    await page.getByRole('tab', { name: 'Policies' }).click();
    await page.getByRole('button', { name: 'Create a policy' }).click();
    const form = page.getByRole('dialog');
    await form.getByLabel('Name', { exact: true }).fill('read-builds');
    const document = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::builds/*' }],
    };
    await form.getByLabel('Document').fill('{ "Statement": ');
    await form.getByText(/Not JSON: line 1/).waitFor();
    await form.getByLabel('Document').fill(JSON.stringify(document));
    await form.getByRole('button', { name: 'Create', exact: true }).click();
    await page.getByRole('cell', { name: 'read-builds', exact: true }).waitFor();
    await page.getByRole('tab', { name: 'Service IDs' }).click();
    await page.getByRole('button', { name: 'Keys and policies: builder' }).click();
    await page.getByLabel('Choose a policy').selectOption({ label: 'read-builds' });
    await page.getByRole('button', { name: 'Attach' }).click();
    await page.getByRole('button', { name: 'Detach read-builds' }).waitFor();
    assert.equal(await (await read()).Body?.transformToString(), 'built');
  });

  it('disables and deletes keys, asking first', async () => {
    const { page } = console;
    await page.getByRole('button', { name: `Disable: ${pair.accessKeyId}` }).click();
    await page.getByRole('button', { name: `Enable: ${pair.accessKeyId}` }).waitFor();
    await assert.rejects(read);
    await page.getByRole('button', { name: `Delete: ${pair.accessKeyId}` }).click();
    const question = page.getByRole('alertdialog');
    await question.getByText('refused from the next request on').waitFor();
    await question.getByRole('button', { name: 'Delete' }).click();
    await page.getByText('No pairs.').waitFor();
    await page.keyboard.press('Escape');
  });

  it('puts members into groups', async () => {
    const { page } = console;
    await page.getByRole('tab', { name: 'Groups' }).click();
    await page.getByRole('button', { name: 'Create a group' }).click();
    await page.getByRole('dialog').getByLabel('Name', { exact: true }).fill('readers');
    await page.getByRole('dialog').getByRole('button', { name: 'Create', exact: true }).click();
    await page.getByRole('button', { name: 'Members and policies: readers' }).click();
    await page.getByLabel('Member', { exact: true }).fill('user:kim');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('button', { name: /^Remove user:/ }).waitFor();
    await page.getByLabel('Member', { exact: true }).fill('user:nobody');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('alert').waitFor();
    assert.deepEqual(console.complaints, []);
  });

  it('makes service credentials with an HMAC pair that signs', async () => {
    const { page } = console;
    await page.keyboard.press('Escape');
    await page.getByRole('tab', { name: 'Service credentials' }).click();
    await page.getByRole('button', { name: 'New credential' }).click();
    const form = page.getByRole('dialog');
    await form.getByLabel('Name', { exact: true }).fill('for-the-notes');
    await form.getByRole('button', { name: 'Create', exact: true }).click();
    const shown = page.getByRole('dialog', { name: 'for-the-notes' });
    const document = JSON.parse((await shown.locator('pre').textContent()) ?? '{}');
    pair = {
      accessKeyId: document.cos_hmac_keys.access_key_id,
      secretAccessKey: document.cos_hmac_keys.secret_access_key,
    };
    await assert.doesNotReject(read);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Delete: for-the-notes' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByText('There is no service credential.').waitFor();
    await assert.rejects(read);
  });

  it('registers a SAML provider by its metadata, and says what is wrong with a bad file', async () => {
    const { page } = console;
    await page.getByRole('tab', { name: 'SAML' }).click();
    await page.getByRole('button', { name: 'Register a provider' }).click();
    const form = page.getByRole('dialog');
    await form.getByLabel('Name', { exact: true }).fill('corp-idp');
    const fileOf = (text: string) => ({ name: 'idp.xml', mimeType: 'text/xml', buffer: Buffer.from(text) });
    await form.getByLabel('Metadata (XML)').setInputFiles(fileOf('<html/>'));
    await form.getByRole('button', { name: 'Register' }).click();
    await form.getByRole('alert').waitFor();
    const provider = new SamlProvider('https://idp.example.test/metadata');
    await form.getByLabel('Metadata (XML)').setInputFiles(fileOf(provider.metadata()));
    await form.getByRole('button', { name: 'Register' }).click();
    await page.getByRole('cell', { name: 'corp-idp', exact: true }).waitFor();
    await page.getByRole('cell', { name: 'https://idp.example.test/metadata' }).waitFor();
    await page.getByRole('button', { name: 'Remove corp-idp' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click();
    await page.getByText('No provider is registered.').waitFor();
    assert.deepEqual(console.complaints, []);
  });
});
