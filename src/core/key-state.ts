/**
 * What a key holds, and how a commit changes it: placing a new version, and releasing the body of one that goes.
 *
 * Exactly one of head and tombstone exists when the key has any version at all, and every change of a key writes one of
 * them and checks both. That is the serialisation point of a key (docs/adr/0002-keys-references-reclaiming.md, Keys).
 */
import type { Entry } from '../storage/contract/metadata-store.ts';
import { encodeReclaimable } from './body-records.ts';
import type { CommitDraft } from './commit-draft.ts';
import { compositionFor } from './composition/composition-documents.ts';
import type { CoreContext } from './core-context.ts';
import { indexExpiry, isGone } from './expiry.ts';
import { deleteInlineBody } from './inline-bodies.ts';
import { headKey, olderKey, tombstoneKey } from './metadata-keys.ts';
import {
  decodeVersion,
  EMPTY_MD5,
  encodeVersion,
  NULL_NONCE,
  type VersionRecord,
} from './metadata-records.ts';
import type { Bucket } from './model.ts';
import { assertDestroyable, type ProtectionRequest, protectionOfNew } from './protection.ts';
import { bodyReferenceKey, candidateKey } from './reclaiming-keys.ts';
import { expiryOfUpload } from './upload-lifetime.ts';

export interface StoredVersion {
  readonly entry: Entry;
  readonly record: VersionRecord;
}

export interface KeyState {
  /** The current version, when it is an object. */
  readonly head: StoredVersion | undefined;
  /** The current version, when it is a delete marker. */
  readonly tombstone: StoredVersion | undefined;
  /** The null version when it is not current; read only while versioning is suspended, when a write replaces it. */
  readonly olderNull: StoredVersion | undefined;
}

export async function readKeyState(context: CoreContext, bucket: Bucket, key: string): Promise<KeyState> {
  if (bucket.versioning === 'unversioned') {
    const entry = await context.metadata.get(headKey(bucket.id, key));
    return { head: storedVersion(entry), tombstone: undefined, olderNull: undefined };
  }
  const [headEntry, tombstoneEntry] = await context.metadata.getMany([
    headKey(bucket.id, key),
    tombstoneKey(bucket.id, key),
  ]);
  const head = storedVersion(headEntry);
  const tombstone = storedVersion(tombstoneEntry);
  const nullSequence = (head ?? tombstone)?.record.nullSequence ?? 0;
  if (bucket.versioning !== 'suspended' || nullSequence === 0)
    return { head, tombstone, olderNull: undefined };
  const olderNull = storedVersion(await context.metadata.get(olderKey(bucket.id, key, nullSequence)));
  return { head, tombstone, olderNull };
}

/** The current object, unless its time has come. */
export function liveHead(context: CoreContext, { head }: KeyState): StoredVersion | undefined {
  return head === undefined || isGone(head.record, context.clock.nowMicros()) ? undefined : head;
}

export function storedVersion(entry: Entry | undefined): StoredVersion | undefined {
  return entry === undefined ? undefined : { entry, record: decodeVersion(entry.value) };
}

/** Adds the checks that make the commit fail when the key has changed since `state` was read. */
export function checkKeyState(draft: CommitDraft, bucket: Bucket, key: string, state: KeyState): void {
  draft.check(headKey(bucket.id, key), state.head?.entry);
  if (bucket.versioning !== 'unversioned') draft.check(tombstoneKey(bucket.id, key), state.tombstone?.entry);
}

/** A version before the key's history has given it its place. */
export type NewVersion = Omit<
  VersionRecord,
  'sequence' | 'lastModifiedMicros' | 'isNullVersion' | 'nonce' | 'nullSequence' | 'protection'
> & {
  /** Undefined: as the bucket has it by default. Of no meaning for delete markers, which are never protected. */
  readonly protectionRequest?: ProtectionRequest | undefined;
};

export function deleteMarkerOf({ account }: Bucket): NewVersion {
  return {
    isDeleteMarker: true,
    size: 0,
    etagMd5: EMPTY_MD5,
    owner: account,
    body: { kind: 'none' },
    metadata: { system: { contentType: '' }, user: {}, documents: {} },
  };
}

/**
 * Makes `version` the current version of the key: checks the key's state, keeps or replaces what was current by the
 * bucket's versioning, releases what is replaced, refers to a shared body and counts. The caller adds what makes the body
 * itself exist (inline bytes, blob references) or checks the live reference it is taken from. Throws ObjectProtected when
 * the version that is replaced is protected, and what `protectionOfNew` throws.
 * `sequencesBefore`: how many sequence numbers below the version's own must be free after the last known one.
 */
export function placeVersion(
  context: CoreContext,
  draft: CommitDraft,
  bucket: Bucket,
  key: string,
  state: KeyState,
  version: NewVersion,
  sequencesBefore = 0,
): VersionRecord {
  const current = state.head ?? state.tombstone;
  const isNullVersion = bucket.versioning !== 'enabled';
  const sequence = Math.max(
    context.clock.nowMicros(),
    (current === undefined ? 0 : current.record.sequence) + 1 + sequencesBefore,
  );
  const composition = compositionFor(version.composition, version.metadata);
  const nowMicros = context.clock.nowMicros();
  const protection = version.isDeleteMarker
    ? undefined
    : protectionOfNew(bucket, version.protectionRequest, sequence, nowMicros);
  const expiresAtMicros =
    version.expiresAtMicros ?? (version.isDeleteMarker ? undefined : expiryOfUpload(bucket, key, nowMicros));
  const record: VersionRecord = {
    isDeleteMarker: version.isDeleteMarker,
    size: version.size,
    etagMd5: version.etagMd5,
    owner: version.owner,
    body: version.body,
    metadata: version.metadata,
    sequence,
    lastModifiedMicros: sequence,
    isNullVersion,
    nonce: isNullVersion ? NULL_NONCE : context.entropy.bytes(12).toString('hex'),
    nullSequence: isNullVersion ? 0 : nullSequenceBelow(current),
    ...(version.partCount === undefined ? undefined : { partCount: version.partCount }),
    ...(version.checksum === undefined ? undefined : { checksum: version.checksum }),
    ...(composition === undefined ? undefined : { composition }),
    ...(version.segmented === undefined ? undefined : { segmented: version.segmented }),
    ...(protection === undefined ? undefined : { protection }),
    ...(expiresAtMicros === undefined ? undefined : { expiresAtMicros }),
  };
  checkKeyState(draft, bucket, key, state);
  const placeKey = version.isDeleteMarker ? tombstoneKey(bucket.id, key) : headKey(bucket.id, key);
  draft.put(placeKey, encodeVersion(record));
  indexExpiry(draft, bucket.id, key, undefined, record);
  if (state.head !== undefined && version.isDeleteMarker) draft.delete(headKey(bucket.id, key));
  if (state.tombstone !== undefined && !version.isDeleteMarker) draft.delete(tombstoneKey(bucket.id, key));
  if (isNullVersion) assertReplaceable(state, key, nowMicros);
  if (current !== undefined) supersede(draft, bucket, key, current, isNullVersion);
  if (isNullVersion && state.olderNull !== undefined) {
    draft.check(olderKey(bucket.id, key, state.olderNull.record.sequence), state.olderNull.entry);
    draft.delete(olderKey(bucket.id, key, state.olderNull.record.sequence));
    releaseVersion(draft, bucket, key, state.olderNull.record);
  }
  if (record.body.kind === 'pieces' || record.body.kind === 'pages') {
    draft.put(bodyReferenceKey(record.body.id, { bucket: bucket.id, key, sequence }), Buffer.alloc(0));
  }
  draft.count((version.isDeleteMarker ? 0 : 1) - (state.head === undefined ? 0 : 1), version.size);
  return record;
}

/** A null version takes the place of the one that there is. Throws ObjectProtected when that must stay. */
export function assertReplaceable(state: KeyState, key: string, nowMicros: number): void {
  const current = state.head ?? state.tombstone;
  if (current?.record.isNullVersion) assertDestroyable(current.record, key, nowMicros);
  if (state.olderNull !== undefined) assertDestroyable(state.olderNull.record, key, nowMicros);
}

/** Sequence of the null version once a version has been placed above `current`; 0: there is none. */
function nullSequenceBelow(current: StoredVersion | undefined): number {
  if (current === undefined) return 0;
  return current.record.isNullVersion ? current.record.sequence : current.record.nullSequence;
}

/** The former current version is replaced by a null version when it is one itself, else it becomes an older one. */
function supersede(
  draft: CommitDraft,
  bucket: Bucket,
  key: string,
  current: StoredVersion,
  byNullVersion: boolean,
): void {
  if (byNullVersion && current.record.isNullVersion) releaseVersion(draft, bucket, key, current.record);
  else draft.put(olderKey(bucket.id, key, current.record.sequence), current.entry.value);
}

/**
 * What goes with a version: inline bytes at once; a shared body loses this reference and becomes a candidate for
 * reclaiming. The caller deletes the record itself and counts objects; bytes are counted here.
 */
export function releaseVersion(draft: CommitDraft, bucket: Bucket, key: string, record: VersionRecord): void {
  draft.count(0, -record.size);
  indexExpiry(draft, bucket.id, key, record, undefined);
  const { body } = record;
  if (body.kind === 'none') return;
  if (body.kind === 'inline') {
    deleteInlineBody(draft, bucket.id, body);
    return;
  }
  const owner = { bucket: bucket.id, key, sequence: record.sequence } as const;
  draft.delete(bodyReferenceKey(body.id, owner));
  draft.put(candidateKey('body', body.id), encodeReclaimable(body));
}
