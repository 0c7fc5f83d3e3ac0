/**
 * Power cuts under the blob store, by seeds: what was acknowledged is there and right, what was removed stays removed, and
 * nothing is ever read wrongly. Each mutant leaves out one step of "bytes, their directory, then the acknowledgement"
 * (design, section 6) and has to be caught: a fault test that nobody has seen failing is not a test.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { BlobId } from '../../src/storage/contract/blob-store.ts';
import { CorruptBlob, MissingBlob, StorageFailure } from '../../src/storage/contract/storage-errors.ts';
import type { BlobFiles, WritableBlobFile } from '../../src/storage/embedded/blob-files.ts';
import { FileBlobStore } from '../../src/storage/embedded/file-blob-store.ts';
import { StorageHealth } from '../../src/storage/embedded/storage-health.ts';
import { type SeededRandom, seededRandom } from '../support/memory-faults.ts';
import { createSimulatedFileSystem } from './engine-file-system.ts';

const ROOT = '/blobs';
const SEEDS = 400;
const WRITERS = 4;
const STEPS_MAX = 160;

type Mutation = (files: BlobFiles) => BlobFiles;

interface History {
  readonly acknowledged: { readonly id: BlobId; readonly data: Buffer }[];
  readonly written: Map<string, Buffer>;
  readonly removing: Set<string>;
  readonly removed: BlobId[];
}

const nameOf = (id: BlobId): string => `${id.epoch}/${id.sequence}`;

function openStore(files: BlobFiles, epoch: number): FileBlobStore {
  const space = { assertRoom: () => undefined, noteFull: () => undefined };
  return new FileBlobStore({
    directory: ROOT,
    epoch,
    files,
    health: new StorageHealth(() => undefined),
    space,
  });
}

/** One client: writes blobs, gives some up, removes some that were acknowledged. Ends with the first failure. */
async function actOn(store: FileBlobStore, random: SeededRandom, history: History): Promise<void> {
  for (let number = 0; number < 6; number += 1) {
    const data = Buffer.alloc(1 + random.below(3000), `${random.next()} `);
    const writer = await store.create();
    history.written.set(nameOf(writer.id), data);
    for (let offset = 0; offset < data.length; offset += 700)
      await writer.write(data.subarray(offset, offset + 700));
    if (random.chance(0.1)) {
      await writer.abort();
      continue;
    }
    await writer.finish();
    history.acknowledged.push({ id: writer.id, data });
    if (random.chance(0.4)) {
      const { id } = history.acknowledged[random.below(history.acknowledged.length)] ?? writer;
      history.removing.add(nameOf(id));
      await store.remove(id);
      history.removed.push(id);
    }
  }
}

async function readWhole(
  store: FileBlobStore,
  id: BlobId,
  length: number,
): Promise<Buffer | 'missing' | 'corrupt'> {
  try {
    const range = await store.open(id, 0, length);
    const pieces: Buffer[] = [];
    for (let piece = await range.read(); piece !== null; piece = await range.read()) pieces.push(piece);
    return Buffer.concat(pieces);
  } catch (error) {
    if (error instanceof MissingBlob) return 'missing';
    if (error instanceof CorruptBlob) return 'corrupt';
    throw error;
  }
}

/** What is wrong after the crash, or undefined. */
async function judge(store: FileBlobStore, history: History): Promise<string | undefined> {
  const listed = new Set<string>();
  for await (const id of store.list(1)) listed.add(nameOf(id));
  for (const id of history.removed) {
    if (listed.has(nameOf(id))) return `removed blob ${nameOf(id)} came back`;
  }
  for (const { id, data } of history.acknowledged) {
    if (history.removing.has(nameOf(id))) continue;
    const found = await readWhole(store, id, data.length);
    if (!Buffer.isBuffer(found)) return `acknowledged blob ${nameOf(id)} is ${found}`;
  }
  for (const [name, data] of history.written) {
    const [epoch, sequence] = name.split('/').map(Number);
    const found = await readWhole(store, { epoch: epoch ?? 0, sequence: sequence ?? 0 }, data.length);
    if (Buffer.isBuffer(found) && !found.equals(data)) return `blob ${name} was read wrongly`;
  }
  return undefined;
}

async function simulate(seed: number, flushFailure: number, mutate: Mutation): Promise<string | undefined> {
  const random = seededRandom(seed);
  const faults = { flushFailure: 0 };
  const system = createSimulatedFileSystem(random, faults);
  const setup = (async () => {
    await system.files.makeDirectory(ROOT);
    await system.files.syncDirectory('/');
  })();
  while ((await system.run(1)) > 0);
  await setup;
  faults.flushFailure = flushFailure;
  const history: History = { acknowledged: [], written: new Map(), removing: new Set(), removed: [] };
  const store = openStore(mutate(system.files), 1);
  const unexpected: unknown[] = [];
  for (let writer = 0; writer < WRITERS; writer += 1) {
    actOn(store, random, history).catch((error: unknown) => {
      if (!(error instanceof StorageFailure)) unexpected.push(error);
    });
  }
  await system.run(random.below(STEPS_MAX));
  system.crash();
  const verdict = judge(openStore(system.files, 2), history);
  let isJudged = false;
  void verdict.finally(() => {
    isJudged = true;
  });
  while (!isJudged) await system.run(1000);
  assert.deepEqual(unexpected, []);
  return verdict;
}

async function firstViolation(flushFailure: number, mutate: Mutation): Promise<string | undefined> {
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const violation = await simulate(seed, flushFailure, mutate);
    if (violation !== undefined) return `seed ${seed}: ${violation}`;
  }
  return undefined;
}

const unchanged: Mutation = (files) => files;
const done = (): Promise<void> => Promise.resolve();

function withFile(change: (file: WritableBlobFile) => WritableBlobFile): Mutation {
  return (files) => ({ ...files, createFile: async (path) => change(await files.createFile(path)) });
}

function withoutFlushOf(depth: number): Mutation {
  return (files) => ({
    ...files,
    syncDirectory: (path) => (path.split('/').length === depth ? done() : files.syncDirectory(path)),
  });
}

const mutants: readonly {
  readonly name: string;
  readonly flushFailure: number;
  readonly mutate: Mutation;
}[] = [
  { name: 'no flush of the file', flushFailure: 0, mutate: withFile((file) => ({ ...file, sync: done })) },
  {
    name: 'acknowledging without waiting for the flush of the file',
    flushFailure: 0,
    mutate: withFile((file) => ({
      ...file,
      sync: () => {
        void file.sync();
        return done();
      },
    })),
  },
  { name: 'no flush of the folder', flushFailure: 0, mutate: withoutFlushOf(4) },
  { name: "no flush of the epoch's folder", flushFailure: 0, mutate: withoutFlushOf(3) },
  { name: 'no flush of the folder of all blobs', flushFailure: 0, mutate: withoutFlushOf(2) },
  {
    name: 'a failed flush of a directory tried again',
    flushFailure: 0.05,
    mutate: (files) => ({
      ...files,
      syncDirectory: (path) => files.syncDirectory(path).catch(() => files.syncDirectory(path)),
    }),
  },
  {
    name: 'a failed flush of a file tried again',
    flushFailure: 0.05,
    mutate: withFile((file) => ({ ...file, sync: () => file.sync().catch(() => file.sync()) })),
  },
];

describe('blob store under power cuts', () => {
  it('keeps what it has acknowledged', async () => {
    assert.equal(await firstViolation(0, unchanged), undefined);
  });

  it('keeps it also when flushes fail', async () => {
    assert.equal(await firstViolation(0.05, unchanged), undefined);
  });

  for (const { name, flushFailure, mutate } of mutants) {
    it(`would be caught with ${name}`, async (t) => {
      const violation = await firstViolation(flushFailure, mutate);
      assert.notEqual(violation, undefined);
      t.diagnostic(violation ?? '');
    });
  }
});
