// A denial from the click that failed to the repair: the error leads to its explanation, the explanation to the smallest change, the
// change is asked for, made, and found to help by the server itself.
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

describe('denials', { skip: whyNoBrowser }, () => {
  let server: ServerProcess;
  let console: OpenConsole;
  before(async () => {
    server = await startConsoleServer();
    await askS3(server, 'PUT', '/reports');
    await askS3(server, 'PUT', '/reports/may.txt', { body: 'growth' });
    const kim = { name: 'kim', password: ROOT_PASSWORD, role: 'member' };
    await askAdmin(server, 'POST', '/accounts/:own/users', kim);
    const document = {
      Version: '2012-10-17',
      Statement: [
        { Sid: 'List', Effect: 'Allow', Action: ['s3:ListBucket'], Resource: 'arn:aws:s3:::reports*' },
      ],
    };
    const policy = { name: 'list-reports', document, attachedTo: ['user:kim'] };
    await askAdmin(server, 'POST', '/accounts/:own/policies', policy);
    console = await openConsole(server);
  });
  after(async () => {
    await console?.close();
    await server?.dispose();
  });

  let requestId = '';

  it('are explained to who was refused, one click from the error', async () => {
    const { page } = console;
    await logIn(page, { user: 'kim' });
    await goTo(page, '#/buckets/KR1/reports/objects/%2F/may.txt');
    const dialog = page.getByRole('dialog');
    await dialog.getByText('You may not do this.').waitFor();
    await dialog.getByRole('link', { name: 'Why?' }).click();
    await page.getByRole('heading', { name: 'Why was this denied?' }).waitFor();
    await page.getByText('A statement allows it but for one element').waitFor();
    await page.getByText('would fit but for its action').waitFor();
    requestId = decodeURIComponent(new URL(page.url()).hash.split('/')[2] ?? '');
    assert.match(requestId, /^tx/);
    assert.equal(await page.getByRole('button', { name: 'Apply …' }).count(), 0);
  });

  it('appear by themselves in the list of the administrator', async () => {
    const other = await openConsole(server);
    await logIn(other.page);
    await goTo(other.page, '#/denials');
    await other.page.getByRole('cell', { name: 'reports/may.txt' }).first().waitFor();
    const before = await other.page.locator('tbody tr').count();
    await console.page.reload();
    await goTo(console.page, '#/buckets/KR1/reports/objects/%2F/may.txt');
    await other.page.locator(`tbody tr:nth-child(${before + 1})`).waitFor();
    await other.page.getByLabel('Bucket').fill('nothing-like-it');
    await other.page.getByText('Nothing was denied.').waitFor();
    assert.deepEqual(other.complaints, []);
    await other.close();
  });

  it('are repaired by the smallest change, which is asked for and then verified', async () => {
    const other = await openConsole(server);
    const { page } = other;
    await logIn(page);
    await goTo(page, `#/denials/${requestId}`);
    await page.getByText('The same call would be denied now, too.').waitFor();
    const change = page.getByRole('region', { name: 'The smallest change that allows it' });
    await change.getByText('s3:GetObject').first().waitFor();
    await change.getByRole('button', { name: 'Apply …' }).first().click();
    const question = page.getByRole('alertdialog');
    await question.getByText('It counts from the next request on').waitFor();
    await question.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('The same call would be denied now, too.').waitFor();
    await change.getByRole('button', { name: 'Apply …' }).first().click();
    await question.getByRole('button', { name: 'Make the change' }).click();
    await page.getByText('The same call would be allowed now.').waitFor();
    assert.deepEqual(other.complaints, []);
    await other.close();
    await goTo(console.page, '#/buckets/KR1/reports/objects/%2F/may.txt');
    await console.page.reload();
    await console.page.getByText('growth').waitFor();
  });

  it('speak Korean where the page does', async () => {
    const other = await openConsole(server, { locale: 'ko-KR' });
    const { page } = other;
    await logIn(page);
    await goTo(page, '#/denials/simulator/reports');
    await page.getByLabel('호출자').fill('user:kim');
    await page.getByLabel('작업', { exact: true }).fill('s3:DeleteObject');
    await page.getByLabel('키', { exact: true }).fill('may.txt');
    await page.getByRole('button', { name: '물어보기' }).click();
    const change = page.getByRole('region', { name: '허용되게 하는 가장 작은 변경' });
    await change
      .getByText(/“list-reports” 정책의 1번째 구문의 작업\(Action\)에 s3:DeleteObject 항목을 추가합니다\./)
      .waitFor();
    const way = page.getByRole('region', { name: '요청이 지나간 단계' });
    await way.getByText('어느 단계도 이 작업을 허용하지 않습니다').waitFor();
    const reasons = await way.locator('.layer-body > p').allInnerTexts();
    assert.deepEqual(
      reasons.filter((reason) => !/[가-힣]/.test(reason)),
      [],
    );
    await other.close();
  });

  it('can be foreseen with the simulator', async () => {
    const other = await openConsole(server);
    const { page } = other;
    await logIn(page);
    await goTo(page, '#/denials/simulator/reports');
    await page.getByLabel('Who').fill('user:kim');
    await page.getByLabel('Action').fill('s3:PutObject');
    await page.getByLabel('Key').fill('june.txt');
    await page.getByRole('button', { name: 'Ask' }).click();
    await page.getByText('It would be denied.').waitFor();
    await page.getByRole('region', { name: 'The way of the call' }).waitFor();
    await page.getByLabel('Action').fill('s3:GetObject');
    await page.getByLabel('Key').fill('may.txt');
    await page.getByRole('button', { name: 'Ask' }).click();
    await page.getByText('It would be allowed.').waitFor();
    await page.getByLabel('Bucket').fill('no-such-bucket');
    await page.getByRole('button', { name: 'Ask' }).click();
    await page.getByText('There is no such bucket.').first().waitFor();
    assert.deepEqual(other.complaints, []);
    await other.close();
  });

  it('can be foreseen of a policy that is not saved yet', async () => {
    const other = await openConsole(server);
    const { page } = other;
    await logIn(page);
    await goTo(page, '#/buckets/KR1/reports/permissions');
    const card = page.getByRole('region', { name: 'Bucket policy' });
    await card.getByLabel('Begin with an example').selectOption({ label: 'Everybody may read objects' });
    await card.getByRole('button', { name: 'Simulate this draft' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Who').fill('public');
    await dialog.getByLabel('Key').fill('may.txt');
    await dialog.getByRole('button', { name: 'Ask' }).click();
    await dialog.getByText('It would be allowed.').waitFor();
    await dialog.getByText('"Sid": "PublicRead"').waitFor();
    await dialog.getByLabel('Action').fill('s3:PutObject');
    await dialog.getByRole('button', { name: 'Ask' }).click();
    await dialog.getByText('It would be denied.').waitFor();
    await dialog.getByRole('button', { name: 'Put into the draft' }).first().click();
    await dialog.getByText('It would be allowed.').waitFor();
    await dialog.getByRole('button', { name: 'Close' }).click();
    const editor = card.getByRole('textbox', { name: 'Bucket policy' });
    assert.match(await editor.inputValue(), /"s3:PutObject"/);
    await assert.rejects(askS3(server, 'GET', '/reports?policy='), /NoSuchBucketPolicy/);
    await editor.fill('{"Statement": [{"Effect": "Allow", "Action": "s3:Nothing"}]}');
    await card.getByRole('button', { name: 'Simulate this draft' }).click();
    await dialog.getByRole('button', { name: 'Ask' }).click();
    await dialog.getByText('The policy is not valid.').waitFor();
    await dialog.getByText(/Missing required field Principal/).waitFor();
    assert.deepEqual(other.complaints, []);
    await other.close();
  });
});
