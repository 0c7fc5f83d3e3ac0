/**
 * Versions and delete markers: the current ones and the older ones lie in spaces of their own and are merged here, by key,
 * latest first.
 */
import type { Row } from '../../storage/contract/metadata-store.ts';
import type { CoreContext } from '../core-context.ts';
import { isGoneValue } from '../expiry.ts';
import { parseVersionId } from '../find-version.ts';
import type { VersionsPage, VersionsQuery } from '../listing-queries.ts';
import {
  headKey,
  keyAfter,
  NUMBER_SUFFIX_BYTES,
  olderKey,
  space,
  successorOfPrefix,
  tombstoneKey,
} from '../metadata-keys.ts';
import { decodeListedVersion } from '../metadata-records.ts';
import type { Bucket, ObjectVersion } from '../model.ts';
import { KeyCursor, ListingPattern, objectKeyBytes, ScanBudget } from '../skip-scan.ts';
import { isNullVersionValue, nullSequenceOfValue, sequenceOfValue } from '../version-layout.ts';

/** Throws InvalidVersionId for a marker that no version ever had. */
export async function listVersions(
  context: CoreContext,
  bucket: Bucket,
  query: VersionsQuery,
): Promise<VersionsPage> {
  const { limit } = query;
  if (limit <= 0) return { versions: [], prefixes: [], isTruncated: false };
  const pattern = new ListingPattern(query.prefix, query.delimiter);
  const walk = new VersionsWalk(
    context,
    bucket,
    pattern,
    limit,
    await findStart(context, bucket, pattern, query),
  );
  const nowMicros = context.clock.nowMicros();
  const versions: ObjectVersion[] = [];
  const prefixes: string[] = [];
  let last: { nextKeyMarker: string; nextVersionIdMarker?: string } | undefined;
  for (;;) {
    const next = await walk.next();
    if (next === undefined) return { versions, prefixes, isTruncated: false };
    if (isGoneValue(next.row.value, nowMicros)) {
      walk.advance(next);
      continue;
    }
    if (versions.length + prefixes.length === limit)
      return { versions, prefixes, isTruncated: true, ...last };
    const { row, keyBytes, isLatest } = next;
    const prefixBytes = pattern.commonPrefixBytes(keyBytes, 0, keyBytes.length);
    if (prefixBytes === 0) {
      const version = decodeListedVersion(keyBytes.toString(), row.value, isLatest);
      versions.push(version);
      last = { nextKeyMarker: version.key, nextVersionIdMarker: version.versionId };
      walk.advance(next);
    } else {
      const prefix = keyBytes.subarray(0, prefixBytes);
      prefixes.push(prefix.toString());
      last = { nextKeyMarker: prefix.toString() };
      walk.seek(successorOfPrefix(prefix));
    }
  }
}

interface Start {
  /** Where current versions begin, and older ones when `olderBytes` does not say otherwise. */
  readonly bytes: Buffer;
  /** Within the versions of the key of the marker. */
  readonly olderBytes?: Buffer;
}

/** With a version id the listing goes on behind that version of the key; without, behind the key. */
async function findStart(
  context: CoreContext,
  bucket: Bucket,
  pattern: ListingPattern,
  query: VersionsQuery,
): Promise<Start> {
  const { keyMarker, versionIdMarker } = query;
  const bytes = pattern.startAfter(keyMarker);
  if (keyMarker === '' || versionIdMarker === '') return { bytes };
  const parsed = parseVersionId(versionIdMarker);
  const markerBytes = Buffer.from(keyMarker);
  const isInPrefix = pattern.notBeforePrefix(markerBytes) === markerBytes;
  if (!isInPrefix || pattern.commonPrefixBytes(markerBytes, 0, markerBytes.length) > 0) return { bytes };
  const sequence = parsed === 'null' ? await findNullSequence(context, bucket, keyMarker) : parsed.number;
  // The null version has gone since it was listed: the key is listed again from its latest version.
  if (sequence === undefined) return { bytes: markerBytes };
  const behind = olderKey(bucket.id, keyMarker, sequence);
  return { bytes, olderBytes: keyAfter(objectKeyBytes(behind, 0)) };
}

async function findNullSequence(
  context: CoreContext,
  bucket: Bucket,
  key: string,
): Promise<number | undefined> {
  const [head, tombstone] = await context.metadata.getMany([
    headKey(bucket.id, key),
    tombstoneKey(bucket.id, key),
  ]);
  const current = head ?? tombstone;
  if (current === undefined) return undefined;
  if (isNullVersionValue(current.value)) return sequenceOfValue(current.value);
  const sequence = nullSequenceOfValue(current.value);
  return sequence === 0 ? undefined : sequence;
}

interface Step {
  readonly row: Row;
  readonly keyBytes: Buffer;
  readonly isLatest: boolean;
  readonly cursor: KeyCursor;
}

/** Merges the spaces. All cursors are loaded in one turn, so that a version that moves between spaces is seen once. */
class VersionsWalk {
  readonly #lanes: readonly { readonly cursor: KeyCursor; readonly suffixBytes: number }[];
  readonly #budget = new ScanBudget();

  constructor(context: CoreContext, bucket: Bucket, pattern: ListingPattern, limit: number, start: Start) {
    const { metadata } = context;
    const budget = this.#budget;
    const options = { start: start.bytes, limit, budget };
    const head = new KeyCursor(metadata, space.head, bucket.id, pattern, options);
    this.#lanes = [{ cursor: head, suffixBytes: 0 }];
    if (bucket.versioning === 'unversioned') return;
    const tombstone = new KeyCursor(metadata, space.tombstone, bucket.id, pattern, options);
    const older = new KeyCursor(metadata, space.older, bucket.id, pattern, {
      ...options,
      start: start.olderBytes ?? start.bytes,
    });
    this.#lanes = [
      { cursor: head, suffixBytes: 0 },
      { cursor: tombstone, suffixBytes: 0 },
      { cursor: older, suffixBytes: NUMBER_SUFFIX_BYTES },
    ];
  }

  /** The next version, without moving on. */
  async next(): Promise<Step | undefined> {
    if (this.#lanes.some(({ cursor }) => cursor.needsLoad)) {
      await this.#budget.yieldWhenSpent();
      await Promise.all(this.#lanes.map(({ cursor }) => cursor.loadAtOnce()));
    }
    let least: Step | undefined;
    for (const { cursor, suffixBytes } of this.#lanes) {
      const row = cursor.row;
      if (row === undefined) continue;
      const keyBytes = objectKeyBytes(row.key, suffixBytes);
      if (least !== undefined && Buffer.compare(keyBytes, least.keyBytes) >= 0) continue;
      least = { row, keyBytes, isLatest: suffixBytes === 0, cursor };
    }
    return least;
  }

  advance(step: Step): void {
    step.cursor.advance();
  }

  seek(keyBytes: Buffer): void {
    for (const { cursor } of this.#lanes) cursor.seek(keyBytes);
  }
}
