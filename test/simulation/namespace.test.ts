/**
 * Random operations on the whole namespace, over the in-memory engine and over its faults, compared one by one with a
 * naive model. A failure prints its seed; `GOTGAN_SIMULATION_SEED=7` runs that one alone, and
 * `GOTGAN_SIMULATION_SECONDS=600` searches longer than the normal suite does.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createObjectStore } from '../../src/core/create-object-store.ts';
import { createMemoryStore } from '../support/memory-engine.ts';
import { type FaultPlan, type SeededRandom, seededRandom } from '../support/memory-faults.ts';
import * as objects from '../support/namespace-actions.ts';
import { NamespaceDriver, type PairedBucket } from '../support/namespace-driver.ts';
import * as listings from '../support/namespace-listings.ts';
import { NamespaceModel } from '../support/namespace-model.ts';
import * as protection from '../support/namespace-protection.ts';
import * as uploads from '../support/namespace-upload-actions.ts';
import { searchSeeds } from '../support/search-seeds.ts';
import { assertNothingLeft } from '../support/store-invariants.ts';

const STEPS = 220;
const INLINE_BYTES_MAX = 120;
const HOUR_MICROS = 3_600_000_000;

type Action = (driver: NamespaceDriver, bucket: PairedBucket, other: PairedBucket) => Promise<unknown>;

const weightedActions: readonly (readonly [number, Action])[] = [
  [18, objects.putObject],
  [12, objects.readObject],
  [4, objects.readPart],
  [10, objects.deleteObject],
  [3, objects.updateObject],
  [10, (driver, bucket, other) => objects.copyObject(driver, other, bucket)],
  [5, uploads.createUpload],
  [14, uploads.uploadPart],
  [8, (driver, bucket, other) => uploads.uploadPartCopy(driver, other, bucket)],
  [7, uploads.completeUpload],
  [2, uploads.abortUpload],
  [3, uploads.listParts],
  [3, uploads.listUploads],
  [4, listings.listObjects],
  [4, listings.listVersions],
  [3, listings.compareUsage],
  [3, objects.updateBucket],
  [1, protection.lockBucket],
  [3, protection.holdObject],
  [3, protection.retainObject],
  [1, objects.deleteBucket],
  [2, objects.createBucket],
  [3, objects.findBucket],
  [6, (driver) => housekeepSome(driver)],
];

async function housekeepSome(driver: NamespaceDriver): Promise<void> {
  try {
    for (let step = driver.random.below(12); step > 0; step--) await driver.store.housekeep();
    await driver.store.publishRound();
  } catch (error) {
    // An injected failure of the storage: the next step goes on from there.
    if (!(error instanceof Error && /Storage/.test(`${error.name} ${error.message}`))) throw error;
  }
}

function pickAction(random: SeededRandom): Action {
  let at = random.below(weightedActions.reduce((sum, [weight]) => sum + weight, 0));
  for (const [weight, action] of weightedActions) {
    at -= weight;
    if (at < 0) return action;
  }
  throw new Error('unreachable');
}

async function runSeed(seed: number, faults: Omit<FaultPlan, 'seed'>): Promise<NamespaceDriver> {
  const random = seededRandom(seed * 2 + 1);
  const memory = createMemoryStore({ seed, ...faults }, { inlineBytesMax: INLINE_BYTES_MAX });
  const model = new NamespaceModel({
    claimCoolDownMicros: 24 * HOUR_MICROS,
    partBytesMin: uploads.PART_BYTES_MIN,
  });
  model.nowMicros = 1_700_000_000_000_000;
  const store = createObjectStore({
    engine: memory.openEngine(),
    clock: { nowMicros: () => model.nowMicros },
    entropy: { bytes: (count) => Buffer.from(Array.from({ length: count }, () => random.below(256))) },
    settings: { partBytesMin: uploads.PART_BYTES_MIN },
    pause: async () => {},
  });
  const driver = new NamespaceDriver(store, model, random);
  try {
    for (let step = 0; step < STEPS; step++) {
      model.nowMicros += 1 + random.below(3_000_000) + (random.chance(0.02) ? 5 * HOUR_MICROS : 0);
      if (driver.buckets.length < 2 || random.chance(0.02)) await objects.createBucket(driver);
      if (driver.buckets.length === 0) continue;
      const live = driver.buckets.slice(-4);
      await pickAction(random)(driver, driver.pick(live), driver.pick(live));
    }
    memory.calm();
    await listings.compareEverything(driver);
    // Whatever happened: once the running requests have ended and a day has passed, nothing is left over.
    for (let round = 0; round < 12; round++) {
      model.nowMicros += 24 * HOUR_MICROS;
      await store.publishRound();
      while (await store.housekeep());
    }
    assertNothingLeft(memory);
    await listings.compareEverything(driver);
  } catch (error) {
    const last = driver.log.slice(-12).join('\n  ');
    throw new Error(`seed ${seed} fails after\n  ${last}`, { cause: error });
  }
  return driver;
}

test('every operation answers as the model does', async () => {
  const counts = new Map<string, number>();
  await searchSeeds('namespace', 4, async (seed) => {
    const driver = await runSeed(seed, {});
    for (const [name, count] of driver.counts) counts.set(name, (counts.get(name) ?? 0) + count);
  });
  if (process.env['GOTGAN_SIMULATION_SEED'] !== undefined) return;
  // The search is worth nothing when it never gets to what it is about.
  for (const wanted of [
    'copyObject: ok',
    'copyObject: CopyOntoItself',
    'completeUpload: ok',
    'completeUpload: PartTooSmall',
    'completeUpload: PreconditionFailed',
    'uploadPartCopy: ok',
    'uploadPartCopy: InvalidCopySourceRange',
    'putObject: PreconditionFailed',
    'putObject: ConditionNeedsObject',
    'putObject: ObjectProtected',
    'deleteObject: ObjectProtected',
    'retainObject: ok',
    'retainObject: ObjectProtected',
    'retainObject: BucketNotLocked',
    'lockBucket: BucketLockRefused',
    'getObject: NotModified',
    'getObject: VersionIsDeleteMarker',
    'deleteBucket: BucketNotEmpty',
  ]) {
    assert.ok((counts.get(wanted) ?? 0) > 0, `never seen: ${wanted}; seen: ${[...counts.keys()].join(', ')}`);
  }
});

test('nor does a conflict, a lost answer, a full disk or a slow read change an answer', async () => {
  await searchSeeds('namespace with faults', 4, async (seed) => {
    await runSeed(seed, {
      conflict: 0.08,
      unknownCommitted: 0.05,
      unknownLost: 0.05,
      full: 0.02,
      asyncReads: 0.3,
      turnsMax: 3,
      views: seed % 2 === 0 ? 'drifting' : 'pinned',
    });
  });
});
