/**
 * The Range header (RFC 9110, section 14). One range of bytes is read; anything else, several ranges included, means that
 * the header is ignored and the whole object answered, which the RFC allows and S3 does.
 */

/** `start` and `end` inclusive; `suffix` counts from the end. Whether it can be satisfied depends on the object. */
export type ByteRange =
  | { readonly kind: 'from'; readonly start: number; readonly end: number | undefined }
  | { readonly kind: 'suffix'; readonly length: number };

const BYTE_RANGE = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/i;

/** Undefined: ignore the header. Positions beyond the safe integers are taken as the greatest of them. */
export function parseRange(value: string): ByteRange | undefined {
  const match = BYTE_RANGE.exec(value);
  if (match === null) return undefined;
  const [, first = '', last = ''] = match;
  if (first === '') return last === '' ? undefined : { kind: 'suffix', length: toPosition(last) };
  const start = toPosition(first);
  if (last === '') return { kind: 'from', start, end: undefined };
  const end = toPosition(last);
  return end < start ? undefined : { kind: 'from', start, end };
}

function toPosition(digits: string): number {
  return Math.min(Number(digits), Number.MAX_SAFE_INTEGER);
}
