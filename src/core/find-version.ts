import { type Eventual, whenKnown } from '../lib/eventual.ts';
import type { Entry, Version } from '../storage/contract/metadata-store.ts';
import type { CoreContext } from './core-context.ts';
import { CoreError } from './core-errors.ts';
import { isGone } from './expiry.ts';
import { headKey, olderKey, tombstoneKey } from './metadata-keys.ts';
import { decodeVersion, type VersionRecord, versionIdOf } from './metadata-records.ts';
import type { Bucket, VersionId } from './model.ts';
import { decodeOpaqueId, type OpaqueId } from './opaque-ids.ts';
import { nullSequenceOfValue } from './version-layout.ts';

export interface FoundVersion {
  readonly record: VersionRecord;
  readonly isLatest: boolean;
  /** Where the record stands and which version of it was read: what a commit that relies on it must check. */
  readonly storedUnder: Buffer;
  readonly recordVersion: Version;
}

/**
 * The object that a read addresses: the current one, or a version by its id, by point reads only. Throws NoSuchKey,
 * NoSuchVersion, InvalidVersionId, VersionIsDeleteMarker.
 */
export function findVersion(
  context: CoreContext,
  bucket: Bucket,
  key: string,
  versionId: VersionId | undefined,
): Eventual<FoundVersion> {
  return versionId === undefined
    ? findCurrent(context, bucket, key)
    : findAddressed(context, bucket, key, versionId);
}

async function findAddressed(
  context: CoreContext,
  bucket: Bucket,
  key: string,
  versionId: VersionId,
): Promise<FoundVersion> {
  const found = await findVersionById(context, bucket, key, versionId);
  if (found === undefined) throw new CoreError('NoSuchVersion', { key, versionId });
  if (found.record.isDeleteMarker) {
    const { lastModifiedMicros } = found.record;
    throw new CoreError('VersionIsDeleteMarker', { key, versionId, lastModifiedMicros });
  }
  return found;
}

function findCurrent(context: CoreContext, bucket: Bucket, key: string): Eventual<FoundVersion> {
  const storedUnder = headKey(bucket.id, key);
  return whenKnown(context.metadata.get(storedUnder), (entry) =>
    entry === undefined
      ? refuseAbsent(context, bucket, key)
      : currentVersion(context, key, storedUnder, entry),
  );
}

function currentVersion(
  context: CoreContext,
  key: string,
  storedUnder: Buffer,
  { value, version }: Entry,
): FoundVersion {
  const record = decodeVersion(value);
  const isOver = record.expiresAtMicros !== undefined && isGone(record, context.clock.nowMicros());
  if (isOver) throw new CoreError('NoSuchKey', { key });
  return { record, isLatest: true, storedUnder, recordVersion: version };
}

async function refuseAbsent(context: CoreContext, bucket: Bucket, key: string): Promise<never> {
  if (bucket.versioning === 'unversioned') throw new CoreError('NoSuchKey', { key });
  const tombstone = await context.metadata.get(tombstoneKey(bucket.id, key));
  if (tombstone === undefined) throw new CoreError('NoSuchKey', { key });
  const deleteMarkerVersionId = versionIdOf(decodeVersion(tombstone.value));
  throw new CoreError('NoSuchKey', { key, deleteMarkerVersionId });
}

/** A version may also be named by its sequence, as a time in seconds: Swift does. No two versions of a key have the same. */
const BY_TIME = /^(\d{10})\.(\d{6})$/;
const ANY_NONCE = '';

/** What a version id says: the null version, or a sequence and nonce. Throws InvalidVersionId. */
export function parseVersionId(versionId: VersionId): OpaqueId | 'null' {
  if (versionId === 'null') return 'null';
  const [, seconds, micros] = BY_TIME.exec(versionId) ?? [];
  if (seconds !== undefined) {
    return { number: Number(seconds) * 1_000_000 + Number(micros), numberHex: '', nonce: ANY_NONCE };
  }
  const parsed = decodeOpaqueId('version', versionId);
  if (parsed === undefined) throw new CoreError('InvalidVersionId', { versionId });
  return parsed;
}

/** Also finds delete markers, but nothing that has expired. Throws InvalidVersionId. */
export async function findVersionById(
  context: CoreContext,
  bucket: Bucket,
  key: string,
  versionId: VersionId,
): Promise<FoundVersion | undefined> {
  const found = await findStoredVersion(context, bucket, key, versionId);
  return found === undefined || isGone(found.record, context.clock.nowMicros()) ? undefined : found;
}

async function findStoredVersion(
  context: CoreContext,
  bucket: Bucket,
  key: string,
  versionId: VersionId,
): Promise<FoundVersion | undefined> {
  const wanted = parseVersionId(versionId);
  const currentKeys = [headKey(bucket.id, key), tombstoneKey(bucket.id, key)];
  const keys = wanted === 'null' ? currentKeys : [...currentKeys, olderKey(bucket.id, key, wanted.number)];
  const entries = await context.metadata.getMany(keys);
  for (const [index, entry] of entries.entries()) {
    if (entry === undefined) continue;
    const record = decodeVersion(entry.value);
    const isWanted =
      wanted === 'null'
        ? record.isNullVersion
        : !record.isNullVersion &&
          record.sequence === wanted.number &&
          (wanted.nonce === ANY_NONCE || record.nonce === wanted.nonce);
    if (isWanted) {
      return { record, isLatest: index < 2, storedUnder: keys[index]!, recordVersion: entry.version };
    }
  }
  const current = entries[0] ?? entries[1];
  if (wanted !== 'null' || current === undefined) return undefined;
  const nullSequence = nullSequenceOfValue(current.value);
  if (nullSequence === 0) return undefined;
  const storedUnder = olderKey(bucket.id, key, nullSequence);
  const entry = await context.metadata.get(storedUnder);
  if (entry === undefined) return undefined;
  return { record: decodeVersion(entry.value), isLatest: false, storedUnder, recordVersion: entry.version };
}

/** The sequence in a version id; undefined for the null version, and for what is no id. */
export function sequenceOfVersionId(versionId: VersionId): number | undefined {
  return decodeOpaqueId('version', versionId)?.number;
}
