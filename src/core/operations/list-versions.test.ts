import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { failsWith, makeBucket, openCore, put, switchVersioning } from '../../../test/support/open-core.ts';
import type { CoreContext } from '../core-context.ts';
import type { VersionsQuery } from '../listing-queries.ts';
import type { Bucket, ObjectVersion, VersioningState } from '../model.ts';
import { deleteObject } from './delete-object.ts';
import { listVersions } from './list-versions.ts';

const compareUtf8 = (left: string, right: string): number =>
  Buffer.compare(Buffer.from(left), Buffer.from(right));

/** Every version in a history of puts and deletes, by the rules of S3 in their plainest form. */
class NaiveHistory {
  readonly #byKey = new Map<string, { versionId: string; isDeleteMarker: boolean }[]>();

  place(key: string, versionId: string, isDeleteMarker: boolean): void {
    const versions = this.#byKey.get(key) ?? [];
    const kept = versions.filter((version) => version.versionId !== 'null' || versionId !== 'null');
    this.#byKey.set(key, [{ versionId, isDeleteMarker }, ...kept]);
  }

  remove(key: string, versionId?: string): void {
    const versions = this.#byKey.get(key) ?? [];
    this.#byKey.set(
      key,
      versions.filter((version) => versionId !== undefined && version.versionId !== versionId),
    );
  }

  /** The version at a position counted from the latest, if there is one. */
  at(key: string, position: number): string | undefined {
    return this.#byKey.get(key)?.[position]?.versionId;
  }

  list(prefix: string, delimiter: string): string[] {
    const shown: string[] = [];
    for (const key of [...this.#byKey.keys()].sort(compareUtf8)) {
      if (!key.startsWith(prefix)) continue;
      const at = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
      const versions = this.#byKey.get(key)!;
      const folded = key.slice(0, at + delimiter.length);
      if (at >= 0 && versions.length > 0 && shown.at(-1) !== folded) shown.push(folded);
      if (at >= 0) continue;
      for (const [index, { versionId, isDeleteMarker }] of versions.entries()) {
        shown.push(`${key} ${versionId}${isDeleteMarker ? ' deleted' : ''}${index === 0 ? ' latest' : ''}`);
      }
    }
    return shown;
  }
}

function shownOf(version: ObjectVersion): string {
  const { key, versionId, isDeleteMarker, isLatest } = version;
  return `${key} ${versionId}${isDeleteMarker ? ' deleted' : ''}${isLatest ? ' latest' : ''}`;
}

/** Versions and prefixes of all pages, put into one order by the key that they stand for. */
async function listAllPages(
  context: CoreContext,
  bucket: Bucket,
  query: Pick<VersionsQuery, 'prefix' | 'delimiter' | 'limit'>,
): Promise<string[]> {
  const shown: string[] = [];
  let markers = { keyMarker: '', versionIdMarker: '' };
  for (;;) {
    const page = await listVersions(context, bucket, { ...query, ...markers });
    const merged = [
      ...page.versions.map((version) => ({ name: version.key, text: shownOf(version) })),
      ...page.prefixes.map((prefix) => ({ name: prefix, text: prefix })),
    ].sort((left, right) => compareUtf8(left.name, right.name));
    assert.ok(merged.length <= query.limit);
    shown.push(...merged.map(({ text }) => text));
    if (!page.isTruncated) return shown;
    assert.equal(merged.length, query.limit);
    markers = { keyMarker: page.nextKeyMarker!, versionIdMarker: page.nextVersionIdMarker ?? '' };
  }
}

const key = fc
  .array(fc.constantFrom('a', 'b', '/', '//', '\u{1F600}', '\u0001'), { minLength: 1, maxLength: 3 })
  .map((parts) => parts.join(''));
const action = fc.record({
  kind: fc.constantFrom('put', 'put', 'put', 'delete', 'delete version', 'switch'),
  key,
  position: fc.nat(3),
});

test('all pages together are what a naive history gives, under every state of versioning', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(action, { maxLength: 40 }),
      fc.constantFrom('', '', 'a', '/', 'a/'),
      fc.constantFrom('', '/', '//', 'a', '\u{1F600}'),
      fc.integer({ min: 1, max: 5 }),
      async (actions, prefix, delimiter, limit) => {
        const { context } = openCore();
        let bucket = await makeBucket(context, 'bucket');
        const history = new NaiveHistory();
        for (const step of actions) bucket = await apply(context, bucket, history, step);
        const shown = await listAllPages(context, bucket, { prefix, delimiter, limit });
        assert.deepEqual(shown, history.list(prefix, delimiter));
      },
    ),
    { numRuns: 300 },
  );
});

async function apply(
  context: CoreContext,
  bucket: Bucket,
  history: NaiveHistory,
  step: { readonly kind: string; readonly key: string; readonly position: number },
): Promise<Bucket> {
  const { key: name } = step;
  if (step.kind === 'put') history.place(name, (await put(context, bucket, name, 'x')).versionId, false);
  if (step.kind === 'delete') {
    const { versionId, deleteMarker } = await deleteObject(context, { bucket, key: name, conditions: {} });
    if (bucket.versioning === 'unversioned') history.remove(name);
    else history.place(name, versionId!, deleteMarker);
  }
  if (step.kind === 'delete version') {
    const versionId = history.at(name, step.position) ?? 'null';
    await deleteObject(context, { bucket, key: name, versionId, conditions: {} });
    history.remove(name, versionId);
  }
  context.metadata.refresh();
  if (step.kind !== 'switch') return bucket;
  const next: Record<VersioningState, 'enabled' | 'suspended'> = {
    unversioned: 'enabled',
    enabled: 'suspended',
    suspended: 'enabled',
  };
  return switchVersioning(context, bucket, next[bucket.versioning]);
}

test('a version id marker goes on behind that version, also when it has gone', async () => {
  const { context } = openCore();
  let bucket = await makeBucket(context, 'bucket');
  bucket = await switchVersioning(context, bucket, 'enabled');
  const ids: string[] = [];
  for (let count = 0; count < 4; count++) ids.unshift((await put(context, bucket, 'key')).versionId);
  await put(context, bucket, 'key2');
  const listBehind = async (versionIdMarker: string) => {
    const query = { prefix: '', delimiter: '', keyMarker: 'key', versionIdMarker, limit: 10 };
    const page = await listVersions(context, bucket, query);
    return page.versions.map((version) => `${version.key} ${ids.indexOf(version.versionId)}`);
  };
  assert.deepEqual(await listBehind(ids[1]!), ['key 2', 'key 3', 'key2 -1']);
  await deleteObject(context, { bucket, key: 'key', versionId: ids[1]!, conditions: {} });
  context.metadata.refresh();
  assert.deepEqual(await listBehind(ids[1]!), ['key 2', 'key 3', 'key2 -1']);
  assert.deepEqual(await listBehind(''), ['key2 -1']);
  await assert.rejects(listBehind('nonsense'), failsWith('InvalidVersionId'));
});

test('the metadata of a listed version can be read', async () => {
  const { context } = openCore();
  const bucket = await makeBucket(context, 'bucket');
  await put(context, bucket, 'key');
  const query = { prefix: '', delimiter: '', keyMarker: '', versionIdMarker: '', limit: 10 };
  const { versions } = await listVersions(context, bucket, query);
  assert.equal(versions[0]?.metadata.system.contentType, 'text/plain');
  assert.equal(versions[0]?.versionId, 'null');
});
