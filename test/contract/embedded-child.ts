/**
 * The processes of embedded-workers.test.ts. `node embedded-child.ts <role> <data directory> [arguments]`; each says
 * `ready` on standard output when it has what it wants.
 */
import { existsSync, openSync, readSync, truncateSync, writeSync } from 'node:fs';
import { systemClock } from '../../src/lib/clock.ts';
import { createSystemEntropy } from '../../src/lib/entropy.ts';
import type { StorageEngine } from '../../src/storage/contract/storage-engine.ts';
import { openDataDirectory } from '../../src/storage/embedded/data-directory.ts';
import { openEmbeddedEngine } from '../../src/storage/embedded/embedded-engine.ts';
import { numberedCommit, numberedData } from './numbered-writes.ts';

const [role, dataDirectory = '', ...parameters] = process.argv.slice(2);

const say = (line: string): void => void writeSync(1, `${line}\n`);

function openWorker(): Promise<StorageEngine> {
  return openEmbeddedEngine({
    dataDirectory,
    clock: systemClock,
    reserveBytes: 0,
    onFailure: (failure) => say(`failed: ${failure.message}`),
  });
}

const waitForever = (): void => void setInterval(() => undefined, 1000);

async function beReader([toReader = '', toWriter = '', rounds = '0']: string[]): Promise<void> {
  const { metadata } = await openWorker();
  const [heard, answer] = [openSync(toReader, 'r'), openSync(toWriter, 'r+')];
  const key = Buffer.from('counter');
  const number = Buffer.alloc(4);
  const read = async (): Promise<number> => Number((await metadata.get(key))?.value.toString() ?? 0);
  say('ready');
  let staleWithoutRefresh = 0;
  let staleWithRefresh = 0;
  for (let round = 1; round <= Number(rounds); round += 1) {
    metadata.refresh();
    await metadata.get(key); // a snapshot from before the commit; no timer can fire until the next await of I/O
    number.writeUInt32BE(round);
    writeSync(answer, number, 0, 4, 0);
    do readSync(heard, number, 0, 4, 0);
    while (number.readUInt32BE() < round);
    if ((await read()) < round) staleWithoutRefresh += 1;
    metadata.refresh();
    if ((await read()) < round) staleWithRefresh += 1;
  }
  say(JSON.stringify({ staleWithoutRefresh, staleWithRefresh }));
  process.exit();
}

async function beWriterForReader([toReader = '', toWriter = '', rounds = '0']: string[]): Promise<void> {
  const { metadata } = await openWorker();
  const [notice, asked] = [openSync(toReader, 'r+'), openSync(toWriter, 'r')];
  const number = Buffer.alloc(4);
  say('ready');
  for (let round = 1; round <= Number(rounds); round += 1) {
    do readSync(asked, number, 0, 4, 0);
    while (number.readUInt32BE() < round);
    const puts = [{ key: Buffer.from('counter'), value: Buffer.from(String(round)) }];
    await metadata.commit({ id: metadata.newCommitId(), checks: [], puts, deletes: [] });
    writeSync(notice, number, 0, 4, 0);
  }
  process.exit();
}

/** Writes for as long as it lives, and says the number of each write once it is acknowledged. */
async function beNumberedWriter([from = '0']: string[]): Promise<void> {
  const engine = await openWorker();
  let number = Number(from);
  say('ready');
  async function writeOn(): Promise<void> {
    for (;;) {
      number += 1;
      const own = number;
      const writer = await engine.blobs.create();
      await writer.write(numberedData(own));
      await writer.finish();
      if ((await engine.metadata.commit(numberedCommit(engine.metadata, own, writer.id))) !== 'committed') {
        throw new Error(`Write ${own} was not committed`);
      }
      say(String(own));
    }
  }
  await Promise.all(Array.from({ length: 8 }, writeOn));
}

async function writeBlob(engine: StorageEngine, length: number): Promise<void> {
  const writer = await engine.blobs.create();
  try {
    for (let count = 0; count < length; count += 100_000) await writer.write(Buffer.alloc(100_000, 1));
    await writer.finish();
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

async function listOwn(engine: StorageEngine): Promise<number[]> {
  const left: number[] = [];
  for await (const id of engine.blobs.list(engine.epoch)) left.push(id.sequence);
  return left;
}

const outcomeOf = ({ status, reason, value }: { status: string; reason?: Error; value?: unknown }): unknown =>
  reason?.name ?? value ?? status;

/** On a file system of 16 MiB: fills it to the reserve, then to the last byte, and deletes. Tells what happened. */
async function beFiller(): Promise<void> {
  const reserveBytes = 4 * 1024 * 1024;
  await openDataDirectory({ path: dataDirectory, entropy: createSystemEntropy(), reserveBytes });
  let skippedMicros = 0;
  const engine = await openEmbeddedEngine({
    dataDirectory,
    clock: { nowMicros: () => systemClock.nowMicros() + skippedMicros },
    reserveBytes,
    onFailure: (failure) => say(`failed: ${failure.message}`),
  });
  const { metadata } = engine;
  const lookAgain = (): void => {
    skippedMicros += 2_000_000;
  };
  const keyOf = (index: number): Buffer => Buffer.from(`key ${index}`);
  const commit = (puts: number[], deletes: number[]): Promise<unknown> =>
    metadata.commit({
      id: metadata.newCommitId(),
      checks: [],
      puts: puts.map((index) => ({ key: keyOf(index), value: Buffer.alloc(100_000, index) })),
      deletes: deletes.map(keyOf),
    });
  const settle = async (attempt: () => Promise<unknown>): Promise<unknown> => {
    const [outcome] = await Promise.allSettled([attempt()]);
    return outcomeOf(outcome);
  };
  let stored = 0;
  for (; (await settle(() => commit([stored], []))) === 'committed'; stored += 1) lookAgain();
  const atReserve = [await settle(() => commit([stored], [])), await settle(() => writeBlob(engine, 1))];
  metadata.refresh();
  const readAtReserve = (await metadata.get(keyOf(stored - 1)))?.value.equals(
    Buffer.alloc(100_000, stored - 1),
  );
  await commit([], [0]);
  // Somebody else fills the disk, after the last look at it.
  const others = openSync(`${dataDirectory}/../others`, 'w');
  lookAgain();
  const writer = await engine.blobs.create().catch(() => undefined);
  const blob = writer === undefined ? 'StorageFull' : 'created';
  for (const size of [65_536, 4096, 1]) {
    const block = Buffer.alloc(size, 1);
    try {
      while (writeSync(others, block) === size);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  }
  const ballast = `${dataDirectory}/ballast`;
  const ballastBefore = existsSync(ballast);
  const deletes = Array.from({ length: stored - 1 }, (_, index) => index + 1);
  const deletedWhenFull = await settle(() => commit([], deletes));
  const ballastAfter = existsSync(ballast);
  truncateSync(`${dataDirectory}/../others`, 0);
  lookAgain();
  const afterwards = [await settle(() => commit([1], [])), await settle(() => writeBlob(engine, 100_000))];
  const blobsLeft = (await listOwn(engine)).slice(0, -1);
  say(
    JSON.stringify({
      atReserve,
      readAtReserve,
      fullBlob: blob,
      blobsLeft,
      ballastBefore,
      deletedWhenFull,
      ballastAfter,
      afterwards,
    }),
  );
  process.exit();
}

/** Runs under `ulimit -f`, so that writing fails with EFBIG at some point. Tells what happened. */
async function beLimitedWriter([what = '']: string[]): Promise<void> {
  const engine = await openWorker();
  const { metadata } = engine;
  const commit = (): Promise<unknown> => {
    const id = metadata.newCommitId();
    const puts = [{ key: Buffer.from(`key ${id}`), value: Buffer.alloc(200_000, 1) }];
    return metadata.commit({ id, checks: [], puts, deletes: [] });
  };
  const attempt = what === 'commit' ? commit : () => writeBlob(engine, 20_000_000);
  const first = await Promise.allSettled(Array.from({ length: 100 }, attempt));
  const later = await Promise.allSettled([commit(), commit(), engine.blobs.create()]);
  const left = await listOwn(engine);
  say(JSON.stringify({ first: [...new Set(first.map(outcomeOf))], later: later.map(outcomeOf), left }));
  process.exit();
}

async function main(): Promise<void> {
  switch (role) {
    case 'primary':
      await openDataDirectory({ path: dataDirectory, entropy: createSystemEntropy(), reserveBytes: 0 });
      say('ready');
      return waitForever();
    case 'worker':
      await openWorker();
      say('ready');
      return waitForever();
    case 'reader':
      return beReader(parameters);
    case 'writer-for-reader':
      return beWriterForReader(parameters);
    case 'numbered-writer':
      return beNumberedWriter(parameters);
    case 'filler':
      return beFiller();
    case 'limited-writer':
      return beLimitedWriter(parameters);
    default:
      throw new Error(`No role ${role}`);
  }
}

await main();
