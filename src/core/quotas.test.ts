import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkBucket } from '../../test/support/check-bucket.ts';
import {
  ALICE,
  bodyOf,
  failsWith,
  makeBucket,
  openCore,
  put,
  sourceOf,
} from '../../test/support/open-core.ts';
import type { CoreContext } from './core-context.ts';
import type { Bucket } from './model.ts';
import { updateAccount } from './operations/account-settings.ts';
import { copyObject } from './operations/copy-object.ts';
import { deleteObject } from './operations/delete-object.ts';
import { updateBucket } from './operations/update-bucket.ts';
import { type Quota, quotaDocument, quotaOf } from './quotas.ts';
import { bucketUsage } from './usage.ts';

const SECOND = 1_000_000;

async function limit(context: CoreContext, bucket: Bucket, quota: Quota | null): Promise<Bucket> {
  const changed = await updateBucket(context, bucket, { documents: quotaDocument(quota) });
  context.metadata.refresh();
  return changed;
}

const erase = (context: CoreContext, bucket: Bucket, key: string) =>
  deleteObject(context, { bucket, key, conditions: {} });

test('a quota is a document, and none is none', () => {
  const documents = quotaDocument({ bytes: 5 }) as Record<string, string>;
  assert.deepEqual(quotaOf({ documents }), { bytes: 5 });
  assert.deepEqual(quotaDocument({}), quotaDocument(null));
  assert.equal(quotaOf({ documents: {} }), undefined);
});

test('what would go beyond the bytes or objects of a bucket is refused, what replaces or removes is not', async () => {
  const { context, storage } = openCore();
  const bucket = await limit(context, await makeBucket(context, 'bucket'), { bytes: 10, objects: 2 });
  await put(context, bucket, 'a', '12345');
  await assert.rejects(put(context, bucket, 'b', '123456'), {
    ...failsWith('QuotaExceeded'),
    details: { scope: 'bucket', name: 'bucket', of: 'bytes', max: 10 },
  });
  await put(context, bucket, 'b', '12345');
  await put(context, bucket, 'a', '54321');
  await assert.rejects(put(context, bucket, 'a', '123456'), failsWith('QuotaExceeded'));
  await assert.rejects(put(context, bucket, 'c', ''), failsWith('QuotaExceeded'));
  await put(context, bucket, 'a', '1');
  await erase(context, bucket, 'b');
  await put(context, bucket, 'c', '123456789');
  assert.deepEqual(await bucketUsage(context, bucket), { objects: 2, bytes: 10 });
  checkBucket(storage, bucket);
});

test('a quota that is below what is there lets it shrink', async () => {
  const { context } = openCore();
  const bucket = await makeBucket(context, 'bucket');
  await put(context, bucket, 'a', '12345');
  await put(context, bucket, 'b', '12345');
  const limited = await limit(context, bucket, { bytes: 3 });
  await put(context, limited, 'a', '123');
  await erase(context, limited, 'b');
  await assert.rejects(put(context, limited, 'c', '1'), failsWith('QuotaExceeded'));
  const open = await limit(context, limited, null);
  await put(context, open, 'c', '1');
});

test('older versions count, and copies do', async () => {
  const { context } = openCore();
  const bucket = await limit(context, await makeBucket(context, 'bucket', 'enabled'), { bytes: 10 });
  await put(context, bucket, 'a', '12345');
  await put(context, bucket, 'a', '1234');
  await assert.rejects(put(context, bucket, 'a', '12'), failsWith('QuotaExceeded'));
  const copy = copyObject(context, {
    source: { bucket, key: 'a' },
    sourceConditions: {},
    bucket,
    key: 'b',
    owner: ALICE,
    metadata: (source) => source.metadata,
    changesSomething: false,
    conditions: {},
  });
  await assert.rejects(copy, failsWith('QuotaExceeded'));
});

test('a declared size is refused before its body is read', async () => {
  const { context } = openCore();
  const bucket = await limit(context, await makeBucket(context, 'bucket'), { bytes: 3 });
  let reads = 0;
  const source = {
    async read() {
      reads += 1;
      return null;
    },
  };
  const declared = put(context, bucket, 'a', { source, size: 4, expected: {} });
  await assert.rejects(declared, failsWith('QuotaExceeded'));
  assert.equal(reads, 0);
  await assert.rejects(put(context, bucket, 'a', bodyOf('1234')), failsWith('QuotaExceeded'));
  await put(context, bucket, 'a', { source: sourceOf('123'), size: 3, expected: {} });
  await put(context, bucket, 'a', { source: sourceOf('321'), size: 3, expected: {} });
});

test("an account's quota is of all its buckets in the place", async () => {
  const { context } = openCore();
  const one = await makeBucket(context, 'one');
  const two = await makeBucket(context, 'two');
  await put(context, one, 'a', '12345');
  await updateAccount(context, ALICE, 'KR1', quotaDocument({ bytes: 8, objects: 10 }));
  context.metadata.refresh();
  const elsewhere = openCore().context;
  await put(elsewhere, await makeBucket(elsewhere, 'one'), 'a', '123456789');
  const { clock } = context as unknown as { clock: { micros: number } };
  clock.micros += SECOND;
  await put(context, two, 'b', '123');
  await assert.rejects(put(context, two, 'c', '1'), {
    ...failsWith('QuotaExceeded'),
    details: { scope: 'account', name: ALICE, of: 'bytes', max: 8 },
  });
  await erase(context, one, 'a');
  await put(context, two, 'c', '12345');
});

test('what another worker commits is known a second later, and its own at once', async () => {
  const core = openCore();
  const other = openCore({ beside: core });
  const { context, clock } = core;
  const bucket = await limit(context, await makeBucket(context, 'bucket'), { objects: 4 });
  other.context.metadata.refresh();
  for (const key of ['a', 'b']) await put(context, bucket, key);
  await put(other.context, bucket, 'c');
  // Three are there; this worker has seen two of them within this second.
  await put(context, bucket, 'd');
  clock.micros += SECOND;
  await assert.rejects(put(context, bucket, 'e'), failsWith('QuotaExceeded'));
  await assert.rejects(put(other.context, bucket, 'e'), failsWith('QuotaExceeded'));
  assert.deepEqual(await bucketUsage(context, bucket), { objects: 4, bytes: 0 });
});
