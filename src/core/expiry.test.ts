import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkBucket } from '../../test/support/check-bucket.ts';
import {
  ALICE,
  bodyOf,
  failsWith,
  makeBucket,
  type OpenedCore,
  openCore,
  put,
  read,
} from '../../test/support/open-core.ts';
import type { CoreContext } from './core-context.ts';
import { expiryKey, expiryRangeUntil, parseExpiryKey } from './expiry-keys.ts';
import { createExpireVersions } from './housekeeping/expire-versions.ts';
import type { Bucket, ObjectVersion } from './model.ts';
import { createBucket } from './operations/create-bucket.ts';
import { deleteBucket } from './operations/delete-bucket.ts';
import { deleteObject } from './operations/delete-object.ts';
import { headObject } from './operations/get-object.ts';
import { listObjects } from './operations/list-objects.ts';
import { listVersions } from './operations/list-versions.ts';
import { protectObject } from './operations/protect-object.ts';
import { putObject } from './operations/put-object.ts';
import { updateBucket } from './operations/update-bucket.ts';
import { updateObject } from './operations/update-object.ts';
import { bucketUsage } from './usage.ts';

const SECOND = 1_000_000;
const HOUR = 3_600 * SECOND;
const metadata = { system: { contentType: 'text/plain' }, user: {}, documents: {} };
const everything = { prefix: '', delimiter: '', after: '', limit: 100 };

async function putExpiring(
  { context, clock }: OpenedCore,
  bucket: Bucket,
  key: string,
  seconds: number,
  text = 'text',
): Promise<ObjectVersion> {
  const expiresAtMicros = clock.micros + seconds * SECOND;
  const body = bodyOf(text);
  const version = await putObject(context, {
    bucket,
    key,
    owner: ALICE,
    metadata,
    body,
    conditions: {},
    expiresAtMicros,
  });
  context.metadata.refresh();
  return version;
}

async function keysOf(context: CoreContext, bucket: Bucket, query: object = {}): Promise<string[]> {
  context.metadata.refresh();
  const page = await listObjects(context, bucket, { ...everything, ...query });
  return page.items.map((item) => (item.kind === 'object' ? item.object.key : item.prefix));
}

async function versionsOf(context: CoreContext, bucket: Bucket): Promise<string[]> {
  context.metadata.refresh();
  const query = { prefix: '', delimiter: '', keyMarker: '', versionIdMarker: '', limit: 100 };
  const { versions } = await listVersions(context, bucket, query);
  return versions.map(({ key, isDeleteMarker, size }) =>
    isDeleteMarker ? `${key} marker` : `${key} ${size}`,
  );
}

async function sweep({ context }: Pick<OpenedCore, 'context'>): Promise<void> {
  const job = createExpireVersions(context);
  while (await job.step());
  context.metadata.refresh();
}

async function indexed(context: CoreContext): Promise<string[]> {
  context.metadata.refresh();
  const rows = await context.metadata.scan(expiryRangeUntil(Number.MAX_SAFE_INTEGER - 1), 100);
  return rows.map((row) => parseExpiryKey(row.key).key);
}

test('the index is in the order of time, whatever is in a name', () => {
  const sorted = [expiryKey(5, 9, 9, 'z'), expiryKey(6, 1, 1, 'a/\u{ffee}'), expiryKey(2 ** 50, 1, 1, '')];
  assert.deepEqual([...sorted].reverse().sort(Buffer.compare), sorted);
  assert.deepEqual(parseExpiryKey(sorted[1]!), { bucket: 1, sequence: 1, key: 'a/\u{ffee}' });
  assert.ok(Buffer.compare(sorted[0]!, expiryRangeUntil(5).end) < 0);
  assert.ok(Buffer.compare(sorted[1]!, expiryRangeUntil(5).end) > 0);
});

test('from its moment on an object is not there, before anybody has swept', async () => {
  const core = openCore();
  const { context, clock } = core;
  const bucket = await makeBucket(context, 'bucket');
  const { expiresAtMicros } = await putExpiring(core, bucket, 'a/1', 10);
  await putExpiring(core, bucket, 'a/2', 5);
  await put(context, bucket, 'b', 'stays');
  assert.equal(expiresAtMicros, clock.micros + 10 * SECOND);
  clock.micros += 5 * SECOND;
  assert.deepEqual(await keysOf(context, bucket), ['a/1', 'b']);
  clock.micros += 5 * SECOND - 1;
  assert.equal(await read(context, bucket, 'a/1'), 'text');
  clock.micros += 1;
  await assert.rejects(read(context, bucket, 'a/1'), failsWith('NoSuchKey'));
  await assert.rejects(read(context, bucket, 'a/1', 'null'), failsWith('NoSuchVersion'));
  assert.deepEqual(await keysOf(context, bucket), ['b']);
  assert.deepEqual(await keysOf(context, bucket, { delimiter: '/' }), ['b']);
  assert.deepEqual(await keysOf(context, bucket, { isReverse: true }), ['b']);
  const { isTruncated } = await listObjects(context, bucket, { ...everything, prefix: 'a', limit: 1 });
  assert.equal(isTruncated, false);
  assert.deepEqual(await versionsOf(context, bucket), ['b 5']);
  const removed = await deleteObject(context, { bucket, key: 'a/1', conditions: {} });
  assert.equal(removed.existed, false);
  await assert.rejects(
    updateObject(context, { bucket, key: 'a/1', documents: { acl: 'a' } }),
    failsWith('NoSuchKey'),
  );
});

test('a condition does not see what has expired', async () => {
  const core = openCore();
  const bucket = await makeBucket(core.context, 'bucket');
  await putExpiring(core, bucket, 'key', 1);
  await assert.rejects(
    put(core.context, bucket, 'key', 'x', { ifNoneMatch: '*' }),
    failsWith('PreconditionFailed'),
  );
  core.clock.micros += SECOND;
  await assert.rejects(
    put(core.context, bucket, 'key', 'x', { ifMatch: '*' }),
    failsWith('ConditionNeedsObject'),
  );
  await put(core.context, bucket, 'key', 'new', { ifNoneMatch: '*' });
  await sweep(core);
  assert.equal(await read(core.context, bucket, 'key'), 'new');
  checkBucket(core.storage, bucket);
});

test('the sweep removes in the order of time, once, and leaves nothing', async () => {
  const core = openCore({ faults: { seed: 3, turnsMax: 4, conflict: 0.1 } });
  const other = openCore({ beside: core });
  const { context, clock } = core;
  const bucket = await makeBucket(context, 'bucket');
  for (let index = 0; index < 120; index++) await putExpiring(core, bucket, `key-${index}`, 1 + (index % 3));
  await put(context, bucket, 'stays', 'x');
  clock.micros += 2 * SECOND;
  await Promise.all([sweep(core), sweep(other)]);
  assert.equal((await indexed(context)).length, 40);
  clock.micros += SECOND;
  await Promise.all([sweep(core), sweep(other)]);
  assert.deepEqual(await indexed(context), []);
  assert.deepEqual(await bucketUsage(context, bucket), { objects: 1, bytes: 1 });
  checkBucket(core.storage, bucket);
});

test('what replaces, deletes, changes or unsets an expiry leaves no trace of the former one', async () => {
  const core = openCore();
  const { context, clock } = core;
  const bucket = await makeBucket(context, 'bucket');
  await putExpiring(core, bucket, 'replaced', 5);
  await put(context, bucket, 'replaced', 'x');
  await putExpiring(core, bucket, 'deleted', 5);
  await deleteObject(context, { bucket, key: 'deleted', conditions: {} });
  await putExpiring(core, bucket, 'unset', 5);
  await updateObject(context, { bucket, key: 'unset', expiresAtMicros: null });
  await putExpiring(core, bucket, 'later', 5);
  await updateObject(context, { bucket, key: 'later', expiresAtMicros: clock.micros + 10 * SECOND });
  await putExpiring(core, bucket, 'kept', 5);
  const kept = await updateObject(context, { bucket, key: 'kept', documents: { acl: 'a' } });
  assert.equal(kept.expiresAtMicros, clock.micros + 5 * SECOND);
  assert.deepEqual(await indexed(context), ['kept', 'later']);
  clock.micros += 5 * SECOND;
  await sweep(core);
  assert.deepEqual(await keysOf(context, bucket), ['later', 'replaced', 'unset']);
  clock.micros += 5 * SECOND;
  await sweep(core);
  assert.deepEqual(await keysOf(context, bucket), ['replaced', 'unset']);
  checkBucket(core.storage, bucket);
});

test('what expires among versions does not bring an older one back', async () => {
  for (const versioning of ['enabled', 'suspended'] as const) {
    const core = openCore();
    const { context, clock } = core;
    const bucket = await makeBucket(context, 'bucket', 'enabled');
    await put(context, bucket, 'key', 'older');
    await putExpiring(core, bucket, 'alone', 5);
    const changed = await updateBucket(context, bucket, { versioning });
    context.metadata.refresh();
    await putExpiring(core, changed, 'key', 5, 'expiring');
    clock.micros += 5 * SECOND;
    await assert.rejects(read(context, changed, 'key'), failsWith('NoSuchKey'));
    assert.deepEqual(await versionsOf(context, changed), ['key 5']);
    await sweep(core);
    await assert.rejects(read(context, changed, 'key'), failsWith('NoSuchKey'));
    assert.deepEqual(await versionsOf(context, changed), ['key marker', 'key 5']);
    assert.deepEqual(await indexed(context), []);
    checkBucket(core.storage, changed);
  }
});

test('an older version expires where it stands', async () => {
  const core = openCore();
  const { context, clock } = core;
  const bucket = await makeBucket(context, 'bucket', 'enabled');
  await putExpiring(core, bucket, 'key', 5, 'expiring');
  await put(context, bucket, 'key', 'newer');
  clock.micros += 5 * SECOND;
  await sweep(core);
  assert.equal(await read(context, bucket, 'key'), 'newer');
  assert.deepEqual(await versionsOf(context, bucket), ['key 5']);
  checkBucket(core.storage, bucket);
});

test('a protected object stays and is seen until nothing protects it', async () => {
  const core = openCore();
  const { context, clock } = core;
  const bucket = await createBucket(context, {
    account: ALICE,
    place: 'KR1',
    name: 'locked',
    lock: { kind: 'object-lock' },
  });
  context.metadata.refresh();
  for (const key of ['retained', 'held']) await putExpiring(core, bucket, key, 5);
  const until = { kind: 'at', micros: clock.micros + 2 * HOUR } as const;
  const retention = { mode: 'compliance', until } as const;
  const change = { kind: 'retention', retention, bypassGovernance: false } as const;
  await protectObject(context, { bucket, key: 'retained', change });
  await protectObject(context, { bucket, key: 'held', change: { kind: 'legal-hold', isOn: true } });
  clock.micros += HOUR;
  await sweep(core);
  assert.deepEqual(await keysOf(context, bucket), ['held', 'retained']);
  const { version } = await headObject(context, { bucket, key: 'retained', conditions: {} });
  assert.equal(version.size, 4);
  clock.micros += HOUR + 1;
  assert.deepEqual(await keysOf(context, bucket), ['held']);
  await sweep(core);
  await protectObject(context, { bucket, key: 'held', change: { kind: 'legal-hold', isOn: false } });
  assert.deepEqual(await keysOf(context, bucket), []);
  clock.micros += HOUR;
  await sweep(core);
  assert.deepEqual(await indexed(context), []);
  checkBucket(core.storage, bucket);
  await deleteBucket(context, bucket);
});
