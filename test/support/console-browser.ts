/**
 * The console in a real browser: Chromium where the machine has one (Debian's package `chromium`, or `GOTGAN_TEST_CHROMIUM`).
 *
 *     const server = await startConsoleServer();
 *     const console = await openConsole(server);          // logged out, English
 *     await logIn(console.page);
 *
 * All consoles of one test file share one browser: each has storage and cookies of its own, as in a private window.
 */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after } from 'node:test';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { buildConsole } from './console-build.ts';
import { type ServerProcess, startServer } from './server-process.ts';

export const ROOT_PASSWORD = 'a-password-for-tests-only';

const places = [
  process.env['GOTGAN_TEST_CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];
const executablePath = places.find((path) => path !== undefined && existsSync(path));

/** For `describe(..., { skip })`: why there is nothing to drive. */
export const whyNoBrowser = executablePath === undefined ? 'no Chromium on this machine' : false;

/** With a console that is built from the sources as they are, and a root user who can log in. */
export function startConsoleServer(): Promise<ServerProcess> {
  buildConsole();
  return startServer({ env: { GOTGAN_ROOT_PASSWORD: ROOT_PASSWORD } });
}

let launched: Promise<Browser> | undefined;
after(async () => (await launched)?.close());

export interface OpenConsole {
  readonly page: Page;
  /** What the page has reported: breaches of the Content-Security-Policy, errors of its scripts. */
  readonly complaints: string[];
  close(): Promise<void>;
}

export async function openConsole(
  server: Pick<ServerProcess, 'controlUrl'>,
  options: BrowserContextOptions = {},
): Promise<OpenConsole> {
  assert.ok(executablePath);
  launched ??= chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking'],
  });
  const context = await (await launched).newContext({ locale: 'en-US', ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (/Content Security Policy|Uncaught/.test(message.text())) complaints.push(message.text());
  });
  await page.goto(`${server.controlUrl}/console/`);
  return { page, complaints, close: () => context.close() };
}

/** `hash`: `#/buckets/…`, encoded. */
export async function goTo(page: Page, hash: string): Promise<void> {
  await page.evaluate(`window.location.hash = ${JSON.stringify(hash)}`);
}

export interface ConsoleLogin {
  readonly user?: string;
  readonly password?: string;
  readonly account?: string;
}

export async function logIn(page: Page, login: ConsoleLogin = {}): Promise<void> {
  const { user = 'root', password = ROOT_PASSWORD, account = '' } = login;
  await page.locator('input[name=account]').fill(account);
  await page.locator('input[name=user]').fill(user);
  await page.locator('input[name=password]').fill(password);
  await page.locator('form button[type=submit]').click();
  await page.locator('main#content').waitFor();
}
