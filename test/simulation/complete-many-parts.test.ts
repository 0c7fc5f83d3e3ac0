/** CompleteMultipartUpload with as many parts as there can be stays below a second on the embedded engine. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createCoreContext } from '../../src/core/create-core-context.ts';
import { rangeOfSpace, space } from '../../src/core/metadata-keys.ts';
import { blobReferenceKey } from '../../src/core/reclaiming-keys.ts';
import { parseUploadKey, partKey } from '../../src/core/upload-keys.ts';
import { decodeUpload, encodePart } from '../../src/core/upload-records.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createSystemEntropy } from '../../src/lib/entropy.ts';
import { openDataDirectory } from '../../src/storage/embedded/data-directory.ts';
import { openEmbeddedEngine } from '../../src/storage/embedded/embedded-engine.ts';
import { makeBucket } from '../support/open-core.ts';
import { begin, complete } from '../support/upload-calls.ts';

const PARTS = 10_000;
const PART_BYTES = 5 * 1024 ** 2;
const ROWS_PER_COMMIT = 400;
const MILLIS_MAX = 1000;

test('10,000 parts with a full-object checksum', async (running) => {
  const path = await mkdtemp(join(tmpdir(), 'gotgan-parts-'));
  const mapBytes = 256 * 1024 ** 2;
  const directory = await openDataDirectory({
    path,
    entropy: createSystemEntropy(),
    mapBytes,
    reserveBytes: 0,
  });
  const engine = await openEmbeddedEngine({
    dataDirectory: path,
    clock: systemClock,
    mapBytes,
    reserveBytes: 0,
    onFailure: (failure) => {
      throw failure;
    },
  });
  try {
    const context = createCoreContext({ engine, clock: systemClock, entropy: createSystemEntropy() });
    const bucket = await makeBucket(context, 'bucket');
    const upload = await begin(context, bucket, 'key', { checksumAlgorithm: 'CRC64NVME' });
    const [row] = await context.metadata.scan(rangeOfSpace(space.upload), 1);
    const { body } = decodeUpload(row!.value);
    const { number } = parseUploadKey(row!.key);
    const etag = 'd'.repeat(32);
    // The records of the parts without their bytes: completing does not look at those.
    for (let first = 1; first <= PARTS; first += ROWS_PER_COMMIT) {
      const puts = [];
      for (let partNumber = first; partNumber < Math.min(first + ROWS_PER_COMMIT, PARTS + 1); partNumber++) {
        const blob = { epoch: engine.epoch, sequence: partNumber };
        const pieces = [{ blob, offset: 0, length: PART_BYTES, partNumber }];
        const value = encodePart({
          size: PART_BYTES,
          lastModifiedMicros: 1,
          etagMd5: etag,
          checksum: { algorithm: 'CRC64NVME', value: 'AAAAAAAAAAE=' },
          body: { kind: 'pieces', id: body, pieces },
        });
        puts.push({ key: partKey(bucket.id, number, partNumber), value });
        puts.push({ key: blobReferenceKey(blob, body, partNumber), value: Buffer.alloc(0) });
      }
      const id = context.metadata.newCommitId();
      assert.equal(await context.metadata.commit({ id, checks: [], puts, deletes: [] }), 'committed');
    }
    context.metadata.refresh();
    const parts = Array.from({ length: PARTS }, (_, index) => ({ partNumber: index + 1, etag }));
    const start = performance.now();
    const version = await complete(context, bucket, upload, parts);
    const millis = performance.now() - start;
    assert.equal(version.partCount, PARTS);
    assert.equal(version.size, PARTS * PART_BYTES);
    running.diagnostic(`${Math.round(millis)} ms`);
    assert.ok(millis < MILLIS_MAX, `took ${Math.round(millis)} ms`);
  } finally {
    await engine.close();
    await directory.close();
    await rm(path, { recursive: true });
  }
});
