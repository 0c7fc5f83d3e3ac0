import type { CoreContext } from '../core-context.ts';
import { isGoneValue } from '../expiry.ts';
import { BUCKET_PREFIX_BYTES, parseHeadKey, seekKey, space, successorOfPrefix } from '../metadata-keys.ts';
import { decodeDescribedObject, decodeListedObject } from '../metadata-records.ts';
import type { Bucket, ListingItem, ListingPage, ListingQuery } from '../model.ts';
import { KeyCursor, ListingPattern, rangeBelow, ScanBudget } from '../skip-scan.ts';

/** Rows of one scan of a listing in reverse order; with a delimiter nobody knows how many stand before the next seek. */
const REVERSE_ROWS_MAX = 1001;
const REVERSE_ROWS_BEFORE_SEEKS = 16;

/** Current objects and common prefixes in the byte order of their names. A limit of 0 or less gives an empty, whole page. */
export async function listObjects(
  context: CoreContext,
  bucket: Bucket,
  query: ListingQuery,
): Promise<ListingPage> {
  const { limit, until = '' } = query;
  if (limit <= 0) return { items: [], isTruncated: false };
  if (query.isReverse === true) return listInReverse(context, bucket, query);
  const decode = query.withMetadata === true ? decodeDescribedObject : decodeListedObject;
  const pattern = new ListingPattern(query.prefix, query.delimiter);
  const cursor = new KeyCursor(context.metadata, space.head, bucket.id, pattern, {
    start: pattern.startAfter(query.after),
    until: Buffer.from(until),
    limit,
    budget: new ScanBudget(),
  });
  const nowMicros = context.clock.nowMicros();
  const items: ListingItem[] = [];
  for (;;) {
    if (cursor.needsLoad) await cursor.load();
    const row = cursor.row;
    if (row === undefined) return { items, isTruncated: false };
    if (isGoneValue(row.value, nowMicros)) {
      cursor.advance();
      continue;
    }
    if (items.length === limit) return { items, isTruncated: true, next: nameOf(items[limit - 1]!) };
    const prefixBytes = pattern.commonPrefixBytes(row.key, BUCKET_PREFIX_BYTES, row.key.length);
    if (prefixBytes === 0) {
      items.push({ kind: 'object', object: decode(parseHeadKey(row.key), row.value) });
      cursor.advance();
    } else {
      const prefix = row.key.subarray(BUCKET_PREFIX_BYTES, BUCKET_PREFIX_BYTES + prefixBytes);
      items.push({ kind: 'prefix', prefix: prefix.toString() });
      cursor.seek(successorOfPrefix(prefix));
    }
  }
}

/** Everything that falls under a common prefix lies at or behind it, so that going on below it skips the rest. */
async function listInReverse(
  context: CoreContext,
  bucket: Bucket,
  query: ListingQuery,
): Promise<ListingPage> {
  const { limit, after, until = '' } = query;
  const decode = query.withMetadata === true ? decodeDescribedObject : decodeListedObject;
  const pattern = new ListingPattern(query.prefix, query.delimiter);
  const { start, end } = rangeBelow(space.head, bucket.id, pattern, Buffer.from(after), Buffer.from(until));
  const budget = new ScanBudget();
  const nowMicros = context.clock.nowMicros();
  const items: ListingItem[] = [];
  let below = end;
  let sliceRows = Math.min(limit + 1, query.delimiter === '' ? REVERSE_ROWS_MAX : REVERSE_ROWS_BEFORE_SEEKS);
  while (Buffer.compare(start, below) < 0) {
    await budget.yieldWhenSpent();
    const rows = await context.metadata.scan({ start, end: below }, sliceRows, 'reverse');
    budget.spend(rows.length);
    for (const row of rows) {
      if (Buffer.compare(row.key, below) >= 0) continue;
      if (isGoneValue(row.value, nowMicros)) {
        below = row.key;
        continue;
      }
      if (items.length === limit) return { items, isTruncated: true, next: nameOf(items[limit - 1]!) };
      const prefixBytes = pattern.commonPrefixBytes(row.key, BUCKET_PREFIX_BYTES, row.key.length);
      if (prefixBytes === 0) {
        items.push({ kind: 'object', object: decode(parseHeadKey(row.key), row.value) });
        below = row.key;
      } else {
        const prefix = row.key.subarray(BUCKET_PREFIX_BYTES, BUCKET_PREFIX_BYTES + prefixBytes);
        items.push({ kind: 'prefix', prefix: prefix.toString() });
        below = seekKey(space.head, bucket.id, prefix);
      }
    }
    if (rows.length < sliceRows) break;
    sliceRows = Math.min(sliceRows * 2, REVERSE_ROWS_MAX);
  }
  return { items, isTruncated: false };
}

function nameOf(item: ListingItem): string {
  return item.kind === 'object' ? item.object.key : item.prefix;
}
