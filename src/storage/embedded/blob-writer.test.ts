import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import type { WritableBlobFile } from './blob-files.ts';
import { FileBlobWriter } from './blob-writer.ts';
import { StorageHealth } from './storage-health.ts';

const CHUNK_BYTES = 64 * 1024;

/** Takes at most `takenMax` bytes at a time, as a file system that is nearly full. */
function createWriter(takenMax: number) {
  const appended: Buffer[] = [];
  const file: WritableBlobFile = {
    async append(buffers) {
      const bytes = Buffer.concat(buffers).subarray(0, takenMax);
      await new Promise(setImmediate);
      appended.push(bytes);
      return bytes.length;
    },
    sync: async () => undefined,
    close: async () => undefined,
  };
  const writer = new FileBlobWriter({
    id: { epoch: 1, sequence: 1 },
    file,
    health: new StorageHealth((failure) => assert.fail(failure)),
    assertRoom: () => undefined,
    noteFull: () => undefined,
    flushNames: async () => undefined,
    discard: async () => undefined,
  });
  return { writer, appended };
}

describe('FileBlobWriter', () => {
  for (const takenMax of [Number.POSITIVE_INFINITY, 100_000]) {
    it(`gives chunks back once they are in the file, which takes ${takenMax} bytes at a time`, async () => {
      const chunks = Array.from({ length: 9 }, () => randomBytes(CHUNK_BYTES));
      const expected = Buffer.concat(chunks);
      const { writer, appended } = createWriter(takenMax);
      for (const chunk of chunks) await writer.write(chunk);
      assert.equal(await writer.finish(), expected.length);
      assert.ok(Buffer.concat(appended).subarray(0, expected.length).equals(expected));
      assert.deepEqual(new Set(chunks.map(({ length }) => length)), new Set([0]));
    });
  }
});
