/** Listings and counters of both sides, page by page and as a whole. See `namespace-driver.ts`. */
import assert from 'node:assert/strict';
import type { ListingItem, ObjectVersion } from '../../src/core/model.ts';
import { ACCOUNTS } from './namespace-actions.ts';
import { type NamespaceDriver, type PairedBucket, readAll } from './namespace-driver.ts';
import { commonPrefixOf, isAfter } from './namespace-model.ts';

/** One listing of objects, from its beginning or from somewhere, to its end. */
export async function listObjects(driver: NamespaceDriver, bucket: PairedBucket): Promise<void> {
  const prefix = driver.pick(['', '', 'a', 'a/', 'b', '\u{ffee}']);
  const delimiter = driver.pick(['', '/', 'b', '//']);
  const limit = driver.random.below(5);
  let after = driver.pick(['', '', 'a', 'a/', 'a/b', 'ab', '\u{ffee}/']);
  for (;;) {
    const query = { prefix, delimiter, after, limit };
    const words = `listObjects ${bucket.model.name} ${JSON.stringify(query)}`;
    const done = await driver.both(
      words,
      () => driver.store.listObjects(bucket.fresh, query),
      () => driver.model.listObjects(bucket.model, query),
    );
    if (done === undefined) return;
    assert.deepEqual(done.real.items.map(withoutAbsent), done.model.items.map(withoutAbsent), words);
    assert.equal(done.real.isTruncated, done.model.isTruncated, words);
    assert.equal(done.real.next, done.model.next, words);
    if (done.real.next === undefined) return;
    after = done.real.next;
  }
}

function withoutAbsent(item: ListingItem): unknown {
  return JSON.parse(JSON.stringify(item));
}

/** All versions of a bucket, in pages of a random length, joined and compared with what the model has. */
export async function listVersions(driver: NamespaceDriver, bucket: PairedBucket): Promise<void> {
  const prefix = driver.pick(['', '', 'a', 'a/']);
  const delimiter = driver.pick(['', '', '/']);
  const limit = 1 + driver.random.below(5);
  const versions: ObjectVersion[] = [];
  const prefixes: string[] = [];
  let keyMarker = '';
  let versionIdMarker = '';
  const words = `listVersions ${bucket.model.name} ${JSON.stringify({ prefix, delimiter, limit })}`;
  for (;;) {
    const query = { prefix, delimiter, keyMarker, versionIdMarker, limit };
    const done = await driver.both(
      words,
      () => driver.store.listVersions(bucket.fresh, query),
      () => driver.model.assertExists(bucket.model),
    );
    if (done === undefined) return;
    assert.ok(done.real.versions.length + done.real.prefixes.length <= limit, words);
    versions.push(...done.real.versions);
    prefixes.push(...done.real.prefixes);
    if (!done.real.isTruncated) break;
    keyMarker = done.real.nextKeyMarker!;
    versionIdMarker = done.real.nextVersionIdMarker ?? '';
    assert.ok(isAfter(keyMarker, ''), words);
  }
  const all = driver.model.allVersions(bucket.model).filter(({ key }) => key.startsWith(prefix));
  const expected = all.filter(({ key }) => commonPrefixOf(key, { prefix, delimiter }) === undefined);
  assert.deepEqual(
    versions.map((version) => [version.key, version.versionId, version.isLatest]),
    expected.map(({ key, version, isLatest }) => [key, version.publicId, isLatest]),
    words,
  );
  for (const [index, { version }] of expected.entries()) {
    driver.compareVersion(versions[index]!, version, words);
    const newer = versions[index - 1];
    if (newer?.key === versions[index]!.key) assert.ok(newer.sequence > versions[index]!.sequence, words);
  }
  const rolledUp = all.flatMap(({ key }) => commonPrefixOf(key, { prefix, delimiter }) ?? []);
  assert.deepEqual(prefixes, [...new Set(rolledUp)], words);
}

export async function compareUsage(driver: NamespaceDriver, bucket: PairedBucket): Promise<void> {
  const words = `bucketUsage ${bucket.model.name}`;
  const done = await driver.both(
    words,
    () => driver.store.bucketUsage(bucket.fresh),
    () => {
      driver.model.assertExists(bucket.model);
      return driver.model.usage(bucket.model);
    },
  );
  if (done !== undefined) assert.deepEqual(done.real, done.model, words);
}

/** Everything that can be asked of every bucket, and every byte of every version. */
export async function compareEverything(driver: NamespaceDriver): Promise<void> {
  for (const account of ACCOUNTS) {
    const query = { account, prefix: '', after: '', limit: 100 };
    const request = driver.store.beginRequest();
    const { buckets } = await driver.store.listBuckets(query);
    request.end();
    assert.deepEqual(
      buckets.map((bucket) => bucket.name),
      driver.model.listBuckets(account),
      'listBuckets',
    );
  }
  for (const bucket of driver.buckets.filter(({ model }) => driver.model.buckets.includes(model))) {
    await listObjects(driver, bucket);
    await listVersions(driver, bucket);
    await compareUsage(driver, bucket);
    for (const { key, version } of driver.model.allVersions(bucket.model)) {
      if (version.isDeleteMarker) continue;
      const request = driver.store.beginRequest();
      const opened = await driver.store.getObject({
        bucket: bucket.fresh,
        key,
        versionId: version.publicId!,
        conditions: {},
      });
      assert.deepEqual(await readAll(opened.body), version.bytes, `bytes of ${key} ${version.publicId}`);
      request.end();
    }
  }
}
