import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failsWith, makeBucket, type OpenedCore, openCore, put, read } from '../../test/support/open-core.ts';
import { createExpireVersions } from './housekeeping/expire-versions.ts';
import type { Bucket } from './model.ts';
import { listObjects } from './operations/list-objects.ts';
import { updateBucket } from './operations/update-bucket.ts';
import { expiryOfUpload, type LifetimeRules, lifetimeDocument } from './upload-lifetime.ts';
import { bucketUsage } from './usage.ts';

const DAY_MICROS = 86_400_000_000;
const LONG = 'a body that is longer than what stands inline, so that it is a blob of its own';

async function makeRuled({ context }: OpenedCore, rules: LifetimeRules): Promise<Bucket> {
  const bucket = await makeBucket(context, 'ruled');
  const ruled = await updateBucket(context, bucket, { documents: lifetimeDocument(rules) });
  context.metadata.refresh();
  return ruled;
}

async function expire({ context }: OpenedCore): Promise<void> {
  const job = createExpireVersions(context);
  for (let steps = 0; steps < 5 && (await job.step()); steps++);
  context.metadata.refresh();
}

async function names({ context }: OpenedCore, bucket: Bucket): Promise<string[]> {
  const page = await listObjects(context, bucket, { prefix: '', delimiter: '', after: '', limit: 10 });
  return page.items.flatMap((item) => (item.kind === 'object' ? [item.object.key] : []));
}

test('the first rule whose prefix fits, else the default', () => {
  const rules: LifetimeRules = {
    default: { days: 30 },
    rules: [
      { name: 'a', prefix: 'logs/', days: 1 },
      { name: 'b', prefix: 'logs/kept/', days: 9 },
    ],
  };
  const documents = lifetimeDocument(rules) as Record<string, string>;
  const days = (key: string) => (expiryOfUpload({ documents }, key, 0) ?? 0) / DAY_MICROS;
  assert.deepEqual([days('logs/kept/x'), days('logs/x'), days('x')], [1, 1, 30]);
  assert.equal(expiryOfUpload({ documents: {} }, 'x', 0), undefined);
  assert.deepEqual(lifetimeDocument({}), { 'lifetime-rules': null });
});

test('what is uploaded expires, unless the request says otherwise', async () => {
  const core = openCore();
  const bucket = await makeRuled(core, { default: { days: 2 } });
  const { expiresAtMicros } = await put(core.context, bucket, 'key', 'text');
  assert.equal(expiresAtMicros, core.clock.micros + 2 * DAY_MICROS);
  core.clock.micros += 2 * DAY_MICROS;
  await assert.rejects(read(core.context, bucket, 'key'), failsWith('NoSuchKey'));
  await expire(core);
  assert.deepEqual(await bucketUsage(core.context, bucket), { objects: 0, bytes: 0 });
});

test('what expires goes where the rule says, and waits until that is there', async () => {
  const core = openCore();
  const bucket = await makeRuled(core, { default: { days: 1, transferTo: 'cellar' } });
  for (const [key, text] of [
    ['short', 'text'],
    ['long', LONG],
  ] as const) {
    await put(core.context, bucket, key, text);
  }
  core.clock.micros += DAY_MICROS;
  await expire(core);
  assert.equal((await bucketUsage(core.context, bucket)).objects, 2);
  const cellar = await makeBucket(core.context, 'cellar');
  core.clock.micros += DAY_MICROS;
  await expire(core);
  assert.deepEqual(await names(core, cellar), ['long', 'short']);
  assert.equal(await read(core.context, cellar, 'short'), 'text');
  assert.equal(await read(core.context, cellar, 'long'), LONG);
  assert.deepEqual(await bucketUsage(core.context, bucket), { objects: 0, bytes: 0 });
  assert.deepEqual(await bucketUsage(core.context, cellar), { objects: 2, bytes: 4 + LONG.length });
});
