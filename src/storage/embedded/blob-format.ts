/**
 * A blob file: the data, then a table with one CRC-32 (as in zlib, little-endian) per 64 KiB of data, then a trailer.
 *
 *     0  8  magic "GOTGANB1"          16  8  sequence of the blob       32  4  CRC-32 of the table
 *     8  4  epoch of the blob         24  8  length of the data         36  4  CRC-32 of the trailer so far
 *    12  4  block size
 *
 * The trailer names its blob, so a file that lies under another's name is found out, and the file's size must be exactly
 * what the trailer says, so a truncated one is too. Everything stands at the end because the length of a body need not be
 * known when it begins; a reader gets table and trailer of up to 64 MiB with one read.
 *
 * Blocks of 64 KiB: a range reads at most two blocks for nothing, the table costs 1/16384 of the data, the CRC (5 GB/s here)
 * has no call overhead to speak of, and it finds every error burst up to 32 bits and all but 2^-32 of the others.
 */
import { crc32 } from 'node:zlib';
import type { BlobId } from '../contract/blob-store.ts';

export const BLOCK_BYTES = 64 * 1024;
export const TRAILER_BYTES = 40;
const CHECKSUM_BYTES = 4;
const MAGIC = Buffer.from('GOTGANB1');
const TRAILER_CRC_OFFSET = 36;

export interface BlobTrailer {
  readonly dataBytes: number;
  readonly tableCrc: number;
}

export function tableBytesOf(dataBytes: number): number {
  return Math.ceil(dataBytes / BLOCK_BYTES) * CHECKSUM_BYTES;
}

function fileBytesOf(dataBytes: number): number {
  return dataBytes + tableBytesOf(dataBytes) + TRAILER_BYTES;
}

/** Checksums of blocks as the data goes by, in pieces of any size: the CRC is carried over, nothing is copied. */
export class BlockChecksums {
  readonly #checksums: number[] = [];
  #blockCrc = 0;
  #dataBytes = 0;

  get dataBytes(): number {
    return this.#dataBytes;
  }

  add(piece: Buffer): void {
    let offset = 0;
    while (offset < piece.length) {
      const missing = BLOCK_BYTES - (this.#dataBytes % BLOCK_BYTES);
      const end = Math.min(piece.length, offset + missing);
      const part = offset === 0 && end === piece.length ? piece : piece.subarray(offset, end);
      this.#blockCrc = crc32(part, this.#blockCrc);
      this.#dataBytes += end - offset;
      if (end - offset === missing) this.#endBlock();
      offset = end;
    }
  }

  /** Table and trailer. To be called once, at the end. */
  footer(id: BlobId): Buffer {
    if (this.#dataBytes % BLOCK_BYTES > 0) this.#endBlock();
    const tableBytes = this.#checksums.length * CHECKSUM_BYTES;
    const footer = Buffer.alloc(tableBytes + TRAILER_BYTES);
    for (const [index, checksum] of this.#checksums.entries()) {
      footer.writeUInt32LE(checksum, index * CHECKSUM_BYTES);
    }
    const trailer = footer.subarray(tableBytes);
    MAGIC.copy(trailer);
    trailer.writeUInt32LE(id.epoch, 8);
    trailer.writeUInt32LE(BLOCK_BYTES, 12);
    writeSafeInteger(trailer, id.sequence, 16);
    writeSafeInteger(trailer, this.#dataBytes, 24);
    trailer.writeUInt32LE(crc32(footer.subarray(0, tableBytes)), 32);
    trailer.writeUInt32LE(crc32(trailer.subarray(0, TRAILER_CRC_OFFSET)), TRAILER_CRC_OFFSET);
    return footer;
  }

  #endBlock(): void {
    this.#checksums.push(this.#blockCrc);
    this.#blockCrc = 0;
  }
}

/** The trailer of a file of `fileBytes`, or a sentence on what is wrong with it. */
export function readTrailer(trailer: Buffer, id: BlobId, fileBytes: number): BlobTrailer | string {
  if (!trailer.subarray(0, MAGIC.length).equals(MAGIC)) return 'it has no trailer';
  if (trailer.readUInt32LE(TRAILER_CRC_OFFSET) !== crc32(trailer.subarray(0, TRAILER_CRC_OFFSET))) {
    return 'its trailer does not match its checksum';
  }
  const epoch = trailer.readUInt32LE(8);
  const sequence = readSafeInteger(trailer, 16);
  if (epoch !== id.epoch || sequence !== id.sequence) return `it is blob ${epoch}/${sequence}`;
  const blockBytes = trailer.readUInt32LE(12);
  if (blockBytes !== BLOCK_BYTES) return `it has blocks of ${blockBytes} bytes`;
  const dataBytes = readSafeInteger(trailer, 24);
  if (fileBytes !== fileBytesOf(dataBytes)) {
    return `the file has ${fileBytes} bytes where ${fileBytesOf(dataBytes)} belong`;
  }
  return { dataBytes, tableCrc: trailer.readUInt32LE(32) };
}

export function isTableSound(table: Buffer, trailer: BlobTrailer): boolean {
  return crc32(table) === trailer.tableCrc;
}

/**
 * Index of the first block that does not match the table, or undefined. `data` starts with block `firstBlock` and holds
 * whole blocks, except that the last one of a blob may be short.
 */
export function findBadBlock(data: Buffer, firstBlock: number, table: Buffer): number | undefined {
  for (let offset = 0, block = firstBlock; offset < data.length; offset += BLOCK_BYTES, block += 1) {
    const bytes = data.subarray(offset, Math.min(data.length, offset + BLOCK_BYTES));
    if (crc32(bytes) !== table.readUInt32LE(block * CHECKSUM_BYTES)) return block;
  }
  return undefined;
}

function writeSafeInteger(target: Buffer, value: number, offset: number): void {
  target.writeUInt32LE(value % 0x1_0000_0000, offset);
  target.writeUInt32LE(Math.floor(value / 0x1_0000_0000), offset + 4);
}

function readSafeInteger(source: Buffer, offset: number): number {
  return source.readUInt32LE(offset) + source.readUInt32LE(offset + 4) * 0x1_0000_0000;
}
