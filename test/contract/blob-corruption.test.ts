/** Bit rot, torn and misplaced files: never a wrong byte, always `CorruptBlob` (design, section 6). */
import assert from 'node:assert/strict';
import { copyFile, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { BlobId, BlobStore } from '../../src/storage/contract/blob-store.ts';
import { CorruptBlob } from '../../src/storage/contract/storage-errors.ts';
import { seededRandom } from '../support/memory-faults.ts';
import { patternedBytes, readBlob, writeBlob } from './blob-store-contract.ts';
import { createEmbeddedHarness, type EmbeddedHarness } from './engines.ts';

const BLOCK = 64 * 1024;
const TRAILER_BYTES = 40;

describe('blob store: corruption', () => {
  let harness: EmbeddedHarness;
  let blobs: BlobStore;
  before(async () => {
    harness = await createEmbeddedHarness();
    blobs = (await harness.openEngine()).blobs;
  });
  after(() => harness.dispose());

  function pathOf({ epoch, sequence }: BlobId): string {
    const folder = String(Math.floor(sequence / 1024));
    return join(harness.dataDirectory, 'blobs', String(epoch), folder, String(sequence));
  }

  /** Reads all, and asserts that every byte handed out before the error was right. */
  async function assertCorrupt(id: BlobId, data: Buffer, label: string): Promise<number> {
    let position = 0;
    const attempt = async (): Promise<void> => {
      const range = await blobs.open(id, 0, data.length);
      for (let piece = await range.read(); piece !== null; piece = await range.read()) {
        assert.ok(piece.equals(data.subarray(position, position + piece.length)), `${label}: a wrong byte`);
        position += piece.length;
      }
    };
    await assert.rejects(attempt(), CorruptBlob, label);
    return position;
  }

  for (const length of [700, 3 * BLOCK + 5, 9 * BLOCK + 123]) {
    it(`finds any flipped bit in a blob of ${length} bytes`, async () => {
      const data = patternedBytes(length, length);
      const id = await writeBlob(blobs, data);
      const path = pathOf(id);
      const stored = await readFile(path);
      const blocks = Math.ceil(length / BLOCK);
      assert.equal(stored.length, length + blocks * 4 + TRAILER_BYTES);
      const random = seededRandom(length);
      const spots = [
        ...Array.from({ length: 25 }, () => random.below(length)),
        0,
        length - 1,
        ...Array.from({ length: stored.length - length }, (_, index) => length + index),
      ];
      for (const spot of spots) {
        const broken = Buffer.from(stored);
        broken[spot] = (broken[spot] as number) ^ (1 << random.below(8));
        await writeFile(path, broken);
        const delivered = await assertCorrupt(id, data, `bit flipped in byte ${spot}`);
        assert.ok(delivered <= spot, 'bytes of the broken block were handed out');
      }
      await writeFile(path, stored);
      assert.ok((await readBlob(blobs, id, 0, length)).equals(data));
    });
  }

  it('reads the sound blocks beside a broken one', async () => {
    const data = patternedBytes(10 * BLOCK, 1);
    const id = await writeBlob(blobs, data);
    const stored = await readFile(pathOf(id));
    stored[4 * BLOCK + 17] = (stored[4 * BLOCK + 17] as number) ^ 1;
    await writeFile(pathOf(id), stored);
    assert.ok((await readBlob(blobs, id, 0, 4 * BLOCK)).equals(data.subarray(0, 4 * BLOCK)));
    assert.ok((await readBlob(blobs, id, 5 * BLOCK, 5 * BLOCK)).equals(data.subarray(5 * BLOCK)));
    await assert.rejects(readBlob(blobs, id, 4 * BLOCK, 1), CorruptBlob);
    await assert.rejects(readBlob(blobs, id, 5 * BLOCK - 1, 1), CorruptBlob);
  });

  it('finds truncation and anything appended', async () => {
    const data = patternedBytes(5 * BLOCK + 99, 2);
    const id = await writeBlob(blobs, data);
    const path = pathOf(id);
    const stored = await readFile(path);
    for (const size of [0, 1, 39, 40, BLOCK, data.length, stored.length - TRAILER_BYTES, stored.length - 1]) {
      await writeFile(path, stored);
      await truncate(path, size);
      await assertCorrupt(id, data, `truncated to ${size}`);
    }
    await truncate(path, stored.length + 10);
    await assertCorrupt(id, data, 'longer by zeros');
    await writeFile(path, Buffer.concat([stored.subarray(BLOCK), stored.subarray(0, BLOCK)]));
    await assertCorrupt(id, data, 'parts exchanged');
    await writeFile(path, Buffer.concat([stored.subarray(0, BLOCK), stored.subarray(2 * BLOCK)]));
    await assertCorrupt(id, data, 'a block left out');
    await writeFile(
      path,
      Buffer.concat([
        stored.subarray(BLOCK, 2 * BLOCK),
        stored.subarray(0, BLOCK),
        stored.subarray(2 * BLOCK),
      ]),
    );
    assert.equal(await assertCorrupt(id, data, 'two blocks exchanged'), 0);
  });

  it('finds a sound file under the name of another', async () => {
    const [one, two] = [patternedBytes(2 * BLOCK, 3), patternedBytes(2 * BLOCK, 4)];
    const [first, second] = [await writeBlob(blobs, one), await writeBlob(blobs, two)];
    const spare = `${pathOf(first)}.spare`;
    await copyFile(pathOf(first), spare);
    await copyFile(pathOf(second), pathOf(first));
    await copyFile(spare, pathOf(second));
    await assertCorrupt(first, one, 'first');
    await assertCorrupt(second, two, 'second');
  });
});
