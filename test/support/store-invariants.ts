/** What must hold of the content of a store after every step, and what must be left of it when all is done. */
import assert from 'node:assert/strict';
import { type Body, decodePage, type Piece } from '../../src/core/body-records.ts';
import { inlineBodyKeys } from '../../src/core/inline-bodies.ts';
import {
  bodyIdOfBlob,
  epochOfDelta,
  pageRange,
  parseBucketId,
  parseHeadKey,
  parseOlderKey,
  parsePageKey,
  space,
} from '../../src/core/metadata-keys.ts';
import { decodeVersion, type VersionRecord } from '../../src/core/metadata-records.ts';
import type { Usage } from '../../src/core/object-store.ts';
import { blobReferenceKey, bodyReferenceKey } from '../../src/core/reclaiming-keys.ts';
import { parsePartKey, parseUploadKey } from '../../src/core/upload-keys.ts';
import { decodePart, decodeUpload } from '../../src/core/upload-records.ts';
import { addUsage, NO_USAGE } from '../../src/core/usage.ts';
import { decodeUsage } from '../../src/core/usage-records.ts';
import type { BlobId } from '../../src/storage/contract/blob-store.ts';
import type { Row } from '../../src/storage/contract/metadata-store.ts';

interface StoreContent {
  rows(): Row[];
  blobs(): BlobId[];
  openEpochs(): number[];
}

/** What the records of versions and parts say must exist. Keys in hexadecimal. */
interface Needed {
  readonly blobs: Set<string>;
  readonly bodyReferences: Set<string>;
  readonly blobReferences: Set<string>;
  readonly inlineBodies: Set<string>;
  readonly pages: Set<string>;
  readonly usage: Map<number, { objects: number; bytes: number }>;
}

const hex = (key: Buffer): string => key.toString('hex');

function inSpace(rows: readonly Row[], spaceByte: number): Row[] {
  return rows.filter((row) => row.key[0] === spaceByte);
}

function neededBy(rows: readonly Row[]): Needed {
  const needed: Needed = {
    blobs: new Set(),
    bodyReferences: new Set(),
    blobReferences: new Set(),
    inlineBodies: new Set(),
    pages: new Set(),
    usage: new Map(),
  };
  for (const spaceByte of [space.head, space.tombstone, space.older]) {
    for (const row of inSpace(rows, spaceByte)) {
      const record = decodeVersion(row.value);
      const bucket = parseBucketId(row.key);
      const { key } = spaceByte === space.older ? parseOlderKey(row.key) : { key: parseHeadKey(row.key) };
      const usage = needed.usage.get(bucket) ?? { objects: 0, bytes: 0 };
      usage.objects += spaceByte === space.head ? 1 : 0;
      usage.bytes += record.size;
      needed.usage.set(bucket, usage);
      needBody(needed, rows, bucket, key, record);
    }
  }
  const open = new Map(
    inSpace(rows, space.upload).map((row) => [parseUploadKey(row.key).number, decodeUpload(row.value).body]),
  );
  for (const row of inSpace(rows, space.part)) {
    const { upload } = parsePartKey(row.key);
    const body = open.get(upload);
    const part = decodePart(row.value);
    if (body !== undefined && part.body.kind === 'pieces') needPieces(needed, body, part.body.pieces);
  }
  return needed;
}

function needBody(
  needed: Needed,
  rows: readonly Row[],
  bucket: number,
  key: string,
  { body, sequence }: VersionRecord,
): void {
  if (body.kind === 'none') return;
  if (body.kind === 'inline') {
    for (const key of inlineBodyKeys(bucket, body)) needed.inlineBodies.add(hex(key));
    return;
  }
  const owner = { bucket, key, sequence } as const;
  needed.bodyReferences.add(hex(bodyReferenceKey(body.id, owner)));
  needPieces(needed, body.id, piecesOf(needed, rows, body));
}

function piecesOf(needed: Needed, rows: readonly Row[], body: Exclude<Body, { kind: 'none' | 'inline' }>) {
  if (body.kind === 'pieces') return body.pieces;
  const { start, end } = pageRange(body.home, body.id);
  const pages = rows.filter((row) => Buffer.compare(row.key, start) >= 0 && Buffer.compare(row.key, end) < 0);
  assert.ok(pages.length > 0, `body ${body.id} of a version has lost its pages`);
  for (const page of pages) needed.pages.add(hex(page.key));
  return pages.flatMap((page) => decodePage(page.value));
}

function needPieces(needed: Needed, body: string, pieces: readonly Piece[]): void {
  for (const piece of pieces) {
    if (piece.length === 0) continue;
    needed.blobs.add(bodyIdOfBlob(piece.blob));
    needed.blobReferences.add(hex(blobReferenceKey(piece.blob, body, piece.partNumber)));
  }
}

/** No version and no part of an unfinished upload lacks a byte or a reference. */
export function assertNothingLost(store: StoreContent): void {
  const rows = store.rows();
  const needed = neededBy(rows);
  const present = new Set(rows.map((row) => hex(row.key)));
  const blobs = new Set(store.blobs().map(bodyIdOfBlob));
  for (const blob of needed.blobs) assert.ok(blobs.has(blob), `blob ${blob} is needed and gone`);
  for (const keys of [needed.bodyReferences, needed.blobReferences, needed.inlineBodies]) {
    for (const key of keys) assert.ok(present.has(key), `record ${key} is needed and missing`);
  }
}

/** Once housekeeping has nothing left to do, the store holds what is needed and nothing else. */
export function assertNothingLeft(store: StoreContent): void {
  assertNothingLost(store);
  const rows = store.rows();
  const needed = neededBy(rows);
  const keysIn = (spaceByte: number) => new Set(inSpace(rows, spaceByte).map((row) => hex(row.key)));
  assert.deepEqual(new Set(store.blobs().map(bodyIdOfBlob)), needed.blobs, 'blobs');
  assert.deepEqual(keysIn(space.bodyReference), needed.bodyReferences, 'references of bodies');
  assert.deepEqual(keysIn(space.blobReference), needed.blobReferences, 'references of blobs');
  assert.deepEqual(keysIn(space.body), needed.inlineBodies, 'inline bodies');
  // A completion that did not come to its end may have left pages with the upload; they go when it ends.
  const unfinished = new Set(inSpace(rows, space.upload).map((row) => decodeUpload(row.value).body));
  const pages = inSpace(rows, space.page).filter((row) => !unfinished.has(parsePageKey(row.key).body));
  assert.deepEqual(new Set(pages.map((row) => hex(row.key))), needed.pages, 'pages');
  for (const [name, spaceByte] of Object.entries(space)) {
    if (!['candidate', 'condemned', 'sweep', 'completion', 'purge'].includes(name)) continue;
    assert.deepEqual([...keysIn(spaceByte)], [], `left in space ${name}`);
  }
  const open = new Set(inSpace(rows, space.upload).map((row) => parseUploadKey(row.key).number));
  for (const row of inSpace(rows, space.part)) {
    assert.ok(open.has(parsePartKey(row.key).upload), 'a part of a finished upload is left');
  }
  const owners = new Set(inSpace(rows, space.bucket).map((row) => parseBucketId(row.key)));
  for (const row of inSpace(rows, space.delta)) {
    assert.ok(
      store.openEpochs().includes(epochOfDelta(row.key)),
      'a delta of a worker that has ended is left',
    );
  }
  const usage = new Map<number, Usage>();
  for (const row of [...inSpace(rows, space.usage), ...inSpace(rows, space.delta)]) {
    const bucket = parseBucketId(row.key);
    assert.ok(owners.has(bucket), 'counters of a removed bucket are left');
    usage.set(bucket, addUsage(usage.get(bucket) ?? NO_USAGE, decodeUsage(row.value)));
  }
  for (const [bucket, sum] of usage) assert.deepEqual(sum, needed.usage.get(bucket) ?? NO_USAGE, 'usage');
}
