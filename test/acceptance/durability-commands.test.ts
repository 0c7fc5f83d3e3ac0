// What an operator does with whole data directories: check, backup, restore, compact; beside a server and without one.
import assert from 'node:assert/strict';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { connectS3 } from '../support/s3-client.ts';
import { runGotgan, type ServerProcess, startServer } from '../support/server-process.ts';

const Bucket = 'archive';
const LARGE_BYTES = 200_000;

let folder: string;
let server: ServerProcess;
let s3: S3Client;

const bodyOf = (number: number): Buffer => Buffer.alloc(number % 2 === 0 ? LARGE_BYTES : 500, number + 1);

async function put(number: number, Body = bodyOf(number)): Promise<void> {
  await s3.send(new PutObjectCommand({ Bucket, Key: `object-${number}`, Body }));
}

/** Files below a folder that hold blobs. */
function blobFiles(dataDirectory: string): string[] {
  const blobs = join(dataDirectory, 'blobs');
  return readdirSync(blobs, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(blobs, name)).isFile())
    .map((name) => join(blobs, name));
}

function run(...args: readonly string[]): ReturnType<typeof runGotgan> {
  return runGotgan([...args, '--data-dir', server.dataDirectory, '--endpoint', server.controlUrl]);
}

/** Without a server. */
function runOn(dataDirectory: string, ...args: readonly string[]): ReturnType<typeof runGotgan> {
  return runGotgan([...args, '--data-dir', dataDirectory]);
}

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gotgan-durable-'));
  // Its copies are to be scrubbed from the beginning.
  server = await startServer({ workers: 2, env: { GOTGAN_SCRUB_BYTES_PER_SECOND: '0' } });
  s3 = connectS3(server);
  await s3.send(new CreateBucketCommand({ Bucket }));
  for (let number = 0; number < 20; number += 1) await put(number);
});
after(async () => {
  s3?.destroy();
  await server?.dispose();
  rmSync(folder, { recursive: true, force: true });
});

test('a running server is checked, and backed up while it is written to', async () => {
  let isOver = false;
  const writing = (async () => {
    for (let round = 0; !isOver; round += 1) {
      const number = 20 + (round % 10);
      await put(number);
      if (round % 3 === 0) {
        await s3.send(new DeleteObjectCommand({ Bucket, Key: `object-${20 + ((round * 7) % 10)}` }));
      }
    }
  })();
  const checked = await runGotgan(['check', '--data-dir', server.dataDirectory, '--json']);
  assert.equal(checked.code, 0, checked.stdout + checked.stderr);
  const backedUp = await run('backup', join(folder, 'backup'));
  isOver = true;
  await writing;
  assert.equal(backedUp.code, 0, backedUp.stdout + backedUp.stderr);
  assert.match(backedUp.stdout, /nothing is wrong/);
  assert.match(backedUp.stderr, /master/i);
  const key = readdirSync(join(folder, 'backup')).filter((name) => /master/.test(name));
  assert.equal(key.length, 1);
  assert.equal(statSync(join(folder, 'backup', key[0]!)).mode & 0o777, 0o600);
  const again = await run('backup', join(folder, 'backup'));
  assert.equal(again.code, 1);
  assert.match(again.stderr, /is not empty/);
});

test('HoldReclaiming: what is deleted under a hold stays until the hold ends', async () => {
  const before = new Set(blobFiles(server.dataDirectory));
  await put(90);
  const [file = ''] = blobFiles(server.dataDirectory).filter((path) => !before.has(path));
  assert.notEqual(file, '');
  const { holdReclaiming } = await import('../../src/cli/reclaiming-hold.ts');
  const hold = await holdReclaiming(
    { arguments: [], option: () => undefined, has: () => false },
    {
      version: '',
      environment: { GOTGAN_ACCESS_KEY: server.accessKey, GOTGAN_SECRET_KEY: server.secretKey },
      isTerminal: false,
      readSecret: () => Promise.resolve(''),
      write: () => undefined,
      complain: () => undefined,
      locateServer: () => ({
        endpoint: server.controlUrl,
        region: 'KR1',
        dataDirectory: server.dataDirectory,
      }),
      locateStorage: () => assert.fail('the storage address is not asked for'),
    },
  );
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'object-90' }));
  await sleep(4_000);
  hold.assertHeld();
  assert.ok(existsSync(file), 'the blob has gone under the hold');
  hold.release();
  for (let tries = 0; existsSync(file); tries += 1) {
    assert.ok(tries < 100, 'the deleted blob is still there');
    await sleep(100);
  }
});

test('a backup is restored into an empty folder only, and what was stored is served from there', async () => {
  const target = join(folder, 'restored');
  mkdirSync(target);
  writeFileSync(join(target, 'something'), '');
  const refused = await runOn(target, 'restore', join(folder, 'backup'));
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /is not empty/);
  rmSync(target, { recursive: true });
  const restored = await runOn(target, 'restore', join(folder, 'backup'));
  assert.equal(restored.code, 0, restored.stdout + restored.stderr);
  const other = await startServer({ dataDirectory: target, generateRootPair: true });
  const client = connectS3(server, { endpoint: other.storageUrl });
  try {
    for (let number = 0; number < 20; number += 1) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: `object-${number}` }));
      assert.deepEqual(Buffer.from(await Body!.transformToByteArray()), bodyOf(number));
    }
    await client.send(new PutObjectCommand({ Bucket, Key: 'new', Body: bodyOf(2) }));
  } finally {
    client.destroy();
    await other.dispose();
  }
  const checked = await runOn(target, 'check');
  assert.equal(checked.code, 0, checked.stdout);
  const source = await runOn(join(folder, 'backup'), 'check');
  assert.equal(source.code, 0, 'the backup has changed');
});

test('a repair and a compaction want the server stopped; then the file shrinks and loses nothing', async () => {
  for (const command of [['check', '--repair'], ['compact']]) {
    const { code, stderr } = await runGotgan([...command, '--data-dir', server.dataDirectory]);
    assert.equal(code, 1);
    assert.match(stderr, /in use|is running/);
  }
  await Promise.all(
    Array.from({ length: 200 }, (_, index) => put(101 + 2 * index, Buffer.alloc(30_000, index))),
  );
  for (let index = 0; index < 200; index += 1) {
    await s3.send(new DeleteObjectCommand({ Bucket, Key: `object-${101 + 2 * index}` }));
  }
  await server.stop();
  const { code, stdout } = await runOn(server.dataDirectory, 'compact');
  assert.equal(code, 0);
  const [, bytesBefore, bytesAfter] = /: (\d+) bytes before, (\d+) bytes now/.exec(stdout) ?? [];
  assert.ok(Number(bytesAfter) < Number(bytesBefore) / 2, stdout);
  const checked = await runOn(server.dataDirectory, 'check', '--repair');
  assert.equal(checked.code, 0, checked.stdout + checked.stderr);
  await server.restart();
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: 'object-3' }));
  assert.deepEqual(Buffer.from(await Body!.transformToByteArray()), bodyOf(3));
});

test('what is no data directory is refused in one sentence', async () => {
  for (const command of [['check'], ['check', '--repair'], ['compact'], ['backup', join(folder, 'none')]]) {
    const { code, stderr } = await runOn(join(folder, 'nothing-here'), ...command);
    assert.equal(code, 1, command.join(' '));
    assert.match(stderr, /^gotgan: .* is not a data directory of Gotgan yet\.\n$/);
  }
});

test('a rotten block is never part of a complete 200, and is found by the check and by the scrub', async () => {
  await server.stop();
  const rotten = join(folder, 'rotten');
  cpSync(server.dataDirectory, rotten, { recursive: true });
  const files = blobFiles(rotten);
  assert.ok(files.length >= 10);
  for (const path of files) {
    const bytes = readFileSync(path);
    bytes[bytes.length - 70_000]! ^= 1;
    writeFileSync(path, bytes);
  }
  const checked = await runOn(rotten, 'check', '--json');
  assert.equal(checked.code, 1);
  const { findingCounts, findings } = JSON.parse(checked.stdout);
  assert.deepEqual(Object.keys(findingCounts), ['damaged-bytes']);
  assert.ok(
    findings.some(({ bucket, key }: Record<string, string>) => bucket === Bucket && key === 'object-4'),
  );
  const other = await startServer({ dataDirectory: rotten, generateRootPair: true });
  const client = connectS3(server, { endpoint: other.storageUrl });
  try {
    const whole = client
      .send(new GetObjectCommand({ Bucket, Key: 'object-4' }))
      .then(({ Body }) => Body!.transformToByteArray());
    await assert.rejects(whole, 'a complete answer with a rotten block');
    for (let tries = 0; ; tries += 1) {
      const text = await (await fetch(`${other.controlUrl}/metrics`)).text();
      const found = Number(/^gotgan_scrub_findings (\d+)/m.exec(text)?.[1]);
      if (found >= 10) break;
      assert.ok(tries < 100, `the scrub has found ${found}`);
      await sleep(100);
    }
    const status = await runGotgan(['status', '--endpoint', other.controlUrl], {
      GOTGAN_ACCESS_KEY: server.accessKey,
      GOTGAN_SECRET_KEY: server.secretKey,
    });
    assert.match(status.stdout, /Damage found\s+\d+ findings/);
  } finally {
    client.destroy();
    await other.dispose();
  }
});
