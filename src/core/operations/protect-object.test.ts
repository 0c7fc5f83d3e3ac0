import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkBucket } from '../../../test/support/check-bucket.ts';
import {
  ALICE,
  bodyOf,
  failsWith,
  makeBucket,
  openCore,
  put,
  read,
} from '../../../test/support/open-core.ts';
import { encodeBucket, toBucketRecord } from '../bucket-records.ts';
import { CommitDraft } from '../commit-draft.ts';
import type { CoreContext } from '../core-context.ts';
import { bucketKey } from '../metadata-keys.ts';
import type { Bucket, BucketLock, VersionId } from '../model.ts';
import type { ProtectionRequest } from '../protection.ts';
import { copyObject } from './copy-object.ts';
import { createBucket } from './create-bucket.ts';
import { createUpload } from './create-upload.ts';
import { deleteBucket } from './delete-bucket.ts';
import { deleteObject } from './delete-object.ts';
import { protectObject } from './protect-object.ts';
import { putObject } from './put-object.ts';
import { updateBucket } from './update-bucket.ts';
import { updateObject } from './update-object.ts';

const DAY = 86_400_000_000;
const HOLD = { kind: 'legal-hold', isOn: true } as const;
const RELEASE = { kind: 'legal-hold', isOn: false } as const;
const metadata = { system: { contentType: 'text/plain' }, user: {}, documents: {} };
const worm: BucketLock = { kind: 'object-lock', default: { mode: 'compliance', unit: 'days', count: 1 } };

async function makeLocked(
  context: CoreContext,
  lock: BucketLock,
  versioning: 'unversioned' | 'enabled' | 'suspended' = 'unversioned',
): Promise<Bucket> {
  const bucket = await createBucket(context, {
    account: ALICE,
    place: 'KR1',
    name: 'locked',
    lock,
    versioning,
  });
  context.metadata.refresh();
  return bucket;
}

function putProtected(context: CoreContext, bucket: Bucket, key: string, protection: ProtectionRequest) {
  return putObject(context, {
    bucket,
    key,
    owner: ALICE,
    metadata,
    body: bodyOf('text'),
    conditions: {},
    protection,
  });
}

const erase = (context: CoreContext, bucket: Bucket, key: string, versionId?: VersionId) =>
  deleteObject(context, { bucket, key, conditions: {}, ...(versionId !== undefined && { versionId }) });

test('a retained object of a bucket without versions is neither overwritten nor deleted, and then it is', async () => {
  const { context, storage, clock } = openCore();
  const bucket = await makeLocked(context, worm);
  const version = await put(context, bucket, 'key', 'first');
  assert.deepEqual(version.protection, { retention: { mode: 'compliance', until: clock.micros + DAY } });
  let isRead = false;
  const body = {
    ...bodyOf('second'),
    source: {
      read: async () => {
        isRead = true;
        return null;
      },
    },
  };
  await assert.rejects(put(context, bucket, 'key', body), failsWith('ObjectProtected'));
  assert.equal(isRead, false, 'refused before the body is read');
  await assert.rejects(erase(context, bucket, 'key'), failsWith('ObjectProtected'));
  await assert.rejects(erase(context, bucket, 'key', 'null'), failsWith('ObjectProtected'));
  await put(context, bucket, 'other', 'text');
  const copy = copyObject(context, {
    source: { bucket, key: 'other' },
    sourceConditions: {},
    bucket,
    key: 'key',
    owner: ALICE,
    metadata: (source) => source.metadata,
    changesSomething: false,
    conditions: {},
  });
  await assert.rejects(copy, failsWith('ObjectProtected'));
  await updateObject(context, { bucket, key: 'key', documents: { acl: 'a' } });
  await assert.rejects(erase(context, bucket, 'key'), failsWith('ObjectProtected'));
  assert.equal(await read(context, bucket, 'key'), 'first');
  clock.micros += DAY;
  await put(context, bucket, 'key', 'second');
  clock.micros += DAY;
  await erase(context, bucket, 'key');
  await erase(context, bucket, 'other');
  checkBucket(storage, bucket);
  await deleteBucket(context, bucket);
});

test('with versions a locked one stays below new ones and below delete markers', async () => {
  const { context, storage } = openCore();
  const bucket = await makeLocked(context, worm, 'enabled');
  const first = await put(context, bucket, 'key', 'first');
  await put(context, bucket, 'key', 'second');
  const marker = await erase(context, bucket, 'key');
  await assert.rejects(erase(context, bucket, 'key', first.versionId), failsWith('ObjectProtected'));
  assert.equal(await read(context, bucket, 'key', first.versionId), 'first');
  await erase(context, bucket, 'key', marker.versionId);
  assert.equal(await read(context, bucket, 'key'), 'second');
  checkBucket(storage, bucket);
  await assert.rejects(deleteBucket(context, bucket), failsWith('BucketNotEmpty'));
});

test('a null version below others is not replaced while it is held', async () => {
  const { context, storage } = openCore();
  let bucket = await makeLocked(context, { kind: 'object-lock' });
  await putProtected(context, bucket, 'key', { legalHold: true });
  bucket = await updateBucket(context, bucket, { versioning: 'enabled' });
  await put(context, bucket, 'key', 'second');
  await assert.rejects(
    updateBucket(context, bucket, { versioning: 'suspended' }),
    failsWith('BucketLockRefused'),
  );
  await assert.rejects(erase(context, bucket, 'key', 'null'), failsWith('ObjectProtected'));
  await protectObject(context, { bucket, key: 'key', versionId: 'null', change: RELEASE });
  await erase(context, bucket, 'key', 'null');
  assert.equal(await read(context, bucket, 'key'), 'second');
  checkBucket(storage, bucket);
});

/** A context in which `act` happens once, after a decision and before its commit. */
function interrupted(context: CoreContext, act: () => Promise<unknown>): CoreContext {
  let isDone = false;
  const metadata: CoreContext['metadata'] = {
    ...context.metadata,
    commit: async (request) => {
      if (!isDone) {
        isDone = true;
        await act();
      }
      return context.metadata.commit(request);
    },
  };
  return { ...context, metadata };
}

test('a lock that is set between decision and commit is respected', async () => {
  for (const attack of ['delete', 'delete-version', 'overwrite', 'copy'] as const) {
    const core = openCore();
    const other = openCore({ beside: core }).context;
    const bucket = await makeLocked(core.context, { kind: 'object-lock' });
    await put(core.context, bucket, 'key', 'kept');
    await put(core.context, bucket, 'source', 'text');
    other.metadata.refresh();
    const hold = () => protectObject(other, { bucket, key: 'key', change: HOLD });
    const context = interrupted(core.context, hold);
    const run = {
      delete: () => erase(context, bucket, 'key'),
      'delete-version': () => erase(context, bucket, 'key', 'null'),
      overwrite: () => put(context, bucket, 'key', 'other'),
      copy: () =>
        copyObject(context, {
          source: { bucket, key: 'source' },
          sourceConditions: {},
          bucket,
          key: 'key',
          owner: ALICE,
          metadata: (source) => source.metadata,
          changesSomething: false,
          conditions: {},
        }),
    };
    await assert.rejects(run[attack](), failsWith('ObjectProtected'), attack);
    assert.equal(await read(core.context, bucket, 'key'), 'kept');
    checkBucket(core.storage, bucket);
  }
});

test('a lock set on an older null version while it is replaced is respected', async () => {
  const core = openCore();
  const other = openCore({ beside: core }).context;
  let bucket = await makeBucket(core.context, 'bucket', 'unversioned');
  await put(core.context, bucket, 'key', 'null');
  bucket = await updateBucket(core.context, bucket, { versioning: 'enabled' });
  await put(core.context, bucket, 'key', 'second');
  bucket = await updateBucket(core.context, bucket, { lock: { kind: 'object-lock' } });
  other.metadata.refresh();
  const hold = () => protectObject(other, { bucket, key: 'key', versionId: 'null', change: HOLD });
  // No call makes a bucket that is both suspended and locked: written as a record, so that this does not hang on that.
  const draft = new CommitDraft(core.context.metadata.newCommitId());
  const suspended: Bucket = { ...bucket, versioning: 'suspended', recordVersion: draft.id };
  draft.put(bucketKey(bucket.id), encodeBucket(toBucketRecord(suspended, 'active')));
  await core.context.metadata.commit(draft);
  await assert.rejects(
    put(interrupted(core.context, hold), suspended, 'key', 'third'),
    failsWith('ObjectProtected'),
  );
});

test('puts that would share a commit stand alone where they are locked', async () => {
  const { context } = openCore();
  const bucket = await makeLocked(context, worm);
  const outcomes = await Promise.allSettled(
    Array.from({ length: 8 }, (_, index) => put(context, bucket, 'key', `${index}`)),
  );
  assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1);
  assert.equal(await read(context, bucket, 'key'), '0');
});

test('what an upload asks for is refused when it begins', async () => {
  const { context } = openCore();
  const bucket = await makeBucket(context, 'bucket');
  const input = {
    bucket,
    key: 'key',
    owner: ALICE,
    initiator: 'alice',
    metadata,
    protection: { legalHold: true },
  };
  await assert.rejects(createUpload(context, input), failsWith('BucketNotLocked'));
});

test('a bucket is protected while it is empty', async () => {
  const { context } = openCore();
  const bucket = await makeBucket(context, 'bucket');
  const lock: BucketLock = {
    kind: 'protection',
    minimumDays: 0,
    defaultDays: 0,
    maximumDays: 10,
    allowsPermanent: false,
  };
  await put(context, bucket, 'key');
  await assert.rejects(updateBucket(context, bucket, { lock }), failsWith('BucketLockRefused'));
  await erase(context, bucket, 'key');
  const locked = await updateBucket(context, bucket, { lock });
  assert.deepEqual(locked.lock, lock);
  await assert.rejects(
    updateBucket(context, locked, { versioning: 'enabled' }),
    failsWith('BucketLockRefused'),
  );
  const { protection, lastModifiedMicros } = await put(context, locked, 'key');
  assert.deepEqual(protection, { retention: { mode: 'retention', until: lastModifiedMicros } });
});
