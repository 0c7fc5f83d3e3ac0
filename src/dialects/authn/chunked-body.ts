/**
 * Decoding of aws-chunked bodies, the framing that SDKs use inside an HTTP body for signed chunks and for trailers:
 *
 *     10000;chunk-signature=<hex>\r\n <bytes> \r\n … 0;chunk-signature=<hex>\r\n [name:value\r\n …] \r\n
 *
 * Pieces are handed on as they arrive, as views into what was read, except that the last piece of a signed chunk waits for
 * its signature: whoever stores them must keep nothing when a later read rejects (`ByteSource`). Only lines between
 * chunks are ever looked at as text, and they are bounded.
 *
 * Tolerated, since clients do it: blanks at the end of lines, a bare line feed, empty lines around trailers (AWS's own
 * example has one before the signature), no line end after the last line.
 */
import type { ByteSource } from '../../lib/byte-source.ts';
import { releaseShare, shareBytes } from '../../lib/release-bytes.ts';
import { AuthnError } from './authn-errors.ts';
import type { ChunkSignatures } from './chunk-signatures.ts';

export interface ChunkedBodyOptions {
  readonly source: ByteSource;
  /** `x-amz-decoded-content-length`. */
  readonly decodedBytes: number;
  /** Undefined: chunks are not signed. */
  readonly signatures: ChunkSignatures | undefined;
  /** Lower-case names in `x-amz-trailer`; undefined when the mode has no trailer. */
  readonly announcedTrailers: readonly string[] | undefined;
  /** All chunks but the last must have so many bytes. AWS: 8,192. */
  readonly chunkBytesMin: number;
}

export interface ChunkedBody extends ByteSource {
  /** By lower-case name; complete after the source has ended. */
  trailers(): ReadonlyMap<string, string>;
}

const HEADER_CHARACTERS_MAX = 1024;
const TAIL_BYTES_MAX = 16_384;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const NO_BYTES = Buffer.alloc(0);

/** `read` throws MalformedChunk, ChunkTooSmall, MalformedTrailer, SignatureMismatch, IncompleteBody. */
export function decodeChunkedBody(options: ChunkedBodyOptions): ChunkedBody {
  const decoder = new ChunkDecoder(options);
  return { read: () => decoder.read(), trailers: () => decoder.trailers };
}

class ChunkDecoder {
  trailers: ReadonlyMap<string, string> = new Map();
  readonly #options: ChunkedBodyOptions;
  #expected: 'header' | 'data' | 'delimiter' | 'tail' | 'end' = 'header';
  #buffer: Buffer = NO_BYTES;
  #position = 0;
  /** Of the buffer. */
  #bytesHandedOn = 0;
  #line = '';
  /** Of the current chunk. */
  #signature = '';
  #chunkBytes = 0;
  #chunkBytesLeft = 0;
  #chunkCount = 0;
  /** Announced by chunk headers so far. */
  #decodedBytes = 0;
  #failure: unknown;

  constructor(options: ChunkedBodyOptions) {
    this.#options = options;
  }

  async read(): Promise<Buffer | null> {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      return await this.#readOn();
    } catch (error) {
      this.#failure = error;
      throw error;
    }
  }

  async #readOn(): Promise<Buffer | null> {
    while (this.#expected !== 'end') {
      if (this.#position === this.#buffer.length) {
        this.#forgetBuffer();
        const next = await this.#options.source.read();
        if (next === null) {
          this.#endOfSource();
          break;
        }
        this.#buffer = next;
        shareBytes(next);
        continue;
      }
      if (this.#expected === 'data') return this.#takeData();
      if (this.#expected === 'header') this.#takeHeader();
      else if (this.#expected === 'delimiter') this.#takeDelimiter();
      else this.#takeTail();
    }
    return null;
  }

  #takeHeader(): void {
    const limit = Math.min(this.#buffer.length, this.#position + HEADER_CHARACTERS_MAX + 2);
    const window = this.#buffer.subarray(this.#position, limit);
    const lineFeed = window.indexOf(LINE_FEED);
    this.#line += window.toString('latin1', 0, lineFeed < 0 ? window.length : lineFeed);
    if (this.#line.length > HEADER_CHARACTERS_MAX) throw malformed('header-too-long');
    this.#position += lineFeed < 0 ? window.length : lineFeed + 1;
    if (lineFeed < 0) return;
    const { bytes, signature } = parseChunkHeader(this.#line);
    this.#line = '';
    this.#signature = signature;
    this.#beginChunk(bytes);
  }

  #beginChunk(bytes: number): void {
    const { signatures, chunkBytesMin, decodedBytes } = this.#options;
    if (signatures !== undefined && this.#signature === '') throw malformed('signature');
    this.#chunkCount += 1;
    if (bytes > 0 && this.#chunkCount > 1 && this.#chunkBytes < chunkBytesMin) {
      throw new AuthnError('ChunkTooSmall', {
        chunk: this.#chunkCount,
        bytes: this.#chunkBytes,
        bytesMin: chunkBytesMin,
      });
    }
    this.#chunkBytes = bytes;
    this.#chunkBytesLeft = bytes;
    this.#decodedBytes += bytes;
    const isLast = bytes === 0;
    if (isLast ? this.#decodedBytes !== decodedBytes : this.#decodedBytes > decodedBytes) {
      throw this.#incomplete(this.#decodedBytes);
    }
    if (isLast) signatures?.endChunk(this.#signature);
    this.#expected = isLast ? 'tail' : 'data';
  }

  #takeData(): Buffer {
    const end = Math.min(this.#buffer.length, this.#position + this.#chunkBytesLeft);
    const piece = this.#buffer.subarray(this.#position, end);
    this.#position = end;
    this.#bytesHandedOn += piece.length;
    // Not ours to look at any more when all of it is handed on.
    if (end === this.#buffer.length) this.#forgetBuffer();
    this.#chunkBytesLeft -= piece.length;
    this.#options.signatures?.update(piece);
    if (this.#chunkBytesLeft === 0) {
      this.#options.signatures?.endChunk(this.#signature);
      this.#expected = 'delimiter';
    }
    return piece;
  }

  #forgetBuffer(): void {
    releaseShare(this.#buffer, this.#buffer.length - this.#bytesHandedOn);
    this.#buffer = NO_BYTES;
    this.#position = 0;
    this.#bytesHandedOn = 0;
  }

  /** CR LF, of which the CR may be absent. */
  #takeDelimiter(): void {
    const byte = this.#buffer[this.#position];
    this.#position += 1;
    if (byte === LINE_FEED) {
      this.#line = '';
      this.#expected = 'header';
    } else if (byte === CARRIAGE_RETURN && this.#line === '') {
      this.#line = '\r';
    } else {
      throw malformed('delimiter');
    }
  }

  /** Everything after the last chunk's header, up to the end of the HTTP body. */
  #takeTail(): void {
    if (this.#line.length + this.#buffer.length - this.#position > TAIL_BYTES_MAX) {
      if (this.#options.announcedTrailers === undefined) throw malformed('after-end');
      throw new AuthnError('MalformedTrailer', { reason: 'too-long' });
    }
    this.#line += this.#buffer.toString('latin1', this.#position);
    this.#position = this.#buffer.length;
  }

  #endOfSource(): void {
    if (this.#expected !== 'tail') throw this.#incomplete(this.#decodedBytes - this.#chunkBytesLeft);
    const { announcedTrailers, signatures } = this.#options;
    if (announcedTrailers === undefined) {
      if (this.#line.trim() !== '') throw malformed('after-end');
    } else {
      this.trailers = readTrailers(this.#line, announcedTrailers, signatures);
    }
    this.#expected = 'end';
  }

  #incomplete(bytesReceived: number): AuthnError {
    return new AuthnError('IncompleteBody', { bytesExpected: this.#options.decodedBytes, bytesReceived });
  }
}

function malformed(reason: 'header' | 'header-too-long' | 'size' | 'delimiter' | 'signature' | 'after-end') {
  return new AuthnError('MalformedChunk', { reason });
}

const CHUNK_SIZE = /^[0-9a-fA-F]{1,16}$/;

/** `10000;chunk-signature=<hex>`; other extensions are ignored (RFC 9112, section 7.1.1). */
function parseChunkHeader(line: string): { readonly bytes: number; readonly signature: string } {
  const [size = '', ...extensions] = line.split(';');
  const sizeText = size.trim();
  if (!CHUNK_SIZE.test(sizeText)) throw malformed('header');
  const bytes = Number.parseInt(sizeText, 16);
  if (!Number.isSafeInteger(bytes)) throw malformed('size');
  let signature = '';
  for (const extension of extensions) {
    const equals = extension.indexOf('=');
    if (extension.slice(0, equals).trim() !== 'chunk-signature') continue;
    if (signature !== '') throw malformed('signature');
    signature = extension.slice(equals + 1).trim();
  }
  return { bytes, signature };
}

const TRAILER_SIGNATURE = 'x-amz-trailer-signature';

function readTrailers(
  tail: string,
  announced: readonly string[],
  signatures: ChunkSignatures | undefined,
): ReadonlyMap<string, string> {
  const trailers = new Map<string, string>();
  let signedLines = '';
  for (const line of tail.split('\n')) {
    const text = line.trim();
    if (text === '') continue;
    const colon = text.indexOf(':');
    if (colon <= 0) throw new AuthnError('MalformedTrailer', { reason: 'line' });
    const trailer = text.slice(0, colon).trim().toLowerCase();
    const value = text.slice(colon + 1).trim();
    if (trailers.has(trailer)) throw new AuthnError('MalformedTrailer', { reason: 'repeated', trailer });
    if (trailer !== TRAILER_SIGNATURE) {
      if (!announced.includes(trailer))
        throw new AuthnError('MalformedTrailer', { reason: 'unexpected', trailer });
      signedLines += `${trailer}:${value}\n`;
    }
    trailers.set(trailer, value);
  }
  for (const trailer of announced) {
    if (!trailers.has(trailer)) throw new AuthnError('MalformedTrailer', { reason: 'missing', trailer });
  }
  const signature = trailers.get(TRAILER_SIGNATURE);
  trailers.delete(TRAILER_SIGNATURE);
  if (signatures === undefined) {
    // Nothing to verify it with; it cannot be part of an unsigned trailer.
    if (signature !== undefined) throw new AuthnError('MalformedTrailer', { reason: 'signature' });
  } else if (signature !== undefined) {
    signatures.endTrailer(signedLines, signature);
  } else if (signedLines !== '') {
    throw new AuthnError('MalformedTrailer', { reason: 'signature' });
  }
  return trailers;
}
