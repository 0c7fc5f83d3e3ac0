import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openLmdb } from './lmdb-driver.ts';

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
