import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkBucket } from '../../../test/support/check-bucket.ts';
import {
  failsWith,
  makeBucket,
  openCore,
  put,
  read,
  switchVersioning,
} from '../../../test/support/open-core.ts';
import type { CoreContext } from '../core-context.ts';
import type { Bucket } from '../model.ts';
import type { DeletedObject, WriteConditions } from '../object-store.ts';
import { deleteObject } from './delete-object.ts';
import { headObject } from './get-object.ts';
import { listVersions } from './list-versions.ts';
import { updateObject } from './update-object.ts';

const LONG = 'long enough for a blob of its own';

async function remove(
  context: CoreContext,
  bucket: Bucket,
  key: string,
  versionId?: string,
  conditions: WriteConditions = {},
): Promise<DeletedObject> {
  const version = versionId === undefined ? {} : { versionId };
  const deleted = await deleteObject(context, { bucket, key, conditions, ...version });
  context.metadata.refresh();
  return deleted;
}

test('an unversioned object goes with its body, and deleting it again succeeds', async () => {
  const { context, storage } = openCore();
  const bucket = await makeBucket(context, 'bucket');
  for (const text of ['short', LONG, '']) {
    await put(context, bucket, 'key', text);
    assert.deepEqual(await remove(context, bucket, 'key'), { deleteMarker: false, existed: true });
    await assert.rejects(read(context, bucket, 'key'), failsWith('NoSuchKey'));
    assert.deepEqual(await remove(context, bucket, 'key'), { deleteMarker: false, existed: false });
    checkBucket(storage, bucket);
  }
});

test('the null version id of an unversioned bucket names the object', async () => {
  const { context, storage } = openCore();
  const bucket = await makeBucket(context, 'bucket');
  await put(context, bucket, 'key', 'text');
  assert.deepEqual(await remove(context, bucket, 'key', 'null'), { deleteMarker: false, existed: true });
  await assert.rejects(read(context, bucket, 'key'), failsWith('NoSuchKey'));
  checkBucket(storage, bucket);
  await assert.rejects(remove(context, bucket, 'key', 'nonsense'), failsWith('InvalidVersionId'));
});

test('a delete marker hides, and its removal brings back', async () => {
  const { context, storage } = openCore();
  const bucket = await makeBucket(context, 'bucket', 'enabled');
  await put(context, bucket, 'key', 'one');
  await put(context, bucket, 'key', LONG);
  const marker = await remove(context, bucket, 'key');
  assert.equal(marker.deleteMarker, true);
  checkBucket(storage, bucket);
  await assert.rejects(read(context, bucket, 'key'), failsWith('NoSuchKey'));
  assert.deepEqual(await remove(context, bucket, 'key', marker.versionId), marker);
  assert.equal(await read(context, bucket, 'key'), LONG);
  checkBucket(storage, bucket);
});

test('a key that never was gets a delete marker when versioning is on', async () => {
  const { context, storage } = openCore();
  const bucket = await makeBucket(context, 'bucket', 'enabled');
  const first = await remove(context, bucket, 'key');
  const second = await remove(context, bucket, 'key');
  assert.notEqual(first.versionId, second.versionId);
  checkBucket(storage, bucket);
});

test('deleting the current version promotes the next older one, object or marker', async () => {
  const { context, storage } = openCore();
  const bucket = await makeBucket(context, 'bucket', 'enabled');
  const one = await put(context, bucket, 'key', 'one');
  const marker = await remove(context, bucket, 'key');
  const two = await put(context, bucket, 'key', LONG);
  await remove(context, bucket, 'key', two.versionId);
  checkBucket(storage, bucket);
  await assert.rejects(read(context, bucket, 'key'), {
    code: 'NoSuchKey',
    details: { key: 'key', deleteMarkerVersionId: marker.versionId },
  });
  await remove(context, bucket, 'key', marker.versionId);
  checkBucket(storage, bucket);
  const { version } = await headObject(context, { bucket, key: 'key', conditions: {} });
  assert.deepEqual([version.versionId, version.isLatest], [one.versionId, true]);
  await remove(context, bucket, 'key', one.versionId);
  checkBucket(storage, bucket);
  await assert.rejects(read(context, bucket, 'key'), { code: 'NoSuchKey', details: { key: 'key' } });
});

test('deleting an older version leaves the others, and the pointer to the null version right', async () => {
  const { context, storage } = openCore();
  let bucket = await makeBucket(context, 'bucket');
  await put(context, bucket, 'key', 'null');
  bucket = await switchVersioning(context, bucket, 'enabled');
  const one = await put(context, bucket, 'key', 'one');
  await put(context, bucket, 'key', 'two');
  await remove(context, bucket, 'key', one.versionId);
  checkBucket(storage, bucket);
  assert.equal(await read(context, bucket, 'key', 'null'), 'null');
  await remove(context, bucket, 'key', 'null');
  checkBucket(storage, bucket);
  assert.equal(await read(context, bucket, 'key'), 'two');
});

test('suspended: the delete marker is the null version and replaces it', async () => {
  const { context, storage } = openCore();
  let bucket = await makeBucket(context, 'bucket', 'enabled');
  await put(context, bucket, 'key', 'kept');
  bucket = await switchVersioning(context, bucket, 'suspended');
  await put(context, bucket, 'key', LONG);
  assert.deepEqual(await remove(context, bucket, 'key'), {
    versionId: 'null',
    deleteMarker: true,
    existed: true,
  });
  checkBucket(storage, bucket);
  assert.deepEqual(await remove(context, bucket, 'key'), {
    versionId: 'null',
    deleteMarker: true,
    existed: false,
  });
  checkBucket(storage, bucket);
  const query = { prefix: '', delimiter: '', keyMarker: '', versionIdMarker: '', limit: 10 };
  assert.equal((await listVersions(context, bucket, query)).versions.length, 2);
  await remove(context, bucket, 'key', 'null');
  assert.equal(await read(context, bucket, 'key'), 'kept');
  checkBucket(storage, bucket);
});

test('a version that has gone can be deleted again', async () => {
  const { context } = openCore();
  const bucket = await makeBucket(context, 'bucket', 'enabled');
  const { versionId } = await put(context, bucket, 'key');
  await put(context, bucket, 'key');
  await remove(context, bucket, 'key', versionId);
  assert.deepEqual(await remove(context, bucket, 'key', versionId), {
    versionId,
    deleteMarker: false,
    existed: false,
  });
});

test('conditions of a delete', async () => {
  const { context } = openCore();
  const bucket = await makeBucket(context, 'bucket');
  await assert.rejects(
    remove(context, bucket, 'key', undefined, { ifMatch: '*' }),
    failsWith('ConditionNeedsObject'),
  );
  assert.deepEqual(await remove(context, bucket, 'key', undefined, { ifMatchSize: 5 }), {
    deleteMarker: false,
    existed: false,
  });
  const { etagMd5, lastModifiedMicros } = await put(context, bucket, 'key', 'hello');
  for (const conditions of [{ ifMatch: ['x'] }, { ifMatchSize: 4 }, { ifMatchLastModifiedMicros: 1 }]) {
    await assert.rejects(
      remove(context, bucket, 'key', undefined, conditions),
      failsWith('PreconditionFailed'),
    );
  }
  await remove(context, bucket, 'key', undefined, {
    ifMatch: [etagMd5],
    ifMatchSize: 5,
    ifMatchLastModifiedMicros: lastModifiedMicros,
  });
  await assert.rejects(read(context, bucket, 'key'), failsWith('NoSuchKey'));
});

test('deleting goes on when the disk is full', async () => {
  const { context, storage } = openCore();
  const plain = await makeBucket(context, 'plain');
  const bucket = await makeBucket(context, 'bucket', 'enabled');
  await put(context, plain, 'key', LONG);
  const { versionId } = await put(context, bucket, 'key', LONG);
  await put(context, bucket, 'key', LONG);
  storage.full = true;
  await remove(context, plain, 'key');
  await remove(context, bucket, 'key', versionId);
  checkBucket(storage, plain);
  checkBucket(storage, bucket);
});

test('puts and deletes of versions at the same moment leave a sound history', async () => {
  for (let seed = 1; seed <= 20; seed++) {
    const core = openCore({
      faults: {
        seed,
        turnsMax: 5,
        conflict: 0.1,
        unknownCommitted: 0.1,
        unknownLost: 0.1,
        views: 'drifting',
      },
    });
    const workers = [core, openCore({ beside: core })];
    const bucket = await makeBucket(core.context, 'bucket', seed % 2 === 0 ? 'enabled' : 'suspended');
    for (const { context } of workers) context.metadata.refresh();
    const kept: string[] = [];
    await Promise.all(
      Array.from({ length: 30 }, async (_, index) => {
        const { context } = workers[index % 2]!;
        if (index % 5 >= 3) return kept.push((await remove(context, bucket, 'key')).versionId!);
        const { versionId } = await put(context, bucket, 'key', index % 3 === 0 ? LONG : 'short');
        if (index % 3 === 1) return remove(context, bucket, 'key', versionId);
        return kept.push(versionId);
      }),
    );
    core.context.metadata.refresh();
    checkBucket(core.storage, bucket);
    if (bucket.versioning === 'suspended') continue;
    const query = { prefix: '', delimiter: '', keyMarker: '', versionIdMarker: '', limit: 100 };
    const { versions } = await listVersions(core.context, bucket, query);
    assert.deepEqual(versions.map(({ versionId }) => versionId).sort(), kept.sort());
  }
});

/** Runs `meanwhile` once, after the first read of several keys. */
function afterFirstLook(context: CoreContext, meanwhile: () => Promise<unknown>): void {
  const { metadata } = context;
  const getMany = metadata.getMany.bind(metadata);
  let isFirst = true;
  metadata.getMany = async (keys) => {
    const entries = await getMany(keys);
    if (isFirst) {
      isFirst = false;
      await meanwhile();
    }
    return entries;
  };
}

test('an older version that becomes current while it is being deleted is deleted as the current one', async () => {
  const core = openCore({ faults: { seed: 1, views: 'live' } });
  const bucket = await makeBucket(core.context, 'bucket', 'enabled');
  const one = await put(core.context, bucket, 'key', 'one');
  const two = await put(core.context, bucket, 'key', 'two');
  const other = openCore({ beside: core }).context;
  afterFirstLook(core.context, () => remove(other, bucket, 'key', two.versionId));
  await remove(core.context, bucket, 'key', one.versionId);
  await assert.rejects(read(core.context, bucket, 'key'), { code: 'NoSuchKey', details: { key: 'key' } });
  checkBucket(core.storage, bucket);
});

test('a change of an older version that is being promoted is not lost', async () => {
  const core = openCore({ faults: { seed: 1, views: 'live' } });
  const bucket = await makeBucket(core.context, 'bucket', 'enabled');
  const { versionId } = await put(core.context, bucket, 'key', 'one');
  const two = await put(core.context, bucket, 'key', 'two');
  const other = openCore({ beside: core }).context;
  const { metadata } = core.context;
  const scan = metadata.scan.bind(metadata);
  let isFirst = true;
  metadata.scan = async (...inputs) => {
    const rows = await scan(...inputs);
    if (isFirst) {
      isFirst = false;
      await updateObject(other, { bucket, key: 'key', versionId, documents: { acl: 'new' } });
    }
    return rows;
  };
  await remove(core.context, bucket, 'key', two.versionId);
  const { version } = await headObject(core.context, { bucket, key: 'key', conditions: {} });
  assert.deepEqual([version.versionId, version.metadata.documents['acl']], [versionId, 'new']);
});
