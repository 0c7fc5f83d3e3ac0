/** Backwards: every reference, body, page and part belongs to somebody. What belongs to nobody is never found again by itself. */
import type { Row } from '../../storage/contract/metadata-store.ts';
import { bodyIdOf } from '../body-records.ts';
import { inlineBodyKeys } from '../inline-bodies.ts';
import {
  type BodyId,
  headKey,
  olderKey,
  parseBodyKey,
  parseBucketId,
  parsePageKey,
  rangeOfBucket,
  rangeOfSpace,
  space,
} from '../metadata-keys.ts';
import { decodeVersion } from '../metadata-records.ts';
import type { BucketId } from '../model.ts';
import {
  bodyReferenceRange,
  candidateKey,
  parseBlobReferenceKey,
  parseBodyReferenceKey,
  parseCondemnedKey,
} from '../reclaiming-keys.ts';
import { parsePartKey, parseSweepKey, parseUploadKey } from '../upload-keys.ts';
import { decodeSweep, decodeUpload } from '../upload-records.ts';
import type { Finding } from './findings.ts';
import type { VerificationRun } from './verification-run.ts';

/** Ids of inline bodies held in memory at one time: about 50 bytes each. */
const IDS_PER_PASS = 2_000_000;
const READINGS = 2;

export async function verifyReferences(run: VerificationRun): Promise<void> {
  const owners = new UnfinishedOwners(run);
  await owners.load();
  await run.judgeRows(rangeOfSpace(space.bodyReference), 'references', (row) => judgeBodyReference(run, row));
  await run.judgeRows(rangeOfSpace(space.blobReference), 'references', async (row) => {
    const { blob, body } = parseBlobReferenceKey(row.key);
    if (await owners.holdBody(body)) return undefined;
    return {
      kind: 'stray-reference',
      what: `body ${body}, which nobody has, refers to blob ${blob.epoch}/${blob.sequence}`,
      remedy: { deletes: [row.key], candidates: [blob] },
    };
  });
  await run.judgeRows(rangeOfSpace(space.page), 'references', async (row) => {
    const { body } = parsePageKey(row.key);
    if (await owners.holdBody(body)) return undefined;
    const what = `a page of body ${body}, which nobody has`;
    return { kind: 'stray-record', what, remedy: { deletes: [row.key] } };
  });
  await run.judgeRows(rangeOfSpace(space.part), 'references', async (row) => {
    const { bucket, upload } = parsePartKey(row.key);
    if (await owners.holdUpload(bucket, upload)) return undefined;
    const what = `a part of upload ${upload}, which does not exist`;
    return { kind: 'stray-record', what, bucket: await run.nameOf(bucket), remedy: { deletes: [row.key] } };
  });
  await verifyInlineBodies(run);
}

/** Uploads, what is left of them, and bodies that are being reclaimed: all of them pass away. */
class UnfinishedOwners {
  readonly #run: VerificationRun;
  #bodies = new Set<BodyId>();
  #uploads = new Set<string>();
  #loadedAt = 0;

  constructor(run: VerificationRun) {
    this.#run = run;
  }

  async load(): Promise<void> {
    this.#bodies = new Set();
    this.#uploads = new Set();
    this.#loadedAt = this.#run.settled;
    for await (const rows of this.#run.slices(rangeOfSpace(space.upload), 'uploads')) {
      for (const row of rows) {
        const { bucket, number } = parseUploadKey(row.key);
        this.#uploads.add(`${bucket}/${number}`);
        const record = this.#run.tryDecode(() => decodeUpload(row.value));
        if (record !== undefined) this.#bodies.add(record.body);
      }
    }
    for await (const rows of this.#run.slices(rangeOfSpace(space.sweep), 'uploads')) {
      for (const row of rows) {
        const { bucket, upload } = parseSweepKey(row.key);
        this.#uploads.add(`${bucket}/${upload}`);
        const record = this.#run.tryDecode(() => decodeSweep(row.value));
        if (record !== undefined && record.kind !== 'remembered') this.#bodies.add(record.body);
      }
    }
    for await (const rows of this.#run.slices(rangeOfSpace(space.condemned), 'uploads')) {
      for (const row of rows) {
        const { kind, id } = parseCondemnedKey(row.key);
        if (kind === 'body') this.#bodies.add(id);
      }
    }
  }

  async holdBody(body: BodyId): Promise<boolean> {
    if (this.#bodies.has(body)) return true;
    const { metadata } = this.#run;
    if ((await metadata.scan(bodyReferenceRange(body), 1)).length > 0) return true;
    if ((await metadata.get(candidateKey('body', body))) !== undefined) return true;
    return this.#isNew(() => this.#bodies.has(body));
  }

  async holdUpload(bucket: BucketId, upload: string): Promise<boolean> {
    const name = `${bucket}/${upload}`;
    return this.#uploads.has(name) || this.#isNew(() => this.#uploads.has(name));
  }

  /** An upload that was begun, or a body that was condemned, after the sets were filled: looked for when asked again. */
  async #isNew(isThere: () => boolean): Promise<boolean> {
    if (this.#loadedAt === this.#run.settled) return false;
    await this.load();
    return isThere();
  }
}

async function judgeBodyReference(run: VerificationRun, row: Row): Promise<Finding | undefined> {
  const { body, owner } = parseBodyReferenceKey(row.key);
  if ((await bodyOfVersion(run, owner)) === body) return undefined;
  return {
    kind: 'stray-reference',
    what: `body ${body} is kept for a version that does not exist or has other bytes`,
    bucket: await run.nameOf(owner.bucket),
    key: owner.key,
    remedy: { deletes: [row.key] },
  };
}

async function bodyOfVersion(
  run: VerificationRun,
  { bucket, key, sequence }: { readonly bucket: BucketId; readonly key: string; readonly sequence: number },
): Promise<BodyId | undefined> {
  const entries = await run.metadata.getMany([headKey(bucket, key), olderKey(bucket, key, sequence)]);
  for (const entry of entries) {
    if (entry === undefined) continue;
    const record = decodeVersion(entry.value);
    if (record.sequence === sequence) return bodyIdOf(record.body);
  }
  return undefined;
}

/**
 * An inline body says nothing of its version. Every version has been found to have its own, so when there are as many
 * rows as versions need, none is left over; only otherwise are they compared one by one.
 */
async function verifyInlineBodies(run: VerificationRun): Promise<void> {
  const stored = new Map<BucketId, number>();
  for await (const rows of run.slices(rangeOfSpace(space.body), 'inline bodies')) {
    for (const { key } of rows) {
      const bucket = parseBucketId(key);
      stored.set(bucket, (stored.get(bucket) ?? 0) + 1);
    }
  }
  for (const [bucket, count] of stored) {
    if (count === (run.tallies.get(bucket)?.inlineRows ?? 0)) continue;
    const passes = Math.ceil(count / IDS_PER_PASS);
    for (let pass = 0; pass < passes; pass += 1) await compareInlineBodies(run, bucket, pass, passes);
  }
}

async function compareInlineBodies(
  run: VerificationRun,
  bucket: BucketId,
  pass: number,
  passes: number,
): Promise<void> {
  const inPass = (body: BodyId): boolean => Number.parseInt(body.slice(-8), 16) % passes === pass;
  // Bodies first: one that is written after this scan is not missed among the versions of the next.
  const strays = new Set<string>();
  for await (const rows of run.slices(rangeOfBucket(space.body, bucket), 'inline bodies')) {
    for (const { key } of rows) {
      const { body } = parseBodyKey(key);
      if (inPass(body)) strays.add(key.toString('hex'));
    }
  }
  // Twice, since a version may move between the two spaces while they are read.
  for (let reading = 0; reading < READINGS && strays.size > 0; reading += 1) {
    for (const spaceByte of [space.head, space.older] as const) {
      for await (const rows of run.slices(rangeOfBucket(spaceByte, bucket), 'inline bodies')) {
        for (const row of rows) {
          const body = run.tryDecode(() => decodeVersion(row.value).body);
          if (body?.kind !== 'inline') continue;
          for (const key of inlineBodyKeys(bucket, body)) strays.delete(key.toString('hex'));
        }
      }
    }
  }
  for (const stray of strays) {
    await run.suspect(async () => {
      const key = Buffer.from(stray, 'hex');
      if ((await run.metadata.get(key)) === undefined) return [];
      const what = `bytes of body ${parseBodyKey(key).body}, which no version has`;
      return [{ kind: 'stray-record', what, bucket: await run.nameOf(bucket), remedy: { deletes: [key] } }];
    });
  }
  await run.settle();
}
