/** One worker's core over the in-memory engine, with a clock that tests move, and the few calls that most tests begin with. */
import type { CoreContext } from '../../src/core/core-context.ts';
import type { CoreSettings } from '../../src/core/core-settings.ts';
import { createCoreContext } from '../../src/core/create-core-context.ts';
import type { Bucket, ObjectVersion, VersioningState } from '../../src/core/model.ts';
import type { BodyInput, WriteConditions } from '../../src/core/object-store.ts';
import { createBucket } from '../../src/core/operations/create-bucket.ts';
import { getObject } from '../../src/core/operations/get-object.ts';
import { putObject } from '../../src/core/operations/put-object.ts';
import { updateBucket } from '../../src/core/operations/update-bucket.ts';
import type { ByteSource } from '../../src/lib/byte-source.ts';
import { createMemoryStore, type MemoryEngine, type MemoryStore } from './memory-engine.ts';
import { type FaultPlan, seededRandom } from './memory-faults.ts';

export const ALICE = 'a'.repeat(32);
export const BOB = 'b'.repeat(32);

export interface TestClock {
  micros: number;
  nowMicros(): number;
}

export interface OpenedCore {
  readonly context: CoreContext;
  readonly engine: MemoryEngine;
  readonly storage: MemoryStore;
  readonly clock: TestClock;
}

export interface CoreOptions {
  readonly faults?: FaultPlan;
  readonly settings?: Partial<CoreSettings>;
  readonly inlineBytesMax?: number;
  /** Another worker of the same storage. */
  readonly beside?: OpenedCore;
}

/** Waiting takes a turn of the event loop, however long it is meant to be. */
export function openCore(options: CoreOptions = {}): OpenedCore {
  const storage =
    options.beside?.storage ??
    createMemoryStore(options.faults, { inlineBytesMax: options.inlineBytesMax ?? 16 });
  const engine = storage.openEngine();
  const clock = options.beside?.clock ?? {
    micros: 1_700_000_000_000_000,
    nowMicros() {
      return this.micros;
    },
  };
  const random = seededRandom(engine.epoch);
  const context = createCoreContext({
    engine,
    clock,
    entropy: { bytes: (count) => Buffer.from(Array.from({ length: count }, () => random.below(256))) },
    settings: options.settings ?? {},
    pause: () => new Promise((resolve) => setImmediate(resolve)),
  });
  return { context, engine, storage, clock };
}

export async function makeBucket(
  context: CoreContext,
  name: string,
  versioning: VersioningState = 'unversioned',
): Promise<Bucket> {
  const bucket = await createBucket(context, { account: ALICE, place: 'KR1', name });
  context.metadata.refresh();
  return versioning === 'unversioned' ? bucket : switchVersioning(context, bucket, versioning);
}

export async function switchVersioning(
  context: CoreContext,
  bucket: Bucket,
  versioning: 'enabled' | 'suspended',
): Promise<Bucket> {
  const changed = await updateBucket(context, bucket, { versioning });
  context.metadata.refresh();
  return changed;
}

export function sourceOf(...chunks: readonly (string | Buffer)[]): ByteSource {
  const rest = chunks.map((chunk) => Buffer.from(chunk));
  return { read: async () => rest.shift() ?? null };
}

export function bodyOf(...chunks: readonly (string | Buffer)[]): BodyInput {
  return { source: sourceOf(...chunks), size: undefined, expected: {} };
}

export async function put(
  context: CoreContext,
  bucket: Bucket,
  key: string,
  body: string | BodyInput = '',
  conditions: WriteConditions = {},
): Promise<ObjectVersion> {
  const version = await putObject(context, {
    bucket,
    key,
    owner: ALICE,
    metadata: { system: { contentType: 'text/plain' }, user: {}, documents: {} },
    body: typeof body === 'string' ? bodyOf(body) : body,
    conditions,
  });
  context.metadata.refresh();
  return version;
}

/** The text of an object as a request that begins now reads it. */
export async function read(
  context: CoreContext,
  bucket: Bucket,
  key: string,
  versionId?: string,
): Promise<string> {
  context.metadata.refresh();
  const { body } = await getObject(context, {
    bucket,
    key,
    conditions: {},
    ...(versionId === undefined ? {} : { versionId }),
  });
  return (await readToEnd(body)).toString();
}

export async function readToEnd(source: ByteSource): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for (let chunk = await source.read(); chunk !== null; chunk = await source.read()) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** For `assert.rejects`: the error has this code. */
export function failsWith(code: string): { readonly name: 'CoreError'; readonly code: string } {
  return { name: 'CoreError', code };
}
