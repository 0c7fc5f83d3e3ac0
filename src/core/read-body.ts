/**
 * Opens the bytes of a version: inline, from pieces in the record, or from pages of pieces, of which only those are read
 * that the range touches. Bytes are verified before they are handed out: inline ones here, blobs by their store.
 */
import { crc32 } from 'node:zlib';
import type { ByteSource } from '../lib/byte-source.ts';
import { CorruptBlob, MissingBlob } from '../storage/contract/storage-errors.ts';
import { type Body, decodePage, type Piece } from './body-records.ts';
import type { CoreContext } from './core-context.ts';
import { CoreError } from './core-errors.ts';
import { bodyKey, pageKey, pageRange, parsePageKey, successorOfPrefix } from './metadata-keys.ts';
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
  if (target.size === 0 || end < start || body.kind === 'none') return sourceOfBytes(null);
  if (body.kind === 'inline') {
    const entry = await context.metadata.get(bodyKey(target.bucket, body.id));
    if (entry === undefined) return undefined;
    const bytes = entry.value;
    if (bytes.length !== target.size || crc32(bytes) !== body.crc32) {
      throw new CoreError('StoredDataCorrupt', { key: target.key });
    }
    return sourceOfBytes(end - start + 1 === bytes.length ? bytes : bytes.subarray(start, end + 1));
  }
  const source = new PiecesSource(context, target.key, walkPieces(context, body, start), end - start + 1);
  try {
    await source.open();
  } catch (error) {
    if (error instanceof MissingBlob) return undefined;
    throw error;
  }
  return source;
}

const NO_BYTES = Buffer.alloc(0);

function sourceOfBytes(bytes: Buffer | null): OpenBody {
  let rest = bytes;
  return {
    bytes: bytes ?? NO_BYTES,
    async read() {
      const chunk = rest;
      rest = null;
      return chunk;
    },
    async close() {
      rest = null;
    },
  };
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
