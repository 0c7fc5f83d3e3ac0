import { setImmediate as nextTurn } from 'node:timers/promises';
import { decodeDirectoryEntry } from '../bucket-records.ts';
import type { CoreContext } from '../core-context.ts';
import type { BucketsQuery } from '../listing-queries.ts';
import { bucketKey, directoryKey, directoryRange, keyAfter, parseDirectoryKey } from '../metadata-keys.ts';
import type { Bucket, BucketId } from '../model.ts';

const SLICE_ROWS = 1000;
/** No name is longer (find-bucket.ts), but clients may look for longer ones, and engines have a limit for keys. */
const NAME_UNITS_MAX = 256;

export interface BucketsPage {
  readonly buckets: readonly Bucket[];
  readonly isTruncated: boolean;
}

/**
 * An account's buckets by name. Over all places, buckets of one name stand together and are never divided by a page, which
 * may therefore exceed `limit` by the number of places.
 */
export async function listBuckets(context: CoreContext, query: BucketsQuery): Promise<BucketsPage> {
  if (query.limit <= 0 || query.prefix.length > NAME_UNITS_MAX) return { buckets: [], isTruncated: false };
  const named =
    query.place === undefined
      ? await collectEverywhere(context, query)
      : await collectInPlace(context, query, query.place);
  const buckets: Bucket[] = [];
  for (let start = 0; start < named.ids.length; start += SLICE_ROWS) {
    const ids = named.ids.slice(start, start + SLICE_ROWS);
    const entries = await context.metadata.getMany(ids.map(bucketKey));
    for (const [index, entry] of entries.entries()) {
      // A bucket that has been removed since its name was read is no longer listed.
      if (entry !== undefined) buckets.push(context.buckets.bucketOf(ids[index]!, entry).bucket);
    }
  }
  return { buckets, isTruncated: named.isTruncated };
}

interface NamedBuckets {
  readonly ids: BucketId[];
  readonly isTruncated: boolean;
}

async function collectInPlace(
  context: CoreContext,
  query: BucketsQuery,
  place: string,
): Promise<NamedBuckets> {
  const range = directoryRange(query.account, place, query.prefix);
  const after = query.after.slice(0, NAME_UNITS_MAX + 1);
  const afterKey = directoryKey(query.account, place, `${after}\0`);
  let start = after !== '' && Buffer.compare(afterKey, range.start) > 0 ? afterKey : range.start;
  const ids: BucketId[] = [];
  while (Buffer.compare(start, range.end) < 0) {
    const rows = await context.metadata.scan({ start, end: range.end }, SLICE_ROWS);
    for (const row of rows) {
      if (ids.length === query.limit) return { ids, isTruncated: true };
      ids.push(decodeDirectoryEntry(row.value));
    }
    if (rows.length < SLICE_ROWS) break;
    start = keyAfter(rows.at(-1)!.key);
    await nextTurn();
  }
  return { ids, isTruncated: false };
}

async function collectEverywhere(context: CoreContext, query: BucketsQuery): Promise<NamedBuckets> {
  const { start: first, end } = directoryRange(query.account);
  const found: { name: Buffer; id: BucketId }[] = [];
  const after = Buffer.from(query.after);
  for (let start = first; ; ) {
    const rows = await context.metadata.scan({ start, end }, SLICE_ROWS);
    for (const row of rows) {
      const { name } = parseDirectoryKey(row.key);
      const nameBytes = Buffer.from(name);
      if (!name.startsWith(query.prefix) || Buffer.compare(nameBytes, after) <= 0) continue;
      found.push({ name: nameBytes, id: decodeDirectoryEntry(row.value) });
    }
    if (rows.length < SLICE_ROWS) break;
    start = keyAfter(rows.at(-1)!.key);
    await nextTurn();
  }
  found.sort((left, right) => Buffer.compare(left.name, right.name));
  let count = Math.min(query.limit, found.length);
  while (count < found.length && found[count]!.name.equals(found[count - 1]!.name)) count += 1;
  return { ids: found.slice(0, count).map(({ id }) => id), isTruncated: count < found.length };
}
