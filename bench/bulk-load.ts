/** Fills a bucket with keys of empty objects, a thousand in a commit, beside the running server: as one more worker. */
import { createObjectStore } from '../src/core/create-object-store.ts';
import { headKey } from '../src/core/metadata-keys.ts';
import { EMPTY_MD5, encodeVersion, NULL_NONCE } from '../src/core/metadata-records.ts';
import { systemClock } from '../src/lib/clock.ts';
import { createSystemEntropy } from '../src/lib/entropy.ts';
import { openEmbeddedEngine } from '../src/storage/embedded/embedded-engine.ts';

const KEYS_IN_COMMIT = 1000;

export async function bulkLoad(
  dataDirectory: string,
  bucketName: string,
  keys: readonly string[],
): Promise<void> {
  const clock = systemClock;
  const engine = await openEmbeddedEngine({
    dataDirectory,
    clock,
    onFailure: (failure) => {
      throw failure;
    },
  });
  const store = createObjectStore({ engine, clock, entropy: createSystemEntropy() });
  const bucket = await store.findBucket({ caller: undefined, place: 'KR1', name: bucketName });
  const sequence = clock.nowMicros();
  const value = encodeVersion({
    isDeleteMarker: false,
    isNullVersion: true,
    size: 0,
    sequence,
    lastModifiedMicros: sequence,
    etagMd5: EMPTY_MD5,
    owner: bucket.account,
    nonce: NULL_NONCE,
    nullSequence: 0,
    body: { kind: 'none' },
    metadata: { system: { contentType: 'binary/octet-stream' }, user: {}, documents: {} },
  });
  for (let start = 0; start < keys.length; start += KEYS_IN_COMMIT) {
    const puts = keys
      .slice(start, start + KEYS_IN_COMMIT)
      .map((key) => ({ key: headKey(bucket.id, key), value }));
    await engine.metadata.commit({ id: engine.metadata.newCommitId(), checks: [], deletes: [], puts });
  }
  await engine.close();
}
