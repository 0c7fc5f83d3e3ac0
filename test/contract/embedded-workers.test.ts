/**
 * The embedded engine between processes: read-after-write beside a busy worker, `kill -9`, locks, formats, and failures of
 * real system calls (design, section 6; reliability notes, 3.5).
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { systemClock } from '../../src/lib/clock.ts';
import { createSystemEntropy } from '../../src/lib/entropy.ts';
import type { StorageEngine } from '../../src/storage/contract/storage-engine.ts';
import {
  type DataDirectory,
  DataDirectoryError,
  type DataDirectoryOptions,
  openDataDirectory,
} from '../../src/storage/embedded/data-directory.ts';
import {
  type EmbeddedEngineOptions,
  openEmbeddedEngine,
  openEmbeddedReader,
} from '../../src/storage/embedded/embedded-engine.ts';
import { seededRandom } from '../support/memory-faults.ts';
import { assertNumberedWrites } from './numbered-writes.ts';

/** Part of util-linux; the test that needs it asks whether it works. */
const UNSHARE = 'unshare';
const CHILD = join(import.meta.dirname, 'embedded-child.ts');

let parent: string;
let path: string;
let children: ChildProcess[];
let closing: (() => unknown)[];

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'gotgan-'));
  path = join(parent, 'data');
  children = [];
  closing = [];
});

afterEach(async () => {
  await Promise.all(children.map(kill));
  for (const close of closing.toReversed()) await close();
  rmSync(parent, { recursive: true });
});

async function openDirectory(options: Partial<DataDirectoryOptions> = {}): Promise<DataDirectory> {
  const entropy = createSystemEntropy();
  const directory = await openDataDirectory({
    path,
    entropy,
    reserveBytes: 0,
    workersWaitMs: 100,
    ...options,
  });
  closing.push(() => directory.close());
  return directory;
}

async function openEngine(options: Partial<EmbeddedEngineOptions> = {}): Promise<StorageEngine> {
  const engine = await openEmbeddedEngine({
    dataDirectory: path,
    clock: systemClock,
    reserveBytes: 0,
    onFailure: (failure) => {
      throw failure;
    },
    ...options,
  });
  closing.push(() => engine.close());
  return engine;
}

interface Child {
  readonly process: ChildProcess;
  /** What it has said after `ready`. */
  readonly lines: string[];
  readonly ended: Promise<unknown>;
}

/** Starts a process of embedded-child.ts and waits until it is ready. */
async function start(role: string, ...parameters: string[]): Promise<Child> {
  return observe(
    spawn(process.execPath, [CHILD, role, path, ...parameters], { stdio: ['ignore', 'pipe', 'inherit'] }),
  );
}

async function observe(child: ChildProcess): Promise<Child> {
  children.push(child);
  const lines: string[] = [];
  const { stdout } = child;
  assert.ok(stdout !== null);
  const reader = createInterface({ input: stdout });
  const ended = Promise.all([once(child, 'exit'), once(reader, 'close')]);
  await new Promise<void>((resolve, reject) => {
    reader.on('line', (line) => {
      if (line === 'ready') resolve();
      else lines.push(line);
    });
    ended.then(
      () => (child.exitCode === 0 ? resolve() : reject(new Error('The child did not start'))),
      reject,
    );
  });
  return { process: child, lines, ended };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

const refusal = (pattern: RegExp) => (error: unknown) =>
  error instanceof DataDirectoryError && pattern.test(error.message);

describe('embedded engine: several processes', () => {
  it('lets a busy worker read what another has just been told is written', async () => {
    await openDirectory();
    const [toReader, toWriter] = [join(parent, 'to-reader'), join(parent, 'to-writer')];
    for (const file of [toReader, toWriter]) writeFileSync(file, Buffer.alloc(4));
    const rounds = 300;
    const reader = await start('reader', toReader, toWriter, String(rounds));
    await start('writer-for-reader', toReader, toWriter, String(rounds));
    await reader.ended;
    const { staleWithRefresh, staleWithoutRefresh } = JSON.parse(reader.lines.join('')) as Record<
      string,
      number
    >;
    assert.equal(staleWithRefresh, 0);
    assert.ok(
      (staleWithoutRefresh ?? 0) > rounds / 2,
      'the test cannot tell: nothing was stale without refresh()',
    );
  });

  it('loses nothing that was acknowledged, and writes nothing in part, when workers are killed', async () => {
    const directory = await openDirectory();
    const engine = await openEngine();
    const random = seededRandom(20);
    const acknowledged: number[] = [];
    for (let cycle = 0; cycle < 20; cycle += 1) {
      const from = cycle * 1_000_000;
      const child = await start('numbered-writer', String(from));
      await delay(20 + random.below(80));
      await kill(child.process);
      await child.ended;
      acknowledged.push(...child.lines.map(Number));
      await assertNumberedWrites(engine, acknowledged, from);
      await directory.closeEpochsOf(child.process.pid ?? 0);
      engine.metadata.refresh();
      assert.deepEqual(await engine.epochs.listOpen(), [engine.epoch]);
    }
    await assertNumberedWrites(engine, acknowledged, 0);
    assert.ok(acknowledged.length > 100, `only ${acknowledged.length} writes were acknowledged`);
    assert.equal((await engine.epochs.listClosed()).length, 20);
  });

  it('closes at its start the epochs that were left open', async () => {
    const directory = await openDirectory();
    const child = await start('worker');
    await kill(child.process);
    directory.close();
    await openDirectory();
    const engine = await openEngine();
    assert.deepEqual(await engine.epochs.listOpen(), [engine.epoch]);
    assert.deepEqual(await engine.epochs.listClosed(), [1]);
  });
});

describe('embedded engine: who may use a data directory', () => {
  it('refuses a second server, naming the first, and lets it in when the first is killed', async () => {
    const { process: first } = await start('primary');
    await assert.rejects(
      openDirectory(),
      refusal(new RegExp(`in use by another server \\(process ${first.pid}\\)`)),
    );
    await assert.rejects(openDirectory(), DataDirectoryError);
    await kill(first);
    assert.equal((await openDirectory()).isNew, false);
    await assert.rejects(openDirectory(), refusal(new RegExp(`process ${process.pid}`)));
  });

  it('refuses a server while a worker of an earlier one is still there', async () => {
    const directory = await openDirectory();
    const { process: worker } = await start('worker');
    directory.close();
    await assert.rejects(openDirectory(), refusal(/Worker processes of an earlier server/));
    await kill(worker);
    await openDirectory();
  });

  it('refuses a newer format, an unreadable one, and directories of others', async () => {
    (await openDirectory()).close();
    writeFileSync(join(path, 'FORMAT'), '{"program":"gotgan","format":2}\n');
    await assert.rejects(
      openDirectory(),
      refusal(/format 2, made by a newer Gotgan: this one knows formats up to 1/),
    );
    await assert.rejects(openEngine(), refusal(/format 2/));
    writeFileSync(join(path, 'FORMAT'), 'soup');
    await assert.rejects(openDirectory(), refusal(/cannot be read/));
    rmSync(join(path, 'FORMAT'));
    await openDirectory(); // as after a start that was interrupted
    await assert.rejects(openDirectory({ path: parent }), refusal(/not empty: data is in it/));
  });

  it('makes a directory that nobody else can enter, and says whether it has made it', async () => {
    const directory = await openDirectory({ path: join(parent, 'deep', 'er', 'data') });
    assert.equal(directory.isNew, true);
    assert.equal(statSync(directory.path).mode & 0o777, 0o700);
    directory.close();
    assert.equal((await openDirectory({ path: directory.path })).isNew, false);
  });

  it('lets commands read beside a running server', async () => {
    assert.throws(() => openEmbeddedReader({ dataDirectory: path }), DataDirectoryError);
    await openDirectory();
    assert.throws(() => openEmbeddedReader({ dataDirectory: join(path, 'metadata') }), DataDirectoryError);
    const { metadata } = await openEngine();
    const key = Buffer.from('key');
    const puts = [{ key, value: Buffer.from('value') }];
    await metadata.commit({ id: metadata.newCommitId(), checks: [], puts, deletes: [] });
    const reader = openEmbeddedReader({ dataDirectory: path });
    assert.equal((await reader.get(key))?.value.toString(), 'value');
    await reader.close();
  });
});

describe('embedded engine: when the disk says no', () => {
  it('makes the ballast at its start, of bytes that do not compress, when there is room for it', async () => {
    const reserveBytes = 4 * 1024 * 1024;
    const directory = await openDirectory({ reserveBytes });
    const ballast = join(path, 'ballast');
    assert.equal(statSync(ballast).size, 1024 * 1024);
    assert.ok(gzipSync(readFileSync(ballast).subarray(0, 100_000)).length > 90_000);
    rmSync(ballast);
    writeFileSync(`${ballast}.new`, 'half made');
    directory.close();
    (await openDirectory({ reserveBytes })).close();
    assert.deepEqual(
      readdirSync(path).filter((name) => name.startsWith('ballast')),
      ['ballast'],
    );
  });

  it('stops at the reserve of a real file system, and deletes to the last byte', async (t) => {
    const mount = join(parent, 'small');
    mkdirSync(mount);
    const command = `mount -t tmpfs -o size=16m none "$1" && shift && exec "$@"`;
    const wrapper = ['-Urm', 'sh', '-c', command, 'sh', mount];
    const probe = spawnSync(UNSHARE, [...wrapper, 'true'], { stdio: 'ignore' });
    if (probe.status !== 0) return t.skip('no user namespaces with mounts here');
    const filler = spawn(UNSHARE, [...wrapper, process.execPath, CHILD, 'filler', join(mount, 'data')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const child = await observe(filler);
    await child.ended;
    assert.deepEqual(JSON.parse(child.lines.at(-1) ?? ''), {
      atReserve: ['StorageFull', 'StorageFull'],
      readAtReserve: true,
      fullBlob: 'StorageFull',
      blobsLeft: [],
      ballastBefore: true,
      deletedWhenFull: 'committed',
      ballastAfter: false,
      afterwards: ['committed', 'fulfilled'],
    });
  });

  for (const what of ['commit', 'blob']) {
    it(`acknowledges nothing any more after a ${what} could not be written`, async () => {
      await openDirectory();
      const command = `ulimit -f 8192; exec "$@"`; // in blocks of 512 bytes, or of 1,024 in some shells
      const limited = spawn(
        'sh',
        ['-c', command, 'sh', process.execPath, CHILD, 'limited-writer', path, what],
        {
          stdio: ['ignore', 'pipe', 'pipe'],
        },
      );
      const child = await observe(limited);
      await child.ended;
      const failures = child.lines.filter((line) => line.startsWith('failed: '));
      assert.equal(failures.length, 1, 'onFailure is called once');
      const { first, later, left } = JSON.parse(child.lines.at(-1) ?? '') as Record<string, unknown[]>;
      assert.ok(first?.includes('StorageFailure'), JSON.stringify(first));
      assert.deepEqual(later, ['StorageFailure', 'StorageFailure', 'StorageFailure']);
      assert.deepEqual(left, [], 'partial blobs are removed');
    });
  }
});
