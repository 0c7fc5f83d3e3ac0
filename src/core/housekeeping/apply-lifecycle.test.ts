import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkBucket } from '../../../test/support/check-bucket.ts';
import {
  ALICE,
  bodyOf,
  makeBucket,
  type OpenedCore,
  openCore,
  put,
} from '../../../test/support/open-core.ts';
import { type LifecycleRule, lifecycleDocument } from '../lifecycle/lifecycle-rules.ts';
import type { Bucket, ObjectVersion } from '../model.ts';
import { createUpload } from '../operations/create-upload.ts';
import { deleteObject } from '../operations/delete-object.ts';
import { listUploads } from '../operations/list-uploads.ts';
import { listVersions } from '../operations/list-versions.ts';
import { protectObject } from '../operations/protect-object.ts';
import { putObject } from '../operations/put-object.ts';
import { updateBucket } from '../operations/update-bucket.ts';
import { createApplyLifecycle } from './apply-lifecycle.ts';

const DAY = 86_400_000_000;
const HOUR = DAY / 24;
const everything = { prefix: '', delimiter: '', keyMarker: '', versionIdMarker: '', limit: 1000 };

const rule = (more: Partial<LifecycleRule>): LifecycleRule => ({
  id: 'rule',
  isEnabled: true,
  filter: { prefix: '', tags: [], form: 'filter' },
  ...more,
});
const about = (prefix: string): LifecycleRule['filter'] => ({ prefix, tags: [], form: 'filter' });
const expiring = (days: number, prefix = '') =>
  rule({ filter: about(prefix), expiration: { kind: 'days', days } });

/** Noon, so that days are seen to be rounded up. */
function openAtNoon(): OpenedCore {
  const core = openCore();
  core.clock.micros = Math.floor(core.clock.micros / DAY) * DAY + DAY / 2;
  return core;
}

async function setRules({ context }: OpenedCore, bucket: Bucket, ...rules: LifecycleRule[]): Promise<Bucket> {
  const changed = await updateBucket(context, bucket, { documents: lifecycleDocument(rules) });
  context.metadata.refresh();
  return changed;
}

async function namesOf({ context }: OpenedCore, bucket: Bucket): Promise<string[]> {
  context.metadata.refresh();
  const { versions } = await listVersions(context, bucket, everything);
  return versions.map(({ key, isDeleteMarker, size }) =>
    isDeleteMarker ? `${key} marker` : `${key} ${size}`,
  );
}

/** Until there is nothing to do. */
async function run(core: OpenedCore, job = createApplyLifecycle(core.context)): Promise<void> {
  while (await job.step());
  core.context.metadata.refresh();
}

test('objects expire at the midnight after their days, by prefix, tag and size', async () => {
  const core = openAtNoon();
  const { context, clock } = core;
  let bucket = await makeBucket(context, 'bucket');
  for (const key of ['logs/a', 'logs/b', 'other']) await put(context, bucket, key, '12345');
  const tagged = { system: { contentType: '' }, user: {}, documents: { tagging: '[["keep","no"]]' } };
  const conditions = {};
  await putObject(context, {
    bucket,
    key: 'tagged',
    owner: ALICE,
    metadata: tagged,
    body: bodyOf('x'),
    conditions,
  });
  await put(context, bucket, 'large', 'x'.repeat(50));
  bucket = await setRules(
    core,
    bucket,
    { ...expiring(1, 'logs/'), id: 'logs' },
    { ...expiring(2), id: 'tagged', filter: { tags: [['keep', 'no']], form: 'filter' } },
    { ...expiring(2), id: 'size', filter: { sizeGreaterThan: 5, sizeLessThan: 51, tags: [], form: 'and' } },
    { ...expiring(1), id: 'off', isEnabled: false },
  );
  const job = createApplyLifecycle(context);
  await run(core, job);
  clock.micros += DAY;
  await run(core, job);
  assert.equal((await namesOf(core, bucket)).length, 5, 'a day and no midnight after it');
  clock.micros += DAY / 2;
  await run(core, job);
  assert.deepEqual(await namesOf(core, bucket), ['large 50', 'other 5', 'tagged 1']);
  clock.micros += DAY;
  await run(core, job);
  assert.deepEqual(await namesOf(core, bucket), ['other 5']);
  checkBucket(core.storage, bucket);
});

test('new rules are carried out within a minute, the others once a day', async () => {
  const core = openAtNoon();
  const { context, clock } = core;
  let bucket = await makeBucket(context, 'bucket');
  await put(context, bucket, 'a');
  clock.micros += 3 * DAY;
  const job = createApplyLifecycle(context);
  await run(core, job);
  bucket = await setRules(core, bucket, expiring(1));
  clock.micros += 59_000_000;
  assert.equal(await job.step(), false, 'it has looked less than a minute ago');
  clock.micros += 1_000_000;
  await run(core, job);
  assert.deepEqual(await namesOf(core, bucket), []);
  const { scan } = context.metadata;
  let scans = 0;
  context.metadata.scan = (...input) => {
    scans += 1;
    return scan.apply(context.metadata, input);
  };
  clock.micros += HOUR;
  await run(core, job);
  assert.equal(scans, 1, 'the bucket itself is left alone');
});

test('among versions a marker goes above what expires, and noncurrent ones go by their own rule', async () => {
  const core = openAtNoon();
  const { context, clock } = core;
  let bucket = await makeBucket(context, 'bucket', 'enabled');
  for (const text of ['1', '12', '123', '1234']) await put(context, bucket, 'key', text);
  bucket = await setRules(core, bucket, expiring(1), {
    ...rule({ id: 'older', noncurrent: { days: 2, newerVersions: 2 } }),
  });
  const job = createApplyLifecycle(context);
  clock.micros += 2 * DAY;
  await run(core, job);
  // Both at once: the marker, and what was noncurrent for two days except the two newest.
  assert.deepEqual(await namesOf(core, bucket), ['key marker', 'key 4', 'key 3', 'key 2', 'key 1']);
  clock.micros += DAY;
  await run(core, job);
  assert.deepEqual(await namesOf(core, bucket), ['key marker', 'key 4', 'key 3']);
  checkBucket(core.storage, bucket);
});

test('a delete marker goes when nothing is left below it', async () => {
  const core = openAtNoon();
  const { context, clock } = core;
  let bucket = await makeBucket(context, 'bucket', 'enabled');
  const { versionId } = await put(context, bucket, 'key', 'text');
  for (const key of ['key', 'a/lone']) await deleteObject(context, { bucket, key, conditions: {} });
  bucket = await setRules(
    core,
    bucket,
    rule({ filter: about('key'), expiration: { kind: 'delete-markers' } }),
  );
  const job = createApplyLifecycle(context);
  await run(core, job);
  assert.deepEqual(await namesOf(core, bucket), ['a/lone marker', 'key marker', 'key 4']);
  await deleteObject(context, { bucket, key: 'key', versionId, conditions: {} });
  clock.micros += DAY;
  await run(core, job);
  assert.deepEqual(await namesOf(core, bucket), ['a/lone marker']);
  bucket = await setRules(core, bucket, expiring(3, 'a/'));
  clock.micros += DAY;
  await run(core, job);
  assert.deepEqual(await namesOf(core, bucket), ['a/lone marker']);
  clock.micros += 2 * DAY;
  await run(core, job);
  assert.deepEqual(await namesOf(core, bucket), []);
  checkBucket(core.storage, bucket);
});

test('unfinished uploads are aborted', async () => {
  const core = openAtNoon();
  const { context, clock } = core;
  let bucket = await makeBucket(context, 'bucket');
  const metadata = { system: { contentType: '' }, user: {}, documents: {} };
  const begin = (key: string) =>
    createUpload(context, { bucket, key, owner: ALICE, initiator: 'alice', metadata });
  for (const key of ['a/1', 'a/2', 'b']) await begin(key);
  bucket = await setRules(core, bucket, rule({ filter: about('a/'), abortUploadDays: 1 }));
  clock.micros += DAY;
  await begin('a/3');
  clock.micros += DAY / 2;
  await run(core);
  const query = { prefix: '', delimiter: '', keyMarker: '', uploadIdMarker: '', limit: 10 };
  const { uploads } = await listUploads(context, bucket, query);
  assert.deepEqual(
    uploads.map(({ key }) => key),
    ['a/3', 'b'],
  );
});

test('a locked version stays', async () => {
  const core = openAtNoon();
  const { context, clock } = core;
  let bucket = await makeBucket(context, 'bucket', 'enabled');
  const versions: ObjectVersion[] = [];
  for (const text of ['1', '12', '123']) versions.push(await put(context, bucket, 'key', text));
  bucket = await updateBucket(context, bucket, { lock: { kind: 'object-lock' } });
  const held = versions[0]!.versionId;
  await protectObject(context, {
    bucket,
    key: 'key',
    versionId: held,
    change: { kind: 'legal-hold', isOn: true },
  });
  bucket = await setRules(core, bucket, rule({ noncurrent: { days: 1 } }));
  clock.micros += 2 * DAY;
  await run(core);
  assert.deepEqual(await namesOf(core, bucket), ['key 3', 'key 1']);
});

test('many versions and buckets are walked in slices, whatever goes meanwhile', async () => {
  const core = openCore({ faults: { seed: 5, turnsMax: 3, conflict: 0.05 } });
  const { context, clock } = core;
  const buckets: Bucket[] = [];
  for (const name of ['one', 'two', 'three']) {
    const bucket = await makeBucket(context, name, name === 'two' ? 'enabled' : 'unversioned');
    for (let index = 0; index < 230; index++) await put(context, bucket, `${index % 115}`, 'x');
    buckets.push(await setRules(core, bucket, expiring(1), rule({ id: 'older', noncurrent: { days: 1 } })));
  }
  clock.micros += 2 * DAY;
  const job = createApplyLifecycle(context);
  await run(core, job);
  assert.deepEqual(await namesOf(core, buckets[0]!), []);
  clock.micros += 2 * DAY;
  await run(core, job);
  assert.equal(
    (await namesOf(core, buckets[1]!)).every((name) => name.endsWith('marker')),
    true,
  );
  clock.micros += 2 * DAY;
  await run(core, job);
  for (const bucket of buckets) {
    assert.deepEqual(await namesOf(core, bucket), [], bucket.name);
    checkBucket(core.storage, bucket);
  }
});
