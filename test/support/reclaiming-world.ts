/**
 * Several workers over one store in memory, stepped by a seed: writers, uploaders, readers that hold a body open over many
 * steps, housekeeping, crashes, and the closing of dead workers' epochs.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { CoreError } from '../../src/core/core-errors.ts';
import { createObjectStore } from '../../src/core/create-object-store.ts';
import { type Bucket, etagOf } from '../../src/core/model.ts';
import type { BodyInput, ObjectStore } from '../../src/core/object-store.ts';
import type { StorageEngine } from '../../src/storage/contract/storage-engine.ts';
import { createMemoryStore, type MemoryEngine, type MemoryStore } from './memory-engine.ts';
import { type SeededRandom, seededRandom } from './memory-faults.ts';
import { md5Hex } from './naive-checksums.ts';
import { EMPTY_METADATA } from './namespace-model.ts';
import { StepScheduler } from './step-scheduler.ts';
import { assertNothingLeft, assertNothingLost } from './store-invariants.ts';

const ACCOUNT = 'a'.repeat(32);
const KEYS = ['one', 'two', 'three'];
const PART_BYTES_MIN = 10;
const INLINE_BYTES_MAX = 20;
const DAY_MICROS = 86_400_000_000;
const WORKERS = 3;
/** Refusals that are nobody's fault while others delete, abort and crash. */
const EXPECTED_REFUSALS = new Set([
  'NoSuchKey',
  'NoSuchVersion',
  'NoSuchUpload',
  'NoSuchBucket',
  'VersionIsDeleteMarker',
  'CopyOntoItself',
  'InvalidPart',
  'InvalidCopySourceRange',
  'PartTooSmall',
  'TooMuchContention',
  'BucketNotEmpty',
  'BucketAlreadyOwned',
]);

interface Worker {
  readonly engine: MemoryEngine;
  readonly store: ObjectStore;
}

/** Makes a mutant of the engine that a worker is given. */
export type EngineMutation = (engine: StorageEngine) => StorageEngine;

export class ReclaimingWorld {
  readonly random: SeededRandom;
  readonly scheduler: StepScheduler;
  readonly memory: MemoryStore;
  readonly workers: Worker[] = [];
  readonly log: string[] = [];
  readonly counts = new Map<string, number>();
  readonly #mutate: EngineMutation;
  readonly #contents = new Map<string, Buffer>();
  readonly #dead: number[] = [];
  readonly #actors = new Set<Promise<void>>();
  /** How often a commit is slow: half of the worlds are quick, so that reclaiming gets far in them. */
  readonly #slowness: number;
  #nowMicros = 1_700_000_000_000_000;
  #bodies = 0;
  #failure: unknown;
  #isEnding = false;
  bucket!: Bucket;

  constructor(seed: number, mutate: EngineMutation) {
    this.random = seededRandom(seed * 2 + 1);
    this.scheduler = new StepScheduler(this.random);
    this.#mutate = mutate;
    this.#slowness = seed % 2 === 0 ? 0.15 : 0;
    this.memory = createMemoryStore(
      {
        seed,
        conflict: 0.03,
        unknownCommitted: 0.03,
        unknownLost: 0.03,
        // The slower the reads, the more happens between the reads of one request.
        asyncReads: seed % 3 === 0 ? 0.9 : 0.1,
        views: seed % 4 < 2 ? 'drifting' : 'pinned',
        pause: (point) => this.scheduler.pause(point),
      },
      { inlineBytesMax: INLINE_BYTES_MAX },
    );
  }

  async run(steps: number): Promise<void> {
    this.scheduler.isHolding = false;
    for (let count = 0; count < WORKERS; count++) this.#openWorker();
    const { store } = this.workers[0]!;
    this.bucket = await store.createBucket({ account: ACCOUNT, place: 'KR1', name: 'the-bucket' });
    if (this.random.chance(0.5)) {
      this.bucket = await store.updateBucket(this.bucket, { versioning: 'enabled' });
    }
    this.scheduler.isHolding = true;
    this.#startHousekeeping();
    for (let step = 0; step < steps; step++) {
      this.#nowMicros += this.random.below(1000);
      if (this.#actors.size < 14) this.#startActor();
      if (this.random.chance(0.004)) this.#crashOne();
      if (this.#dead.length > 0 && this.random.chance(0.02)) this.#closeOne();
      const point = await this.scheduler.step();
      // Nothing else changes what is stored.
      if (point === 'commit' || point === 'blob-remove') assertNothingLost(this.memory);
      if (this.#failure !== undefined) throw this.#failure;
    }
    await this.#drain();
    if (this.#failure !== undefined) throw this.#failure;
    assertNothingLeft(this.memory);
  }

  #openWorker(): void {
    const engine = this.memory.openEngine();
    const store = createObjectStore({
      engine: this.#mutate(this.#withSlowCommits(engine)),
      clock: { nowMicros: () => this.#nowMicros },
      entropy: {
        bytes: (count) => Buffer.from(Array.from({ length: count }, () => this.random.below(256))),
      },
      settings: { partBytesMin: PART_BYTES_MIN },
      pause: () => this.scheduler.pause('core'),
    });
    const worker = { engine, store };
    this.workers.push(worker);
    this.#spawn(worker, 'publish', async () => {
      while (!this.#isEnding) {
        await this.scheduler.idle(5 + this.random.below(30));
        await store.publishRound();
      }
    });
  }

  /** Now and then a worker stands still between what it has read and the commit that relies on it. */
  #withSlowCommits(engine: StorageEngine): StorageEngine {
    const { metadata } = engine;
    const commit: typeof metadata.commit = async (request) => {
      if (this.random.chance(this.#slowness)) await this.scheduler.idle(this.random.below(100));
      return metadata.commit(request);
    };
    return { ...engine, metadata: { ...metadata, commit } };
  }

  /** In one worker, or now and then in two at once: one of them was thought dead. */
  #startHousekeeping(): void {
    const housekeepers = this.random.chance(0.3) ? 2 : 1;
    for (let count = 0; count < housekeepers; count++) this.#houseKeepIn(this.workers[count]!);
  }

  #houseKeepIn(worker: Worker): void {
    this.#spawn(worker, 'housekeep', async () => {
      while (!this.#isEnding) {
        await this.scheduler.pause('housekeep');
        await worker.store.housekeep();
      }
    });
  }

  #crashOne(): void {
    const index = this.random.below(this.workers.length);
    const [worker] = this.workers.splice(index, 1);
    this.#note('crash');
    worker!.engine.crash();
    this.#dead.push(worker!.engine.epoch);
    this.#openWorker();
    this.#houseKeepIn(this.workers[this.workers.length - 1]!);
  }

  #closeOne(): void {
    this.memory.closeEpoch(this.#dead.shift()!);
  }

  #startActor(): void {
    const worker = this.#pick(this.workers);
    const pickActor = this.random.below(10);
    if (pickActor < 3) this.#spawnRequest(worker, 'write', () => this.#write(worker));
    else if (pickActor < 5) this.#spawnRequest(worker, 'copy', () => this.#copy(worker));
    else if (pickActor < 8) this.#spawnRequest(worker, 'read', () => this.#read(worker));
    else if (pickActor < 9) this.#spawn(worker, 'upload', () => this.#upload(worker));
    else this.#spawnRequest(worker, 'remove', () => this.#remove(worker));
  }

  async #write({ store }: Worker): Promise<void> {
    const body = this.#newBody();
    const key = this.#pick(KEYS);
    await this.#putInto(store, key, body);
  }

  async #putInto(store: ObjectStore, key: string, bytes: Buffer): Promise<void> {
    await store.putObject({
      bucket: this.bucket,
      key,
      owner: ACCOUNT,
      metadata: EMPTY_METADATA,
      body: this.#slowBody(bytes),
      conditions: {},
    });
  }

  async #copy({ store }: Worker): Promise<void> {
    await store.copyObject({
      source: { bucket: this.bucket, key: this.#pick(KEYS) },
      sourceConditions: {},
      bucket: this.bucket,
      key: this.#pick(KEYS),
      owner: ACCOUNT,
      metadata: (source) => source.metadata,
      changesSomething: this.random.chance(0.5),
      conditions: {},
    });
  }

  async #remove({ store }: Worker): Promise<void> {
    const key = this.#pick(KEYS);
    const query = { prefix: key, delimiter: '', keyMarker: '', versionIdMarker: '', limit: 20 };
    const { versions } = await store.listVersions(this.bucket, query);
    const old = versions[this.random.below(versions.length + 1)];
    await store.deleteObject({
      bucket: this.bucket,
      key,
      conditions: {},
      ...(old === undefined ? {} : { versionId: old.versionId }),
    });
  }

  /** A download that may take longer than everything else: each piece is followed by a wait. */
  async #read({ store }: Worker): Promise<void> {
    const key = this.#pick(KEYS);
    const { version, body } = await store.getObject({ bucket: this.bucket, key, conditions: {} });
    const patience = this.random.chance(0.5) ? 300 : 6;
    const chunks: Buffer[] = [];
    for (;;) {
      await this.scheduler.idle(this.random.below(patience));
      const chunk = await body.read();
      if (chunk === null) break;
      chunks.push(chunk);
    }
    const bytes = Buffer.concat(chunks);
    const expected = this.#contents.get(etagOf(version));
    assert.ok(expected !== undefined, `nobody has written ${key} with ETag ${etagOf(version)}`);
    assert.deepEqual(bytes, expected, `bytes of ${key}`);
  }

  /** Every call is a request of its own; between them anything may happen, for as long as an upload takes. */
  async #upload(worker: Worker): Promise<void> {
    const { store } = worker;
    const key = this.#pick(KEYS);
    const { bucket } = this;
    const request = <T>(run: () => Promise<T>) => this.#request(worker, run);
    const { uploadId } = await request(() =>
      store.createUpload({ bucket, key, owner: ACCOUNT, initiator: 'x', metadata: EMPTY_METADATA }),
    );
    const etags = new Map<number, string>();
    for (let count = 1 + this.random.below(14); count > 0; count--) {
      const partNumber = 1 + this.random.below(12);
      await this.scheduler.idle(this.random.below(20));
      const part = await request(() =>
        this.random.chance(0.4)
          ? this.#copyPart(store, key, uploadId, partNumber)
          : this.#sendPart(store, key, uploadId, partNumber),
      );
      etags.set(partNumber, part.etagMd5);
    }
    await this.scheduler.idle(this.random.below(40));
    if (this.random.chance(0.25)) {
      const abort = request(() => store.abortUpload(bucket, key, uploadId));
      const late = request(() => this.#sendPart(store, key, uploadId, 1));
      await settleAll([abort, late]);
      return;
    }
    const parts = [...etags]
      .filter(() => this.random.chance(0.9))
      .sort(([left], [right]) => left - right)
      .map(([partNumber, etag]) => ({ partNumber, etag }));
    if (parts.length === 0) return;
    this.#knowCompleted(parts.map((part) => part.etag));
    const complete = () =>
      request(() => store.completeUpload({ bucket, key, uploadId, parts, conditions: {} }));
    // Impatient clients send it twice, or abort at the same time.
    const rival = this.random.below(4);
    if (rival === 0) await settleAll([complete(), complete()]);
    else if (rival === 1) {
      const abort = request(() => store.abortUpload(bucket, key, uploadId));
      const ends = await settleAll([complete(), abort]);
      const won = ends.filter((end) => end.status === 'fulfilled').length;
      const isUndisturbed = !worker.engine.crashed && ends.every(isWonOrNoSuchUpload);
      if (isUndisturbed) assert.equal(won, 1, 'exactly one of completion and abort wins');
    } else if (rival === 2) {
      const late = request(() => this.#sendPart(store, key, uploadId, parts[0]!.partNumber));
      await settleAll([complete(), late]);
    } else await complete();
    this.#note('completed');
  }

  async #sendPart(store: ObjectStore, key: string, uploadId: string, partNumber: number) {
    const bytes = this.#newBody(PART_BYTES_MIN);
    return store.uploadPart({
      bucket: this.bucket,
      key,
      uploadId,
      partNumber,
      body: this.#slowBody(bytes),
    });
  }

  async #copyPart(store: ObjectStore, key: string, uploadId: string, partNumber: number) {
    const source = { bucket: this.bucket, key: this.#pick(KEYS) };
    const range = this.random.chance(0.5) ? { start: 3, end: 3 + PART_BYTES_MIN } : undefined;
    const { part } = await store.uploadPartCopy({
      source,
      sourceConditions: {},
      ...(range === undefined ? {} : { sourceRange: range }),
      bucket: this.bucket,
      key,
      uploadId,
      partNumber,
    });
    const bytes = [...this.#contents.values()]
      .map((whole) => (range === undefined ? whole : whole.subarray(range.start, range.end + 1)))
      .find((slice) => md5Hex(slice) === part.etagMd5);
    assert.ok(bytes !== undefined, 'the ETag of a copied part is the MD5 of no known bytes');
    this.#contents.set(part.etagMd5, bytes);
    return part;
  }

  #knowCompleted(md5s: readonly string[]): void {
    const bytes = Buffer.concat(md5s.map((md5) => this.#contents.get(md5)!));
    const etag = createHash('md5')
      .update(Buffer.from(md5s.join(''), 'hex'))
      .digest('hex');
    this.#contents.set(`${etag}-${md5s.length}`, bytes);
  }

  #newBody(sizeMin = 0): Buffer {
    this.#bodies += 1;
    const bytes = Buffer.alloc(sizeMin + 4 + this.random.below(60), this.random.below(256));
    bytes.writeUInt32BE(this.#bodies);
    this.#contents.set(md5Hex(bytes), bytes);
    return bytes;
  }

  #slowBody(bytes: Buffer): BodyInput {
    let position = 0;
    const source = {
      read: async () => {
        await this.scheduler.idle(this.random.below(4));
        if (position === bytes.length) return null;
        const end = Math.min(bytes.length, position + 16);
        const chunk = Buffer.from(bytes.subarray(position, end));
        position = end;
        return chunk;
      },
    };
    return { source, size: bytes.length, expected: {} };
  }

  #pick<T>(choices: readonly T[]): T {
    return choices[this.random.below(choices.length)]!;
  }

  #note(what: string): void {
    this.log.push(what);
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }

  async #request<T>(worker: Worker, run: () => Promise<T>): Promise<T> {
    const request = worker.store.beginRequest();
    try {
      return await run();
    } finally {
      request.end();
    }
  }

  #spawnRequest(worker: Worker, name: string, run: () => Promise<void>): void {
    this.#spawn(worker, name, () => this.#request(worker, run));
  }

  #spawn(worker: Worker, name: string, run: () => Promise<void>): void {
    const actor = (async () => {
      try {
        await this.scheduler.pause('start');
        await run();
        this.#note(`${name}: ok`);
      } catch (error) {
        if (worker.engine.crashed) return;
        this.#note(`${name}: ${error instanceof CoreError ? error.code : String(error)}`);
        if (!isExpected(error)) this.#failure ??= error;
      }
    })();
    const isLoop = name === 'publish' || name === 'housekeep';
    if (isLoop) return;
    this.#actors.add(actor);
    void actor.then(() => this.#actors.delete(actor));
  }

  /** Everybody comes to an end; then housekeeping does, with time for what is remembered to be forgotten. */
  async #drain(): Promise<void> {
    this.#isEnding = true;
    this.memory.calm();
    this.scheduler.release();
    await Promise.all(this.#actors);
    for (const epoch of this.#dead) this.memory.closeEpoch(epoch);
    const { store } = this.workers[0]!;
    for (let round = 0; round < 12; round++) {
      this.#nowMicros += DAY_MICROS;
      for (const worker of this.workers) await worker.store.publishRound();
      for (let step = 0; (await store.housekeep()) && step < 1000; step++);
    }
  }
}

function isExpected(error: unknown): boolean {
  return error instanceof CoreError && EXPECTED_REFUSALS.has(error.code);
}

/** Waits for all of them; throws what none of them may reject with. */
async function settleAll(calls: readonly Promise<unknown>[]): Promise<PromiseSettledResult<unknown>[]> {
  const ends = await Promise.allSettled(calls);
  for (const end of ends) if (end.status === 'rejected' && !isExpected(end.reason)) throw end.reason;
  return ends;
}

function isWonOrNoSuchUpload(end: PromiseSettledResult<unknown>): boolean {
  if (end.status === 'fulfilled') return true;
  return end.reason instanceof CoreError && end.reason.code === 'NoSuchUpload';
}
