/**
 * Reading a range of a blob: every block it touches is verified before its bytes are handed out, in pieces of 256 KiB,
 * with one piece read ahead so that disk and socket work at the same time. At most two pieces are in memory, and every
 * piece has a buffer of its own: it may still be on its way into a socket when the next ones are read.
 */

import type { ByteSource } from '../../lib/byte-source.ts';
import type { BlobId } from '../contract/blob-store.ts';
import { CorruptBlob, MissingBlob, StorageFailure } from '../contract/storage-errors.ts';
import type { BlobFiles, ReadableBlobFile } from './blob-files.ts';
import {
  BLOCK_BYTES,
  type BlobTrailer,
  findBadBlock,
  isTableSound,
  readTrailer,
  TRAILER_BYTES,
  tableBytesOf,
} from './blob-format.ts';
import { errorCode } from './storage-health.ts';

const PIECE_BYTES = 4 * BLOCK_BYTES;
/** Footer of a blob of 64 MiB: table and trailer come with one read up to there. */
const TAIL_BYTES = 1024 * 4 + TRAILER_BYTES;
/** Files up to this size are read whole, footer and all, with one read. */
const WHOLE_FILE_BYTES_MAX = PIECE_BYTES + 64 * 4 + TRAILER_BYTES;

export type BlobRange = ByteSource & { readonly blobBytes: number; close(): Promise<void> };

const nameOf = (id: BlobId): string => `blob ${id.epoch}/${id.sequence}`;

/** What a failed system call on a blob's file says about the blob. */
function describeFailure(id: BlobId, error: unknown): Error {
  if (error instanceof CorruptBlob || error instanceof RangeError) return error;
  const code = errorCode(error);
  if (code === 'ENOENT') return new MissingBlob(`There is no ${nameOf(id)}`, { cause: error });
  const isUnreadable = code === 'EIO' || code === 'EUCLEAN' || code === 'EBADMSG';
  if (isUnreadable) return new CorruptBlob(`The disk cannot read ${nameOf(id)}: ${code}`, { cause: error });
  return new StorageFailure(`Opening or reading ${nameOf(id)} failed: ${String(code ?? error)}`, {
    cause: error,
  });
}

/** Opens bytes `offset` to `offset + length`. Rejects with `MissingBlob`, `CorruptBlob`, or `RangeError` beyond the end. */
export async function openBlobRange(
  files: BlobFiles,
  path: string,
  id: BlobId,
  offset: number,
  length: number,
): Promise<BlobRange> {
  let file: ReadableBlobFile;
  try {
    file = await files.openFile(path);
  } catch (error) {
    throw describeFailure(id, error);
  }
  try {
    const footer = await readFooter(file, id);
    const end = offset + length;
    if (!(offset >= 0 && length >= 0 && end <= footer.dataBytes)) {
      throw new RangeError(`Bytes ${offset} to ${end} are not in ${nameOf(id)} of ${footer.dataBytes} bytes`);
    }
    return new FileBlobRange(file, id, footer, offset, end);
  } catch (error) {
    await closeQuietly(file);
    throw describeFailure(id, error);
  }
}

/** Length of the data, from the footer. Rejects with `MissingBlob` or `CorruptBlob`. */
export async function readBlobBytes(files: BlobFiles, path: string, id: BlobId): Promise<number> {
  const range = await openBlobRange(files, path, id, 0, 0);
  await range.close();
  return range.blobBytes;
}

interface Footer {
  readonly dataBytes: number;
  readonly table: Buffer;
  /** The data from the start, when the file is small enough to be read whole. */
  readonly data: Buffer | undefined;
}

async function readFooter(file: ReadableBlobFile, id: BlobId): Promise<Footer> {
  const { sizeBytes } = file;
  const isWhole = sizeBytes <= WHOLE_FILE_BYTES_MAX;
  const tailBytes = isWhole ? sizeBytes : TAIL_BYTES;
  if (tailBytes < TRAILER_BYTES) throw new CorruptBlob(`${nameOf(id)} is truncated to ${sizeBytes} bytes`);
  const tail = await readExactly(file, id, sizeBytes - tailBytes, tailBytes);
  const trailer = readTrailer(tail.subarray(tailBytes - TRAILER_BYTES), id, sizeBytes);
  if (typeof trailer === 'string') throw new CorruptBlob(`${nameOf(id)} is corrupt: ${trailer}`);
  const table = await readTable(file, id, trailer, tail);
  if (!isTableSound(table, trailer)) {
    throw new CorruptBlob(`${nameOf(id)} is corrupt: its table does not match its checksum`);
  }
  const data = isWhole ? tail.subarray(0, trailer.dataBytes) : undefined;
  return { dataBytes: trailer.dataBytes, table, data };
}

function readTable(
  file: ReadableBlobFile,
  id: BlobId,
  { dataBytes }: BlobTrailer,
  tail: Buffer,
): Buffer | Promise<Buffer> {
  const tableBytes = tableBytesOf(dataBytes);
  const end = tail.length - TRAILER_BYTES;
  if (tableBytes <= end) return tail.subarray(end - tableBytes, end);
  return readExactly(file, id, dataBytes, tableBytes);
}

async function readExactly(
  file: ReadableBlobFile,
  id: BlobId,
  position: number,
  count: number,
): Promise<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(count);
  const filled = await file.read(buffer, position);
  if (filled < count) throw new CorruptBlob(`${nameOf(id)} ends at byte ${position + filled}`);
  return buffer;
}

/** A file that was only read from has nothing to lose when closing it fails. */
async function closeQuietly(file: ReadableBlobFile): Promise<void> {
  await file.close().catch(() => undefined);
}

class FileBlobRange implements BlobRange {
  readonly #file: ReadableBlobFile;
  readonly #id: BlobId;
  readonly #footer: Footer;
  readonly #end: number;
  #position: number;
  /** The piece at `#position`, already asked for. */
  #ahead: Promise<Buffer> | undefined;
  #closed = false;

  constructor(file: ReadableBlobFile, id: BlobId, footer: Footer, start: number, end: number) {
    this.#file = file;
    this.#id = id;
    this.#footer = footer;
    this.#position = start;
    this.#end = end;
    if (footer.data === undefined) this.#readAhead();
  }

  /** Of the whole blob. */
  get blobBytes(): number {
    return this.#footer.dataBytes;
  }

  async read(): Promise<Buffer | null> {
    if (this.#closed) throw new Error('This blob range is closed');
    if (this.#position === this.#end) {
      void this.close(); // never rejects, and nobody has to wait for it
      return null;
    }
    try {
      return this.#footer.data === undefined ? await this.#nextPiece() : this.#wholeRange(this.#footer.data);
    } catch (error) {
      await this.close();
      throw describeFailure(this.#id, error);
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    // A descriptor must not be closed, and given to another file, under a read that still runs.
    if (this.#ahead !== undefined) await this.#ahead.catch(() => undefined);
    await closeQuietly(this.#file);
  }

  #wholeRange(data: Buffer): Buffer {
    const start = this.#position;
    const firstByte = start - (start % BLOCK_BYTES);
    const lastByte = Math.min(data.length, Math.ceil(this.#end / BLOCK_BYTES) * BLOCK_BYTES);
    this.#verify(data.subarray(firstByte, lastByte), firstByte);
    this.#position = this.#end;
    return data.subarray(start, this.#end);
  }

  async #nextPiece(): Promise<Buffer> {
    const blocks = await (this.#ahead ?? this.#readPiece());
    this.#ahead = undefined;
    const start = this.#position;
    const firstByte = start - (start % BLOCK_BYTES);
    const end = Math.min(this.#end, firstByte + blocks.length);
    this.#position = end;
    this.#readAhead();
    this.#verify(blocks, firstByte);
    return start === firstByte && end === firstByte + blocks.length
      ? blocks
      : blocks.subarray(start - firstByte, end - firstByte);
  }

  #verify(blocks: Buffer, firstByte: number): void {
    const bad = findBadBlock(blocks, firstByte / BLOCK_BYTES, this.#footer.table);
    if (bad !== undefined) {
      throw new CorruptBlob(`Block ${bad} of ${nameOf(this.#id)} does not match its checksum`);
    }
  }

  #readAhead(): void {
    if (this.#position === this.#end || this.#closed) return;
    this.#ahead = this.#readPiece();
    this.#ahead.catch(() => undefined); // whoever takes the piece gets the rejection
  }

  /** Whole blocks from the one that `#position` is in, as far as the range needs them. */
  #readPiece(): Promise<Buffer> {
    const firstByte = this.#position - (this.#position % BLOCK_BYTES);
    const neededEnd = Math.ceil(this.#end / BLOCK_BYTES) * BLOCK_BYTES;
    const end = Math.min(firstByte + PIECE_BYTES, neededEnd, this.#footer.dataBytes);
    return readExactly(this.#file, this.#id, firstByte, end - firstByte);
  }
}
