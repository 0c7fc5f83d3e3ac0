/**
 * Older versions as ordinary objects of another bucket (Swift's versioning before object versions, and NHN's): what a write
 * replaces moves into the bucket that the setting names, as `{length of name, 3 hexadecimal digits}{name}/{timestamp}`, in the very
 * commit that replaces it. `history`: a deletion moves the object too, and leaves a marker behind it. `stack`: a deletion brings
 * the version before back. A bucket with versions of its own has no need of it.
 */
import { CommitDraft } from './commit-draft.ts';
import type { CoreContext } from './core-context.ts';
import { CoreError } from './core-errors.ts';
import {
  checkKeyState,
  type KeyState,
  liveHead,
  type NewVersion,
  placeVersion,
  readKeyState,
  releaseVersion,
  type StoredVersion,
} from './key-state.ts';
import { headKey, parseHeadKey, rangeOfPrefix } from './metadata-keys.ts';
import { decodeVersion, EMPTY_MD5, type VersionRecord } from './metadata-records.ts';
import type { Bucket } from './model.ts';
import { contentOf, joinDrafts, moveBody } from './move-version.ts';
import { findBucket } from './operations/find-bucket.ts';
import { assertDestroyable } from './protection.ts';

const ARCHIVE_DOCUMENT = 'archive';
/** Timestamps in names have five digits behind the point. */
const TIMESTAMP_MICROS = 10;

export interface ArchiveSettings {
  /** A bucket of the same account and place, and not the same one. */
  readonly bucket: string;
  readonly mode: 'history' | 'stack';
  /** How long what is archived stays; undefined: as long as it would have anyway. */
  readonly retentionMicros?: number;
}

/** For the `documents` of a bucket. */
export function archiveDocument(settings: ArchiveSettings | null): Record<string, string | null> {
  return { [ARCHIVE_DOCUMENT]: settings === null ? null : JSON.stringify(settings) };
}

export function archiveOf({ documents }: Pick<Bucket, 'documents'>): ArchiveSettings | undefined {
  const text = documents[ARCHIVE_DOCUMENT];
  return text === undefined ? undefined : (JSON.parse(text) as ArchiveSettings);
}

/** Whether what a write replaces has to be kept. */
export function archives(bucket: Bucket): boolean {
  return bucket.versioning === 'unversioned' && bucket.documents[ARCHIVE_DOCUMENT] !== undefined;
}

/** Adds to the commit that replaces `replaced` its place in the archive. Throws ArchiveUnavailable. */
export async function archiveReplaced(
  context: CoreContext,
  draft: CommitDraft,
  bucket: Bucket,
  key: string,
  replaced: StoredVersion | undefined,
): Promise<void> {
  if (replaced === undefined || !archives(bucket)) return;
  const archive = await findArchive(context, bucket);
  const side = new CommitDraft(draft.id);
  await moveToArchive(context, side, bucket, archive, key, replaced.record);
  joinDrafts(draft, side, archive.bucket);
}

/**
 * Adds to the commit that deletes a key what deleting means with an archive; `restored`: another version has taken the place of
 * the current one, which the commit needs not remove any more. Throws ArchiveUnavailable.
 */
export async function archiveDeleted(
  context: CoreContext,
  draft: CommitDraft,
  bucket: Bucket,
  key: string,
  state: KeyState,
): Promise<'restored' | 'nothing'> {
  if (!archives(bucket)) return 'nothing';
  const current = liveHead(context, state);
  const archive = await findArchiveToDelete(context, bucket);
  if (archive === undefined) return 'nothing';
  const side = new CommitDraft(draft.id);
  let outcome: 'restored' | 'nothing' = 'nothing';
  if (archive.settings.mode === 'stack') {
    outcome = await restoreNewest(context, draft, side, bucket, archive, key, state);
  } else {
    if (current !== undefined) await moveToArchive(context, side, bucket, archive, key, current.record);
    const after = (current?.record.lastModifiedMicros ?? 0) + TIMESTAMP_MICROS;
    await placeInArchive(context, side, archive, key, Math.max(context.clock.nowMicros(), after), {
      ...nothing(bucket, MARKER_TYPE),
      isDeleteMarker: false,
    });
  }
  joinDrafts(draft, side, archive.bucket);
  return outcome;
}

/** By which deletions are recognised in an archive (OpenStack Swift, "Object Versioning", X-History-Location). */
const MARKER_TYPE = 'application/x-deleted;swift_versions_deleted=1';

interface Archive {
  readonly bucket: Bucket;
  readonly settings: ArchiveSettings;
}

async function findArchive(context: CoreContext, bucket: Bucket): Promise<Archive> {
  const settings = archiveOf(bucket)!;
  const { account, place } = bucket;
  try {
    const found = await findBucket(context, { caller: account, account, place, name: settings.bucket });
    if (found.id !== bucket.id) return { bucket: found, settings };
  } catch (error) {
    if (!(error instanceof CoreError && error.code === 'NoSuchBucket')) throw error;
  }
  throw new CoreError('ArchiveUnavailable', { name: settings.bucket });
}

/** What comes from nowhere cannot come back: without its archive a stack only deletes. */
async function findArchiveToDelete(context: CoreContext, bucket: Bucket): Promise<Archive | undefined> {
  try {
    return await findArchive(context, bucket);
  } catch (error) {
    const isMissing = error instanceof CoreError && error.code === 'ArchiveUnavailable';
    if (isMissing && archiveOf(bucket)?.mode === 'stack') return undefined;
    throw error;
  }
}

async function moveToArchive(
  context: CoreContext,
  side: CommitDraft,
  bucket: Bucket,
  archive: Archive,
  key: string,
  record: VersionRecord,
): Promise<void> {
  const body = await moveBody(context, side, bucket, archive.bucket, record.body);
  const { lastModifiedMicros } = record;
  const kept = expiryOf(context, archive.settings, record.expiresAtMicros);
  await placeInArchive(context, side, archive, key, lastModifiedMicros, {
    ...contentOf(record),
    body,
    ...(kept === undefined ? undefined : { expiresAtMicros: kept }),
  });
}

function expiryOf(
  context: CoreContext,
  { retentionMicros }: ArchiveSettings,
  expiresAtMicros: number | undefined,
): number | undefined {
  if (retentionMicros === undefined) return expiresAtMicros;
  return Math.min(context.clock.nowMicros() + retentionMicros, expiresAtMicros ?? Number.MAX_SAFE_INTEGER);
}

async function placeInArchive(
  context: CoreContext,
  side: CommitDraft,
  archive: Archive,
  key: string,
  micros: number,
  version: NewVersion,
): Promise<void> {
  const name = `${prefixOf(key)}${timestampOf(micros)}`;
  const bytes = Buffer.byteLength(name);
  const bytesMax = context.settings.keyBytesMax;
  if (bytes > bytesMax) throw new CoreError('KeyTooLong', { bytes, bytesMax });
  const state = await readKeyState(context, archive.bucket, name);
  placeVersion(context, side, archive.bucket, name, state, version);
}

function prefixOf(key: string): string {
  return `${Buffer.byteLength(key).toString(16).padStart(3, '0')}${key}/`;
}

/** `1582410000.12345`. */
function timestampOf(micros: number): string {
  const units = Math.floor(micros / TIMESTAMP_MICROS);
  const fraction = String(units % 100_000).padStart(5, '0');
  return `${String(Math.floor(units / 100_000)).padStart(10, '0')}.${fraction}`;
}

/** A marker in the archive is taken away with the object, where there is one: nothing stood there before. */
async function restoreNewest(
  context: CoreContext,
  draft: CommitDraft,
  side: CommitDraft,
  bucket: Bucket,
  archive: Archive,
  key: string,
  state: KeyState,
): Promise<'restored' | 'nothing'> {
  const range = rangeOfPrefix(headKey(archive.bucket.id, prefixOf(key)));
  const rows = await context.metadata.scan(range, 2, 'reverse');
  for (const [index, row] of rows.entries()) {
    const archived: StoredVersion = { entry: row, record: decodeVersion(row.value) };
    const { record } = archived;
    const isMarker = record.metadata.system.contentType === MARKER_TYPE;
    // One deletion is undone at a time.
    if (isMarker && index > 0) break;
    if (!isMarker) {
      const body = await moveBody(context, draft, archive.bucket, bucket, record.body);
      placeVersion(context, draft, bucket, key, state, { ...contentOf(record), body });
    }
    await removeArchived(context, side, archive.bucket, parseHeadKey(row.key), archived);
    if (!isMarker) return 'restored';
    // What the marker stands for has been undone: the version before it comes back.
    if (liveHead(context, state) !== undefined) return 'nothing';
  }
  return rows.length === 0 ? 'nothing' : 'restored';
}

/** As a deletion would: in a bucket with versions, behind a delete marker. */
async function removeArchived(
  context: CoreContext,
  side: CommitDraft,
  archive: Bucket,
  name: string,
  archived: StoredVersion,
): Promise<void> {
  if (archive.versioning !== 'unversioned') {
    placeVersion(context, side, archive, name, await readKeyState(context, archive, name), {
      ...nothing(archive),
      isDeleteMarker: true,
    });
    return;
  }
  assertDestroyable(archived.record, name, context.clock.nowMicros());
  checkKeyState(side, archive, name, { head: archived, tombstone: undefined, olderNull: undefined });
  side.delete(headKey(archive.id, name));
  side.count(-1, 0);
  releaseVersion(side, archive, name, archived.record);
}

function nothing({ account }: Bucket, contentType = ''): Omit<NewVersion, 'isDeleteMarker'> {
  return {
    size: 0,
    etagMd5: EMPTY_MD5,
    owner: account,
    body: { kind: 'none' },
    metadata: { system: { contentType }, user: {}, documents: {} },
  };
}
