/**
 * What listings of objects, versions and uploads share: walking the keys of a bucket in order, slice by slice, and seeking
 * past a common prefix instead of walking through it, so that a page costs what it returns.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { KeyRange, MetadataStore, Row } from '../storage/contract/metadata-store.ts';
import {
  BUCKET_PREFIX_BYTES,
  type BucketSpace,
  keyAfter,
  seekKey,
  successorOfPrefix,
} from './metadata-keys.ts';
import type { BucketId } from './model.ts';

/** A page of 1,000 names and the row that tells whether there are more. */
const SLICE_ROWS_MAX = 1001;
const SLICE_ROWS_MIN = 8;
/** With a delimiter nobody knows how many rows stand before the next seek. */
const SLICE_ROWS_BEFORE_SEEKS = 16;
/** What opening a scan costs, in rows. */
const SCAN_COST_ROWS = 8;

/**
 * A longer key continues with this byte at least, since keys have no NUL; `key 0 number` in the spaces of older versions and
 * uploads does not.
 */
const LEAST_CONTINUATION = Buffer.from([1]);

/**
 * No row below a bucket has more bytes than an object key (1,024) and the number behind it. Clients may ask to begin behind names
 * of any length, and engines have a limit for keys, also for those that are only looked for.
 */
const ROW_BYTES_MAX = 1024 + 16;

/** Lets other requests run whenever a slice's worth of rows has been read. Shared by the cursors of one request. */
export class ScanBudget {
  #rows = 0;

  spend(rows: number): void {
    this.#rows += SCAN_COST_ROWS + rows;
  }

  /** Called before a scan. */
  async yieldWhenSpent(): Promise<void> {
    if (this.#rows < SLICE_ROWS_MAX) return;
    this.#rows = 0;
    await nextTurn();
  }
}

/** Prefix and delimiter of a listing in bytes: keys are compared as UTF-8, and so is everything about them. */
export class ListingPattern {
  readonly prefix: Buffer;
  readonly delimiter: Buffer;

  constructor(prefix: string, delimiter: string) {
    this.prefix = Buffer.from(prefix);
    this.delimiter = Buffer.from(delimiter);
  }

  /**
   * Length of the common prefix that an object key falls under, 0 when it stands for itself. The object key lies in `key`
   * from `start` to `end`.
   */
  commonPrefixBytes(key: Buffer, start: number, end: number): number {
    if (this.delimiter.length === 0) return 0;
    const found = key.indexOf(this.delimiter, start + this.prefix.length);
    const prefixEnd = found + this.delimiter.length;
    return found < 0 || prefixEnd > end ? 0 : prefixEnd - start;
  }

  /**
   * Where a listing begins that goes on after `after`: behind that key, or behind every key of the common prefix that it is
   * or lies in, since that prefix does not sort after it. The bytes of an object key.
   */
  startAfter(after: string): Buffer {
    if (after === '') return this.prefix;
    const bytes = Buffer.from(after);
    const commonBytes = this.#covers(bytes) ? this.commonPrefixBytes(bytes, 0, bytes.length) : 0;
    if (commonBytes > 0) return successorOfPrefix(bytes.subarray(0, commonBytes));
    return this.notBeforePrefix(Buffer.concat([bytes, LEAST_CONTINUATION]));
  }

  /** The later one of a place in the key order and the first key of the listing. */
  notBeforePrefix(start: Buffer): Buffer {
    return Buffer.compare(start, this.prefix) < 0 ? this.prefix : start;
  }

  #covers(bytes: Buffer): boolean {
    return (
      bytes.length >= this.prefix.length &&
      bytes.compare(this.prefix, 0, this.prefix.length, 0, this.prefix.length) === 0
    );
  }
}

/**
 * Walks one space of a bucket. `row` is the row it stands on; when `needsLoad`, `load` must be awaited first, which costs
 * one scan. Slices grow while their rows are of use and shrink when a seek leaves most of one behind.
 */
export class KeyCursor {
  readonly #metadata: MetadataStore;
  readonly #space: BucketSpace;
  readonly #bucket: BucketId;
  readonly #budget: ScanBudget;
  readonly #end: Buffer;
  #start: Buffer;
  #rows: readonly Row[] = [];
  #index = 0;
  #sliceRows: number;
  #isAtEnd: boolean;
  /** How often the cursor was moved in this slice. */
  #steps = 0;

  constructor(
    metadata: MetadataStore,
    space: BucketSpace,
    bucket: BucketId,
    pattern: ListingPattern,
    options: {
      readonly start: Buffer;
      /** Keys must be less than these bytes. Empty: no bound but the prefix. */
      readonly until?: Buffer;
      readonly limit: number;
      readonly budget: ScanBudget;
    },
  ) {
    this.#metadata = metadata;
    this.#space = space;
    this.#bucket = bucket;
    this.#budget = options.budget;
    this.#start = seekKey(space, bucket, storable(options.start));
    this.#end = endOfListing(space, bucket, pattern, options.until);
    this.#isAtEnd = pattern.prefix.length > ROW_BYTES_MAX;
    const rowsMax = pattern.delimiter.length === 0 ? SLICE_ROWS_MAX : SLICE_ROWS_BEFORE_SEEKS;
    this.#sliceRows = Math.min(options.limit + 1, rowsMax);
  }

  get needsLoad(): boolean {
    return this.#index === this.#rows.length && !this.#isAtEnd;
  }

  /** Undefined at the end of the space or prefix. */
  get row(): Row | undefined {
    return this.#rows[this.#index];
  }

  advance(): void {
    this.#index += 1;
    this.#steps += 1;
  }

  /** Moves forward to the first key that is not below `keyBytes`, the bytes of (the beginning of) an object key. */
  seek(keyBytes: Buffer): void {
    const target = seekKey(this.#space, this.#bucket, storable(keyBytes));
    while (this.#index < this.#rows.length && Buffer.compare(this.#rows[this.#index]!.key, target) < 0) {
      this.#index += 1;
    }
    this.#steps += 1;
    if (this.#index < this.#rows.length || Buffer.compare(target, this.#start) <= 0) return;
    this.#start = target;
    if (this.#steps * 4 < this.#rows.length) this.#sliceRows = Math.max(SLICE_ROWS_MIN, this.#steps * 2);
  }

  /** Reads the slice that begins where the cursor stands. */
  async load(): Promise<void> {
    await this.#budget.yieldWhenSpent();
    await this.loadAtOnce();
  }

  /** As `load`, without yielding first: cursors that are loaded in one turn see one state of an engine that reads at once. */
  async loadAtOnce(): Promise<void> {
    const start = this.row?.key ?? this.#start;
    const limit = this.#sliceRows;
    const isEmpty = Buffer.compare(start, this.#end) >= 0;
    const rows = isEmpty ? [] : await this.#metadata.scan({ start, end: this.#end }, limit);
    this.#budget.spend(rows.length);
    this.#rows = rows;
    this.#index = 0;
    this.#steps = 0;
    this.#isAtEnd = rows.length < limit;
    this.#sliceRows = Math.min(limit * 2, SLICE_ROWS_MAX);
    const last = rows[rows.length - 1];
    this.#start = last === undefined ? start : keyAfter(last.key);
  }
}

function endOfListing(
  space: BucketSpace,
  bucket: BucketId,
  { prefix }: ListingPattern,
  until: Buffer | undefined,
): Buffer {
  const end = successorOfPrefix(seekKey(space, bucket, storable(prefix)));
  if (until === undefined || until.length === 0) return end;
  const bound = seekKey(space, bucket, storable(until));
  return Buffer.compare(bound, end) < 0 ? bound : end;
}

/** The keys of one space of a bucket that a listing may show, with `after` and `until` as bounds from above and below. */
export function rangeBelow(
  space: BucketSpace,
  bucket: BucketId,
  pattern: ListingPattern,
  after: Buffer,
  until: Buffer,
): KeyRange {
  const first = until.length === 0 ? until : Buffer.concat([until, LEAST_CONTINUATION]);
  const start = seekKey(space, bucket, storable(pattern.notBeforePrefix(first)));
  const end = endOfListing(space, bucket, pattern, after);
  return { start, end: Buffer.compare(start, end) < 0 ? end : start };
}

/** What can be sought instead of something longer than any row: the rows that are not below it are the same. */
function storable(bytes: Buffer): Buffer {
  if (bytes.length <= ROW_BYTES_MAX) return bytes;
  return Buffer.concat([bytes.subarray(0, ROW_BYTES_MAX), LEAST_CONTINUATION]);
}

/** The bytes of the object key in the key of a row that has `suffixBytes` after it. */
export function objectKeyBytes(key: Buffer, suffixBytes: number): Buffer {
  return key.subarray(BUCKET_PREFIX_BYTES, key.length - suffixBytes);
}
