/**
 * The Range header with any number of ranges (RFC 9110, section 14; OpenStack Swift, `swob.Range`). Many, overlapping or unordered
 * ranges are refused (section 17.15 of the RFC).
 */
import { SwiftError } from './swift-errors.ts';

/** Inclusive. */
export interface ByteSpan {
  readonly start: number;
  readonly end: number;
}

const RANGES_MAX = 50;
const OVERLAPS_MAX = 2;
const NOT_ASCENDING_MAX = 8;
const SPEC = /^(\d*)-(\d*)$/;

/**
 * Undefined: there is no range that could be read, so that everything is answered. Throws 416 when none can be satisfied; `state`:
 * headers of that answer.
 */
export function selectSpans(
  header: string | undefined,
  size: number,
  state: readonly string[],
): readonly ByteSpan[] | undefined {
  if (header === undefined || !/^bytes[ \t]*=/i.test(header)) return undefined;
  const specs = header
    .slice(header.indexOf('=') + 1)
    .split(',')
    .map((spec) => spec.replaceAll(/[ \t]/g, ''))
    .filter((spec) => spec !== '');
  if (specs.length === 0) return undefined;
  const spans: ByteSpan[] = [];
  for (const spec of specs) {
    const match = SPEC.exec(spec);
    if (match === null) return undefined;
    const [, first = '', last = ''] = match;
    if (first === '' && last === '') return undefined;
    if (first !== '' && last !== '' && Number(last) < Number(first)) return undefined;
    const span = spanOf(first, last, size);
    if (span !== undefined) spans.push(span);
  }
  if (spans.length === 0 || isExcessive(spans)) {
    throw new SwiftError(416, undefined, [...state, 'Content-Range', `bytes */${size}`]);
  }
  return spans;
}

/** Undefined: nothing of the object lies in it. */
function spanOf(first: string, last: string, size: number): ByteSpan | undefined {
  if (first === '') {
    const length = Number(last);
    return length === 0 || size === 0 ? undefined : { start: Math.max(0, size - length), end: size - 1 };
  }
  const start = Number(first);
  if (start >= size) return undefined;
  return { start, end: last === '' ? size - 1 : Math.min(Number(last), size - 1) };
}

function isExcessive(spans: readonly ByteSpan[]): boolean {
  if (spans.length > RANGES_MAX) return true;
  let overlaps = 0;
  let notAscending = 0;
  for (const [index, span] of spans.entries()) {
    const before = spans[index - 1];
    if (before !== undefined && span.start < before.start) notAscending += 1;
    for (const other of spans.slice(index + 1)) {
      if (other.start <= span.end && span.start <= other.end) overlaps += 1;
    }
  }
  return overlaps > OVERLAPS_MAX || notAscending > NOT_ASCENDING_MAX;
}
