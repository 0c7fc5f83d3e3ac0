/**
 * Versions that are there until a moment (Swift's X-Delete-At; nhn-openstack.md, section 18). From then on nobody sees them, and
 * housekeeping removes them by an index in the order of time. What is protected stays, and is seen, until it is not any more:
 * an expiry must not do what nobody may.
 */
import type { CommitDraft } from './commit-draft.ts';
import { expiryKey } from './expiry-keys.ts';
import { decodeVersion, type VersionRecord } from './metadata-records.ts';
import type { BucketId } from './model.ts';
import { isProtected } from './protection.ts';
import { expiryOfValue } from './version-layout.ts';

type Expiring = Pick<VersionRecord, 'expiresAtMicros' | 'protection'>;

/** Whether the version is not there any more, though its record may be. */
export function isGone(record: Expiring, nowMicros: number): boolean {
  const { expiresAtMicros } = record;
  return expiresAtMicros !== undefined && expiresAtMicros <= nowMicros && !isProtected(record, nowMicros);
}

/** As `isGone`, of an encoded record: for listings, which open a record only when its time has come. */
export function isGoneValue(value: Buffer, nowMicros: number): boolean {
  const expiresAtMicros = expiryOfValue(value);
  return expiresAtMicros !== 0 && expiresAtMicros <= nowMicros && isGone(decodeVersion(value), nowMicros);
}

type Indexed = Pick<VersionRecord, 'expiresAtMicros' | 'sequence'>;

/** Adds to a commit that makes, changes or removes a version what the index has to know. */
export function indexExpiry(
  draft: CommitDraft,
  bucket: BucketId,
  key: string,
  before: Indexed | undefined,
  after: Indexed | undefined,
): void {
  if (before?.expiresAtMicros === after?.expiresAtMicros) return;
  if (before?.expiresAtMicros !== undefined) {
    draft.delete(expiryKey(before.expiresAtMicros, bucket, before.sequence, key));
  }
  if (after?.expiresAtMicros !== undefined) {
    draft.put(expiryKey(after.expiresAtMicros, bucket, after.sequence, key), Buffer.alloc(0));
  }
}
