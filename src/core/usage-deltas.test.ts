import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeBucket, openCore, put } from '../../test/support/open-core.ts';
import { CommitDraft } from './commit-draft.ts';
import { rangeOfBucket, space } from './metadata-keys.ts';
import { UsageDeltas } from './usage-deltas.ts';
import { decodeUsage } from './usage-records.ts';

function draftOf(id: number, objects: number): CommitDraft {
  const draft = new CommitDraft(id);
  draft.change(7, { objects, bytes: objects * 10 });
  return draft;
}

function written({ puts }: CommitDraft) {
  return puts.map(({ key, value }) => ({ key: key.toString('hex'), ...decodeUsage(value) }));
}

test('a commit goes on with the sum of the one before it; one beside it has its own', () => {
  const deltas = new UsageDeltas(3);
  const [first, beside, after] = [draftOf(1, 1), draftOf(2, 2), draftOf(3, -1)];
  const taken = deltas.take(first);
  deltas.take(beside);
  deltas.giveBack(taken, true);
  deltas.take(after);
  const [one] = written(first);
  const [two] = written(beside);
  assert.notEqual(one?.key, two?.key);
  assert.deepEqual({ ...two, key: '' }, { key: '', objects: 2, bytes: 20 });
  assert.deepEqual(written(after), [{ key: one?.key, objects: 0, bytes: 0 }]);
});

test('a commit that conflicts has counted nothing', () => {
  const deltas = new UsageDeltas(3);
  deltas.giveBack(deltas.take(draftOf(1, 1)), false);
  const again = draftOf(2, 5);
  deltas.take(again);
  assert.deepEqual(
    written(again).map(({ objects }) => objects),
    [5],
  );
});

test('a draft that changes nothing of a bucket takes nothing, and one that changes it twice takes one', () => {
  const deltas = new UsageDeltas(3);
  assert.deepEqual(deltas.take(draftOf(1, 0)), []);
  const twice = draftOf(2, 1);
  twice.change(7, { objects: 1, bytes: 0 });
  deltas.take(twice);
  assert.deepEqual(
    written(twice).map(({ objects, bytes }) => [objects, bytes]),
    [[2, 10]],
  );
});

test('one writer after the other leaves one delta, however many objects it puts', async () => {
  const { context } = openCore();
  const bucket = await makeBucket(context, 'bucket');
  for (let count = 0; count < 20; count++) await put(context, bucket, `key${count}`, 'xy');
  context.metadata.refresh();
  const rows = await context.metadata.scan(rangeOfBucket(space.delta, bucket.id), 9);
  assert.deepEqual(
    rows.map(({ value }) => decodeUsage(value)),
    [{ objects: 20, bytes: 40 }],
  );
});
