/**
 * Runs one operation after another on a real `ObjectStore` and on the model, and compares what each of them answers.
 * What the operation is comes from a seeded generator, so that a failing run can be replayed.
 */
import assert from 'node:assert/strict';
import { CoreError } from '../../src/core/core-errors.ts';
import { type Bucket, etagOf, type ObjectVersion, type Upload } from '../../src/core/model.ts';
import type { BodyInput, ObjectStore } from '../../src/core/object-store.ts';
import type { ByteSource } from '../../src/lib/byte-source.ts';
import type { SeededRandom } from './memory-faults.ts';
import { md5Hex, naiveChecksum } from './naive-checksums.ts';
import { protectionOf } from './namespace-locks.ts';
import {
  etagOfModel,
  type ModelBucket,
  type ModelUpload,
  type ModelVersion,
  type NamespaceModel,
  Refusal,
} from './namespace-model.ts';
import { UploadsModel } from './namespace-model-uploads.ts';

export interface PairedBucket {
  readonly model: ModelBucket;
  /** As a dialect loaded it at the beginning of the request: what reads and deletions go by. */
  fresh: Bucket;
  /** Now and then an outdated value: a write must notice that the bucket has changed since. */
  real: Bucket;
}

export interface Finished<Real, Model> {
  readonly real: Real;
  readonly model: Model;
}

/** What the store may say at any time when the storage below it fails; such an operation must have changed nothing. */
const STORAGE_REFUSALS: ReadonlySet<string> = new Set([
  'StorageFull',
  'StorageUnavailable',
  'TooMuchContention',
]);

export class NamespaceDriver {
  readonly store: ObjectStore;
  readonly model: NamespaceModel;
  readonly uploads: UploadsModel;
  readonly random: SeededRandom;
  readonly buckets: PairedBucket[] = [];
  /** What ran, in words; printed with a failure. */
  readonly log: string[] = [];
  readonly counts = new Map<string, number>();

  constructor(store: ObjectStore, model: NamespaceModel, random: SeededRandom) {
    this.store = store;
    this.model = model;
    this.uploads = new UploadsModel(model);
    this.random = random;
  }

  /**
   * Runs both; answers undefined when both refused alike, or when the storage failed the real one (the model is then not
   * asked). Throws an assertion error when they differ.
   */
  async both<Real, Model>(
    words: string,
    real: () => Promise<Real>,
    model: () => Model,
  ): Promise<Finished<Real, Model> | undefined> {
    const request = this.store.beginRequest();
    let realResult: { value: Real } | { error: CoreError };
    try {
      realResult = { value: await real() };
    } catch (error) {
      if (!(error instanceof CoreError)) {
        this.log.push(`${words}: broke`);
        throw error;
      }
      realResult = { error };
    } finally {
      request.end();
    }
    const outcome = 'error' in realResult ? realResult.error.code : 'ok';
    this.log.push(`${words}: ${outcome}`);
    const name = `${words.split(' ')[0]}: ${outcome}`;
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
    if (STORAGE_REFUSALS.has(outcome)) return undefined;
    let modelValue: Model;
    try {
      modelValue = model();
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
      if (refusal.code === 'NoSuchBucket' && this.mayMissRemoval(words, outcome)) return undefined;
      assert.equal(outcome, refusal.code, `${words}: the model refuses with ${refusal.code}`);
      return undefined;
    }
    if ('error' in realResult) {
      const details = JSON.stringify(realResult.error.details);
      throw new assert.AssertionError({ message: `${words}: ${outcome} ${details}, the model accepts` });
    }
    return { real: realResult.value, model: modelValue };
  }

  /**
   * A bucket value was loaded before the bucket was removed. Reads, and deletions of what is not there, then see it empty;
   * a write must notice, but may first find something else to refuse.
   */
  private mayMissRemoval(words: string, outcome: string): boolean {
    const changesNothing = /^(get|head|list|bucketUsage|deleteObject)/.test(words);
    return outcome !== 'ok' || changesNothing;
  }

  /** Compares a version, and learns its id when the model does not know it yet. */
  compareVersion(real: ObjectVersion, model: ModelVersion, words: string): void {
    if (model.publicId === undefined) {
      assert.match(real.versionId, /^[A-Za-z0-9_-]{32}$/, `${words}: form of a version id`);
      assert.ok(!this.isVersionIdKnown(real.versionId), `${words}: version id given twice`);
      model.publicId = real.versionId;
    }
    assert.deepEqual(
      {
        versionId: real.versionId,
        isDeleteMarker: real.isDeleteMarker,
        lastModifiedMicros: real.lastModifiedMicros,
        owner: real.owner,
      },
      {
        versionId: model.publicId,
        isDeleteMarker: model.isDeleteMarker,
        lastModifiedMicros: model.writtenAtMicros,
        owner: model.owner,
      },
      words,
    );
    if (model.isDeleteMarker) return;
    assert.equal(etagOf(real), etagOfModel(model), `${words}: etag`);
    assert.deepEqual(
      {
        size: real.size,
        partCount: real.partCount,
        checksum: real.checksum,
        metadata: real.metadata,
        protection: real.protection,
      },
      {
        size: model.bytes.length,
        partCount: model.parts?.length,
        checksum: model.checksum,
        metadata: model.metadata,
        protection: model.lock === undefined ? undefined : protectionOf(model.lock),
      },
      words,
    );
  }

  compareUpload(real: Upload, model: ModelUpload, words: string): void {
    if (model.publicId === undefined) {
      assert.match(real.uploadId, /^[A-Za-z0-9_-]+$/, `${words}: form of an upload id`);
      model.publicId = real.uploadId;
    }
    assert.deepEqual(
      {
        uploadId: real.uploadId,
        key: real.key,
        initiator: real.initiator,
        owner: real.owner,
        metadata: real.metadata,
        algorithm: real.checksumAlgorithm,
        type: real.checksumType,
      },
      {
        uploadId: model.publicId,
        key: model.key,
        initiator: model.initiator,
        owner: model.owner,
        metadata: model.metadata,
        algorithm: model.algorithm,
        type: model.type,
      },
      words,
    );
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.random.below(choices.length)]!;
  }

  private isVersionIdKnown(versionId: string): boolean {
    return this.model.buckets.some((bucket) =>
      [...bucket.keys.values()].some((versions) =>
        versions.some((version) => version.publicId === versionId),
      ),
    );
  }
}

/** A body in random pieces, sometimes declared with its length and with digests (all of them right). */
export function bodyOf(
  bytes: Buffer,
  random: SeededRandom,
  checksumAlgorithm: Parameters<typeof naiveChecksum>[0] | undefined,
): BodyInput {
  const checksum =
    checksumAlgorithm === undefined
      ? undefined
      : { algorithm: checksumAlgorithm, value: naiveChecksum(checksumAlgorithm, bytes) };
  const trailing = checksum !== undefined && random.chance(0.5);
  return {
    source: sourceOf(bytes, random),
    size: random.chance(0.7) ? bytes.length : undefined,
    expected: {
      ...(random.chance(0.3) ? { md5Hex: md5Hex(bytes) } : {}),
      ...(checksum === undefined || trailing ? {} : { checksum }),
    },
    ...(checksum === undefined || !trailing
      ? {}
      : {
          trailingChecksum: {
            algorithm: checksum.algorithm,
            value: () => (random.chance(0.5) ? checksum.value : undefined),
          },
        }),
  };
}

function sourceOf(bytes: Buffer, random: SeededRandom): ByteSource {
  let position = 0;
  return {
    async read() {
      if (position >= bytes.length) return null;
      const end = Math.min(bytes.length, position + 1 + random.below(100));
      const chunk = Buffer.from(bytes.subarray(position, end));
      position = end;
      return chunk;
    },
  };
}

export async function readAll(source: ByteSource): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for (let chunk = await source.read(); chunk !== null; chunk = await source.read()) chunks.push(chunk);
  return Buffer.concat(chunks);
}
