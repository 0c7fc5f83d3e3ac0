/** The engines that the contract suites run against. Each harness is one store that several workers may open. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, systemClock } from '../../src/lib/clock.ts';
import { createSystemEntropy } from '../../src/lib/entropy.ts';
import type { StorageEngine } from '../../src/storage/contract/storage-engine.ts';
import { openDataDirectory } from '../../src/storage/embedded/data-directory.ts';
import { openEmbeddedEngine } from '../../src/storage/embedded/embedded-engine.ts';
import { createMemoryStore } from '../support/memory-engine.ts';

export interface EngineHarness {
  openEngine(): Promise<StorageEngine>;
  /** While full: no growing commits, no new blobs. */
  setFull(full: boolean): void;
  /** Ends every engine and removes the store. */
  dispose(): Promise<void>;
}

export interface EngineKind {
  readonly name: string;
  create(): Promise<EngineHarness>;
}

const memory: EngineKind = {
  name: 'memory',
  async create() {
    const store = createMemoryStore({ seed: 1, turnsMax: 3 });
    return {
      openEngine: async () => store.openEngine(),
      setFull(full) {
        store.full = full;
      },
      dispose: async () => undefined,
    };
  },
};

export interface EmbeddedHarness extends EngineHarness {
  readonly dataDirectory: string;
}

export async function createEmbeddedHarness(): Promise<EmbeddedHarness> {
  const parent = await mkdtemp(join(tmpdir(), 'gotgan-'));
  const directory = await openDataDirectory({
    path: join(parent, 'data'),
    entropy: createSystemEntropy(),
    reserveBytes: 0,
  });
  const engines: StorageEngine[] = [];
  let freeBytes = 1_000_000;
  let skippedMicros = 0;
  const clock: Clock = { nowMicros: () => systemClock.nowMicros() + skippedMicros };
  return {
    dataDirectory: directory.path,
    async openEngine() {
      const engine = await openEmbeddedEngine({
        dataDirectory: directory.path,
        clock,
        onFailure: (failure) => {
          throw failure;
        },
        reserveBytes: 1000,
        measureSpace: async () => ({ totalBytes: 1_000_000, freeBytes }),
      });
      engines.push(engine);
      return engine;
    },
    setFull(full) {
      freeBytes = full ? 999 : 1_000_000;
      skippedMicros += 2_000_000;
    },
    async dispose() {
      for (const engine of engines) await engine.close();
      directory.close();
      await rm(parent, { recursive: true });
    },
  };
}

const embedded: EngineKind = { name: 'embedded', create: createEmbeddedHarness };

export const engineKinds: readonly EngineKind[] = [memory, embedded];
