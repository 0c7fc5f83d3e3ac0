import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ALICE,
  BOB,
  failsWith,
  makeBucket,
  openCore,
  put,
  read,
  switchVersioning,
} from '../../../test/support/open-core.ts';
import { encodeBucket, toBucketRecord } from '../bucket-records.ts';
import { CommitDraft } from '../commit-draft.ts';
import type { CoreContext } from '../core-context.ts';
import { bucketKey, purgeKey } from '../metadata-keys.ts';
import type { Bucket } from '../model.ts';
import type { CreateBucketInput } from '../object-store.ts';
import { settleBucketDeletion } from '../settle-bucket-deletion.ts';
import { closeAccount, openAccount } from './close-account.ts';
import { createBucket } from './create-bucket.ts';
import { deleteBucket } from './delete-bucket.ts';
import { deleteObject } from './delete-object.ts';
import { findBucket } from './find-bucket.ts';
import { listBuckets } from './list-buckets.ts';
import { updateBucket } from './update-bucket.ts';

const HOUR = 3_600_000_000;

async function create(
  context: CoreContext,
  account: string,
  name: string,
  more: Partial<CreateBucketInput> = {},
): Promise<Bucket> {
  const bucket = await createBucket(context, { account, place: 'KR1', name, ...more });
  context.metadata.refresh();
  return bucket;
}

async function remove(context: CoreContext, bucket: Bucket): Promise<void> {
  await deleteBucket(context, bucket);
  context.metadata.refresh();
}

const find = (
  context: CoreContext,
  caller: string | undefined,
  name: string,
  place = 'KR1',
  account?: string,
) => findBucket(context, { caller, name, place, ...(account === undefined ? {} : { account }) });

test('a bucket is found by its account and, since it is claimed, by everybody', async () => {
  const { context } = openCore();
  const bucket = await create(context, ALICE, 'bucket', { documents: { acl: 'private' } });
  for (let look = 0; look < 2; look++) {
    for (const caller of [ALICE, BOB, undefined])
      assert.deepEqual(await find(context, caller, 'bucket'), bucket);
    assert.deepEqual(await find(context, BOB, 'bucket', 'KR1', ALICE), bucket);
    await assert.rejects(find(context, ALICE, 'bucket', 'KR1', BOB), failsWith('NoSuchBucket'));
    await assert.rejects(find(context, ALICE, 'other'), failsWith('NoSuchBucket'));
  }
  assert.deepEqual(bucket.documents, { acl: 'private' });
});

test('finding an own or an anonymous bucket again costs one point read', async () => {
  const { context } = openCore();
  await create(context, ALICE, 'bucket');
  for (const caller of [ALICE, undefined]) await find(context, caller, 'bucket');
  let reads = 0;
  const get = context.metadata.get.bind(context.metadata);
  context.metadata.get = (key) => {
    reads += 1;
    return get(key);
  };
  await find(context, ALICE, 'bucket');
  assert.equal(reads, 1);
  await find(context, undefined, 'bucket');
  assert.equal(reads, 2);
});

test('a name that another account holds is taken; one of your own is yours already', async () => {
  const { context } = openCore();
  await create(context, ALICE, 'bucket');
  await assert.rejects(create(context, BOB, 'bucket'), failsWith('BucketNameTaken'));
  await assert.rejects(create(context, ALICE, 'bucket'), failsWith('BucketAlreadyOwned'));
  await assert.rejects(create(context, ALICE, 'bucket', { place: 'KR2' }), failsWith('BucketAlreadyOwned'));
});

test('of many that create one name, one does', async () => {
  const core = openCore({ faults: { seed: 9, turnsMax: 5, unknownCommitted: 0.2, unknownLost: 0.2 } });
  const workers = [core, openCore({ beside: core })];
  const outcomes = await Promise.allSettled(
    Array.from({ length: 10 }, (_, index) =>
      create(workers[index % 2]!.context, index % 3 === 0 ? ALICE : BOB, 'bucket'),
    ),
  );
  assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1);
});

test('of many that create one container without a public name, one does', async () => {
  const core = openCore({ faults: { seed: 9, turnsMax: 5 } });
  const workers = [core, openCore({ beside: core })];
  const outcomes = await Promise.allSettled(
    Array.from({ length: 6 }, (_, index) =>
      create(workers[index % 2]!.context, ALICE, 'No Public Name', { claim: 'if-free' }),
    ),
  );
  assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1);
});

test('buckets of another place are invisible, and where the name is claimed is told', async () => {
  const { context } = openCore();
  await create(context, ALICE, 'bucket', { place: 'KR2' });
  await assert.rejects(find(context, ALICE, 'bucket'), {
    code: 'NoSuchBucket',
    details: { name: 'bucket', place: 'KR2' },
  });
});

test('mode account: the first holds the public name, others have a bucket of that name all the same', async () => {
  const { context } = openCore({ settings: { bucketNames: 'account' } });
  const first = await create(context, ALICE, 'bucket');
  const second = await create(context, BOB, 'bucket');
  const elsewhere = await create(context, BOB, 'bucket', { place: 'KR2' });
  assert.deepEqual([first.claimed, second.claimed, elsewhere.claimed], [true, false, true]);
  assert.equal((await find(context, undefined, 'bucket')).id, first.id);
  assert.equal((await find(context, BOB, 'bucket')).id, second.id);
  assert.equal((await find(context, ALICE, 'bucket', 'KR1', BOB)).id, second.id);
  assert.equal((await find(context, ALICE, 'bucket', 'KR2')).id, elsewhere.id);
  await remove(context, first);
  await assert.rejects(find(context, undefined, 'bucket'), failsWith('NoSuchBucket'));
});

test('a container is claimed when its name is legal and free, and exists all the same', async () => {
  const { context } = openCore();
  const options = { claim: 'if-free' } as const;
  await create(context, ALICE, 'taken');
  assert.equal((await create(context, BOB, 'taken', options)).claimed, false);
  assert.equal((await create(context, BOB, 'free', options)).claimed, true);
  for (const name of ['Illegal Name', 'info', 'x']) {
    assert.equal((await create(context, BOB, name, options)).claimed, false);
    assert.equal((await find(context, undefined, name, 'KR1', BOB)).name, name);
    await assert.rejects(find(context, ALICE, name), failsWith('NoSuchBucket'));
  }
  assert.equal((await find(context, BOB, 'taken')).account, BOB);
  assert.equal((await find(context, ALICE, 'taken')).account, ALICE);
  await assert.rejects(create(context, BOB, 'a/b', options), failsWith('InvalidBucketName'));
  await assert.rejects(create(context, BOB, 'info'), failsWith('InvalidBucketName'));
});

test("a bucket of one's own comes before another account's, also when that one was found before", async () => {
  const { context } = openCore();
  await create(context, ALICE, 'bucket');
  assert.equal((await find(context, BOB, 'bucket')).account, ALICE);
  await create(context, BOB, 'bucket', { claim: 'if-free' });
  assert.equal((await find(context, BOB, 'bucket')).account, BOB);
});

test('a freed name cools down for other accounts', async () => {
  const { context, clock } = openCore({ settings: { claimCooldownMicros: 24 * HOUR } });
  const old = await create(context, ALICE, 'bucket');
  await find(context, undefined, 'bucket');
  await remove(context, old);
  for (const caller of [ALICE, BOB, undefined]) {
    await assert.rejects(find(context, caller, 'bucket'), failsWith('NoSuchBucket'));
  }
  clock.micros += 24 * HOUR - 1;
  await assert.rejects(create(context, BOB, 'bucket'), failsWith('BucketNameTaken'));
  const again = await create(context, ALICE, 'bucket');
  assert.notEqual(again.id, old.id);
  assert.equal((await find(context, undefined, 'bucket')).id, again.id);
  await remove(context, again);
  clock.micros += 24 * HOUR;
  assert.equal((await create(context, BOB, 'bucket')).claimed, true);
});

test('without a cool-down a freed name is free', async () => {
  const { context } = openCore({ settings: { claimCooldownMicros: 0 } });
  await remove(context, await create(context, ALICE, 'bucket'));
  assert.equal((await create(context, BOB, 'bucket')).claimed, true);
});

test('an account has so many buckets', async () => {
  const { context } = openCore({ settings: { bucketsPerAccountMax: 2 } });
  const first = await create(context, ALICE, 'one1');
  await create(context, ALICE, 'two2', { place: 'KR2' });
  await assert.rejects(create(context, ALICE, 'three3'), failsWith('TooManyBuckets'));
  await assert.rejects(create(context, ALICE, 'one1'), failsWith('BucketAlreadyOwned'));
  await create(context, BOB, 'three3');
  await remove(context, first);
  await create(context, ALICE, 'four4');
});

test('buckets are listed by name, in pages, of one place or of all', async () => {
  const { context } = openCore({ settings: { bucketNames: 'account' } });
  for (const name of ['b-2', 'a-1', 'b-1', 'c-1']) await create(context, ALICE, name);
  for (const name of ['b-1', 'b-3']) await create(context, ALICE, name, { place: 'KR2' });
  await create(context, BOB, 'b-4');
  const list = async (query: object) => {
    const page = await listBuckets(context, { account: ALICE, prefix: '', after: '', limit: 10, ...query });
    return `${page.buckets.map(({ name, place }) => `${name}@${place}`).join(' ')}${page.isTruncated ? ' …' : ''}`;
  };
  assert.equal(await list({ place: 'KR1' }), 'a-1@KR1 b-1@KR1 b-2@KR1 c-1@KR1');
  assert.equal(await list({ place: 'KR1', limit: 2 }), 'a-1@KR1 b-1@KR1 …');
  assert.equal(await list({ place: 'KR1', limit: 2, after: 'b-1' }), 'b-2@KR1 c-1@KR1');
  assert.equal(await list({ place: 'KR1', prefix: 'b', limit: 1 }), 'b-1@KR1 …');
  assert.equal(await list({ place: 'KR1', prefix: 'b', after: 'a-1' }), 'b-1@KR1 b-2@KR1');
  assert.equal(await list({ place: 'KR1', prefix: 'b', after: 'c' }), '');
  assert.equal(await list({}), 'a-1@KR1 b-1@KR1 b-1@KR2 b-2@KR1 b-3@KR2 c-1@KR1');
  assert.equal(await list({ limit: 2 }), 'a-1@KR1 b-1@KR1 b-1@KR2 …');
  assert.equal(await list({ after: 'b-1', prefix: 'b' }), 'b-2@KR1 b-3@KR2');
});

test('only an empty bucket can be deleted', async () => {
  const { context, storage } = openCore();
  let bucket = await makeBucket(context, 'bucket');
  await put(context, bucket, 'key');
  await assert.rejects(remove(context, bucket), failsWith('BucketNotEmpty'));
  bucket = await switchVersioning(context, bucket, 'enabled');
  const marker = await deleteObject(context, { bucket, key: 'key', conditions: {} });
  await assert.rejects(remove(context, bucket), failsWith('BucketNotEmpty'));
  await deleteObject(context, { bucket, key: 'key', versionId: 'null', conditions: {} });
  await assert.rejects(remove(context, bucket), failsWith('BucketNotEmpty'));
  await deleteObject(context, { bucket, key: 'key', versionId: marker.versionId!, conditions: {} });
  await remove(context, bucket);
  const keys = storage.rows().map((row) => row.key.toString('hex'));
  assert.ok(keys.includes(purgeKey(bucket.id).toString('hex')));
  assert.ok(!keys.includes(bucketKey(bucket.id).toString('hex')));
  await assert.rejects(remove(context, bucket), failsWith('NoSuchBucket'));
});

test('an object that was acknowledged is never in a bucket that was deleted', async () => {
  for (let seed = 1; seed <= 40; seed++) {
    const core = openCore({
      faults: { seed, turnsMax: 12, unknownCommitted: 0.1, unknownLost: 0.1, conflict: 0.1 },
    });
    const workers = [core, openCore({ beside: core })];
    const bucket = await makeBucket(core.context, 'bucket');
    for (const { context } of workers) context.metadata.refresh();
    const writing = [0, 1].map((worker) => put(workers[worker]!.context, bucket, `key${worker}`, 'text'));
    const deleting = [0, 1].map((worker) => deleteBucket(workers[worker]!.context, bucket));
    const [first, second, ...removed] = await Promise.allSettled([...writing, ...deleting]);
    core.context.metadata.refresh();
    const written = [first, second].filter((outcome) => outcome?.status === 'fulfilled').length;
    const deleted = removed.filter((outcome) => outcome.status === 'fulfilled').length;
    const exists = (await core.context.metadata.get(bucketKey(bucket.id))) !== undefined;
    assert.equal(exists, deleted === 0, `seed ${seed}`);
    assert.ok(written === 0 || deleted === 0, `seed ${seed}: ${written} written, ${deleted} deleted`);
    for (const outcome of [first, second, ...removed]) {
      if (outcome?.status !== 'rejected') continue;
      assert.ok(
        ['NoSuchBucket', 'BucketNotEmpty'].includes(outcome.reason.code),
        `seed ${seed}: ${outcome.reason}`,
      );
    }
  }
});

async function markDeleting(context: CoreContext, bucket: Bucket): Promise<Bucket> {
  const draft = new CommitDraft(context.metadata.newCommitId());
  draft.put(bucketKey(bucket.id), encodeBucket(toBucketRecord(bucket, 'deleting')));
  await context.metadata.commit(draft);
  context.metadata.refresh();
  return { ...bucket, recordVersion: draft.id };
}

test('a deletion that somebody else has settled touches nothing that came after', async () => {
  const { context } = openCore();
  const marked = await markDeleting(context, await makeBucket(context, 'bucket'));
  assert.equal(await settleBucketDeletion(context, marked), 'removed');
  const next = await create(context, ALICE, 'bucket');
  assert.equal(await settleBucketDeletion(context, marked), undefined);
  context.metadata.refresh();
  assert.equal((await find(context, ALICE, 'bucket')).id, next.id);
});

test('a bucket that a dead process left marked is settled by whoever needs it', async () => {
  for (const isEmpty of [true, false]) {
    const { context } = openCore();
    const bucket = await makeBucket(context, 'bucket');
    if (!isEmpty) await put(context, bucket, 'key', 'text');
    await find(context, ALICE, 'bucket');
    await markDeleting(context, bucket);
    if (isEmpty) {
      await assert.rejects(find(context, ALICE, 'bucket'), failsWith('NoSuchBucket'));
      await create(context, ALICE, 'bucket');
    } else {
      await put(context, await find(context, ALICE, 'bucket'), 'other', 'text');
      assert.equal(await read(context, bucket, 'key'), 'text');
    }
  }
});

test('a bucket is changed only as it was read, when that is asked for', async () => {
  const { context } = openCore();
  const bucket = await create(context, ALICE, 'bucket');
  const ifRecordVersion = bucket.recordVersion;
  const changed = await updateBucket(context, bucket, { documents: { acl: 'one' }, ifRecordVersion });
  await assert.rejects(
    updateBucket(context, bucket, { documents: { acl: 'two' }, ifRecordVersion }),
    failsWith('PreconditionFailed'),
  );
  context.metadata.refresh();
  assert.deepEqual(await find(context, ALICE, 'bucket'), changed);
});

test('changes of a bucket are made to its newest state', async () => {
  const { context } = openCore();
  const stale = await makeBucket(context, 'bucket');
  await updateBucket(context, stale, { documents: { acl: 'one', cors: 'two' } });
  const changed = await updateBucket(context, stale, {
    documents: { cors: null, policy: 'p' },
    versioning: 'enabled',
  });
  assert.deepEqual([changed.documents, changed.versioning], [{ acl: 'one', policy: 'p' }, 'enabled']);
  context.metadata.refresh();
  assert.deepEqual(await find(context, ALICE, 'bucket'), changed);
  await deleteBucket(context, changed);
  await assert.rejects(updateBucket(context, changed, { documents: {} }), failsWith('NoSuchBucket'));
});

test('an account that is closed gets no bucket, also none whose creation had begun', async () => {
  const core = openCore();
  const other = openCore({ beside: core }).context;
  const { context } = core;
  const input = { account: ALICE, place: 'KR1', name: 'bucket' };
  await makeBucket(context, 'first');
  other.metadata.refresh();
  assert.equal(await closeAccount(other, ALICE), false);
  await deleteBucket(context, await createBucket(context, input));
  await deleteBucket(context, await findBucket(context, { caller: ALICE, place: 'KR1', name: 'first' }));
  const { commit } = context.metadata;
  let isClosed: boolean | undefined;
  const late: typeof context = {
    ...context,
    metadata: {
      ...context.metadata,
      commit: async (request) => {
        isClosed ??= await closeAccount(other, ALICE);
        return commit.call(context.metadata, request);
      },
    },
  };
  await assert.rejects(createBucket(late, input), failsWith('AccountClosed'));
  assert.equal(isClosed, true);
  context.metadata.refresh();
  await assert.rejects(createBucket(context, input), failsWith('AccountClosed'));
  await openAccount(context, ALICE);
  context.metadata.refresh();
  await createBucket(context, input);
});
