/**
 * Overwrites and deletes objects of mixed sizes in a store for a while, and records how the metadata file grows beside the
 * bytes that live in it: LMDB never gives space back, so the question is whether it stays steady, and for which limit of
 * inline bodies. Without HTTP: the engine, the core and its housekeeping in one process.
 *
 *     node test/durability/soak.ts --live-gigabytes 1 --seconds 180 --limits 16,64,128 --picture docs/soak.svg
 *     node test/durability/soak.ts --live-gigabytes 20 --seconds 3600 --limits 64
 */
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createObjectStore } from '../../src/core/create-object-store.ts';
import type { Bucket } from '../../src/core/model.ts';
import type { ObjectStore } from '../../src/core/object-store.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createSystemEntropy } from '../../src/lib/entropy.ts';
import { openDataDirectory } from '../../src/storage/embedded/data-directory.ts';
import { openEmbeddedEngine } from '../../src/storage/embedded/embedded-engine.ts';
import { seededRandom } from '../support/memory-faults.ts';
import { drawCurves } from './draw-curves.ts';

const GIB = 1024 ** 3;
const KIB = 1024;
const ACCOUNT = 'a'.repeat(32);
const WRITERS = 16;
/** Sizes are spread evenly over the powers of two from 256 bytes to 256 KiB. */
const SMALLEST_EXPONENT = 8;
const LARGEST_EXPONENT = 18;
const SAMPLE_MILLIS = 2_000;

export interface SoakSample {
  readonly seconds: number;
  readonly fileBytes: number;
  /** Of inline bodies. */
  readonly inlineBytes: number;
  readonly writtenBytes: number;
}

interface SoakOptions {
  readonly inlineBytesMax: number;
  readonly liveBytes: number;
  readonly seconds: number;
}

class SoakedStore {
  readonly #store: ObjectStore;
  readonly #bucket: Bucket;
  readonly #options: SoakOptions;
  readonly #random = seededRandom(1);
  readonly #sizes = new Map<number, number>();
  readonly #keyCount: number;
  #begun = 0;
  readonly #bytes = Buffer.alloc(2 ** LARGEST_EXPONENT, 0x5a);
  inlineBytes = 0;
  writtenBytes = 0;
  operations = 0;

  constructor(store: ObjectStore, bucket: Bucket, options: SoakOptions) {
    this.#store = store;
    this.#bucket = bucket;
    this.#options = options;
    // The mean of sizes that are spread evenly over the exponents.
    const span = (LARGEST_EXPONENT - SMALLEST_EXPONENT) * Math.LN2;
    this.#keyCount = Math.round(options.liveBytes / (2 ** LARGEST_EXPONENT / span));
  }

  /** Every key once, then any, as it comes. */
  async work(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      const isFilled = this.#begun >= this.#keyCount;
      const number = isFilled ? this.#random.below(this.#keyCount) : this.#begun;
      this.#begun += 1;
      const running = this.#store.beginRequest();
      try {
        if (isFilled && this.#random.chance(0.1)) await this.#delete(number);
        else await this.#put(number);
      } finally {
        running.end();
      }
      this.operations += 1;
    }
  }

  async #put(number: number): Promise<void> {
    const exponent =
      SMALLEST_EXPONENT + this.#random.below(1e6) * 1e-6 * (LARGEST_EXPONENT - SMALLEST_EXPONENT);
    const size = Math.round(2 ** exponent);
    let rest: Buffer | null = this.#bytes.subarray(0, size);
    const read = async (): Promise<Buffer | null> => {
      const chunk = rest;
      rest = null;
      return chunk;
    };
    await this.#store.putObject({
      bucket: this.#bucket,
      key: `key-${number}`,
      owner: ACCOUNT,
      metadata: { system: { contentType: 'application/octet-stream' }, user: {}, documents: {} },
      body: { source: { read }, size, expected: {} },
      conditions: {},
    });
    this.#account(number, size);
    this.writtenBytes += size;
  }

  async #delete(number: number): Promise<void> {
    await this.#store.deleteObject({ bucket: this.#bucket, key: `key-${number}`, conditions: {} });
    this.#account(number, undefined);
  }

  #account(number: number, size: number | undefined): void {
    const inline = (bytes: number | undefined): number =>
      bytes === undefined || bytes > this.#options.inlineBytesMax ? 0 : bytes;
    this.inlineBytes += inline(size) - inline(this.#sizes.get(number));
    if (size === undefined) this.#sizes.delete(number);
    else this.#sizes.set(number, size);
  }
}

async function soak(options: SoakOptions): Promise<SoakSample[]> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'gotgan-soak-'));
  const [clock, entropy] = [systemClock, createSystemEntropy()];
  const directory = await openDataDirectory({ path: dataDirectory, entropy });
  const { inlineBytesMax } = options;
  const onFailure = (failure: Error): never => {
    throw failure;
  };
  const engine = await openEmbeddedEngine({ dataDirectory, clock, onFailure, inlineBytesMax });
  try {
    const store = createObjectStore({ engine, clock, entropy, settings: { scrubBytesPerSecond: 0 } });
    const bucket = await store.createBucket({ account: ACCOUNT, place: 'KR1', name: 'soak' });
    const soaked = new SoakedStore(store, bucket, options);
    return await runSoak(soaked, store, join(dataDirectory, 'metadata', 'data.mdb'), options);
  } finally {
    await engine.close();
    directory.close();
    rmSync(dataDirectory, { recursive: true, force: true });
  }
}

async function runSoak(
  soaked: SoakedStore,
  store: ObjectStore,
  file: string,
  { seconds, inlineBytesMax }: SoakOptions,
): Promise<SoakSample[]> {
  const samples: SoakSample[] = [];
  const begun = performance.now();
  const age = (): number => (performance.now() - begun) / 1000;
  const isOver = (): boolean => age() >= seconds;
  const sample = (): void => {
    const { inlineBytes, writtenBytes } = soaked;
    samples.push({ seconds: age(), fileBytes: statSync(file).size, inlineBytes, writtenBytes });
  };
  const keepHouse = async (): Promise<void> => {
    while (!isOver()) {
      await store.publishRound();
      for (let steps = 0; steps < 200 && (await store.housekeep()); steps += 1);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  const timer = setInterval(sample, SAMPLE_MILLIS);
  await Promise.all([keepHouse(), ...Array.from({ length: WRITERS }, () => soaked.work(isOver))]);
  clearInterval(timer);
  sample();
  const { fileBytes, inlineBytes, writtenBytes } = samples[samples.length - 1]!;
  const gigabytes = (bytes: number): string => `${(bytes / GIB).toFixed(2)} GiB`;
  console.log(
    `inline up to ${inlineBytesMax / KIB} KiB: ${soaked.operations} operations, ${gigabytes(writtenBytes)} written in ` +
      `${seconds} s; inline bytes ${gigabytes(inlineBytes)}, file ${gigabytes(fileBytes)} ` +
      `(${(fileBytes / inlineBytes).toFixed(2)} times)`,
  );
  return samples;
}

const { values } = parseArgs({
  options: {
    'live-gigabytes': { type: 'string', default: '1' },
    seconds: { type: 'string', default: '180' },
    limits: { type: 'string', default: '64' },
    picture: { type: 'string' },
  },
});
const curves: { name: string; points: { x: number; y: number }[] }[] = [];
for (const limit of values.limits.split(',').map(Number)) {
  const samples = await soak({
    inlineBytesMax: limit * KIB,
    liveBytes: Number(values['live-gigabytes']) * GIB,
    seconds: Number(values.seconds),
  });
  const points = (of: (sample: SoakSample) => number): { x: number; y: number }[] =>
    samples.map((sample) => ({ x: sample.writtenBytes / GIB, y: of(sample) / GIB }));
  curves.push({ name: `${limit} KiB: metadata file`, points: points(({ fileBytes }) => fileBytes) });
  curves.push({ name: `${limit} KiB: inline bytes in it`, points: points(({ inlineBytes }) => inlineBytes) });
}
if (values.picture !== undefined) {
  writeFileSync(values.picture, drawCurves(curves, { x: 'GiB written', y: 'GiB' }));
}
