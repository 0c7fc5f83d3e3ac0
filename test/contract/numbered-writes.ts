/** Writes that can be recognised: number *n* is a blob and three records that only make sense together. */
import assert from 'node:assert/strict';
import type { BlobId } from '../../src/storage/contract/blob-store.ts';
import type { CommitRequest, MetadataStore, Row } from '../../src/storage/contract/metadata-store.ts';
import type { StorageEngine } from '../../src/storage/contract/storage-engine.ts';
import { readBlob } from './blob-store-contract.ts';

const RECORDS = ['a', 'b', 'c'] as const;

export function numberedData(number: number): Buffer {
  return Buffer.alloc(1000 + (number % 7) * 30_000, `${number},`);
}

/** Spread over the key space, so that one commit touches several pages. */
const keyOf = (record: string, number: number): Buffer => Buffer.from(`${record}/${number}`);

export function numberedCommit(store: MetadataStore, number: number, id: BlobId): CommitRequest {
  const value = Buffer.from(JSON.stringify({ number, epoch: id.epoch, sequence: id.sequence }));
  return {
    id: store.newCommitId(),
    checks: RECORDS.map((record) => ({ key: keyOf(record, number), version: null })),
    puts: RECORDS.map((record) => ({ key: keyOf(record, number), value })),
    deletes: [],
  };
}

async function scanAll(store: MetadataStore, record: string): Promise<Row[]> {
  store.refresh();
  return store.scan({ start: Buffer.from(`${record}/`), end: Buffer.from(`${record}0`) }, 1_000_000);
}

/**
 * Asserts that every acknowledged write is there, and that every other is there entirely or not at all. Reads the blobs of
 * writes above `readAbove`.
 */
export async function assertNumberedWrites(
  engine: StorageEngine,
  acknowledged: readonly number[],
  readAbove: number,
): Promise<void> {
  const rows = await Promise.all(RECORDS.map((record) => scanAll(engine.metadata, record)));
  const [first = []] = rows;
  const present = new Map<number, BlobId>();
  for (const row of first) {
    const { number, epoch, sequence } = JSON.parse(row.value.toString()) as BlobId & { number: number };
    present.set(number, { epoch, sequence });
  }
  for (const others of rows) {
    assert.equal(others.length, first.length, 'a commit is there in part');
    for (const [index, row] of others.entries()) {
      assert.ok(row.value.equals(first[index]?.value ?? Buffer.alloc(0)), 'a commit is there in part');
      assert.equal(row.version, first[index]?.version);
    }
  }
  for (const number of acknowledged)
    assert.ok(present.has(number), `write ${number} was acknowledged and is lost`);
  for (const [number, id] of present) {
    if (number <= readAbove) continue;
    const data = numberedData(number);
    assert.ok(
      (await readBlob(engine.blobs, id, 0, data.length)).equals(data),
      `the bytes of write ${number}`,
    );
  }
}
