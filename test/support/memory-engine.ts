/**
 * A storage engine in memory, for property tests and simulations: several workers ("engines") over one store, faults from
 * a seeded plan, no timers and no other randomness (design, section 6; reliability notes, section 3.8, tier 0).
 *
 *     const store = createMemoryStore({ seed: 7, unknownLost: 0.05, turnsMax: 3 });
 *     const worker = store.openEngine();
 *     worker.crash();                 // unfinished blobs vanish or stay torn, its calls reject, its epoch stays open
 *     store.closeEpoch(worker.epoch); // what the primary does
 */

import type { BlobId } from '../../src/storage/contract/blob-store.ts';
import type {
  CommitOutcome,
  CommitRequest,
  MetadataLimits,
  MetadataStore,
  Row,
} from '../../src/storage/contract/metadata-store.ts';
import type { EpochRegister, StorageEngine } from '../../src/storage/contract/storage-engine.ts';
import { StorageFailure, StorageFull } from '../../src/storage/contract/storage-errors.ts';
import { assertCommitWithin, embeddedLimits } from '../../src/storage/embedded/commit-limits.ts';
import { createMemoryBlobStore, MemoryBlobs } from './memory-blobs.ts';
import { createFaults, type FaultPlan, type Faults } from './memory-faults.ts';
import { MemoryMetadata } from './memory-metadata.ts';

/** Commit ids are epoch * 2^32 + counter, as in the embedded engine. */
const COMMITS_PER_EPOCH = 0x1_0000_0000;

export interface MemoryStoreOptions {
  readonly limits?: Partial<MetadataLimits>;
  /** Default 4 KiB, so that tests with small bodies reach blobs too. */
  readonly inlineBytesMax?: number;
}

export interface MemoryEngine extends StorageEngine {
  readonly crashed: boolean;
  /** The worker is gone: every later call, and every call under way, rejects with `StorageFailure`. */
  crash(): void;
}

export interface MemoryStore {
  openEngine(): MemoryEngine;
  /** While true: no new blobs, no growing commits. */
  full: boolean;
  /** No injected faults from now on (delays included); for draining and final checks. */
  calm(): void;
  corruptBlob(id: BlobId): void;
  /** What a supervisor does when a worker has died. */
  closeEpoch(epoch: number): void;
  openEpochs(): number[];
  /** The newest state, for invariants. */
  rows(): Row[];
  blobs(): BlobId[];
}

/** What all workers of one store share. */
class SharedState {
  readonly metadata = new MemoryMetadata();
  readonly blobs = new MemoryBlobs();
  readonly epochs = new Map<number, 'open' | 'closed'>();
  readonly views = new Map<number, number>();
  readonly faults: Faults;
  readonly limits: MetadataLimits;
  readonly inlineBytesMax: number;
  readonly inlineRowBytes: number;
  epochLast = 0;
  full = false;

  constructor(plan: FaultPlan, options: MemoryStoreOptions) {
    this.faults = createFaults(plan);
    this.limits = { ...embeddedLimits, ...options.limits };
    this.inlineBytesMax = options.inlineBytesMax ?? 4096;
    // So that few bytes take several rows.
    this.inlineRowBytes = Math.ceil(this.inlineBytesMax / 3);
  }

  epochsIn(state: 'open' | 'closed'): number[] {
    return [...this.epochs].filter((entry) => entry[1] === state).map((entry) => entry[0]);
  }

  oldestView(): number {
    return Math.min(this.metadata.moment, ...this.views.values());
  }
}

export function createMemoryStore(
  plan: FaultPlan = { seed: 1 },
  options: MemoryStoreOptions = {},
): MemoryStore {
  const shared = new SharedState(plan, options);
  return {
    openEngine: () => openMemoryEngine(shared),
    get full() {
      return shared.full;
    },
    set full(full) {
      shared.full = full;
    },
    calm() {
      shared.faults.active = false;
    },
    corruptBlob: (id) => shared.blobs.corrupt(id),
    closeEpoch: (epoch) => closeEpoch(shared, epoch),
    openEpochs: () => shared.epochsIn('open'),
    rows: () => shared.metadata.rows(),
    blobs: () => shared.blobs.all(),
  };
}

function closeEpoch(shared: SharedState, epoch: number): void {
  if (shared.epochs.has(epoch)) shared.epochs.set(epoch, 'closed');
  shared.views.delete(epoch);
}

function openMemoryEngine(shared: SharedState): MemoryEngine {
  shared.epochLast += 1;
  const epoch = shared.epochLast;
  shared.epochs.set(epoch, 'open');
  let crashed = false;
  const assertAlive = (): void => {
    if (crashed) throw new StorageFailure(`Worker ${epoch} has crashed`);
  };
  const blobs = createMemoryBlobStore({
    epoch,
    blobs: shared.blobs,
    faults: shared.faults,
    isFull: () => shared.full,
    assertAlive,
  });
  return {
    epoch,
    blobs,
    metadata: createMemoryMetadataStore(shared, epoch, assertAlive),
    epochs: createEpochRegister(shared, assertAlive),
    inlineBytesMax: shared.inlineBytesMax,
    inlineRowBytes: shared.inlineRowBytes,
    get crashed() {
      return crashed;
    },
    crash() {
      crashed = true;
      shared.views.delete(epoch);
      shared.blobs.abandon(epoch, () => shared.faults.random.chance(0.5));
    },
    async close() {
      closeEpoch(shared, epoch);
    },
  };
}

function createEpochRegister(shared: SharedState, assertAlive: () => void): EpochRegister {
  return {
    listOpen: () => shared.epochsIn('open'),
    listClosed: () => shared.epochsIn('closed'),
    async close(epoch) {
      assertAlive();
      await shared.faults.pause('epoch-close');
      closeEpoch(shared, epoch);
    },
    async forget(epoch) {
      assertAlive();
      await shared.faults.pause('epoch-forget');
      if (shared.epochs.get(epoch) === 'open') throw new RangeError(`Epoch ${epoch} is open`);
      shared.epochs.delete(epoch);
    },
  };
}

function createMemoryMetadataStore(
  shared: SharedState,
  epoch: number,
  assertAlive: () => void,
): MetadataStore {
  const { metadata, faults, limits } = shared;
  const { plan } = faults;
  let counter = 0;
  shared.views.set(epoch, metadata.moment);

  function view(): number {
    assertAlive();
    const moves = plan.views === 'live' || (plan.views === 'drifting' && faults.chance(0.3));
    if (moves) shared.views.set(epoch, metadata.moment);
    return shared.views.get(epoch) ?? metadata.moment;
  }

  function answer<T>(value: T): T | Promise<T> {
    if (!faults.chance(plan.asyncReads)) return value;
    return faults.pause('read').then(() => value);
  }

  /** A fault that replaces the commit, or undefined. */
  function replacedOutcome(request: CommitRequest): CommitOutcome | undefined {
    const grows = request.effect !== 'shrink' && request.puts.length > 0;
    if (grows && (shared.full || faults.chance(plan.full))) throw new StorageFull('No room for new bytes');
    if (faults.chance(plan.conflict)) return 'conflict';
    if (faults.chance(plan.unknownLost)) return 'unknown';
    return undefined;
  }

  return {
    limits,
    refresh() {
      assertAlive();
      shared.views.set(epoch, metadata.moment);
    },
    get: (key) => answer(metadata.get(key, view())),
    getMany(keys) {
      const moment = view();
      return answer(keys.map((key) => metadata.get(key, moment)));
    },
    getJoined(keys) {
      const moment = view();
      const entries = keys.map((key) => metadata.get(key, moment));
      const values = entries.flatMap((entry) => (entry === undefined ? [] : [entry.value]));
      return answer(values.length < keys.length ? undefined : Buffer.concat(values));
    },
    scan: (range, limit, direction) => answer(metadata.scan(range, limit, direction === 'reverse', view())),
    newCommitId() {
      counter += 1;
      return epoch * COMMITS_PER_EPOCH + counter;
    },
    async commit(request) {
      assertCommitWithin(limits, request);
      assertAlive();
      await faults.pause('commit');
      assertAlive();
      const replaced = replacedOutcome(request);
      if (replaced !== undefined) return replaced;
      const applied = metadata.apply(request, shared.oldestView());
      await faults.pause('committed');
      assertAlive();
      if (!applied) return 'conflict';
      return faults.chance(plan.unknownCommitted) ? 'unknown' : 'committed';
    },
    async outcomeOf(id) {
      assertAlive();
      await faults.pause('outcome');
      return metadata.wasCommitted(id) ? 'committed' : 'absent';
    },
  };
}
