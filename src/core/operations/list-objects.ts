import type { CoreContext } from '../core-context.ts';
import { BUCKET_PREFIX_BYTES, parseHeadKey, space, successorOfPrefix } from '../metadata-keys.ts';
import { decodeListedObject } from '../metadata-records.ts';
import type { Bucket, ListingItem, ListingPage, ListingQuery } from '../model.ts';
import { KeyCursor, ListingPattern, ScanBudget } from '../skip-scan.ts';

/** Current objects and common prefixes in the byte order of their names. A limit of 0 or less gives an empty, whole page. */
export async function listObjects(
  context: CoreContext,
  bucket: Bucket,
  query: ListingQuery,
): Promise<ListingPage> {
  const { limit } = query;
  if (limit <= 0) return { items: [], isTruncated: false };
  const pattern = new ListingPattern(query.prefix, query.delimiter);
  const cursor = new KeyCursor(context.metadata, space.head, bucket.id, pattern, {
    start: pattern.startAfter(query.after),
    limit,
    budget: new ScanBudget(),
  });
  const items: ListingItem[] = [];
  for (;;) {
    if (cursor.needsLoad) await cursor.load();
    const row = cursor.row;
    if (row === undefined) return { items, isTruncated: false };
    if (items.length === limit) return { items, isTruncated: true, next: nameOf(items[limit - 1]!) };
    const prefixBytes = pattern.commonPrefixBytes(row.key, BUCKET_PREFIX_BYTES, row.key.length);
    if (prefixBytes === 0) {
      items.push({ kind: 'object', object: decodeListedObject(parseHeadKey(row.key), row.value) });
      cursor.advance();
    } else {
      const prefix = row.key.subarray(BUCKET_PREFIX_BYTES, BUCKET_PREFIX_BYTES + prefixBytes);
      items.push({ kind: 'prefix', prefix: prefix.toString() });
      cursor.seek(successorOfPrefix(prefix));
    }
  }
}

function nameOf(item: ListingItem): string {
  return item.kind === 'object' ? item.object.key : item.prefix;
}
