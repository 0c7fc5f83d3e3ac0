/** Which bytes of an object a Range header or a part number means (RFC 9110, section 14; S3 `partNumber`). */
import type { Body, Piece } from './body-records.ts';
import type { CoreContext } from './core-context.ts';
import { CoreError } from './core-errors.ts';
import type { RangeRequest } from './object-store.ts';
import { readPageAt } from './read-body.ts';

/** Inclusive. `end` is `start - 1` for a part without bytes. */
export interface ByteSelection {
  readonly start: number;
  readonly end: number;
}

/** Throws RangeNotSatisfiable when no byte is selected; so every range of an empty object. */
export function selectRange(range: RangeRequest, size: number): ByteSelection {
  if (range.kind === 'suffix') {
    if (range.length === 0 || size === 0) throw unsatisfiable(`bytes=-${range.length}`, size);
    return { start: Math.max(0, size - range.length), end: size - 1 };
  }
  const { start, end } = range;
  if (start >= size || (end !== undefined && end < start)) {
    throw unsatisfiable(`bytes=${start}-${end ?? ''}`, size);
  }
  return { start, end: end === undefined ? size - 1 : Math.min(end, size - 1) };
}

function unsatisfiable(range: string, size: number): CoreError {
  return new CoreError('RangeNotSatisfiable', { range, size });
}

interface ObjectInParts {
  readonly size: number;
  readonly partCount?: number;
  readonly body: Body;
}

/**
 * The bytes of one part; undefined when the whole object is empty. An object that was put whole is its own part 1. Throws
 * InvalidPartNumberForObject.
 */
export async function selectPart(
  context: CoreContext,
  object: ObjectInParts,
  partNumber: number,
): Promise<ByteSelection | undefined> {
  const { body, size } = object;
  if (object.partCount === undefined || (body.kind !== 'pieces' && body.kind !== 'pages')) {
    if (partNumber !== 1) {
      throw new CoreError('InvalidPartNumberForObject', { partNumber, partCount: object.partCount ?? 1 });
    }
    return size === 0 ? undefined : { start: 0, end: size - 1 };
  }
  const found =
    body.kind === 'pieces'
      ? findInPieces(body.pieces, 0, partNumber)
      : await findInPages(context, body, size, partNumber);
  if (found === undefined) {
    throw new CoreError('InvalidPartNumberForObject', { partNumber, partCount: object.partCount });
  }
  return { start: found.offset, end: found.offset + found.length - 1 };
}

interface FoundPart {
  readonly offset: number;
  readonly length: number;
}

function findInPieces(
  pieces: readonly Piece[],
  startOffset: number,
  partNumber: number,
): FoundPart | undefined {
  let offset = startOffset;
  let found: FoundPart | undefined;
  for (const piece of pieces) {
    if (piece.partNumber === partNumber) {
      found = { offset: found?.offset ?? offset, length: (found?.length ?? 0) + piece.length };
    }
    offset += piece.length;
  }
  return found;
}

/** Halves the bytes of the body until the first page with the part is found; then walks on while the part does. */
async function findInPages(
  context: CoreContext,
  body: Extract<Body, { kind: 'pages' }>,
  size: number,
  partNumber: number,
): Promise<FoundPart | undefined> {
  let low = 0;
  let high = size;
  while (low < high) {
    const page = await readPageAt(context, body, Math.floor((low + high) / 2));
    const end = endOf(page);
    if (page.pieces[page.pieces.length - 1]!.partNumber < partNumber) low = end;
    else high = page.startOffset;
  }
  let found: FoundPart | undefined;
  for (let offset = low; offset < size; ) {
    const page = await readPageAt(context, body, offset);
    const here = findInPieces(page.pieces, page.startOffset, partNumber);
    if (here === undefined) break;
    found = { offset: found?.offset ?? here.offset, length: (found?.length ?? 0) + here.length };
    offset = endOf(page);
  }
  return found;
}

function endOf(page: { readonly pieces: readonly Piece[]; readonly startOffset: number }): number {
  let end = page.startOffset;
  for (const piece of page.pieces) end += piece.length;
  return end;
}
