// Settings of buckets that decide what stays and who gets there: what the screens save is what the APIs show and what holds.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { askS3 } from '../support/console-api.ts';
import {
  goTo,
  logIn,
  type OpenConsole,
  openConsole,
  ROOT_PASSWORD,
  whyNoBrowser,
} from '../support/console-browser.ts';
import { buildConsole } from '../support/console-build.ts';
import { type ServerProcess, startServer } from '../support/server-process.ts';

describe('bucket settings', { skip: whyNoBrowser }, () => {
  let server: ServerProcess;
  let console: OpenConsole;
  before(async () => {
    buildConsole();
    server = await startServer({ env: { GOTGAN_ROOT_PASSWORD: ROOT_PASSWORD } });
    for (const bucket of ['rules', 'locked', 'small', 'walled']) await askS3(server, 'PUT', `/${bucket}`);
  });
  after(() => server?.dispose());
  beforeEach(async () => {
    console = await openConsole(server);
    await logIn(console.page);
  });
  afterEach(async () => {
    assert.deepEqual(console.complaints, []);
    await console.close();
  });

  async function openCard(bucket: string, name: string) {
    await goTo(console.page, `#/buckets/KR1/${bucket}/settings`);
    const card = console.page.getByRole('region', { name, exact: true });
    await card.waitFor();
    return card;
  }

  const saved = () => console.page.getByText('Saved').first().waitFor();

  /** The word that tells of a save may still be shown when the next is under way, so the server is asked. */
  async function eventually(check: () => Promise<void>): Promise<void> {
    for (let waited = 0; ; waited += 50) {
      try {
        return await check();
      } catch (error) {
        if (waited >= 5000) throw error;
        await pause(50);
      }
    }
  }

  it('hold lifecycle rules, which come back as they were saved', async () => {
    const card = await openCard('rules', 'Lifecycle rules');
    await card.getByRole('button', { name: 'Add a rule' }).click();
    await card.getByLabel('Name', { exact: true }).fill('logs & traces');
    await card.getByLabel('Keys begin with').fill('logs/');
    await card.getByLabel('Days after the upload').fill('7');
    await card.getByLabel('Larger than (bytes)').fill('1024');
    await card.getByRole('button', { name: 'Add', exact: true }).click();
    await card.getByLabel('Name 1', { exact: true }).fill('kind');
    await card.getByLabel('Value 1', { exact: true }).fill('raw');
    await card.getByRole('button', { name: 'Save' }).click();
    await saved();
    await eventually(async () => {
      assert.match(
        await askS3(server, 'GET', '/rules?lifecycle='),
        /<ID>logs &amp; traces<\/ID><Filter><And><Prefix>logs\/<\/Prefix><Tag><Key>kind<\/Key><Value>raw<\/Value><\/Tag><ObjectSizeGreaterThan>1024<\/ObjectSizeGreaterThan><\/And><\/Filter><Status>Enabled<\/Status><Expiration><Days>7<\/Days><\/Expiration>/,
      );
    });

    await card.getByText('logs & traces').click();
    await card.getByRole('button', { name: 'Save' }).isDisabled();
    await card.getByLabel('Delete objects').selectOption({ label: 'On a date' });
    await card.getByLabel('Date (midnight UTC)').fill('2031-05-01');
    await card.getByLabel('Delete older versions after (days)').fill('3');
    await card.getByLabel('but keep the newest (count)').fill('2');
    await card.getByLabel('End unfinished uploads after (days)').fill('1');
    await card.getByRole('button', { name: 'Save' }).click();
    await card.getByText('AbortIncompleteMultipartUpload cannot be specified with Tags.').waitFor();
    await card.getByRole('button', { name: 'Remove 1', exact: true }).click();
    await card.getByLabel('Larger than (bytes)').fill('');
    await card.getByRole('button', { name: 'Save' }).click();
    await card.getByText('AbortIncompleteMultipartUpload').waitFor({ state: 'detached' });
    await saved();
    await eventually(async () => {
      assert.match(
        await askS3(server, 'GET', '/rules?lifecycle='),
        /<Filter><Prefix>logs\/<\/Prefix><\/Filter><Status>Enabled<\/Status><Expiration><Date>2031-05-01T00:00:00.000Z<\/Date><\/Expiration><NoncurrentVersionExpiration><NoncurrentDays>3<\/NoncurrentDays><NewerNoncurrentVersions>2<\/NewerNoncurrentVersions><\/NoncurrentVersionExpiration><AbortIncompleteMultipartUpload><DaysAfterInitiation>1<\/DaysAfterInitiation>/,
      );
    });
    await card.getByText('logs & traces').click();
    await card.getByRole('button', { name: 'Remove rule 1' }).click();
    await card.getByRole('button', { name: 'Save' }).click();
    await card.getByText('No rules: nothing expires by itself.').waitFor();
    await assert.rejects(askS3(server, 'GET', '/rules?lifecycle='), /NoSuchLifecycleConfiguration/);
  });

  it('lock objects, for good and only after a question, and single objects beyond', async () => {
    const { page } = console;
    const card = await openCard('locked', 'Object lock');
    const turnOn = async (): Promise<void> => {
      await card.getByRole('button', { name: 'Turn on …' }).click();
      const question = page.getByRole('alertdialog');
      await question.getByText('It cannot be turned off again').waitFor();
      await question.getByRole('button', { name: 'Turn on' }).click();
    };
    await turnOn();
    await card.getByText(/InvalidBucketState/).waitFor();
    const enabled = '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>';
    await askS3(server, 'PUT', '/locked?versioning=', { body: enabled });
    await turnOn();
    await card.getByLabel('Default retention of new objects').selectOption('GOVERNANCE');
    await card.getByLabel('For how long').fill('2');
    await card.getByRole('button', { name: 'Save' }).click();
    await saved();
    await eventually(async () => {
      assert.match(
        await askS3(server, 'GET', '/locked?object-lock='),
        /<DefaultRetention><Mode>GOVERNANCE<\/Mode><Days>2<\/Days><\/DefaultRetention>/,
      );
    });

    await goTo(page, '#/buckets/KR1/locked');
    const file = { name: 'deed.txt', mimeType: 'text/plain', buffer: Buffer.from('mine') };
    await page.getByTestId('files').setInputFiles([file]);
    await page.getByText('Uploads: 1 of 1 done').waitFor();
    await goTo(page, '#/buckets/KR1/locked/objects/%2F/deed.txt');
    await page.getByRole('tab', { name: 'Lock' }).click();
    const retention = page.getByRole('region', { name: 'Retention' });
    assert.equal(await retention.getByLabel('Mode').inputValue(), 'GOVERNANCE');
    await retention.getByLabel('Mode').selectOption('');
    await retention.getByRole('button', { name: 'Save' }).click();
    await retention.getByText('You may not do this.').waitFor();
    await retention.getByLabel('Use my permission').check();
    await retention.getByRole('button', { name: 'Save' }).click();
    await saved();
    await eventually(async () => {
      await assert.rejects(
        askS3(server, 'GET', '/locked/deed.txt?retention='),
        /NoSuchObjectLockConfiguration/,
      );
    });
    const hold = page.getByRole('region', { name: 'Legal hold' });
    await hold.getByLabel('Under legal hold').check();
    await hold.getByRole('button', { name: 'Save' }).click();
    await hold.getByRole('button', { name: 'Save', disabled: true }).waitFor();
    assert.match(await askS3(server, 'GET', '/locked/deed.txt?legal-hold='), /<Status>ON<\/Status>/);
  });

  it('limit what a bucket holds', async () => {
    const card = await openCard('small', 'Quota');
    await card.getByLabel('At most (bytes)').fill('10');
    await card.getByRole('button', { name: 'Save' }).click();
    await saved();
    await eventually(async () => {
      await assert.rejects(askS3(server, 'PUT', '/small/a', { body: 'x'.repeat(11) }), /EntityTooLarge/);
    });
    await card.getByLabel('At most (bytes)').fill('');
    await card.getByRole('button', { name: 'Save' }).click();
    await card.getByRole('button', { name: 'Save', disabled: true }).waitFor();
    await askS3(server, 'PUT', '/small/a', { body: 'x'.repeat(11) });
  });

  it('shut a bucket to addresses, and open it again from there', async () => {
    const { page } = console;
    const card = await openCard('walled', 'Firewall');
    await card.getByLabel('Only from these addresses').fill('here');
    await card.getByRole('button', { name: 'Save' }).click();
    await card.getByText(/which is no address or network/).waitFor();
    await card.getByLabel('Only from these addresses').fill('192.0.2.0/24\n198.51.100.7');
    await card.getByRole('button', { name: 'Save' }).click();
    await saved();
    await eventually(async () => {
      await assert.rejects(askS3(server, 'GET', '/walled'), /AccessDenied/);
    });
    await page.reload();
    assert.equal(
      await card.getByLabel('Only from these addresses').inputValue(),
      '192.0.2.0/24\n198.51.100.7',
    );
    await card.getByLabel('Only from these addresses').fill('');
    await card.getByLabel('Public').check();
    await card.getByRole('button', { name: 'Save' }).click();
    await saved();
    await eventually(async () => {
      assert.match(await askS3(server, 'GET', '/walled'), /ListBucketResult/);
    });
  });
});
