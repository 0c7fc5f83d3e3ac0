import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeBucket, openCore, put } from '../../../test/support/open-core.ts';
import { rangeOfSpace, space } from '../metadata-keys.ts';
import { reportScrub, Scrub } from './scrub-store.ts';

const DAY_MICROS = 86_400_000_000;
const LARGE = 'more than sixteen bytes, so a blob';
const never = new AbortController().signal;

async function openFilled(count: number) {
  const core = openCore();
  const bucket = await makeBucket(core.context, 'photos');
  for (let index = 0; index < count; index += 1) {
    await put(core.context, bucket, `key-${index}`, index % 2 === 0 ? `${LARGE} ${index}` : 'tiny');
  }
  return { ...core, bucket };
}

async function scrubToEnd(scrub: Scrub): Promise<number> {
  let steps = 1;
  while (await scrub.step(never)) steps += 1;
  return steps;
}

test('a pass reads everything once, and the next one begins a day later', async () => {
  const core = await openFilled(300);
  const scrub = new Scrub(core.context);
  assert.ok((await scrubToEnd(scrub)) > 5);
  const first = await reportScrub(core.context);
  assert.equal(first.passes, 1);
  assert.deepEqual(first.findings, []);
  assert.ok(first.bytesTotal > 150 * LARGE.length);
  assert.equal(await scrub.step(never), false);
  core.clock.micros += DAY_MICROS;
  await scrubToEnd(scrub);
  const second = await reportScrub(core.context);
  assert.deepEqual([second.passes, second.bytesTotal], [2, 2 * first.bytesTotal]);
});

test('rot is found, named, kept after the pass, and forgotten when the object is gone', async () => {
  const core = await openFilled(4);
  core.storage.corruptBlob(core.storage.blobs()[0]!);
  const [inline] = await core.context.metadata.scan(rangeOfSpace(space.body), 1);
  const id = core.context.metadata.newCommitId();
  const puts = [{ key: inline!.key, value: Buffer.from('tinY') }];
  await core.context.metadata.commit({ id, checks: [], puts, deletes: [] });
  const scrub = new Scrub(core.context);
  await scrubToEnd(scrub);
  const { findings } = await reportScrub(core.context);
  assert.deepEqual(
    findings.map(({ kind, bucket, key }) => `${kind} ${bucket} ${key}`),
    ['damaged-bytes photos key-0', 'damaged-bytes photos key-1'],
  );
  for (const key of ['key-0', 'key-1']) await put(core.context, core.bucket, key, 'new');
  core.clock.micros += DAY_MICROS;
  await scrubToEnd(scrub);
  assert.deepEqual((await reportScrub(core.context)).findings, []);
});

test('it keeps its pace, stops at once when told to, and goes on there after a restart', async () => {
  const core = await openFilled(300);
  const stopping = new AbortController();
  let waited = 0;
  const pause = async (millis: number): Promise<void> => {
    waited += millis;
    if (waited > 10_000) stopping.abort();
  };
  const settings = { ...core.context.settings, scrubBytesPerSecond: 1000 };
  await new Scrub({ ...core.context, pause, settings }).step(stopping.signal);
  const { bytesTotal } = await reportScrub(core.context);
  assert.ok(Math.abs(bytesTotal - waited) < 1000, `${bytesTotal} bytes in ${waited} ms`);
  await scrubToEnd(new Scrub(core.context));
  const report = await reportScrub(core.context);
  const whole = await openFilled(300);
  await scrubToEnd(new Scrub(whole.context));
  const expected = (await reportScrub(whole.context)).bytesTotal;
  assert.ok(Math.abs(report.bytesTotal - expected) < 1000, `${report.bytesTotal} of ${expected} bytes`);
});

test('it can be switched off', async () => {
  const core = await openFilled(2);
  const settings = { ...core.context.settings, scrubBytesPerSecond: 0 };
  assert.equal(await new Scrub({ ...core.context, settings }).step(never), false);
  assert.equal((await reportScrub(core.context)).bytesTotal, 0);
});
