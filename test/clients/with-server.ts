/**
 * Runs a client script against a fresh server: `node test/clients/with-server.ts [NAME=value ...] <script> [arguments]`.
 *
 * The script gets ENDPOINT and CONTROL (URLs), AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY of the root user, AWS_REGION, WORK (an
 * empty folder that is removed afterwards), SERVER_LOG (what the server has logged so far) and CLIENTS (this folder). Its exit
 * code is ours. NAME=value go to the server.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startServer } from '../support/server-process.ts';

const clients = import.meta.dirname;
const words = process.argv.slice(2);
const isSetting = (word: string) => /^[A-Z_]+=/.test(word);
const settings = Object.fromEntries(
  words
    .filter(isSetting)
    .map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]),
);
const [script, ...rest] = words.filter((word) => !isSetting(word));
if (script === undefined) throw new Error('name a script of test/clients');

const server = await startServer({ env: settings });
const work = mkdtempSync(join(tmpdir(), 'gotgan-client-'));
const logFolder = mkdtempSync(join(tmpdir(), 'gotgan-client-log-'));
const logFile = join(logFolder, 'server.log');
const copying = setInterval(() => writeFileSync(logFile, server.logs()), 200);
try {
  const child = spawn('bash', [resolve(clients, script), ...rest], {
    env: {
      ...process.env,
      ENDPOINT: server.storageUrl,
      CONTROL: server.controlUrl,
      AWS_ACCESS_KEY_ID: server.accessKey,
      AWS_SECRET_ACCESS_KEY: server.secretKey,
      AWS_REGION: 'KR1',
      AWS_DEFAULT_REGION: 'KR1',
      WORK: work,
      SERVER_LOG: logFile,
      CLIENTS: clients,
    },
    stdio: 'inherit',
  });
  process.exitCode = await new Promise<number>((done, fail) => {
    child.on('error', fail);
    child.on('exit', (code) => done(code ?? 1));
  });
} finally {
  clearInterval(copying);
  await server.stop();
  rmSync(logFolder, { recursive: true, force: true });
  rmSync(work, { recursive: true, force: true });
}
