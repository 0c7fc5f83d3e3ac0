/** What must hold in the stored rows of a bucket at rest, whatever was done to it. */
import assert from 'node:assert/strict';
import { inlineBodyKeys } from '../../src/core/inline-bodies.ts';
import {
  parseBodyKey,
  parseHeadKey,
  parseOlderKey,
  readUint64,
  space,
} from '../../src/core/metadata-keys.ts';
import { decodeVersion, type VersionRecord } from '../../src/core/metadata-records.ts';
import type { Bucket, BucketId } from '../../src/core/model.ts';
import type { Usage } from '../../src/core/object-store.ts';
import { blobReferenceKey, bodyReferenceKey } from '../../src/core/reclaiming-keys.ts';
import { decodeUsage } from '../../src/core/usage-records.ts';
import type { Row } from '../../src/storage/contract/metadata-store.ts';
import type { MemoryStore } from './memory-engine.ts';

interface StoredVersion {
  readonly place: 'head' | 'tombstone' | 'older';
  readonly key: string;
  readonly record: VersionRecord;
}

function versionsOf(rows: readonly Row[], bucket: BucketId): StoredVersion[] {
  const versions: StoredVersion[] = [];
  for (const row of rows) {
    const record = () => decodeVersion(row.value);
    if (row.key.length < 9 || readUint64(row.key, 1) !== bucket) continue;
    if (row.key[0] === space.head) {
      versions.push({ place: 'head', key: parseHeadKey(row.key), record: record() });
    } else if (row.key[0] === space.tombstone) {
      versions.push({ place: 'tombstone', key: parseHeadKey(row.key), record: record() });
    } else if (row.key[0] === space.older) {
      const { key, sequence } = parseOlderKey(row.key);
      assert.equal(record().sequence, sequence);
      versions.push({ place: 'older', key, record: record() });
    }
  }
  return versions;
}

/**
 * One current version per key, newer than all others; at most one null version, pointed at when it is not current; every
 * body and reference is somebody's, and everybody's body and reference is there; the counters are the sum of what is stored.
 */
export function checkBucket(storage: MemoryStore, bucket: Bucket): void {
  const rows = storage.rows();
  const versions = versionsOf(rows, bucket.id);
  checkOrder(versions);
  checkBodies(rows, bucket, versions);
  const counted: { objects: number; bytes: number } = { objects: 0, bytes: 0 };
  for (const row of rows) {
    if (row.key[0] !== space.delta && row.key[0] !== space.usage) continue;
    if (readUint64(row.key, 1) !== bucket.id) continue;
    const usage: Usage = decodeUsage(row.value);
    counted.objects += usage.objects;
    counted.bytes += usage.bytes;
  }
  assert.deepEqual(counted, {
    objects: versions.filter(({ place }) => place === 'head').length,
    bytes: versions.reduce((sum, { record }) => sum + record.size, 0),
  });
}

function checkOrder(versions: readonly StoredVersion[]): void {
  for (const [key, ofKey] of Map.groupBy(versions, (version) => version.key)) {
    const current = ofKey.filter(({ place }) => place !== 'older');
    assert.equal(current.length, 1, `${key} has ${current.length} current versions`);
    const [{ place, record }] = current as [StoredVersion];
    assert.equal(place === 'tombstone', record.isDeleteMarker);
    const older = ofKey.filter((version) => version.place === 'older').map((version) => version.record);
    for (const each of older) assert.ok(each.sequence < record.sequence, `${key}: an older version is newer`);
    const nulls = ofKey.filter((version) => version.record.isNullVersion);
    assert.ok(nulls.length <= 1, `${key} has ${nulls.length} null versions`);
    const olderNull = older.find((each) => each.isNullVersion);
    assert.equal(record.nullSequence, olderNull?.sequence ?? 0, `${key}: wrong pointer to the null version`);
  }
}

function checkBodies(rows: readonly Row[], bucket: Bucket, versions: readonly StoredVersion[]): void {
  const inline = new Set<string>();
  const referenced = new Set<string>();
  for (const { key, record } of versions) {
    const { body } = record;
    if (body.kind === 'inline')
      for (const each of inlineBodyKeys(bucket.id, body)) inline.add(each.toString('hex'));
    if (body.kind !== 'pieces') continue;
    const owner = { bucket: bucket.id, key, sequence: record.sequence } as const;
    referenced.add(bodyReferenceKey(body.id, owner).toString('hex'));
    for (const { blob, partNumber } of body.pieces) {
      const reference = blobReferenceKey(blob, body.id, partNumber);
      assert.ok(
        rows.some((row) => row.key.equals(reference)),
        `${key}: its blob has no reference`,
      );
    }
  }
  const bodies = rows.filter(
    (row) => row.key[0] === space.body && parseBodyKey(row.key).bucket === bucket.id,
  );
  assert.deepEqual(bodies.map((row) => row.key.toString('hex')).sort(), [...inline].sort());
  const references = rows.filter(
    (row) => row.key[0] === space.bodyReference && readUint64(row.key, 10) === bucket.id,
  );
  const found = references.filter((row) => row.key[9] === 1).map((row) => row.key.toString('hex'));
  assert.deepEqual(found.sort(), [...referenced].sort());
}
