/**
 * What one commit may hold, checked before anything is sent to the driver: the driver reports an oversized key only after
 * it has half queued the commit, and the contract wants the same limits from every store (design, section 6).
 */
import type { CommitRequest, MetadataLimits } from '../contract/metadata-store.ts';

/** Keys that begin with this byte belong to the engine itself. */
export const ENGINE_KEY_SPACE = 0xff;

/** The largest key LMDB takes on its pages of 4 KiB (`mdb_env_get_maxkeysize` of the driver's build). */
const LMDB_KEY_BYTES_MAX = 1978;

const MIB = 1024 * 1024;

export const embeddedLimits: MetadataLimits = Object.freeze({
  checksPerCommitMax: 64,
  keysPerCommitMax: 1000,
  bytesPerCommitMax: 8 * MIB,
  bytesPerValueMax: MIB,
  bytesPerKeyMax: LMDB_KEY_BYTES_MAX,
});

function assertKey(key: Buffer, limits: MetadataLimits): void {
  if (key.length === 0) throw new RangeError('A key must not be empty');
  if (key.length > limits.bytesPerKeyMax) {
    throw new RangeError(`A key of ${key.length} bytes is longer than ${limits.bytesPerKeyMax}`);
  }
  if (key[0] === ENGINE_KEY_SPACE) throw new RangeError('Keys that begin with 0xff belong to the engine');
}

/** Throws `RangeError` when the request is outside the limits: that is a mistake of the caller, not of the client. */
export function assertCommitWithin(limits: MetadataLimits, request: CommitRequest): void {
  const { checks, puts, deletes } = request;
  if (checks.length > limits.checksPerCommitMax) {
    throw new RangeError(`A commit may have ${limits.checksPerCommitMax} checks, not ${checks.length}`);
  }
  const keyCount = puts.length + deletes.length;
  if (keyCount > limits.keysPerCommitMax) {
    throw new RangeError(`A commit may write ${limits.keysPerCommitMax} keys, not ${keyCount}`);
  }
  let bytes = 0;
  for (const check of checks) assertKey(check.key, limits);
  for (const key of deletes) {
    assertKey(key, limits);
    bytes += key.length;
  }
  for (const put of puts) {
    assertKey(put.key, limits);
    if (put.value.length > limits.bytesPerValueMax) {
      throw new RangeError(`A value may have ${limits.bytesPerValueMax} bytes, not ${put.value.length}`);
    }
    bytes += put.key.length + put.value.length;
  }
  if (bytes > limits.bytesPerCommitMax) {
    throw new RangeError(`A commit may have ${limits.bytesPerCommitMax} bytes, not ${bytes}`);
  }
}
