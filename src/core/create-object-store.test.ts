import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMemoryStore } from '../../test/support/memory-engine.ts';
import { ALICE, bodyOf, failsWith } from '../../test/support/open-core.ts';
import { systemClock } from '../lib/clock.ts';
import { createSystemEntropy } from '../lib/entropy.ts';
import { createObjectStore } from './create-object-store.ts';
import type { Bucket } from './model.ts';
import type { ObjectStore } from './object-store.ts';

function open() {
  const storage = createMemoryStore({ seed: 1 }, { inlineBytesMax: 16 });
  const engine = storage.openEngine();
  const store = createObjectStore({ engine, clock: systemClock, entropy: createSystemEntropy() });
  return { storage, engine, store };
}

async function put(store: ObjectStore, bucket: Bucket, key: string): Promise<void> {
  const metadata = { system: { contentType: 'text/plain' }, user: {}, documents: {} };
  await store.putObject({ bucket, key, owner: ALICE, metadata, body: bodyOf('text'), conditions: {} });
}

test('a request sees what was acknowledged before it began', async () => {
  const { storage, store } = open();
  const other = createObjectStore({
    engine: storage.openEngine(),
    clock: systemClock,
    entropy: createSystemEntropy(),
  });
  other.beginRequest();
  const bucket = await store.createBucket({ account: ALICE, place: 'KR1', name: 'bucket' });
  await put(store, bucket, 'key');
  const head = () => other.headObject({ bucket, key: 'key', conditions: {} });
  await assert.rejects(head(), failsWith('NoSuchKey'));
  other.beginRequest().end();
  assert.equal((await head()).version.size, 4);
});

test('failures of the storage become errors of the core, with their cause', async () => {
  const { storage, engine, store } = open();
  const bucket = await store.createBucket({ account: ALICE, place: 'KR1', name: 'bucket' });
  storage.full = true;
  await assert.rejects(
    put(store, bucket, 'key'),
    (error: Error & { code?: string }) =>
      error.code === 'StorageFull' && (error.cause as Error).name === 'StorageFull',
  );
  engine.crash();
  await assert.rejects(
    put(store, bucket, 'key'),
    (error: Error & { code?: string }) =>
      error.code === 'StorageUnavailable' && (error.cause as Error).name === 'StorageFailure',
  );
});
