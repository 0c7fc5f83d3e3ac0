import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ALICE, makeBucket, type OpenedCore, openCore, put } from '../../../test/support/open-core.ts';
import type { BlobId } from '../../storage/contract/blob-store.ts';
import type { Row } from '../../storage/contract/metadata-store.ts';
import { dueMicrosOf, expiryKey, isPutOff, parseExpiryKey } from '../expiry-keys.ts';
import { createHousekeeping } from '../housekeeping/create-housekeeping.ts';
import { createExpireVersions } from '../housekeeping/expire-versions.ts';
import { rangeOfBucket, rangeOfSpace, space } from '../metadata-keys.ts';
import { decodeVersion } from '../metadata-records.ts';
import type { Bucket } from '../model.ts';
import { createBucket } from '../operations/create-bucket.ts';
import { deleteObject } from '../operations/delete-object.ts';
import { expireVersion } from '../operations/expire-version.ts';
import { protectObject } from '../operations/protect-object.ts';
import { updateObject } from '../operations/update-object.ts';
import { encodeUsage } from '../usage-records.ts';
import { repairStore } from './repair-store.ts';
import { verifyStore } from './verify-store.ts';

const LARGE = 'more than sixteen bytes, so a blob';

/** In two rows of the engine of the tests. */
const SMALL = 'tiny bytes';

async function openFilled(): Promise<OpenedCore & { bucket: Bucket }> {
  const core = openCore();
  const bucket = await makeBucket(core.context, 'photos', 'enabled');
  await put(core.context, bucket, 'small', SMALL);
  await put(core.context, bucket, 'large', LARGE);
  await put(core.context, bucket, 'large', `${LARGE} again`);
  await put(core.context, bucket, 'empty', '');
  await deleteObject(core.context, { bucket, key: 'small', conditions: {} });
  core.context.metadata.refresh();
  return { ...core, bucket };
}

async function rowIn({ context }: OpenedCore, spaceByte: number): Promise<Row> {
  context.metadata.refresh();
  const [row] = await context.metadata.scan(rangeOfSpace(spaceByte), 1);
  assert.ok(row);
  return row;
}

async function change({ context }: OpenedCore, key: Buffer, value: Buffer | undefined): Promise<void> {
  const puts = value === undefined ? [] : [{ key, value }];
  const deletes = value === undefined ? [key] : [];
  const outcome = await context.metadata.commit({
    id: context.metadata.newCommitId(),
    checks: [],
    puts,
    deletes,
  });
  assert.equal(outcome, 'committed');
}

async function kindsFound({ engine }: OpenedCore): Promise<string[]> {
  const { findings, findingsTotal } = await verifyStore(engine);
  assert.equal(findings.length, findingsTotal);
  return findings.map(({ kind }) => kind);
}

async function orphanOf(core: OpenedCore): Promise<BlobId> {
  const dead = openCore({ beside: core });
  const writer = await dead.engine.blobs.create();
  await writer.write(Buffer.from('nobody will ever commit this'));
  await writer.finish();
  core.storage.closeEpoch(dead.engine.epoch);
  await core.engine.epochs.forget(dead.engine.epoch);
  return writer.id;
}

test('nothing is wrong with a store that was only used', async () => {
  const core = await openFilled();
  const report = await verifyStore(core.engine);
  assert.deepEqual(report.findings, []);
  const { objects, versions, bytes, blobs, blobBytes } = report;
  assert.deepEqual(
    { objects, versions, bytes, blobs, blobBytes },
    {
      objects: 2,
      versions: 5,
      bytes: SMALL.length + 2 * LARGE.length + 6,
      blobs: 2,
      blobBytes: 2 * LARGE.length + 6,
    },
  );
});

test('bytes that are gone or changed are found, named and left alone by a repair', async (t) => {
  const plants: Record<string, (core: OpenedCore) => Promise<void>> = {
    'an inline body that is gone': async (core) => {
      await change(core, (await rowIn(core, space.body)).key, undefined);
    },
    'an inline body of which a row is gone': async (core) => {
      await change(core, Buffer.concat([(await rowIn(core, space.body)).key, Buffer.of(1)]), undefined);
    },
    'an inline body with other bytes': async (core) => {
      await change(core, (await rowIn(core, space.body)).key, Buffer.from('tinY b'));
    },
    'a rotten blob': async (core) => core.storage.corruptBlob(core.storage.blobs()[0]!),
    'a blob that is gone': (core) => core.engine.blobs.remove(core.storage.blobs()[0]!),
  };
  for (const [name, plant] of Object.entries(plants)) {
    await t.test(name, async () => {
      const core = await openFilled();
      await plant(core);
      const expected = name.includes('gone') ? 'missing-bytes' : 'damaged-bytes';
      const { findings } = await verifyStore(core.engine);
      assert.deepEqual(
        findings.map(({ kind, bucket, key }) => ({ kind, bucket, key })),
        [{ kind: expected, bucket: 'photos', key: name.includes('inline') ? 'small' : 'large' }],
      );
      assert.notEqual(findings[0]?.versionId, undefined);
      const before = core.storage.rows().length;
      const { repaired, report } = await repairStore(core.context);
      assert.deepEqual([repaired, report.findingsTotal], [0, 1]);
      // Counters are folded, which is housekeeping's business; nothing else goes.
      assert.ok(core.storage.rows().length >= before - 5);
    });
  }
});

test('references are followed in both directions', async () => {
  for (const spaceByte of [space.bodyReference, space.blobReference]) {
    const core = await openFilled();
    await change(core, (await rowIn(core, spaceByte)).key, undefined);
    assert.ok((await kindsFound(core)).includes('missing-reference'));
  }
  const core = await openFilled();
  const row = await rowIn(core, space.bodyReference);
  await change(core, Buffer.concat([row.key, Buffer.from('er')]), row.value);
  assert.deepEqual(await kindsFound(core), ['stray-reference']);
});

test('what nobody can reach is found, and a repair takes it away', async (t) => {
  const plants: Record<string, (core: OpenedCore & { bucket: Bucket }) => Promise<void>> = {
    'orphan-blob': async (core) => {
      await orphanOf(core);
    },
    'stray-record': async (core) => {
      const { key } = await rowIn(core, space.body);
      const other = Buffer.from(key);
      other[other.length - 1]! ^= 0x55;
      await change(core, other, Buffer.from('nobody has these'));
    },
    'stray-record of a body that has fewer': async (core) => {
      const { key } = await rowIn(core, space.body);
      await change(core, Buffer.concat([key, Buffer.of(2)]), Buffer.from('nobody has these'));
    },
    'wrong-counters': async (core) => {
      const key = Buffer.from((await rowIn(core, space.delta)).key);
      key[key.length - 1]! ^= 0x55;
      await change(core, key, encodeUsage({ objects: 1, bytes: 7 }));
    },
    'stray-reference': async (core) => {
      const version = await rowIn(core, space.older);
      await change(core, version.key, undefined);
    },
  };
  for (const [name, plant] of Object.entries(plants)) {
    await t.test(name, async () => {
      const core = await openFilled();
      await plant(core);
      assert.ok((await kindsFound(core)).includes(name.split(' ', 1).join()));
      const { repaired, report } = await repairStore(core.context);
      assert.ok(repaired > 0);
      assert.deepEqual(report.findings, []);
    });
  }
});

/** One that expires in an hour, one that has expired and is held, one whose row was put off and that is gone. */
async function openExpiring(): Promise<OpenedCore & { bucket: Bucket }> {
  const core = openCore();
  const { context, clock } = core;
  const lock = { kind: 'object-lock' } as const;
  const bucket = await createBucket(context, { account: ALICE, place: 'KR1', name: 'notes', lock });
  const expire = async (key: string, seconds: number): Promise<void> => {
    context.metadata.refresh();
    await put(context, bucket, key, key);
    context.metadata.refresh();
    const expiresAtMicros = clock.micros + seconds * 1_000_000;
    await updateObject(context, { bucket, key, expiresAtMicros });
    context.metadata.refresh();
  };
  await expire('later', 7_200);
  const hold = { kind: 'legal-hold', isOn: true } as const;
  for (const key of ['held', 'gone']) {
    await expire(key, 5);
    await protectObject(context, { bucket, key, change: hold });
  }
  clock.micros += 10_000_000;
  const sweep = createExpireVersions(context);
  while (await sweep.step());
  await protectObject(context, { bucket, key: 'gone', change: { kind: 'legal-hold', isOn: false } });
  context.metadata.refresh();
  const [gone] = await context.metadata.scan(rangeOfBucket(space.head, bucket.id), 1);
  assert.ok(gone);
  const { sequence } = decodeVersion(gone.value);
  await expireVersion(context, { bucket, key: 'gone', sequence }, () => 'remove');
  context.metadata.refresh();
  return { ...core, bucket };
}

async function expiryRows({ context }: OpenedCore): Promise<Row[]> {
  context.metadata.refresh();
  return context.metadata.scan(rangeOfSpace(space.expiry), 100);
}

test('rows of the index that were put off are no findings, whether their versions are there or gone', async () => {
  const core = await openExpiring();
  const rows = await expiryRows(core);
  assert.deepEqual(rows.map(({ key, value }) => [parseExpiryKey(key).key, isPutOff(value)]).sort(), [
    ['gone', true],
    ['held', true],
    ['later', false],
  ]);
  assert.deepEqual(await kindsFound(core), []);
});

test('an expiry that the index does not have is found, and a repair enters it', async () => {
  const core = await openExpiring();
  const before = (await expiryRows(core)).filter(({ key }) => parseExpiryKey(key).key === 'later');
  for (const { key } of await expiryRows(core)) await change(core, key, undefined);
  const { findings } = await verifyStore(core.engine);
  assert.deepEqual(
    findings.map(({ kind, bucket, key }) => ({ kind, bucket, key })),
    ['held', 'later'].map((key) => ({ kind: 'wrong-expiry', bucket: 'notes', key })),
  );
  const { repaired, report } = await repairStore(core.context);
  assert.deepEqual([repaired, report.findings], [2, []]);
  const after = (await expiryRows(core)).filter(({ key }) => parseExpiryKey(key).key === 'later');
  assert.deepEqual(
    after.map(({ key, value }) => ({ key, value })),
    before.map(({ key, value }) => ({ key, value })),
  );
});

test('a row of the index without such a version is found, and a repair takes it away', async () => {
  const core = await openExpiring();
  const [later] = (await expiryRows(core)).filter(({ value }) => !isPutOff(value));
  assert.ok(later);
  const { bucket, sequence, key } = parseExpiryKey(later.key);
  const due = dueMicrosOf(later.key);
  const strays = [
    expiryKey(due + 1, bucket, sequence, key),
    expiryKey(due, bucket, sequence + 1, key),
    expiryKey(due, bucket + 1, sequence, key),
    expiryKey(due, bucket, sequence, 'another'),
  ];
  for (const stray of strays) await change(core, stray, Buffer.alloc(0));
  assert.deepEqual(
    await kindsFound(core),
    strays.map(() => 'wrong-expiry'),
  );
  const rows = core.storage.rows().length;
  const { repaired, report } = await repairStore(core.context);
  assert.deepEqual([repaired, report.findings], [strays.length, []]);
  assert.ok(core.storage.rows().length < rows);
  assert.ok((await expiryRows(core)).some((row) => row.key.equals(later.key)));
});

test('a blob on its way into a commit, or about to be swept, is no orphan', async () => {
  const core = await openFilled();
  const writer = await core.engine.blobs.create();
  await writer.write(Buffer.from('on its way'));
  const dead = openCore({ beside: core });
  const left = await dead.engine.blobs.create();
  await left.finish();
  core.storage.closeEpoch(dead.engine.epoch);
  const report = await verifyStore(core.engine);
  assert.deepEqual([report.findings, report.waiting], [[], 1]);
});

test('a blob that is condemned while it is looked at is no orphan', async () => {
  const core = await openFilled();
  const dead = openCore({ beside: core });
  await (await dead.engine.blobs.create()).finish();
  core.storage.closeEpoch(dead.engine.epoch);
  const housekeep = createHousekeeping(core.context);
  const { blobs } = core.engine;
  const listEpochs = async (): Promise<number[]> => {
    // What was condemned has been read by now. No round is published, so nothing is deleted.
    while (await housekeep());
    return blobs.listEpochs();
  };
  const before = core.storage.blobs().length;
  const { findings } = await verifyStore({ ...core.engine, blobs: { ...blobs, listEpochs } });
  assert.deepEqual(findings, []);
  assert.equal(core.storage.blobs().length, before);
  assert.deepEqual(core.storage.openEpochs(), [core.engine.epoch]);
});

test('records that cannot be read, and names that lead nowhere, are findings', async () => {
  const core = await openFilled();
  await change(core, (await rowIn(core, space.head)).key, Buffer.from([99, 1, 2]));
  assert.ok((await kindsFound(core)).includes('unreadable-record'));
  const other = await openFilled();
  await change(other, (await rowIn(other, space.directory)).key, undefined);
  assert.deepEqual(await kindsFound(other), ['wrong-directory']);
});

test('a store in use has no findings', async () => {
  const core = await openFilled();
  const beside = openCore({ beside: core });
  let isOver = false;
  const writing = (async () => {
    for (let index = 0; !isOver; index += 1) {
      await put(beside.context, core.bucket, `key-${index % 7}`, index % 2 === 0 ? LARGE : 'tiny');
      if (index % 3 === 0) {
        await deleteObject(beside.context, { bucket: core.bucket, key: `key-${index % 5}`, conditions: {} });
      }
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  })();
  const { findings } = await verifyStore(core.engine);
  isOver = true;
  await writing;
  assert.deepEqual(findings, []);
});
