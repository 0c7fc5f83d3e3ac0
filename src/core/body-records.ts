/**
 * Where the bytes of a version or part lie (docs/adr/0002-keys-references-reclaiming.md, Bodies), and how that is
 * written inside records, pages and candidates.
 */
import type { BlobId } from '../storage/contract/blob-store.ts';
import { type BodyId, readBlobId, readUint64, writeBlobId, writeUint64 } from './metadata-keys.ts';
import type { BucketId } from './model.ts';
import { checkFormat } from './record-format.ts';

/** A run of bytes of one blob. Length 0 keeps the place of an empty part and names no blob (epoch 0, sequence 0). */
export interface Piece {
  readonly blob: BlobId;
  /** Where the run begins in the blob. */
  readonly offset: number;
  readonly length: number;
  /** 1 for an object that was put whole. Several pieces may belong to one part. */
  readonly partNumber: number;
  /** base64 checksum of the whole part, on the first piece of the part. */
  readonly checksumValue?: string;
  /** Hexadecimal MD5 of the whole part, on the first piece of the part; not in records of before it was kept. */
  readonly md5Hex?: string;
}

/**
 * `none`: no bytes. `inline`: under `bodyKey` in `rowCount` rows, not shared, not referenced. `pieces`: up to 8, here in the record.
 * `pages`: under `pageKey` of the bucket in which the body was made (`home`), which may be gone when a copy in another
 * bucket still shares the body: purging a bucket must not touch its pages.
 */
export type Body =
  | { readonly kind: 'none' }
  | { readonly kind: 'inline'; readonly id: BodyId; readonly crc32: number; readonly rowCount: number }
  | { readonly kind: 'pieces'; readonly id: BodyId; readonly pieces: readonly Piece[] }
  | { readonly kind: 'pages'; readonly id: BodyId; readonly home: BucketId };

export type InlineBody = Extract<Body, { kind: 'inline' }>;

/** A body that references can be made to. */
export type SharedBody = Extract<Body, { kind: 'pieces' | 'pages' }>;

export function bodyIdOf(body: Body): BodyId | undefined {
  return body.kind === 'none' ? undefined : body.id;
}

export const PIECES_IN_RECORD_MAX = 8;
export const PIECES_IN_PAGE_MAX = 256;

/** `inlineRows`: as `inline`, and a byte with the number of rows, of which there are several. */
const KIND = { none: 0, inline: 1, pieces: 2, pages: 3, inlineRows: 4 } as const;
const PIECE_BYTES = 27;
/** In the byte that counts the bytes of the checksum: an MD5 follows. */
const PIECE_HAS_MD5 = 0x80;
const MD5_BYTES = 16;
const PAGE_FORMAT = 1;
const RECLAIMABLE_FORMAT = 1;

/** Bytes that `writeBody` will write. */
export function bodyBytes(body: Body): number {
  switch (body.kind) {
    case 'none':
      return 1;
    case 'inline':
      return body.rowCount === 1 ? 13 : 14;
    case 'pages':
      return 17;
    case 'pieces':
      return 11 + piecesBytes(body.pieces);
  }
}

/** Answers the offset after what was written. */
export function writeBody(target: Buffer, body: Body, offset: number): number {
  target[offset] = KIND[body.kind];
  if (body.kind === 'none') return offset + 1;
  target.write(body.id, offset + 1, 'hex');
  switch (body.kind) {
    case 'inline':
      target.writeUInt32BE(body.crc32, offset + 9);
      if (body.rowCount === 1) return offset + 13;
      target[offset] = KIND.inlineRows;
      target[offset + 13] = body.rowCount;
      return offset + 14;
    case 'pages':
      writeUint64(target, body.home, offset + 9);
      return offset + 17;
    case 'pieces':
      target.writeUInt16BE(body.pieces.length, offset + 9);
      return writePieces(target, body.pieces, offset + 11);
  }
}

export function readBody(source: Buffer, offset: number): { body: Body; end: number } {
  const kind = source[offset];
  if (kind === KIND.none) return { body: { kind: 'none' }, end: offset + 1 };
  const id = source.toString('hex', offset + 1, offset + 9);
  if (kind === KIND.inline || kind === KIND.inlineRows) {
    const crc32 = source.readUInt32BE(offset + 9);
    if (kind === KIND.inline) return { body: { kind: 'inline', id, crc32, rowCount: 1 }, end: offset + 13 };
    return { body: { kind: 'inline', id, crc32, rowCount: source[offset + 13]! }, end: offset + 14 };
  }
  if (kind === KIND.pages) {
    return { body: { kind: 'pages', id, home: readUint64(source, offset + 9) }, end: offset + 17 };
  }
  const { pieces, end } = readPieces(source, offset + 11, source.readUInt16BE(offset + 9));
  return { body: { kind: 'pieces', id, pieces }, end };
}

function piecesBytes(pieces: readonly Piece[]): number {
  let bytes = 0;
  for (const piece of pieces) {
    bytes += PIECE_BYTES + (piece.checksumValue === undefined ? 0 : base64Bytes(piece.checksumValue));
    if (piece.md5Hex !== undefined) bytes += MD5_BYTES;
  }
  return bytes;
}

function base64Bytes(text: string): number {
  return Buffer.byteLength(text, 'base64');
}

function writePieces(target: Buffer, pieces: readonly Piece[], start: number): number {
  let offset = start;
  for (const piece of pieces) {
    writeBlobId(target, piece.blob, offset);
    writeUint64(target, piece.offset, offset + 8);
    writeUint64(target, piece.length, offset + 16);
    target.writeUInt16BE(piece.partNumber, offset + 24);
    const written =
      piece.checksumValue === undefined
        ? 0
        : target.write(piece.checksumValue, offset + PIECE_BYTES, 'base64');
    target[offset + 26] = written;
    offset += PIECE_BYTES + written;
    if (piece.md5Hex === undefined) continue;
    target[offset - written - 1] = written | PIECE_HAS_MD5;
    offset += target.write(piece.md5Hex, offset, MD5_BYTES, 'hex');
  }
  return offset;
}

function readPieces(source: Buffer, start: number, count: number): { pieces: Piece[]; end: number } {
  const pieces: Piece[] = [];
  let offset = start;
  for (let index = 0; index < count; index++) {
    const piece: Piece = {
      blob: readBlobId(source, offset),
      offset: readUint64(source, offset + 8),
      length: readUint64(source, offset + 16),
      partNumber: source.readUInt16BE(offset + 24),
    };
    const kept = source[offset + 26]!;
    const checksumStart = offset + PIECE_BYTES;
    const checksumEnd = checksumStart + (kept & ~PIECE_HAS_MD5);
    offset = (kept & PIECE_HAS_MD5) === 0 ? checksumEnd : checksumEnd + MD5_BYTES;
    if (kept === 0) pieces.push(piece);
    else pieces.push({ ...piece, ...readPartDigests(source, checksumStart, checksumEnd, offset) });
  }
  return { pieces, end: offset };
}

function readPartDigests(
  source: Buffer,
  checksumStart: number,
  checksumEnd: number,
  end: number,
): Pick<Piece, 'checksumValue' | 'md5Hex'> {
  return {
    ...(checksumEnd > checksumStart && {
      checksumValue: source.toString('base64', checksumStart, checksumEnd),
    }),
    ...(end > checksumEnd && { md5Hex: source.toString('hex', checksumEnd, end) }),
  };
}

/** A page of up to `PIECES_IN_PAGE_MAX` pieces, the value under `pageKey`. */
export function encodePage(pieces: readonly Piece[]): Buffer {
  const page = Buffer.allocUnsafe(3 + piecesBytes(pieces));
  page[0] = PAGE_FORMAT;
  page.writeUInt16BE(pieces.length, 1);
  writePieces(page, pieces, 3);
  return page;
}

export function decodePage(page: Buffer): Piece[] {
  checkFormat(page, PAGE_FORMAT, 'page');
  return readPieces(page, 3, page.readUInt16BE(1)).pieces;
}

/**
 * Value of a candidate and of a condemned entry. A body says where its pieces are, because the record that knew it is
 * gone; a blob (`undefined`) needs nothing more than its name.
 */
export function encodeReclaimable(shared: SharedBody | undefined): Buffer {
  const body: Body = shared ?? { kind: 'none' };
  const value = Buffer.allocUnsafe(1 + bodyBytes(body));
  value[0] = RECLAIMABLE_FORMAT;
  writeBody(value, body, 1);
  return value;
}

export function decodeReclaimable(value: Buffer): SharedBody | undefined {
  checkFormat(value, RECLAIMABLE_FORMAT, 'reclaiming');
  const { body } = readBody(value, 1);
  return body.kind === 'pieces' || body.kind === 'pages' ? body : undefined;
}
