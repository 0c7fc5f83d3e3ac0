/**
 * Bytes disappear when nobody can reach them any more, and not before (docs/adr/0002-keys-references-reclaiming.md): a
 * seeded simulation of several workers with crashes, long downloads and long uploads beside reclaiming. After every step
 * no committed version lacks a byte and no reader has met a missing blob; when all is done nothing is left over.
 *
 * The mutants show that the simulation can tell: each breaks one rule of the protocol from outside, in an engine wrapped
 * around the real one, and must be caught.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rangeOfPrefix, space } from '../../src/core/metadata-keys.ts';
import { roundKey } from '../../src/core/reclaiming-keys.ts';
import { encodeRound } from '../../src/core/round-records.ts';
import type { CommitRequest, MetadataStore } from '../../src/storage/contract/metadata-store.ts';
import type { StorageEngine } from '../../src/storage/contract/storage-engine.ts';
import { type EngineMutation, ReclaimingWorld } from '../support/reclaiming-world.ts';
import { searchSeeds } from '../support/search-seeds.ts';

const STEPS = 1500;
const MUTANT_SEEDS_MAX = 250;

async function runSeed(seed: number, mutate: EngineMutation): Promise<ReclaimingWorld> {
  const world = new ReclaimingWorld(seed, mutate);
  try {
    await world.run(STEPS);
  } catch (error) {
    const last = world.log.slice(-8).join(', ');
    throw new Error(`seed ${seed} fails at step ${world.scheduler.steps} after ${last}`, { cause: error });
  }
  return world;
}

test('no byte is lost and none is left over', async () => {
  const counts = new Map<string, number>();
  await searchSeeds('reclaiming', 6, async (seed) => {
    const world = await runSeed(seed, (engine) => engine);
    for (const [name, count] of world.counts) counts.set(name, (counts.get(name) ?? 0) + count);
  });
  if (process.env['GOTGAN_SIMULATION_SEED'] !== undefined) return;
  for (const wanted of ['crash', 'completed', 'read: ok', 'copy: ok', 'upload: ok', 'remove: ok']) {
    assert.ok((counts.get(wanted) ?? 0) > 0, `never seen: ${wanted}; seen: ${[...counts.keys()].join(', ')}`);
  }
});

/** The engine with some of its metadata calls replaced. */
function withMetadata(
  engine: StorageEngine,
  change: (metadata: MetadataStore) => Partial<MetadataStore>,
): StorageEngine {
  return { ...engine, metadata: { ...engine.metadata, ...change(engine.metadata) } };
}

function withCommit(engine: StorageEngine, change: (request: CommitRequest) => CommitRequest): StorageEngine {
  return withMetadata(engine, (metadata) => ({
    commit: (request) => {
      const { id, checks, puts, deletes, effect } = request;
      const copy = { id, checks, puts, deletes, ...(effect === undefined ? {} : { effect }) };
      return metadata.commit(change(copy));
    },
  }));
}

const mutants: Record<string, EngineMutation> = {
  'nobody is waited for': (engine) => ({ ...engine, epochs: { ...engine.epochs, listOpen: () => [] } }),

  'workers publish that nothing is running': (engine) =>
    withCommit(engine, (request) => ({
      ...request,
      puts: request.puts.map((put) =>
        put.key[0] === space.worker ? { key: put.key, value: encodeRound(1_000_000) } : put,
      ),
    })),

  'what was condemned in this round is deleted in it': (engine) =>
    withMetadata(engine, (metadata) => ({
      scan: (range, limit, direction) => {
        const isCondemned = range.start[0] === space.condemned && range.end.length > 1;
        return metadata.scan(
          isCondemned ? rangeOfPrefix(Buffer.from([space.condemned])) : range,
          limit,
          direction,
        );
      },
    })),

  'references are made without checking their source': (engine) =>
    withCommit(engine, (request) => {
      const written = new Set([...request.puts.map((put) => put.key), ...request.deletes].map(String));
      const refers = request.puts.some(
        (put) => put.key[0] === space.bodyReference || put.key[0] === space.blobReference,
      );
      const isSource = (key: Buffer) =>
        (key[0] === space.head || key[0] === space.older) && !written.has(String(key));
      return refers ? { ...request, checks: request.checks.filter(({ key }) => !isSource(key)) } : request;
    }),

  'open epochs are swept': (engine) => {
    const swept = new Set<number>();
    return {
      ...engine,
      epochs: {
        ...engine.epochs,
        listClosed: async () => {
          const open = (await engine.epochs.listOpen()).filter((epoch) => !swept.has(epoch));
          return [...(await engine.epochs.listClosed()), ...open];
        },
        forget: async (epoch) => {
          const open = await engine.epochs.listOpen();
          if (open.includes(epoch)) swept.add(epoch);
          else await engine.epochs.forget(epoch);
        },
      },
    };
  },

  'parts are stored without checking their upload': (engine) =>
    withCommit(engine, (request) => {
      const isPart = request.puts.some((put) => put.key[0] === space.part);
      const checks = request.checks.filter(({ key }) => key[0] !== space.upload);
      return isPart ? { ...request, checks } : request;
    }),

  'a replaced version leaves no candidate': (engine) =>
    withCommit(engine, (request) => ({
      ...request,
      puts: request.puts.filter(({ key }) => key[0] !== space.candidate),
    })),

  'the round never ends': (engine) =>
    withCommit(engine, (request) => ({
      ...request,
      puts: request.puts.filter(({ key }) => !key.equals(roundKey)),
    })),
};

for (const [name, mutate] of Object.entries(mutants)) {
  test(`mutant: ${name}`, async () => {
    for (let seed = 1; seed <= MUTANT_SEEDS_MAX; seed++) {
      try {
        await runSeed(seed, mutate);
      } catch {
        return;
      }
    }
    assert.fail(`not caught by ${MUTANT_SEEDS_MAX} seeds`);
  });
}
