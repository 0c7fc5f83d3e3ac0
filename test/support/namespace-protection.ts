/** One random operation on what protects versions, made on both sides. See `namespace-driver.ts`. */
import { KEYS, randomVersionId } from './namespace-actions.ts';
import type { NamespaceDriver, PairedBucket } from './namespace-driver.ts';
import { lockOf } from './namespace-locks.ts';
import { Refusal } from './namespace-model.ts';

const HOUR_MICROS = 3_600_000_000;

export async function holdObject(driver: NamespaceDriver, bucket: PairedBucket): Promise<void> {
  const key = driver.pick(KEYS);
  const versionId = randomVersionId(driver, bucket, key);
  const isOn = driver.random.chance(0.4);
  const words = `holdObject ${bucket.model.name} ${key} ${versionId} ${isOn}`;
  const done = await driver.both(
    words,
    () =>
      driver.store.protectObject({
        bucket: bucket.fresh,
        key,
        change: { kind: 'legal-hold', isOn },
        ...(versionId === undefined ? {} : { versionId }),
      }),
    () => {
      const found = driver.model.find(bucket.model, key, versionId);
      if (bucket.model.lockDays === undefined) throw new Refusal('BucketNotLocked');
      const changed = { ...found, lock: { ...found.lock, legalHold: isOn } };
      return driver.model.replaceVersion(bucket.model, key, found, changed);
    },
  );
  if (done !== undefined) driver.compareVersion(done.real, done.model, words);
}

/** Sets, lengthens, shortens or removes a retention, with and without bypassing one in mode governance. */
export async function retainObject(driver: NamespaceDriver, bucket: PairedBucket): Promise<void> {
  const key = driver.pick(KEYS);
  const versionId = randomVersionId(driver, bucket, key);
  const bypass = driver.random.chance(0.4);
  const mode = driver.pick([undefined, 'governance', 'compliance'] as const);
  const untilMicros = driver.model.nowMicros + 1_000_000 + driver.random.below(HOUR_MICROS / 3);
  const words = `retainObject ${bucket.model.name} ${key} ${versionId} ${mode} ${untilMicros} ${bypass}`;
  const retention = mode === undefined ? null : { mode, until: { kind: 'at' as const, micros: untilMicros } };
  const done = await driver.both(
    words,
    () =>
      driver.store.protectObject({
        bucket: bucket.fresh,
        key,
        change: { kind: 'retention', retention, bypassGovernance: bypass },
        ...(versionId === undefined ? {} : { versionId }),
      }),
    () => {
      const found = driver.model.find(bucket.model, key, versionId);
      if (bucket.model.lockDays === undefined) throw new Refusal('BucketNotLocked');
      const before = found.lock;
      const isRetained = (before?.untilMicros ?? 0) > driver.model.nowMicros;
      const isLonger = mode === before?.mode && untilMicros >= (before?.untilMicros ?? 0);
      const isBypassed = bypass && before?.mode === 'governance';
      if (isRetained && !isLonger && !isBypassed) throw new Refusal('ObjectProtected');
      const hold = before?.legalHold === undefined ? {} : { legalHold: before.legalHold };
      const changed = { ...found, lock: mode === undefined ? hold : { ...hold, mode, untilMicros } };
      return driver.model.replaceVersion(bucket.model, key, found, changed);
    },
  );
  if (done !== undefined) driver.compareVersion(done.real, done.model, words);
}

/** S3's way: a bucket that keeps versions gets a lock, or another default. */
export async function lockBucket(driver: NamespaceDriver, bucket: PairedBucket): Promise<void> {
  const lockDays = driver.pick([0, 0, 1]);
  const done = await driver.both(
    `lockBucket ${bucket.model.name} ${lockDays}`,
    () => driver.store.updateBucket(bucket.real, { lock: lockOf(lockDays) }),
    () => {
      driver.model.assertExists(bucket.model);
      if (bucket.model.lockDays === undefined && bucket.model.versioning !== 'enabled') {
        throw new Refusal('BucketLockRefused');
      }
      bucket.model.lockDays = lockDays;
    },
  );
  if (done === undefined) return;
  bucket.fresh = done.real;
  if (driver.random.chance(0.6)) bucket.real = done.real;
}
