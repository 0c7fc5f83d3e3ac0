import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openLmdb, PAGE_VALUE_BYTES } from './lmdb-driver.ts';

const RANGE = { start: Buffer.from([1]), end: Buffer.from([2]), versions: true, limit: 100 } as const;

test('rows of a scan are buffers of their own, with the bytes that were put, whatever their size', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lmdb-driver-'));
  const driver = openLmdb(folder);
  try {
    const values = [0, 10, 4096, 9000, 100_000, 2_000_000].map((bytes, index) =>
      Buffer.alloc(bytes, index + 1),
    );
    const puts = values.map((value, index) => driver.put(Buffer.from([1, index]), value, 1000 + index));
    await Promise.all(puts);
    driver.resetReadTxn();
    const rows = [...driver.getRange(RANGE)];
    // What is read later leaves them as they are.
    for (const index of values.keys()) driver.getBinaryFast(Buffer.from([1, index]));
    assert.deepEqual(
      rows.map(({ key, version }) => [...key, version]),
      values.map((_, index) => [1, index, 1000 + index]),
    );
    for (const [index, { value }] of rows.entries()) assert.ok(value.equals(values[index]!), `row ${index}`);
  } finally {
    await driver.close();
    rmSync(folder, { recursive: true });
  }
});

test('the longest value that is said to fit a page takes one, and one byte more takes two', async () => {
  for (const [bytes, pages] of [
    [PAGE_VALUE_BYTES, 1],
    [PAGE_VALUE_BYTES + 1, 2],
  ] as const) {
    const folder = mkdtempSync(join(tmpdir(), 'lmdb-driver-'));
    const driver = openLmdb(folder);
    try {
      await Promise.all(
        [1, 2, 3].map((index) => driver.put(Buffer.from([index]), Buffer.alloc(bytes), index)),
      );
      const { overflowPages } = (driver as unknown as { getStats(): { overflowPages: number } }).getStats();
      assert.equal(overflowPages, 3 * pages, `${bytes} bytes`);
    } finally {
      await driver.close();
      rmSync(folder, { recursive: true });
    }
  }
});
