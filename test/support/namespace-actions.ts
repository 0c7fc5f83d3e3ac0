/** One random operation on buckets and objects, made on both sides. See `namespace-driver.ts`. */
import assert from 'node:assert/strict';
import type { ChecksumAlgorithm, ObjectMetadata, ObjectVersion } from '../../src/core/model.ts';
import type { RangeRequest, ReadConditions, WriteConditions } from '../../src/core/object-store.ts';
import { encodeOpaqueId } from '../../src/core/opaque-ids.ts';
import { bodyOf, type NamespaceDriver, type PairedBucket, readAll } from './namespace-driver.ts';
import { lockOf, randomLock, requestOf } from './namespace-locks.ts';
import {
  assertReadConditions,
  EMPTY_METADATA,
  etagOfModel,
  type ModelVersion,
  Refusal,
  resolveRange,
} from './namespace-model.ts';

export const ACCOUNTS = ['a'.repeat(32), 'b'.repeat(32)] as const;
export const PLACE = 'KR1';
const BUCKET_NAMES = ['first-bucket', 'second-bucket', 'third-bucket'];
/** Few enough to meet again and again; their order in bytes is not that of JavaScript strings. */
export const KEYS = ['a', 'a/', 'a/b', 'a/b/c', 'a//', 'ab', 'b/..', '\u{ffee}/x', '\u{1f600}', 'é'] as const;
const ALGORITHMS: readonly ChecksumAlgorithm[] = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'];
/** Well-formed, of a version that never was. */
const UNKNOWN_VERSION = encodeOpaqueId('version', 1, '0'.repeat(24));
const BLOCK_BYTES_MAX = 400;

export function randomAlgorithm(driver: NamespaceDriver): ChecksumAlgorithm | undefined {
  return driver.random.chance(0.3) ? driver.pick(ALGORITHMS) : undefined;
}

export function randomBytes(driver: NamespaceDriver, sizeMin = 0): Buffer {
  const size = driver.random.chance(0.15) ? sizeMin : sizeMin + driver.random.below(BLOCK_BYTES_MAX);
  const bytes = Buffer.alloc(size, driver.random.below(256));
  if (size > 0) bytes[driver.random.below(size)] = driver.random.below(256);
  return bytes;
}

export function randomMetadata(driver: NamespaceDriver): ObjectMetadata {
  if (driver.random.chance(0.6)) return EMPTY_METADATA;
  return {
    system: { contentType: 'text/plain', ...(driver.random.chance(0.5) ? { cacheControl: 'no-store' } : {}) },
    user: { colour: driver.pick(['푸른', 'red', '']) },
    documents: driver.random.chance(0.3) ? { acl: `acl ${driver.random.below(9)}` } : {},
  };
}

function randomWriteConditions(driver: NamespaceDriver, bucket: PairedBucket, key: string): WriteConditions {
  if (driver.random.chance(0.7)) return {};
  const current = driver.model.current(bucket.model, key);
  return driver.pick<WriteConditions>([
    { ifNoneMatch: '*' },
    { ifMatch: '*' },
    { ifMatch: [current === undefined ? 'f'.repeat(32) : etagOfModel(current)] },
    { ifMatch: ['e'.repeat(32)] },
  ]);
}

export function randomReadConditions(
  driver: NamespaceDriver,
  target: ModelVersion | undefined,
): ReadConditions {
  if (driver.random.chance(0.7)) return {};
  const etags = [target === undefined ? 'f'.repeat(32) : etagOfModel(target)];
  const around = (target?.writtenAtMicros ?? 0) + driver.pick([-5_000_000, 0, 5_000_000]);
  return {
    ...(driver.random.chance(0.3) ? { ifMatch: driver.pick([etags, ['e'.repeat(32)], '*' as const]) } : {}),
    ...(driver.random.chance(0.3) ? { ifNoneMatch: driver.pick([etags, ['e'.repeat(32)]]) } : {}),
    ...(driver.random.chance(0.3) ? { ifModifiedSinceMicros: around } : {}),
    ...(driver.random.chance(0.3) ? { ifUnmodifiedSinceMicros: around } : {}),
  };
}

/** The current version (undefined), one that exists, one that never did, or `null`. */
export function randomVersionId(
  driver: NamespaceDriver,
  bucket: PairedBucket,
  key: string,
): string | undefined {
  if (driver.random.chance(0.5)) return undefined;
  const known = (bucket.model.keys.get(key) ?? []).map((version) => version.publicId ?? 'null');
  return driver.pick([...known, ...known, 'null', UNKNOWN_VERSION]);
}

/** For looking a version up without the model throwing. */
export function peek(
  bucket: PairedBucket,
  key: string,
  versionId: string | undefined,
): ModelVersion | undefined {
  const versions = bucket.model.keys.get(key) ?? [];
  return versionId === undefined ? versions[0] : versions.find((version) => version.publicId === versionId);
}

export async function createBucket(driver: NamespaceDriver): Promise<void> {
  const account = driver.pick(ACCOUNTS);
  const name = driver.pick(BUCKET_NAMES);
  const lockDays = driver.pick([undefined, undefined, undefined, 0, 1]);
  const done = await driver.both(
    `createBucket ${name} ${lockDays}`,
    () =>
      driver.store.createBucket({
        account,
        place: PLACE,
        name,
        ...(lockDays === undefined ? {} : { lock: lockOf(lockDays) }),
      }),
    () => driver.model.createBucket(account, PLACE, name, lockDays),
  );
  if (done === undefined) return;
  assert.equal(done.real.versioning, 'unversioned');
  driver.buckets.push({ model: done.model, fresh: done.real, real: done.real });
}

export async function deleteBucket(driver: NamespaceDriver, bucket: PairedBucket): Promise<void> {
  await driver.both(
    `deleteBucket ${bucket.model.name}`,
    () => driver.store.deleteBucket(bucket.real),
    () => driver.model.deleteBucket(bucket.model),
  );
}

export async function updateBucket(driver: NamespaceDriver, bucket: PairedBucket): Promise<void> {
  const versioning = driver.pick([undefined, 'enabled', 'enabled', 'suspended'] as const);
  const documents = driver.random.chance(0.5) ? { cors: driver.pick(['one', 'two', null]) } : {};
  const done = await driver.both(
    `updateBucket ${bucket.model.name} ${versioning}`,
    () =>
      driver.store.updateBucket(bucket.real, {
        documents,
        ...(versioning === undefined ? {} : { versioning }),
      }),
    () => driver.model.updateBucket(bucket.model, documents, versioning),
  );
  if (done === undefined) return;
  assert.equal(done.real.versioning, bucket.model.versioning);
  assert.deepEqual({ ...done.real.documents }, bucket.model.documents);
  bucket.fresh = done.real;
  if (driver.random.chance(0.6)) bucket.real = done.real;
}

export async function findBucket(driver: NamespaceDriver): Promise<void> {
  const name = driver.pick(BUCKET_NAMES);
  const done = await driver.both(
    `findBucket ${name}`,
    () => driver.store.findBucket({ caller: driver.pick([...ACCOUNTS, undefined]), place: PLACE, name }),
    () => driver.model.findBucket(PLACE, name),
  );
  if (done === undefined) return;
  assert.equal(done.real.account, done.model.account);
  assert.equal(done.real.versioning, done.model.versioning);
  const paired = driver.buckets.find((bucket) => bucket.model === done.model);
  if (paired === undefined) return;
  paired.real = done.real;
  paired.fresh = done.real;
}

export async function putObject(driver: NamespaceDriver, bucket: PairedBucket): Promise<void> {
  const key = driver.pick(KEYS);
  const bytes = randomBytes(driver);
  const metadata = randomMetadata(driver);
  const owner = driver.pick(ACCOUNTS);
  const checksumAlgorithm = randomAlgorithm(driver);
  const conditions = randomWriteConditions(driver, bucket, key);
  const lock =
    bucket.model.lockDays === undefined ? undefined : randomLock(driver.random, driver.model.nowMicros);
  const words = `putObject ${bucket.model.name} ${key} ${bytes.length} ${JSON.stringify({ conditions, lock })}`;
  const body = bodyOf(bytes, driver.random, checksumAlgorithm);
  const done = await driver.both(
    words,
    () =>
      driver.store.putObject({
        bucket: bucket.real,
        key,
        owner,
        metadata,
        body,
        conditions,
        ...(lock === undefined ? {} : { protection: requestOf(lock) }),
      }),
    () =>
      driver.model.putObject(bucket.model, key, {
        bytes,
        metadata,
        owner,
        checksumAlgorithm,
        conditions,
        lock,
      }),
  );
  if (done !== undefined) driver.compareVersion(done.real, done.model, words);
}

export async function readObject(driver: NamespaceDriver, bucket: PairedBucket): Promise<void> {
  const key = driver.pick(KEYS);
  const versionId = randomVersionId(driver, bucket, key);
  const conditions = randomReadConditions(driver, peek(bucket, key, versionId));
  const range: RangeRequest | undefined = driver.random.chance(0.4)
    ? driver.pick<RangeRequest>([
        { kind: 'from', start: driver.random.below(500), end: undefined },
        { kind: 'from', start: driver.random.below(100), end: 100 + driver.random.below(500) },
        { kind: 'suffix', length: driver.random.below(300) },
      ])
    : undefined;
  const opens = driver.random.chance(0.7);
  const words = `${opens ? 'getObject' : 'headObject'} ${bucket.model.name} ${key} ${versionId} ${JSON.stringify({ conditions, range })}`;
  const input = {
    bucket: bucket.fresh,
    key,
    conditions,
    ...(versionId === undefined ? {} : { versionId }),
    ...(range === undefined ? {} : { range }),
  };
  const done = await driver.both(
    words,
    async () => {
      if (!opens) return { found: await driver.store.headObject(input), bytes: undefined };
      const opened = await driver.store.getObject(input);
      return { found: opened, bytes: await readAll(opened.body) };
    },
    () => {
      const version = driver.model.find(bucket.model, key, versionId);
      assertReadConditions(version, conditions);
      return {
        version,
        selected: range === undefined ? undefined : resolveRange(range, version.bytes.length),
      };
    },
  );
  if (done === undefined) return;
  driver.compareVersion(done.real.found.version, done.model.version, words);
  assert.deepEqual(done.real.found.selected, done.model.selected, words);
  if (done.real.bytes === undefined) return;
  const { start, end } = done.model.selected ?? { start: 0, end: done.model.version.bytes.length - 1 };
  assert.deepEqual(done.real.bytes, done.model.version.bytes.subarray(start, end + 1), words);
}

export async function readPart(driver: NamespaceDriver, bucket: PairedBucket): Promise<void> {
  const multipart = [...bucket.model.keys.keys()].filter((key) => bucket.model.keys.get(key)?.[0]?.parts);
  if (multipart.length === 0) return;
  const key = driver.pick(multipart);
  const version = driver.model.current(bucket.model, key);
  if (version?.parts === undefined) return;
  const part = driver.pick(version.parts);
  const request = driver.store.beginRequest();
  const opened = await driver.store.getObject({
    bucket: bucket.fresh,
    key,
    conditions: {},
    partNumber: part.partNumber,
  });
  assert.deepEqual(await readAll(opened.body), part.bytes, `getObject ${key} part ${part.partNumber}`);
  const listed = await driver.store.listObjectParts({ bucket: bucket.fresh, key }, 0, 1000);
  assert.deepEqual(
    listed.parts.map((one) => [one.partNumber, one.size]),
    version.parts.map((one) => [one.partNumber, one.bytes.length]),
    `listObjectParts ${key}`,
  );
  request.end();
}

export async function deleteObject(driver: NamespaceDriver, bucket: PairedBucket): Promise<void> {
  const key = driver.pick(KEYS);
  const versionId = randomVersionId(driver, bucket, key);
  const target = peek(bucket, key, versionId);
  const conditions: WriteConditions =
    target === undefined || target.isDeleteMarker || driver.random.chance(0.7)
      ? {}
      : driver.pick<WriteConditions>([
          { ifMatch: '*' },
          { ifMatch: [etagOfModel(target)] },
          { ifMatch: ['e'.repeat(32)] },
          { ifMatchSize: target.bytes.length },
        ]);
  const bypassGovernance = driver.random.chance(0.3);
  const words = `deleteObject ${bucket.model.name} ${key} ${versionId} ${JSON.stringify({ conditions, bypassGovernance })}`;
  const wasUnversioned = bucket.model.versioning === 'unversioned';
  const done = await driver.both(
    words,
    () =>
      driver.store.deleteObject({
        bucket: bucket.fresh,
        key,
        conditions,
        bypassGovernance,
        ...(versionId === undefined ? {} : { versionId }),
      }),
    () => driver.model.deleteObject(bucket.model, key, versionId, conditions, bypassGovernance),
  );
  if (done === undefined) return;
  const { marker, removed } = done.model;
  if (marker !== undefined) {
    assert.equal(done.real.deleteMarker, true, words);
    marker.publicId ??= done.real.versionId;
    assert.equal(done.real.versionId, marker.publicId, words);
  } else if (removed !== undefined && !wasUnversioned) {
    const { publicId: versionId, isDeleteMarker: deleteMarker } = removed;
    assert.deepEqual(done.real, { versionId, deleteMarker, existed: true }, words);
  }
}

export async function updateObject(driver: NamespaceDriver, bucket: PairedBucket): Promise<void> {
  const key = driver.pick(KEYS);
  const versionId = randomVersionId(driver, bucket, key);
  const acl = driver.pick(['public', null]);
  const words = `updateObject ${bucket.model.name} ${key} ${versionId} ${acl}`;
  const done = await driver.both(
    words,
    () =>
      driver.store.updateObject({
        bucket: bucket.fresh,
        key,
        documents: { acl },
        ...(versionId === undefined ? {} : { versionId }),
      }),
    () => {
      const found = driver.model.find(bucket.model, key, versionId);
      const documents: Record<string, string> = { ...found.metadata.documents };
      if (acl === null) delete documents['acl'];
      else documents['acl'] = acl;
      const changed: ModelVersion = { ...found, metadata: { ...found.metadata, documents } };
      return driver.model.replaceVersion(bucket.model, key, found, changed);
    },
  );
  if (done !== undefined) driver.compareVersion(done.real, done.model, words);
}

export async function copyObject(
  driver: NamespaceDriver,
  from: PairedBucket,
  to: PairedBucket,
): Promise<void> {
  const source = { bucket: from.fresh, key: driver.pick(KEYS) };
  const versionId = randomVersionId(driver, from, source.key);
  const sourceConditions = randomReadConditions(driver, peek(from, source.key, versionId));
  const key = driver.random.chance(0.3) ? source.key : driver.pick(KEYS);
  const replacement = driver.random.chance(0.4) ? randomMetadata(driver) : undefined;
  const conditions = randomWriteConditions(driver, to, key);
  const checksumAlgorithm = randomAlgorithm(driver);
  const words = `copyObject ${from.model.name} ${source.key} ${versionId} -> ${to.model.name} ${key} ${JSON.stringify({ sourceConditions, conditions, checksumAlgorithm })}`;
  let seen: ObjectVersion | undefined;
  const done = await driver.both(
    words,
    () =>
      driver.store.copyObject({
        source: { ...source, ...(versionId === undefined ? {} : { versionId }) },
        sourceConditions,
        bucket: to.real,
        key,
        owner: to.model.account,
        metadata: (found) => {
          seen = found;
          return replacement ?? found.metadata;
        },
        changesSomething: replacement !== undefined,
        conditions,
        ...(checksumAlgorithm === undefined ? {} : { checksumAlgorithm }),
      }),
    () =>
      driver.model.copyObject(
        { bucket: from.model, key: source.key, versionId, conditions: sourceConditions },
        { bucket: to.model, key, owner: to.model.account, replacement, checksumAlgorithm, conditions },
      ),
  );
  if (done === undefined) return;
  assert.ok(seen, words);
  driver.compareVersion(done.real, done.model, words);
}

export function assertRefusal(run: () => unknown): string | undefined {
  try {
    run();
    return undefined;
  } catch (refusal) {
    if (refusal instanceof Refusal) return refusal.code;
    throw refusal;
  }
}
