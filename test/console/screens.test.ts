// Every screen of the console, in both languages and both themes: it is there, says what it should, asks nothing of another host,
// breaks no rule of its Content-Security-Policy, and axe finds nothing serious in it.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { askAdmin } from '../support/ask-admin.ts';
import { askS3 } from '../support/console-api.ts';
import {
  goTo,
  logIn,
  type OpenConsole,
  openConsole,
  startConsoleServer,
  whyNoBrowser,
} from '../support/console-browser.ts';
import type { ServerProcess } from '../support/server-process.ts';

type Language = 'en' | 'ko';

interface Screen {
  readonly hash: string;
  /** A tab or button that opens it, by language. */
  readonly open?: Readonly<Record<Language, string>>;
  /** Something that only this screen says. */
  readonly shows: Readonly<Record<Language, string>>;
}

const object = '#/buckets/KR1/example-bucket/objects/%2F/hello.txt';
const screens: readonly Screen[] = [
  { hash: '#/buckets', shows: { en: 'Create a bucket', ko: '버킷 만들기' } },
  { hash: '#/buckets/KR1/example-bucket', shows: { en: 'Upload files', ko: '파일 업로드' } },
  {
    hash: '#/buckets/KR1/example-bucket/permissions',
    shows: { en: 'Public access block', ko: '퍼블릭 액세스 차단' },
  },
  { hash: '#/buckets/KR1/example-bucket/settings', shows: { en: 'Versioning', ko: '버전 관리' } },
  { hash: '#/buckets/KR1/example-bucket/settings', shows: { en: 'Lifecycle rules', ko: '수명 주기 규칙' } },
  { hash: '#/buckets/KR1/example-bucket/settings', shows: { en: 'Firewall', ko: '방화벽' } },
  { hash: '#/buckets/KR1/locked-bucket/settings', shows: { en: 'Default retention', ko: '기본 보존' } },
  {
    hash: '#/buckets/KR1/example-bucket/uploads',
    shows: { en: 'No upload is under way', ko: '끝나지 않은 업로드가 없습니다' },
  },
  { hash: '#/buckets/KR1/example-bucket/usage', shows: { en: 'Count now', ko: '지금 세기' } },
  { hash: object, shows: { en: 'Download', ko: '다운로드' } },
  {
    hash: object,
    open: { en: 'Metadata and tags', ko: '메타데이터와 태그' },
    shows: { en: 'Content type', ko: '콘텐츠 형식' },
  },
  { hash: object, open: { en: 'Versions', ko: '버전' }, shows: { en: 'current', ko: '현재' } },
  {
    hash: object,
    open: { en: 'Access', ko: '접근 권한' },
    shows: { en: 'Access control list', ko: '액세스 제어 목록' },
  },
  {
    hash: '#/buckets/KR1/locked-bucket/objects/%2F/hello.txt',
    open: { en: 'Lock', ko: '잠금' },
    shows: { en: 'Under legal hold', ko: '법적 보존 중' },
  },
  { hash: object, open: { en: 'Link', ko: '링크' }, shows: { en: 'Make a link', ko: '링크 만들기' } },
  { hash: '#/access/users', shows: { en: 'Create a user', ko: '사용자 만들기' } },
  { hash: '#/access/services', shows: { en: 'Create a service ID', ko: '서비스 ID 만들기' } },
  { hash: '#/access/groups', shows: { en: 'Create a group', ko: '그룹 만들기' } },
  { hash: '#/access/roles', shows: { en: 'Create a role', ko: '역할 만들기' } },
  { hash: '#/access/policies', shows: { en: 'Create a policy', ko: '정책 만들기' } },
  { hash: '#/access/mine', shows: { en: 'My key pairs', ko: '내 키 쌍' } },
  { hash: '#/access/accounts', shows: { en: 'Create an account', ko: '계정 만들기' } },
  { hash: '#/access/saml', shows: { en: 'Register a provider', ko: '공급자 등록' } },
  { hash: '#/access/credentials', shows: { en: 'New credential', ko: '새 자격 증명' } },
  { hash: '#/denials', shows: { en: 'New ones appear by themselves', ko: '새 내역은 자동으로' } },
  { hash: '#/denials/simulator', shows: { en: 'Nothing is done.', ko: '아무 작업도 하지 않습니다.' } },
  { hash: '#/catalogue', shows: { en: 'OBJECTSTORAGE', ko: 'OBJECTSTORAGE' } },
  { hash: '#/operations', shows: { en: 'Requests per second', ko: '초당 요청 수' } },
  {
    hash: '#/operations',
    open: { en: 'By operation', ko: '작업별' },
    shows: { en: 'Refused or failed', ko: '거부 또는 실패' },
  },
  {
    hash: '#/operations',
    open: { en: 'Server', ko: '서버' },
    shows: { en: 'Last complete', ko: '마지막 완료' },
  },
  { hash: '#/operations', open: { en: 'Audit log', ko: '감사 로그' }, shows: { en: 'Outcome', ko: '결과' } },
];

describe('screens', { skip: whyNoBrowser }, () => {
  let server: ServerProcess;
  before(async () => {
    server = await startConsoleServer();
    await askS3(server, 'PUT', '/example-bucket');
    const headers = { 'content-type': 'text/plain', 'x-amz-meta-colour': 'green' };
    await askS3(server, 'PUT', '/example-bucket/hello.txt', { body: 'Hello', headers });
    await askS3(server, 'PUT', '/example-bucket/folder/inside.txt', { body: 'Hello' });
    await askS3(server, 'PUT', '/locked-bucket', { headers: { 'x-amz-bucket-object-lock-enabled': 'true' } });
    await askS3(server, 'PUT', '/locked-bucket/hello.txt', { body: 'Hello' });
    const { accounts } = await askAdmin(server, 'GET', '/accounts');
    await askAdmin(server, 'POST', `/accounts/${accounts[0].id}/services`, { name: 'builds' });
    await askAdmin(server, 'POST', `/accounts/${accounts[0].id}/groups`, { name: 'readers' });
  });
  after(() => server?.dispose());

  for (const language of ['en', 'ko'] as const) {
    it(`are whole in ${language}`, async () => {
      const locale = language === 'en' ? 'en-US' : 'ko-KR';
      const colorScheme = language === 'en' ? 'light' : 'dark';
      const console = await openConsole(server, { locale, colorScheme, reducedMotion: 'reduce' });
      try {
        await visitAll(console, language, server.controlUrl);
      } finally {
        await console.close();
      }
    });
  }

  it('fit a phone', async () => {
    const console = await openConsole(server, { viewport: { width: 375, height: 740 } });
    const { page } = console;
    try {
      await logIn(page);
      for (const screen of screens) {
        await openScreen(page, screen, 'en');
        const excess = await page.evaluate<number>(
          'document.documentElement.scrollWidth - document.documentElement.clientWidth',
        );
        assert.equal(excess, 0, `${screen.hash} ${screen.open?.en ?? ''} is wider than the screen`);
      }
    } finally {
      await console.close();
    }
  });
});

async function visitAll(
  { page, complaints }: OpenConsole,
  language: Language,
  origin: string,
): Promise<void> {
  const foreign: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(origin) && !request.url().startsWith('blob:')) foreign.push(request.url());
  });
  await page.locator('form button[type=submit]').waitFor();
  assert.equal(await page.locator('html').getAttribute('lang'), language);
  await assertAccessible(page, 'login', language);
  await logIn(page);
  for (const screen of screens) {
    await openScreen(page, screen, language);
    await assertAccessible(page, `${screen.hash} ${screen.open?.en ?? ''}`, language);
  }
  assert.deepEqual(complaints, []);
  assert.deepEqual(foreign, []);
}

async function openScreen(page: Page, { hash, open, shows }: Screen, language: Language): Promise<void> {
  await goTo(page, hash);
  if (open !== undefined) await page.getByRole('tab', { name: open[language], exact: true }).last().click();
  await page.getByText(shows[language]).last().waitFor();
}

/** What differs from theme to theme is the contrast; the rest is looked at once. */
async function assertAccessible(page: Page, where: string, language: Language): Promise<void> {
  // Not its other mode: that opens a page for each run, in which frames of other origins could take part.
  const axe = new AxeBuilder({ page }).options({ resultTypes: ['violations'] }).setLegacyMode();
  const { violations } = await (language === 'en' ? axe : axe.withRules('color-contrast')).analyze();
  const serious = violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
  assert.deepEqual(serious, [], where);
}
