/**
 * The manifest of a static large object as a client sends it (nhn-openstack.md, section 10.1): which segments it wants. What is wrong
 * with single entries is told together, one line each.
 */
import type { WantedSegment } from '../../core/composition/make-segment-list.ts';
import type { RangeRequest } from '../../core/object-store.ts';
import { unquote } from './conditions.ts';
import { SwiftError } from './swift-errors.ts';
import { swiftLimits } from './swift-limits.ts';

/** What is wrong with one entry. */
class EntryFault extends Error {}

type Entry = Readonly<Record<string, unknown>>;

const TOO_SMALL = 'too small; each segment must be at least 1 byte.';
const keysOfPath: ReadonlySet<string> = new Set(['path', 'etag', 'size_bytes', 'range']);
const keysOfData: ReadonlySet<string> = new Set(['data']);

/** Throws 400 and 413. `own`: what the manifest is about to be, which cannot be its own segment. */
export function parseSegmentManifest(
  text: Buffer,
  own: { readonly container: string; readonly key: string },
): WantedSegment[] {
  const entries = parseList(text);
  const segments: WantedSegment[] = [];
  const faults: string[] = [];
  for (const [index, entry] of entries.entries()) {
    try {
      segments.push(parseEntry(entry, index === entries.length - 1, own));
    } catch (error) {
      if (!(error instanceof EntryFault)) throw error;
      faults.push(`Index ${index}: ${error.message}`);
    }
  }
  const objects = segments.filter(({ kind }) => kind === 'object').length;
  if (entries.length > 0 && faults.length === 0 && objects === 0) {
    faults.push('Inline data segments require at least one object-backed segment.');
  }
  if (faults.length > 0) throw new SwiftError(400, `${faults.join('\n')}\n`);
  if (objects > swiftLimits.segmentsMax) {
    throw new SwiftError(413, `Number of object-backed segments must be <= ${swiftLimits.segmentsMax}`);
  }
  return segments;
}

function parseList(text: Buffer): unknown[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(text));
  } catch {
    throw new SwiftError(400, 'Manifest must be valid JSON.\n');
  }
  if (!Array.isArray(parsed)) throw new SwiftError(400, 'Manifest must be a list.\n');
  return parsed;
}

function parseEntry(
  value: unknown,
  isLast: boolean,
  own: { readonly container: string; readonly key: string },
): WantedSegment {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new EntryFault('not a JSON object');
  }
  const entry = value as Entry;
  if (Object.hasOwn(entry, 'data')) {
    refuseOtherKeys(entry, keysOfData);
    return parseData(entry['data']);
  }
  if (!Object.hasOwn(entry, 'path')) throw new EntryFault("expected keys to include one of 'data' or 'path'");
  refuseOtherKeys(entry, keysOfPath);
  return parseObject(entry, isLast, own);
}

function refuseOtherKeys(entry: Entry, allowed: ReadonlySet<string>): void {
  const others = Object.keys(entry).filter((key) => !allowed.has(key));
  if (others.length === 0) return;
  throw new EntryFault(
    `extraneous keys ${others
      .sort()
      .map((key) => JSON.stringify(key))
      .join(', ')}`,
  );
}

function parseData(data: unknown): WantedSegment {
  if (
    typeof data !== 'string' ||
    !/^[A-Za-z0-9+/]*={0,2}$/.test(data) ||
    data.replace(/=+$/, '').length % 4 === 1
  ) {
    throw new EntryFault('data must be valid base64');
  }
  const bytes = Buffer.from(data, 'base64');
  if (bytes.length === 0) throw new EntryFault(TOO_SMALL);
  return { kind: 'data', bytes };
}

function parseObject(
  entry: Entry,
  isLast: boolean,
  own: { readonly container: string; readonly key: string },
): WantedSegment {
  const { path, etag, size_bytes: size, range } = entry;
  if (typeof path !== 'string') throw new EntryFault('"path" must be a string');
  if (etag !== undefined && etag !== null && typeof etag !== 'string') {
    throw new EntryFault('"etag" must be a string or null (if provided)');
  }
  const name = path.replace(/^\/+/, '');
  const slash = name.replace(/\/+$/, '').indexOf('/');
  const bucket = name.slice(0, slash);
  const key = name.slice(slash + 1);
  if (slash < 0 || !path.isWellFormed() || path.includes('\0')) {
    throw new EntryFault('path does not refer to an object. Path must be of the form /container/object.');
  }
  const sizeBytes = parseSize(size);
  if (sizeBytes !== undefined && sizeBytes < 1 && !isLast) throw new EntryFault(TOO_SMALL);
  if (bucket === own.container && key === own.key) {
    throw new EntryFault('manifest must not include itself as a segment');
  }
  const wantedRange = parseRange(range, sizeBytes);
  return {
    kind: 'object',
    bucket,
    key,
    shown: path,
    ...(typeof etag === 'string' && { etag: unquote(etag) }),
    ...(sizeBytes !== undefined && { size: sizeBytes }),
    ...(wantedRange !== undefined && { range: wantedRange }),
  };
}

/** An integer, or one in a string. */
function parseSize(size: unknown): number | undefined {
  if (size === undefined || size === null) return undefined;
  const number = typeof size === 'string' && /^\s*-?\d{1,16}\s*$/.test(size) ? Number(size) : size;
  if (typeof number !== 'number' || !Number.isFinite(number)) throw new EntryFault('invalid size_bytes');
  return Math.trunc(number);
}

function parseRange(range: unknown, size: number | undefined): RangeRequest | undefined {
  if (range === undefined || range === null || range === '') return undefined;
  if (typeof range !== 'string') throw new EntryFault('invalid range');
  const ranges = range.split(',').map((text) => parseOneRange(text.trim()));
  const [only] = ranges;
  if (ranges.length !== 1 || only === undefined) throw new EntryFault('multiple ranges (only one allowed)');
  if (size !== undefined && !isSatisfiable(only, size)) throw new EntryFault('unsatisfiable range');
  return only;
}

function parseOneRange(text: string): RangeRequest {
  const [whole, first = '', last = ''] = /^(\d{0,15})-(\d{0,15})$/.exec(text) ?? [];
  if (whole === undefined || (first === '' && last === '')) throw new EntryFault('invalid range');
  if (first === '') return { kind: 'suffix', length: Number(last) };
  if (last !== '' && Number(last) < Number(first)) throw new EntryFault('invalid range');
  return { kind: 'from', start: Number(first), end: last === '' ? undefined : Number(last) };
}

function isSatisfiable(range: RangeRequest, size: number): boolean {
  return range.kind === 'suffix' ? range.length > 0 && size > 0 : range.start < size;
}
