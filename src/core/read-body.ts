/**
 * Opens the bytes of a version: inline, from pieces in the record, or from pages of pieces, of which only those are read
 * that the range touches. Bytes are verified before they are handed out: inline ones here, blobs by their store.
 */
import { crc32 } from 'node:zlib';
import type { ByteSource } from '../lib/byte-source.ts';
import { type Eventual, whenKnown } from '../lib/eventual.ts';
import { CorruptBlob, MissingBlob } from '../storage/contract/storage-errors.ts';
import { type Body, decodePage, type Piece } from './body-records.ts';
import type { CoreContext } from './core-context.ts';
import { CoreError } from './core-errors.ts';
import { readInlineBody } from './inline-bodies.ts';
import { pageKey, pageRange, parsePageKey, successorOfPrefix } from './metadata-keys.ts';
import type { BucketId } from './model.ts';

export interface OpenBody extends ByteSource {
  /** All of them, when they are in memory already. */
  readonly bytes?: Buffer;
  close(): Promise<void>;
}

export interface BodyToRead {
  /** Where the version lives; inline bytes lie under it. */
  readonly bucket: BucketId;
  /** For messages. */
  readonly key: string;
  readonly size: number;
  readonly body: Body;
}

/**
 * Opens bytes `start` to `end` (inclusive). Undefined: the bytes are not there (any more), so the version has probably been
 * replaced since its record was read. Throws StoredDataCorrupt, also from `read`.
 */
export async function openBody(
  context: CoreContext,
  target: BodyToRead,
  start: number,
  end: number,
): Promise<OpenBody | undefined> {
  const { body } = target;
  if (body.kind === 'none' || body.kind === 'inline') return openInline(context, target, body, start, end);
  if (target.size === 0 || end < start) return new BytesInMemory(NO_BYTES);
  const source = new PiecesSource(context, target.key, walkPieces(context, body, start), end - start + 1);
  try {
    await source.open();
  } catch (error) {
    if (error instanceof MissingBlob) return undefined;
    throw error;
  }
  return source;
}

/** As `openBody`, of a body that is in no blob. */
export function openInline(
  context: CoreContext,
  target: BodyToRead,
  body: Extract<Body, { kind: 'none' | 'inline' }>,
  start: number,
  end: number,
): Eventual<OpenBody | undefined> {
  if (body.kind === 'none' || target.size === 0 || end < start) return new BytesInMemory(NO_BYTES);
  return whenKnown(readInlineBody(context, target.bucket, body), (bytes) =>
    bytes === undefined ? undefined : checkedBytes(target, body.crc32, bytes, start, end),
  );
}

function checkedBytes(
  { size, key }: BodyToRead,
  crc: number,
  bytes: Buffer,
  start: number,
  end: number,
): OpenBody {
  if (bytes.length !== size || crc32(bytes) !== crc) throw new CoreError('StoredDataCorrupt', { key });
  return new BytesInMemory(end - start + 1 === size ? bytes : bytes.subarray(start, end + 1));
}

const NO_BYTES = Buffer.alloc(0);

class BytesInMemory implements OpenBody {
  readonly bytes: Buffer;
  isRead = false;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  async read(): Promise<Buffer | null> {
    if (this.isRead || this.bytes.length === 0) return null;
    this.isRead = true;
    return this.bytes;
  }

  async close(): Promise<void> {
    this.isRead = true;
  }
}

export interface Run {
  readonly piece: Piece;
  /** Bytes of the piece that lie before the first byte wanted. */
  readonly skipped: number;
}

/** The pieces of a body from the one that holds offset `start` on. */
export async function* walkPieces(
  context: CoreContext,
  body: Extract<Body, { kind: 'pieces' | 'pages' }>,
  start: number,
): AsyncGenerator<Run, void, undefined> {
  let offset = 0;
  let pieces: readonly Piece[];
  if (body.kind === 'pieces') pieces = body.pieces;
  else ({ pieces, startOffset: offset } = await readPageAt(context, body, start));
  for (;;) {
    for (const piece of pieces) {
      if (offset + piece.length > start) yield { piece, skipped: Math.max(0, start - offset) };
      offset += piece.length;
    }
    if (body.kind === 'pieces') return;
    const entry = await context.metadata.get(pageKey(body.home, body.id, offset));
    if (entry === undefined) return;
    pieces = decodePage(entry.value);
  }
}

/** The page that holds the byte at `offset`. Throws MissingBlob when there is none. */
export async function readPageAt(
  context: CoreContext,
  body: Extract<Body, { kind: 'pages' }>,
  offset: number,
): Promise<{ pieces: readonly Piece[]; startOffset: number }> {
  const { start } = pageRange(body.home, body.id);
  const end = successorOfPrefix(pageKey(body.home, body.id, offset));
  const [row] = await context.metadata.scan({ start, end }, 1, 'reverse');
  if (row === undefined) throw new MissingBlob(`body ${body.id} has no page for offset ${offset}`);
  return { pieces: decodePage(row.value), startOffset: parsePageKey(row.key).startOffset };
}

/** Hands out `remaining` bytes from runs of blobs, one blob open at a time. */
class PiecesSource implements OpenBody {
  readonly #context: CoreContext;
  readonly #key: string;
  readonly #runs: AsyncGenerator<Run, void, undefined>;
  #remaining: number;
  #blob: OpenBody | undefined;

  constructor(
    context: CoreContext,
    key: string,
    runs: AsyncGenerator<Run, void, undefined>,
    remaining: number,
  ) {
    this.#context = context;
    this.#key = key;
    this.#runs = runs;
    this.#remaining = remaining;
  }

  /** Opens the first blob, so that a body that is gone is noticed before an answer begins. Rejects with MissingBlob. */
  async open(): Promise<void> {
    await this.#openNext();
  }

  async read(): Promise<Buffer | null> {
    try {
      for (;;) {
        if (this.#blob === undefined && (this.#remaining === 0 || !(await this.#openNext()))) break;
        const chunk = await this.#blob!.read();
        if (chunk !== null) return chunk;
        await this.close();
      }
    } catch (error) {
      this.#blob = undefined;
      if (error instanceof CorruptBlob || error instanceof MissingBlob) throw this.#corrupt();
      throw error;
    }
    if (this.#remaining !== 0) throw this.#corrupt();
    return null;
  }

  async close(): Promise<void> {
    const blob = this.#blob;
    this.#blob = undefined;
    await blob?.close();
  }

  async #openNext(): Promise<boolean> {
    const next = await this.#runs.next();
    if (next.done === true) return false;
    const { piece, skipped } = next.value;
    const length = Math.min(piece.length - skipped, this.#remaining);
    this.#blob = await this.#context.engine.blobs.open(piece.blob, piece.offset + skipped, length);
    this.#remaining -= length;
    return true;
  }

  #corrupt(): CoreError {
    return new CoreError('StoredDataCorrupt', { key: this.#key });
  }
}
