/** One random operation on multipart uploads, made on both sides. See `namespace-driver.ts`. */
import assert from 'node:assert/strict';
import type { ChecksumAlgorithm, ChecksumType } from '../../src/core/model.ts';
import type { CompletedPart, WriteConditions } from '../../src/core/object-store.ts';
import { md5Hex } from './naive-checksums.ts';
import {
  ACCOUNTS,
  KEYS,
  peek,
  randomAlgorithm,
  randomBytes,
  randomMetadata,
  randomReadConditions,
  randomVersionId,
} from './namespace-actions.ts';
import { bodyOf, type NamespaceDriver, type PairedBucket } from './namespace-driver.ts';
import type { ModelUpload } from './namespace-model.ts';

/** Smallest size of a part but the last in these tests. */
export const PART_BYTES_MIN = 40;
const UPLOADS_OPEN_MAX = 6;

/** One of the bucket's uploads, sometimes a finished one; or nothing when there is none. */
function pickUpload(driver: NamespaceDriver, bucket: PairedBucket): ModelUpload | undefined {
  const open = bucket.model.uploads.filter((upload) => upload.completed === undefined);
  const finished = bucket.model.uploads.filter((upload) => upload.completed !== undefined);
  const choices = driver.random.chance(0.9) ? open : finished;
  return choices.length === 0 ? undefined : driver.pick(choices);
}

export async function createUpload(driver: NamespaceDriver, bucket: PairedBucket): Promise<void> {
  if (bucket.model.uploads.filter((upload) => upload.completed === undefined).length > UPLOADS_OPEN_MAX)
    return;
  const key = driver.pick(KEYS);
  const algorithm: ChecksumAlgorithm | undefined = randomAlgorithm(driver);
  const type: ChecksumType | undefined =
    algorithm === undefined ? undefined : driver.pick([undefined, 'FULL_OBJECT', 'COMPOSITE']);
  const metadata = randomMetadata(driver);
  const owner = driver.pick(ACCOUNTS);
  const words = `createUpload ${bucket.model.name} ${key} ${algorithm} ${type}`;
  const done = await driver.both(
    words,
    () =>
      driver.store.createUpload({
        bucket: bucket.real,
        key,
        owner,
        initiator: 'someone',
        metadata,
        ...(algorithm === undefined ? {} : { checksumAlgorithm: algorithm }),
        ...(type === undefined ? {} : { checksumType: type }),
      }),
    () =>
      driver.uploads.create(bucket.model, key, { owner, initiator: 'someone', metadata, algorithm, type }),
  );
  if (done !== undefined) driver.compareUpload(done.real, done.model, words);
}

export async function uploadPart(driver: NamespaceDriver, bucket: PairedBucket): Promise<void> {
  const upload = pickUpload(driver, bucket);
  if (upload === undefined) return;
  const uploadId = driver.random.chance(0.03) ? 'unknown' : upload.publicId!;
  const partNumber = driver.random.chance(0.03) ? driver.pick([0, 10_001]) : 1 + driver.random.below(12);
  const bytes = randomBytes(driver, driver.random.chance(0.85) ? PART_BYTES_MIN : 0);
  const algorithm = driver.random.chance(0.8)
    ? driver.pick([undefined, upload.algorithm])
    : randomAlgorithm(driver);
  const words = `uploadPart ${bucket.model.name} ${upload.key} ${uploadId.slice(0, 8)} ${partNumber} ${bytes.length} ${algorithm}`;
  const body = bodyOf(bytes, driver.random, algorithm);
  const done = await driver.both(
    words,
    () => driver.store.uploadPart({ bucket: bucket.real, key: upload.key, uploadId, partNumber, body }),
    () => driver.uploads.uploadPart(bucket.model, upload.key, uploadId, partNumber, { bytes, algorithm }),
  );
  if (done === undefined) return;
  assert.deepEqual(
    { size: done.real.size, etagMd5: done.real.etagMd5, checksumValue: done.real.checksumValue },
    { size: bytes.length, etagMd5: md5Hex(bytes), checksumValue: done.model.checksumValue },
    words,
  );
}

export async function uploadPartCopy(
  driver: NamespaceDriver,
  from: PairedBucket,
  bucket: PairedBucket,
): Promise<void> {
  const upload = pickUpload(driver, bucket);
  if (upload === undefined) return;
  const uploadId = upload.publicId!;
  const partNumber = 1 + driver.random.below(12);
  const key = driver.pick(KEYS);
  const versionId = randomVersionId(driver, from, key);
  const conditions = randomReadConditions(driver, peek(from, key, versionId));
  const start = driver.random.below(60);
  const range = driver.random.chance(0.6) ? { start, end: start + driver.random.below(400) } : undefined;
  const words = `uploadPartCopy ${from.model.name} ${key} ${versionId} ${JSON.stringify({ range, conditions })} -> ${bucket.model.name} ${upload.key} ${partNumber}`;
  const done = await driver.both(
    words,
    () =>
      driver.store.uploadPartCopy({
        source: { bucket: from.fresh, key, ...(versionId === undefined ? {} : { versionId }) },
        sourceConditions: conditions,
        ...(range === undefined ? {} : { sourceRange: range }),
        bucket: bucket.real,
        key: upload.key,
        uploadId,
        partNumber,
      }),
    () =>
      driver.uploads.uploadPartCopy(
        { bucket: from.model, key, versionId, conditions, range },
        { bucket: bucket.model, key: upload.key, uploadId, partNumber },
      ),
  );
  if (done === undefined) return;
  const { part } = done.real;
  assert.deepEqual(
    { size: part.size, etagMd5: part.etagMd5, checksumValue: part.checksumValue },
    {
      size: done.model.bytes.length,
      etagMd5: md5Hex(done.model.bytes),
      checksumValue: done.model.checksumValue,
    },
    words,
  );
}

/** Mostly all parts in order; sometimes some, wrong ones, or ones that are too small. */
function randomPartList(driver: NamespaceDriver, upload: ModelUpload): CompletedPart[] {
  const all = [...upload.parts.values()].sort((left, right) => left.partNumber - right.partNumber);
  const big = all.filter((part, index) => part.bytes.length >= PART_BYTES_MIN || index === all.length - 1);
  const chosen = driver.random.chance(0.7) ? big : all.filter(() => driver.random.chance(0.7));
  const named = chosen.map((part): CompletedPart => {
    const etag = driver.random.chance(0.5) ? md5Hex(part.bytes) : `"${md5Hex(part.bytes)}"`;
    const hasChecksum = part.checksumValue !== undefined && driver.random.chance(0.5);
    if (!hasChecksum) return { partNumber: part.partNumber, etag };
    const checksum = { algorithm: part.checksumAlgorithm!, value: part.checksumValue! };
    return { partNumber: part.partNumber, etag, checksum };
  });
  if (driver.random.chance(0.05)) named.reverse();
  if (driver.random.chance(0.05)) named.push({ partNumber: 9_999, etag: 'e'.repeat(32) });
  return named;
}

export async function completeUpload(driver: NamespaceDriver, bucket: PairedBucket): Promise<void> {
  const upload = pickUpload(driver, bucket);
  if (upload === undefined) return;
  const parts = randomPartList(driver, upload);
  const size = parts.reduce((sum, part) => sum + (upload.parts.get(part.partNumber)?.bytes.length ?? 0), 0);
  const conditions: WriteConditions = driver.random.chance(0.2) ? { ifNoneMatch: '*' } : {};
  const objectSize = driver.random.chance(0.2) ? size + driver.pick([0, 0, 1]) : undefined;
  const words = `completeUpload ${bucket.model.name} ${upload.key} ${upload.publicId!.slice(0, 8)} ${JSON.stringify({ conditions, objectSize, parts: parts.map((part) => part.partNumber) })}`;
  const done = await driver.both(
    words,
    () =>
      driver.store.completeUpload({
        bucket: bucket.real,
        key: upload.key,
        uploadId: upload.publicId!,
        parts,
        conditions,
        ...(objectSize === undefined ? {} : { objectSize }),
      }),
    () =>
      driver.uploads.complete(bucket.model, upload.key, {
        uploadId: upload.publicId!,
        parts,
        conditions,
        objectSize,
      }),
  );
  if (done !== undefined) driver.compareVersion(done.real, done.model, words);
}

export async function abortUpload(driver: NamespaceDriver, bucket: PairedBucket): Promise<void> {
  const upload = pickUpload(driver, bucket);
  if (upload === undefined) return;
  await driver.both(
    `abortUpload ${bucket.model.name} ${upload.key} ${upload.publicId!.slice(0, 8)}`,
    () => driver.store.abortUpload(bucket.real, upload.key, upload.publicId!),
    () => driver.uploads.abort(bucket.model, upload.key, upload.publicId!),
  );
}

export async function listParts(driver: NamespaceDriver, bucket: PairedBucket): Promise<void> {
  const upload = pickUpload(driver, bucket);
  if (upload === undefined) return;
  const after = driver.random.below(12);
  const limit = driver.random.below(6);
  const words = `listParts ${bucket.model.name} ${upload.key} ${upload.publicId!.slice(0, 8)} ${after} ${limit}`;
  const done = await driver.both(
    words,
    () => driver.store.listParts(bucket.fresh, upload.key, upload.publicId!, after, limit),
    () => driver.uploads.listParts(bucket.model, upload.key, upload.publicId!, after, limit),
  );
  if (done === undefined) return;
  driver.compareUpload(done.real.upload, upload, words);
  assert.deepEqual(
    done.real.parts.map((part) => [part.partNumber, part.size, part.etagMd5, part.checksumValue]),
    done.model.parts.map((part) => [
      part.partNumber,
      part.bytes.length,
      md5Hex(part.bytes),
      part.checksumValue,
    ]),
    words,
  );
  assert.equal(done.real.isTruncated, done.model.isTruncated, words);
}

/** Walks the whole listing page by page, with markers; every page is compared. */
export async function listUploads(driver: NamespaceDriver, bucket: PairedBucket): Promise<void> {
  const prefix = driver.pick(['', '', 'a', 'a/', 'é']);
  const delimiter = driver.pick(['', '/', 'b']);
  const limit = 1 + driver.random.below(4);
  let keyMarker = '';
  let uploadIdMarker = '';
  for (;;) {
    const query = { prefix, delimiter, keyMarker, uploadIdMarker, limit };
    const words = `listUploads ${bucket.model.name} ${JSON.stringify(query)}`;
    const done = await driver.both(
      words,
      () => driver.store.listUploads(bucket.fresh, query),
      () => driver.uploads.listUploads(bucket.model, query),
    );
    if (done === undefined) return;
    assert.deepEqual(
      done.real.uploads.map((upload) => upload.uploadId),
      done.model.uploads.map((upload) => upload.publicId),
      words,
    );
    for (const [index, upload] of done.model.uploads.entries()) {
      driver.compareUpload(done.real.uploads[index]!, upload, words);
    }
    assert.deepEqual(done.real.prefixes, done.model.prefixes, words);
    assert.equal(done.real.isTruncated, done.model.isTruncated, words);
    if (!done.real.isTruncated) return;
    keyMarker = done.real.nextKeyMarker!;
    uploadIdMarker = done.real.nextUploadIdMarker ?? '';
  }
}
