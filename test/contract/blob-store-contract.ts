/** What every blob store must do (design, section 6). Run against each engine by blob-store.test.ts. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import type { BlobId, BlobStore } from '../../src/storage/contract/blob-store.ts';
import type { StorageEngine } from '../../src/storage/contract/storage-engine.ts';
import { CorruptBlob, MissingBlob, StorageFull } from '../../src/storage/contract/storage-errors.ts';
import { seededRandom } from '../support/memory-faults.ts';
import type { EngineHarness, EngineKind } from './engines.ts';

const KIB = 1024;

/** Bytes that differ everywhere, so that no wrong place looks right. */
export function patternedBytes(length: number, seed: number): Buffer {
  const random = seededRandom(seed);
  const bytes = Buffer.alloc(length);
  let word = 0;
  for (let offset = 0; offset < length; offset += 1) {
    if (offset % 4 === 0) word = random.below(0x1_0000_0000);
    bytes[offset] = word >>> ((offset % 4) * 8);
  }
  return bytes;
}

export async function writeBlob(blobs: BlobStore, data: Buffer, chunkBytes = 64 * KIB): Promise<BlobId> {
  const writer = await blobs.create();
  for (let offset = 0; offset < data.length; offset += chunkBytes) {
    await writer.write(Buffer.from(data.subarray(offset, offset + chunkBytes)));
  }
  assert.equal(await writer.finish(), data.length);
  return writer.id;
}

/** Keeps every piece until the end: none may change after it was handed out. */
export async function readBlob(
  blobs: BlobStore,
  id: BlobId,
  offset: number,
  length: number,
): Promise<Buffer> {
  const range = await blobs.open(id, offset, length);
  const pieces: Buffer[] = [];
  for (let piece = await range.read(); piece !== null; piece = await range.read()) {
    assert.ok(piece.length > 0, 'a piece must not be empty');
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

export async function listBlobs(blobs: BlobStore, epoch: number): Promise<number[]> {
  const sequences: number[] = [];
  for await (const id of blobs.list(epoch)) {
    assert.equal(id.epoch, epoch);
    sequences.push(id.sequence);
  }
  return sequences.sort((a, b) => a - b);
}

export function describeBlobStore(kind: EngineKind): void {
  describe(`blob store: ${kind.name}`, () => {
    let harness: EngineHarness;
    let engine: StorageEngine;
    let blobs: BlobStore;
    before(async () => {
      harness = await kind.create();
      engine = await harness.openEngine();
      blobs = engine.blobs;
    });
    after(() => harness.dispose());

    it('gives back what was written, whatever the length and the chunks', async () => {
      const block = 64 * KIB;
      const lengths = [0, 1, block - 1, block, block + 1, 4 * block, 4 * block + 1, 5 * block - 1, 1_500_000];
      for (const [index, length] of lengths.entries()) {
        for (const chunkBytes of [length <= block ? 1009 : 40_009, block, 300_000, 2_000_000]) {
          const data = patternedBytes(length, index);
          const id = await writeBlob(blobs, data, chunkBytes);
          assert.ok(
            (await readBlob(blobs, id, 0, length)).equals(data),
            `${length} in chunks of ${chunkBytes}`,
          );
          await blobs.remove(id);
        }
      }
    });

    it('gives back any range', async () => {
      const sizes = [10, 64 * KIB, 200_000, 256 * KIB + 300, 1_200_000];
      const data = sizes.map((size, index) => patternedBytes(size, 100 + index));
      const ids: BlobId[] = [];
      for (const bytes of data) ids.push(await writeBlob(blobs, bytes));
      const property = fc.asyncProperty(
        fc.nat(sizes.length - 1),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.boolean(),
        async (which, at, share, onBlock) => {
          const size = sizes[which] as number;
          let offset = Math.floor(at * size);
          if (onBlock) offset -= offset % (64 * KIB);
          const length = Math.floor(share * (size - offset));
          const read = await readBlob(blobs, ids[which] as BlobId, offset, length);
          assert.ok(read.equals((data[which] as Buffer).subarray(offset, offset + length)));
        },
      );
      await fc.assert(property, { numRuns: 200 });
    });

    it('refuses ranges beyond the end', async () => {
      const id = await writeBlob(blobs, patternedBytes(1000, 1));
      for (const [offset, length] of [
        [0, 1001],
        [1000, 1],
        [1001, 0],
        [-1, 5],
        [0, -1],
      ] as const) {
        await assert.rejects(blobs.open(id, offset, length), RangeError, `${offset}, ${length}`);
      }
      assert.equal((await readBlob(blobs, id, 1000, 0)).length, 0);
    });

    it('never uses a name twice, with many writers at once', async () => {
      const other = await harness.openEngine();
      const written = await Promise.all(
        Array.from({ length: 60 }, async (_, index) => {
          const store = index % 2 === 0 ? blobs : other.blobs;
          const data = patternedBytes(1000 + index * 2000, index);
          return { id: await writeBlob(store, data, 5000), data };
        }),
      );
      assert.equal(new Set(written.map(({ id }) => `${id.epoch}/${id.sequence}`)).size, written.length);
      for (const { id, data } of written) {
        assert.ok((await readBlob(other.blobs, id, 0, data.length)).equals(data));
      }
      const own = written.flatMap(({ id }) => (id.epoch === other.epoch ? [id.sequence] : []));
      assert.deepEqual(
        await listBlobs(blobs, other.epoch),
        own.sort((a, b) => a - b),
      );
      assert.deepEqual(await listBlobs(blobs, 999_999), []);
    });

    it('leaves nothing of a blob that was aborted, and takes nothing after the end', async () => {
      const before = await listBlobs(blobs, engine.epoch);
      const writer = await blobs.create();
      await writer.write(patternedBytes(700_000, 3));
      await writer.abort();
      await writer.abort();
      assert.deepEqual(await listBlobs(blobs, engine.epoch), before);
      await assert.rejects(blobs.open(writer.id, 0, 0), MissingBlob);
      await assert.rejects(writer.write(Buffer.alloc(1)));
      await assert.rejects(writer.finish());
      const finished = await blobs.create();
      await finished.finish();
      await assert.rejects(finished.write(Buffer.alloc(1)));
      await assert.rejects(finished.finish());
      await finished.abort();
      assert.equal((await readBlob(blobs, finished.id, 0, 0)).length, 0);
    });

    it('does not read a blob that is not finished, and lists it', async () => {
      const writer = await blobs.create();
      await writer.write(patternedBytes(500_000, 4));
      await assert.rejects(blobs.open(writer.id, 0, 10), CorruptBlob);
      assert.ok((await listBlobs(blobs, engine.epoch)).includes(writer.id.sequence));
      await writer.finish();
      assert.equal((await readBlob(blobs, writer.id, 0, 10)).length, 10);
    });

    it('removes a blob once and for all', async () => {
      const ids = await Promise.all(
        [1, 2, 3, 4].map((seed) => writeBlob(blobs, patternedBytes(seed * 1000, seed))),
      );
      const [kept, ...gone] = ids as [BlobId, ...BlobId[]];
      await Promise.all(gone.map((id) => blobs.remove(id)));
      await Promise.all(gone.map((id) => blobs.remove(id)));
      for (const id of gone) await assert.rejects(blobs.open(id, 0, 1), MissingBlob);
      assert.equal((await readBlob(blobs, kept, 0, 1000)).length, 1000);
      await blobs.remove({ epoch: 424_242, sequence: 7 });
    });

    it('survives that everything it has written is removed between its writes', async () => {
      const other = await harness.openEngine();
      for (let round = 0; round < 30; round += 1) {
        const [id] = await Promise.all([
          writeBlob(other.blobs, patternedBytes(100, round)),
          (async () => {
            for await (const old of blobs.list(other.epoch)) {
              if (old.sequence <= round) await blobs.remove(old);
            }
          })(),
        ]);
        assert.equal((await readBlob(blobs, id, 0, 100)).length, 100);
      }
    });

    it('goes on writing while many are removed at once', async () => {
      const worker = await harness.openEngine();
      const writeMany = (): Promise<BlobId[]> =>
        Promise.all(
          Array.from({ length: 24 }, (_, index) => writeBlob(worker.blobs, patternedBytes(100, index))),
        );
      let old: BlobId[] = [];
      for (let round = 0; round < 8; round += 1) {
        const removing = Promise.all(old.map((id) => worker.blobs.remove(id)));
        if (round % 2 === 0) await removing;
        [old] = await Promise.all([writeMany(), removing]);
        for (const id of old) assert.equal((await readBlob(blobs, id, 0, 100)).length, 100);
      }
    });

    it('can be closed at any time', async () => {
      const id = await writeBlob(blobs, patternedBytes(1_000_000, 5));
      for (let count = 0; count < 6; count += 1) {
        const range = await blobs.open(id, 10, 999_000);
        for (let index = 0; index < count; index += 1) await range.read();
        await range.close();
        await range.close();
      }
    });

    it('takes no new bytes on a full disk, and goes on reading and removing', async () => {
      const id = await writeBlob(blobs, patternedBytes(1000, 6));
      harness.setFull(true);
      await assert.rejects(blobs.create(), StorageFull);
      assert.equal((await readBlob(blobs, id, 0, 1000)).length, 1000);
      await blobs.remove(id);
      harness.setFull(false);
      await writeBlob(blobs, patternedBytes(1000, 7));
    });
  });
}
