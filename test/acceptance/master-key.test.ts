// Another master key under a running server: nobody's keys or tokens change, also when the server is killed midway.
// Operations: AddMasterKey, ResealSecrets.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ListBucketsCommand } from '@aws-sdk/client-s3';
import { askAdmin } from '../support/ask-admin.ts';
import { connectS3 } from '../support/s3-client.ts';
import { runGotgan, type ServerProcess, startServer } from '../support/server-process.ts';

interface Pair {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

let server: ServerProcess;
const pairs: Pair[] = [];
before(async () => {
  server = await startServer({ workers: 2 });
  pairs.push(server.credentials);
  for (let index = 0; index < 3; index += 1) pairs.push(await addPair(`team-${index}`));
});
after(() => server?.dispose());

async function addPair(account: string): Promise<Pair> {
  await askAdmin(server, 'POST', '/accounts', { name: account });
  const { key } = await askAdmin(server, 'POST', `/accounts/${account}/users/:root/keys`, {});
  return { accessKeyId: key.accessKey, secretAccessKey: key.secretKey };
}

async function assertAllWork(): Promise<void> {
  for (const credentials of pairs) {
    const client = connectS3(server, { credentials });
    await client.send(new ListBucketsCommand({}));
    client.destroy();
  }
}

const keyIds = () =>
  readFileSync(join(server.dataDirectory, 'master.key'), 'utf8')
    .split('\n')
    .flatMap((line) => /^(\d+) [0-9a-f]{64}$/.exec(line)?.[1] ?? []);

const rotate = (...args: readonly string[]) =>
  runGotgan(['keys', 'rotate-master', ...args], {
    GOTGAN_DATA_DIR: server.dataDirectory,
    GOTGAN_CONTROL_ADDRESS: new URL(server.controlUrl).host,
  });

describe('gotgan keys rotate-master', () => {
  it('survives the end of the server after the new key was made', async () => {
    assert.deepEqual((await askAdmin(server, 'POST', '/master-keys')).masterKey, { id: 2 });
    await server.kill9();
    // As a process leaves it that dies while it makes a key.
    writeFileSync(join(server.dataDirectory, 'master.key.lock'), '');
    await server.restart();
    assert.deepEqual(keyIds(), ['1', '2']);
    await assertAllWork();
  });

  it('seals everything under a new key, and the next start forgets the older ones', async () => {
    const rotated = await rotate('--json');
    assert.deepEqual([rotated.code, rotated.stderr], [0, '']);
    const { masterKey, resealed } = JSON.parse(rotated.stdout);
    assert.equal(masterKey, 3);
    // The pairs, the proof of the root, and the lookup key that the first rotation kept.
    assert.ok(resealed >= pairs.length + 1, String(resealed));
    assert.deepEqual(keyIds(), ['1', '2', '3']);
    await assertAllWork();
    pairs.push(await addPair('latecomer'));
    await server.restart();
    assert.deepEqual(keyIds(), ['3']);
    await assertAllWork();
  });

  it('says in words what it has done', async () => {
    const { code, stdout } = await rotate();
    assert.equal(code, 0);
    assert.match(stdout, /^Master key 4 is in use, \d+ secrets are sealed under it\. Restart the server/);
  });

  it('is for administrators of the server', async () => {
    const [, stranger] = pairs;
    const { code, stderr } = await runGotgan(['keys', 'rotate-master'], {
      GOTGAN_DATA_DIR: server.dataDirectory,
      GOTGAN_CONTROL_ADDRESS: new URL(server.controlUrl).host,
      GOTGAN_ACCESS_KEY: stranger?.accessKeyId,
      GOTGAN_SECRET_KEY: stranger?.secretAccessKey,
    });
    assert.notEqual(code, 0);
    assert.match(stderr, /^gotgan: Only the root user of the root account administers the server/);
    assert.deepEqual(keyIds(), ['3', '4']);
  });
});
