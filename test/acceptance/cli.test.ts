// The command line tool against a running server, and against none.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { runGotgan, type ServerProcess, startServer } from '../support/server-process.ts';

let server: ServerProcess;
const empty = mkdtempSync(join(tmpdir(), 'gotgan-cli-'));
let closedPort = 0;
before(async () => {
  server = await startServer();
  const nobody = createServer().listen(0, '127.0.0.1');
  await once(nobody, 'listening');
  const address = nobody.address();
  closedPort = typeof address === 'object' && address !== null ? address.port : 0;
  nobody.close();
});
after(async () => {
  await server?.dispose();
  rmSync(empty, { recursive: true });
});

/** As the owner of the data directory. */
function run(...args: readonly string[]) {
  return runGotgan(args, {
    GOTGAN_DATA_DIR: server.dataDirectory,
    GOTGAN_CONTROL_ADDRESS: new URL(server.controlUrl).host,
  });
}

async function runOk(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await run(...args);
  assert.deepEqual([code, stderr], [0, ''], args.join(' '));
  return stdout;
}

describe('gotgan', () => {
  it('makes, lists and removes accounts, users and keys', async () => {
    const account = JSON.parse(await runOk('account', 'add', 'alpha', '--json'));
    assert.deepEqual([account.name, account.enabled], ['alpha', true]);
    const lines = (await runOk('account', 'list')).split('\n').map((line) => line.split('\t'));
    assert.deepEqual(lines[0], ['ACCOUNT', 'NAME', 'ENABLED', 'CREATED']);
    assert.deepEqual([lines[1]?.[0], lines[1]?.[1]], [account.id, 'alpha']);

    await runOk(
      'user',
      'add',
      'kim',
      '--account',
      'alpha',
      '--display-name',
      'Kim',
      '--email',
      'kim@example.com',
    );
    const users = JSON.parse(await runOk('user', 'list', '--account', account.id, '--json'));
    assert.deepEqual(
      users.map((user: Record<string, unknown>) => [user['name'], user['displayName'], user['email']]),
      [
        ['kim', 'Kim', 'kim@example.com'],
        ['root', '', ''],
      ],
    );

    const key = JSON.parse(await runOk('key', 'add', '--account', 'alpha', '--user', 'kim', '--json'));
    assert.match(`${key.accessKey} ${key.secretKey}`, /^[0-9a-f]{32} [0-9a-f]{64}$/);
    const own = await runGotgan(['status', '--endpoint', server.controlUrl], {
      GOTGAN_ACCESS_KEY: key.accessKey,
      GOTGAN_SECRET_KEY: key.secretKey,
    });
    assert.equal(own.code, 1);
    assert.equal(own.stderr, 'gotgan: Only the root user of the root account administers the server.\n');
    assert.match(
      await runOk('key', 'list', '--account', 'alpha', '--user', 'kim'),
      new RegExp(`^${key.accessKey}\t`, 'm'),
    );
    assert.match(await runOk('key', 'disable', key.accessKey), /ENABLED\tno\n/);
    assert.match(await runOk('user', 'disable', 'kim', '--account', 'alpha'), /ENABLED\tno\n/);
    assert.match(await runOk('account', 'disable', 'alpha'), /ENABLED\tno\n/);
    assert.match(await runOk('account', 'enable', 'alpha'), /ENABLED\tyes\n/);
    assert.equal(await runOk('key', 'remove', key.accessKey), `Removed access key ${key.accessKey}.\n`);
    const removed = await runOk('user', 'remove', 'kim', '--account', 'alpha', '--json');
    assert.deepEqual(JSON.parse(removed), { removed: 'kim' });
    assert.equal(await runOk('account', 'remove', 'alpha'), 'Removed account alpha.\n');
    assert.equal((await runOk('account', 'list')).includes('alpha'), false);
  });

  it('lists accounts by name', async () => {
    const { accessKey, secretKey } = server;
    const env = { GOTGAN_ACCESS_KEY: accessKey, GOTGAN_SECRET_KEY: secretKey };
    const names = Array.from({ length: 3 }, (_, index) => `page-${index}`);
    for (const name of names) await runGotgan(['account', 'add', name, '--endpoint', server.controlUrl], env);
    const listed = JSON.parse(await runOk('account', 'list', '--json'));
    assert.deepEqual(
      listed.map(({ name }: { name: string }) => name),
      [...names, 'root'],
    );
  });

  it('shows the status, the root pair and the version', async () => {
    assert.match(await runOk('status'), /^Workers\t1 of 1$/m);
    assert.equal(JSON.parse(await runOk('status', '--json')).regions[0], 'KR1');
    const credentials = JSON.parse(await runOk('credentials', '--json'));
    assert.deepEqual([credentials.accessKeyId, credentials.secretKey], [server.accessKey, server.secretKey]);
    assert.match(await runOk('version'), /^gotgan \d+\.\d+\.\d+\n$/);
    assert.match(await runOk('--version'), /^\d+\.\d+\.\d+\n$/);
    assert.match(await runOk('--help'), /serve[\s\S]*credentials[\s\S]*account[\s\S]*user[\s\S]*key/);
    assert.match(
      await runOk('key', 'add', '--help'),
      /Usage: gotgan key add \[options\][\s\S]*--account <ACCOUNT>/,
    );
  });

  it('says what is wrong, and exits accordingly', async () => {
    const cases: readonly [readonly string[], Record<string, string>, number, RegExp][] = [
      [['account', 'remove', 'nobody'], {}, 1, /^gotgan: There is no account nobody\.\n$/],
      [['account', 'add', 'a:b'], {}, 1, /^gotgan: name is not usable: expected 1 to 64 characters/],
      [
        ['status'],
        { GOTGAN_CONTROL_ADDRESS: `127.0.0.1:${closedPort}` },
        69,
        /^gotgan: No server answers at http:\/\/127\.0\.0\.1:\d+ \(ECONNREFUSED\)\.\n$/,
      ],
      [['status', '--endpoint', server.storageUrl], {}, 1, /is not the control address of a Gotgan server/],
      [
        ['status'],
        { GOTGAN_ACCESS_KEY: server.accessKey, GOTGAN_SECRET_KEY: 'wrong' },
        1,
        /^gotgan: The request signature we calculated does not match/,
      ],
      [
        ['status'],
        { GOTGAN_ACCESS_KEY: 'nobody', GOTGAN_SECRET_KEY: 'x' },
        1,
        /^gotgan: .*Access Key Id .* does not exist/i,
      ],
      [
        ['status'],
        { GOTGAN_ACCESS_KEY: 'only-this' },
        64,
        /Set both GOTGAN_ACCESS_KEY and GOTGAN_SECRET_KEY/,
      ],
      [
        ['status'],
        { GOTGAN_DATA_DIR: empty },
        1,
        /There is no root key pair at .*root-credentials\.json: start the server once/,
      ],
      [['credentials'], { GOTGAN_DATA_DIR: empty }, 1, /There is no root key pair at /],
      [['status', '--endpoint', 'nonsense'], {}, 64, /--endpoint is "nonsense": expected a URL/],
      [['status'], { GOTGAN_WORKERS: 'x' }, 64, /GOTGAN_WORKERS is "x": expected/],
      [['account', 'add'], {}, 64, /missing required argument 'NAME'/],
      [['account', 'list', '--nope'], {}, 64, /unknown option '--nope'/],
      [['nope'], {}, 64, /unknown command 'nope'/],
      [['serve', '--root-secret-key', 'x'], {}, 64, /unknown option '--root-secret-key'/],
    ];
    for (const [args, env, code, message] of cases) {
      const ended = await runGotgan(args, {
        GOTGAN_DATA_DIR: server.dataDirectory,
        GOTGAN_CONTROL_ADDRESS: new URL(server.controlUrl).host,
        ...env,
      });
      assert.deepEqual([ended.code, ended.stdout], [code, ''], `${args.join(' ')}: ${ended.stderr}`);
      assert.match(ended.stderr, message);
    }
  });
});
