/** Names and numbers: directory and claims say the same as the buckets, and counters say what is there. */
import type { Row } from '../../storage/contract/metadata-store.ts';
import { decodeBucket, decodeClaim, decodeDirectoryEntry } from '../bucket-records.ts';
import {
  bucketKey,
  claimKey,
  directoryKey,
  parseBucketId,
  parseDirectoryKey,
  rangeOfBucket,
  rangeOfSpace,
  space,
  usageKey,
} from '../metadata-keys.ts';
import { decodeVersion } from '../metadata-records.ts';
import type { BucketId } from '../model.ts';
import type { Usage } from '../object-store.ts';
import { addUsage, NO_USAGE } from '../usage.ts';
import { decodeUsage } from '../usage-records.ts';
import type { Finding } from './findings.ts';
import type { VerificationRun } from './verification-run.ts';

const RECOUNTS_MAX = 5;

export async function verifyBuckets(run: VerificationRun): Promise<void> {
  await run.judgeRows(
    rangeOfSpace(space.bucket),
    'buckets',
    (row) => judgeBucket(run, row),
    () => {
      run.counts.buckets += 1;
    },
  );
  await run.judgeRows(rangeOfSpace(space.directory), 'buckets', (row) => judgeDirectoryEntry(run, row));
  await run.judgeRows(rangeOfSpace(space.claim), 'buckets', async (row) => {
    const claim = decodeClaim(row.value);
    if (claim.kind !== 'held' || (await run.bucketOf(claim.bucket)) !== undefined) return undefined;
    const name = row.key.toString('utf8', 1).replaceAll('\0', ' ').trim();
    return { kind: 'wrong-directory', what: `the name ${name} is claimed for a bucket that does not exist` };
  });
  for (const spaceByte of [space.delta, space.usage, space.completion] as const) {
    await run.judgeRows(rangeOfSpace(spaceByte), 'counters', async (row) => {
      const bucket = parseBucketId(row.key);
      if (await run.isKnown(bucket)) return undefined;
      const what = `a record of bucket ${bucket}, which does not exist`;
      return { kind: 'stray-record', what, remedy: { deletes: [row.key] } };
    });
  }
}

async function judgeBucket(run: VerificationRun, row: Row): Promise<Finding | undefined> {
  const id = parseBucketId(row.key);
  const { account, place, name, claimed } = decodeBucket(row.value);
  const [entry, ...claims] = await run.metadata.getMany([
    directoryKey(account, place, name),
    claimKey('global', place, name),
    claimKey('account', place, name),
  ]);
  if (entry === undefined || decodeDirectoryEntry(entry.value) !== id) {
    return { kind: 'wrong-directory', what: 'the directory does not lead to this bucket', bucket: name };
  }
  const isHeld = claims.some((claim) => {
    const record = claim === undefined ? undefined : decodeClaim(claim.value);
    return record?.kind === 'held' && record.bucket === id;
  });
  if (!claimed || isHeld) return undefined;
  return { kind: 'wrong-directory', what: 'this bucket does not hold the claim of its name', bucket: name };
}

async function judgeDirectoryEntry(run: VerificationRun, row: Row): Promise<Finding | undefined> {
  const { account, place, name } = parseDirectoryKey(row.key);
  const bucket = await run.bucketOf(decodeDirectoryEntry(row.value));
  if (bucket?.account === account && bucket.place === place && bucket.name === name) return undefined;
  const what = 'the directory leads to another bucket or to none';
  return { kind: 'wrong-directory', what, bucket: name };
}

/** Compares the counters of every bucket with what was counted on the way. To be called after the versions. */
export async function verifyCounters(run: VerificationRun): Promise<void> {
  let done = 0;
  for await (const rows of run.slices(rangeOfSpace(space.bucket), 'counters')) {
    for (const row of rows) {
      const id = parseBucketId(row.key);
      const counted = run.tallies.get(id) ?? NO_USAGE;
      const shown = await readUsage(run, id);
      if (isSame(counted, shown)) continue;
      const finding = await recount(run, id);
      if (finding !== undefined) run.findings.add(finding);
    }
    done += rows.length;
    run.progress('counters', done);
  }
}

/** A bucket that is written to meanwhile is counted again; one that never keeps still long enough is not judged. */
async function recount(run: VerificationRun, id: BucketId): Promise<Finding | undefined> {
  for (let attempt = 0; attempt < RECOUNTS_MAX; attempt += 1) {
    run.metadata.refresh();
    if ((await run.metadata.get(bucketKey(id))) === undefined) return undefined;
    const before = await readUsage(run, id);
    const counted = await countBucket(run, id);
    run.metadata.refresh();
    const after = await readUsage(run, id);
    if (isSame(before, counted) || isSame(after, counted)) return undefined;
    if (!isSame(before, after)) continue;
    const what =
      `its counters say ${after.objects} objects and ${after.bytes} bytes, ` +
      `there are ${counted.objects} and ${counted.bytes}`;
    return { kind: 'wrong-counters', what, bucket: await run.nameOf(id), remedy: { recount: id } };
  }
  return undefined;
}

async function readUsage(run: VerificationRun, id: BucketId): Promise<Usage> {
  const folded = await run.metadata.get(usageKey(id));
  let sum = folded === undefined ? NO_USAGE : decodeUsage(folded.value);
  for await (const rows of run.slices(rangeOfBucket(space.delta, id), 'counters')) {
    for (const row of rows) sum = addUsage(sum, decodeUsage(row.value));
  }
  return sum;
}

export async function countBucket(run: VerificationRun, id: BucketId): Promise<Usage> {
  let sum = NO_USAGE;
  for (const spaceByte of [space.head, space.tombstone, space.older] as const) {
    for await (const rows of run.slices(rangeOfBucket(spaceByte, id), 'counters')) {
      for (const row of rows) {
        const bytes = run.tryDecode(() => decodeVersion(row.value).size) ?? 0;
        sum = addUsage(sum, { objects: spaceByte === space.head ? 1 : 0, bytes });
      }
    }
  }
  return sum;
}

function isSame(left: Usage, right: Usage): boolean {
  return left.objects === right.objects && left.bytes === right.bytes;
}
