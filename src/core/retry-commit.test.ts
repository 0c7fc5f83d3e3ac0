import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failsWith, makeBucket, openCore } from '../../test/support/open-core.ts';
import { bucketKey, headKey, rangeOfBucket, space } from './metadata-keys.ts';
import { deleteBucket } from './operations/delete-bucket.ts';
import { updateBucket } from './operations/update-bucket.ts';
import { commitBelowBucket, retryCommit } from './retry-commit.ts';
import { decodeUsage } from './usage-records.ts';

const counterKey = Buffer.from([0x05, 1]);

/** Adds one to a stored number: right only when no attempt is lost and none is made twice. */
async function increment(context: ReturnType<typeof openCore>['context']): Promise<void> {
  await retryCommit(context, 'counter', async (draft) => {
    const entry = await context.metadata.get(counterKey);
    draft.check(counterKey, entry);
    draft.put(counterKey, Buffer.from([(entry?.value[0] ?? 0) + 1]));
  });
}

test('every increment counts once, whatever becomes of the answers', async () => {
  const core = openCore({
    faults: {
      seed: 11,
      conflict: 0.2,
      unknownCommitted: 0.2,
      unknownLost: 0.2,
      turnsMax: 4,
      asyncReads: 0.5,
    },
  });
  const workers = [core, openCore({ beside: core }), openCore({ beside: core })];
  await Promise.all(
    Array.from({ length: 60 }, (_, index) => increment(workers[index % workers.length]!.context)),
  );
  core.context.metadata.refresh();
  assert.equal((await core.context.metadata.get(counterKey))?.value[0], 60);
});

test('a conflict that never ends is TooMuchContention', async () => {
  const { context } = openCore({ faults: { seed: 1, conflict: 1 } });
  await assert.rejects(increment(context), failsWith('TooMuchContention'));
});

test('an empty draft is not committed', async () => {
  const { context } = openCore({ faults: { seed: 1, conflict: 1 } });
  assert.equal(await retryCommit(context, 'nothing', async () => 'answer'), 'answer');
});

test('a changed bucket is loaded again', async () => {
  const { context } = openCore();
  const stale = await makeBucket(context, 'bucket');
  await updateBucket(context, stale, { documents: { acl: 'new' } });
  const seen: (string | undefined)[] = [];
  await commitBelowBucket(context, stale, 'key', async (draft, bucket) => {
    seen.push(bucket.documents['acl']);
    draft.put(headKey(bucket.id, 'key'), Buffer.alloc(1));
  });
  assert.deepEqual(seen, [undefined, 'new']);
});

test('a bucket that has gone is NoSuchBucket, and nothing is written', async () => {
  const { context, storage } = openCore();
  const bucket = await makeBucket(context, 'bucket');
  await deleteBucket(context, bucket);
  const key = headKey(bucket.id, 'key');
  await assert.rejects(
    commitBelowBucket(context, bucket, 'key', async (draft) => draft.put(key, Buffer.alloc(1))),
    failsWith('NoSuchBucket'),
  );
  assert.ok(!storage.rows().some((row) => row.key.equals(key)));
});

test('the delta of the counters goes with the commit, unless it is nothing', async () => {
  const { context } = openCore();
  const bucket = await makeBucket(context, 'bucket');
  for (const bytes of [5, 0]) {
    await commitBelowBucket(context, bucket, 'key', async (draft) => {
      draft.put(headKey(bucket.id, `key${bytes}`), Buffer.alloc(1));
      draft.count(bytes === 0 ? 0 : 1, bytes);
    });
  }
  context.metadata.refresh();
  const deltas = await context.metadata.scan(rangeOfBucket(space.delta, bucket.id), 10);
  assert.deepEqual(
    deltas.map((row) => decodeUsage(row.value)),
    [{ objects: 1, bytes: 5 }],
  );
  assert.equal((await context.metadata.get(bucketKey(bucket.id)))?.version, bucket.recordVersion);
});
