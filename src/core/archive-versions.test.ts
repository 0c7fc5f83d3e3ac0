import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  failsWith,
  makeBucket,
  type OpenedCore,
  openCore,
  put,
  read,
  switchVersioning,
} from '../../test/support/open-core.ts';
import { type ArchiveSettings, archiveDocument } from './archive-versions.ts';
import type { Bucket, ListedObject, ObjectVersion } from './model.ts';
import type { DeletedObject } from './object-store.ts';
import { copyObject } from './operations/copy-object.ts';
import { deleteObject } from './operations/delete-object.ts';
import { headObject } from './operations/get-object.ts';
import { listObjects } from './operations/list-objects.ts';
import { updateBucket } from './operations/update-bucket.ts';
import { bucketUsage } from './usage.ts';

interface World {
  readonly core: OpenedCore;
  readonly main: Bucket;
  readonly archive: Bucket;
}

async function openWorld(settings: Partial<ArchiveSettings> = {}): Promise<World> {
  const core = openCore();
  const archive = await makeBucket(core.context, 'archive');
  const plain = await makeBucket(core.context, 'main');
  const documents = archiveDocument({ bucket: 'archive', mode: 'history', ...settings });
  const main = await updateBucket(core.context, plain, { documents });
  core.context.metadata.refresh();
  return { core, main, archive };
}

async function list({ core: { context } }: World, bucket: Bucket): Promise<ListedObject[]> {
  context.metadata.refresh();
  const page = await listObjects(context, bucket, { prefix: '', delimiter: '', after: '', limit: 100 });
  return page.items.flatMap((item) => (item.kind === 'object' ? [item.object] : []));
}

async function remove({ core: { context } }: World, bucket: Bucket, key: string): Promise<DeletedObject> {
  const deleted = await deleteObject(context, { bucket, key, conditions: {} });
  context.metadata.refresh();
  return deleted;
}

const nameOf = (key: string, { lastModifiedMicros }: Pick<ObjectVersion, 'lastModifiedMicros'>) => {
  const seconds = (lastModifiedMicros / 1_000_000).toFixed(6).slice(0, -1);
  return `${Buffer.byteLength(key).toString(16).padStart(3, '0')}${key}/${seconds}`;
};

const LONG = 'a body that is longer than what stands inline, so that it is a blob of its own';

test('what a write replaces stands in the archive under its name and time', async () => {
  const world = await openWorld();
  const { core, main, archive } = world;
  const first = await put(core.context, main, '한', 'first');
  core.clock.micros += 1_000_000;
  const second = await put(core.context, main, '한', LONG);
  core.clock.micros += 1_000_000;
  await put(core.context, main, '한', 'third');
  const names = (await list(world, archive)).map(({ key }) => key);
  assert.deepEqual(names, [nameOf('한', first), nameOf('한', second)]);
  assert.equal(await read(core.context, archive, names[0]!), 'first');
  assert.equal(await read(core.context, archive, names[1]!), LONG);
  assert.equal(await read(core.context, main, '한'), 'third');
  assert.deepEqual(await bucketUsage(core.context, main), { objects: 1, bytes: 5 });
  assert.deepEqual(await bucketUsage(core.context, archive), { objects: 2, bytes: 5 + LONG.length });
});

test('a copy over an object archives it, too', async () => {
  const world = await openWorld();
  const { core, main, archive } = world;
  await put(core.context, main, 'source', 'new');
  const old = await put(core.context, main, 'target', 'old');
  await copyObject(core.context, {
    source: { bucket: main, key: 'source' },
    sourceConditions: {},
    bucket: main,
    key: 'target',
    owner: main.account,
    metadata: ({ metadata }) => metadata,
    changesSomething: false,
    conditions: {},
  });
  assert.deepEqual(
    (await list(world, archive)).map(({ key }) => key),
    [nameOf('target', old)],
  );
  assert.equal(await read(core.context, main, 'target'), 'new');
});

test('history: a deletion archives and leaves a marker, also of what was not there', async () => {
  const world = await openWorld();
  const { core, main, archive } = world;
  const first = await put(core.context, main, 'key', LONG);
  core.clock.micros += 1_000_000;
  assert.equal((await remove(world, main, 'key')).existed, true);
  await assert.rejects(read(core.context, main, 'key'), failsWith('NoSuchKey'));
  const [copy, marker] = await list(world, archive);
  assert.equal(copy?.key, nameOf('key', first));
  const found = await headObject(core.context, { bucket: archive, key: marker!.key, conditions: {} });
  assert.equal(found.version.metadata.system.contentType, 'application/x-deleted;swift_versions_deleted=1');
  core.clock.micros += 1_000_000;
  assert.equal((await remove(world, main, 'absent')).existed, false);
  assert.equal((await list(world, archive)).length, 3);
  assert.equal(await read(core.context, archive, copy!.key), LONG);
});

for (const versioning of ['unversioned', 'enabled'] as const) {
  test(`stack: a deletion brings the version before back; the archive ${versioning}`, async () => {
    const world = await openWorld({ mode: 'stack' });
    const { core, main, archive } = world;
    if (versioning === 'enabled') await switchVersioning(core.context, archive, versioning);
    for (const text of ['first', LONG, 'third']) {
      await put(core.context, main, 'key', text);
      core.clock.micros += 1_000_000;
    }
    for (const text of [LONG, 'first']) {
      assert.equal((await remove(world, main, 'key')).existed, true);
      assert.equal(await read(core.context, main, 'key'), text);
    }
    assert.equal((await remove(world, main, 'key')).existed, true);
    await assert.rejects(read(core.context, main, 'key'), failsWith('NoSuchKey'));
    assert.deepEqual(await list(world, archive), []);
    assert.equal((await remove(world, main, 'key')).existed, false);
    assert.deepEqual(await bucketUsage(core.context, main), { objects: 0, bytes: 0 });
  });
}

test('stack: a marker that history has left goes with the object, and nothing comes back', async () => {
  const world = await openWorld();
  const { core, archive } = world;
  await remove(world, world.main, 'key');
  const documents = archiveDocument({ bucket: 'archive', mode: 'stack' });
  const main = await updateBucket(core.context, world.main, { documents });
  await put(core.context, main, 'key', 'again');
  await remove(world, main, 'key');
  await assert.rejects(read(core.context, main, 'key'), failsWith('NoSuchKey'));
  assert.deepEqual(await list(world, archive), []);
});

test('what is archived stays as long as the setting says', async () => {
  const world = await openWorld({ retentionMicros: 86_400_000_000 });
  const { core, main, archive } = world;
  await put(core.context, main, 'key', 'first');
  await put(core.context, main, 'key', 'second');
  const [copy] = await list(world, archive);
  const found = await headObject(core.context, { bucket: archive, key: copy!.key, conditions: {} });
  assert.equal(found.version.expiresAtMicros, core.clock.micros + 86_400_000_000);
});

test('without the archive nothing is replaced or deleted; a first write needs none', async () => {
  for (const bucket of ['nowhere', 'main']) {
    const world = await openWorld({ bucket });
    const { core, main } = world;
    await put(core.context, main, 'key', 'first');
    await assert.rejects(put(core.context, main, 'key', 'second'), failsWith('ArchiveUnavailable'));
    await assert.rejects(remove(world, main, 'key'), failsWith('ArchiveUnavailable'));
    assert.equal(await read(core.context, main, 'key'), 'first');
  }
});

test('versions of its own take the place of an archive', async () => {
  const world = await openWorld();
  const { core, archive } = world;
  const main = await switchVersioning(core.context, world.main, 'enabled');
  await put(core.context, main, 'key', 'first');
  await put(core.context, main, 'key', 'second');
  assert.deepEqual(await list(world, archive), []);
});

test('stack: deleting what history has deleted brings it back', async () => {
  const world = await openWorld();
  const { core, archive } = world;
  await put(core.context, world.main, 'key', 'first');
  core.clock.micros += 1_000_000;
  await remove(world, world.main, 'key');
  core.clock.micros += 1_000_000;
  assert.equal((await remove(world, world.main, 'key')).existed, false);
  const documents = archiveDocument({ bucket: 'archive', mode: 'stack' });
  const main = await updateBucket(core.context, world.main, { documents });
  core.context.metadata.refresh();
  assert.equal((await remove(world, main, 'key')).existed, true);
  await assert.rejects(read(core.context, main, 'key'), failsWith('NoSuchKey'));
  assert.equal((await remove(world, main, 'key')).existed, true);
  assert.equal(await read(core.context, main, 'key'), 'first');
  assert.deepEqual(await list(world, archive), []);
});

test('stack: without its archive an object is only deleted', async () => {
  const world = await openWorld({ mode: 'stack', bucket: 'nowhere' });
  await put(world.core.context, world.main, 'key', 'first');
  assert.equal((await remove(world, world.main, 'key')).existed, true);
  assert.equal((await remove(world, world.main, 'key')).existed, false);
});
