import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { RELEASED_BYTES_MIN, releaseBytes } from '../lib/release-bytes.ts';
import { fieldLine } from './header-text.ts';
import type { ResponseSink } from './response-sink.ts';
import type { WriteTurn } from './write-turn.ts';

/** What all responses of a listener share. */
export interface PlainResponses {
  readonly turn: WriteTurn;
  /** IMF-fixdate of now. */
  date(): string;
  readonly keepAliveSeconds: number;
}

/** Up to here header and body are copied into one buffer; beyond, two writes are cheaper. */
const JOINED_BYTES_MAX = 16 * 1024;

/** Up to here text that is ASCII is sent as it is, which Node encodes without a buffer (`StreamBase::WriteString`). */
const TEXT_BYTES_MAX = 8 * 1024;

const CHUNK_END = '\r\n';
const LAST_CHUNK = '0\r\n\r\n';

/** A response to a plain request, straight into its socket. The same bytes as Node's HTTP server would send. */
export class PlainSink implements ResponseSink {
  readonly #socket: Socket;
  readonly #shared: PlainResponses;
  readonly #isBodyless: boolean;
  /** Latin1. Empty as soon as it has been sent. */
  #head = '';
  #isChunked = false;
  #mustClose = false;

  /** `isBodyless`: an answer to HEAD. */
  constructor(socket: Socket, isBodyless: boolean, shared: PlainResponses) {
    this.#socket = socket;
    this.#isBodyless = isBodyless;
    this.#shared = shared;
  }

  get destroyed(): boolean {
    return this.#socket.destroyed;
  }

  writeHead(status: number, fields: readonly string[], length: number | undefined, mustClose: boolean): void {
    const { date, keepAliveSeconds } = this.#shared;
    this.#isChunked = length === undefined && !this.#isBodyless && status !== 204 && status !== 304;
    let head = statusLine(status);
    for (let index = 0; index < fields.length; index += 2) {
      head += fieldLine(fields[index]!, fields[index + 1]!);
    }
    if (length !== undefined) head += `Content-Length: ${length}\r\n`;
    if (mustClose) head += 'Connection: close\r\n';
    head += `Date: ${date()}\r\n`;
    if (!mustClose) head += `Connection: keep-alive\r\nKeep-Alive: timeout=${keepAliveSeconds}\r\n`;
    if (this.#isChunked) head += 'Transfer-Encoding: chunked\r\n';
    this.#head = `${head}\r\n`;
    this.#mustClose = mustClose;
  }

  write(chunk: Buffer): boolean {
    // In chunked transfer it would be the end.
    if (chunk.length === 0) return true;
    const sent = (): void => releaseBytes(chunk);
    if (this.#head === '' && !this.#isChunked) return this.#socket.write(chunk, sent);
    this.#socket.cork();
    this.#sendHead();
    if (this.#isChunked) this.#socket.write(`${chunk.length.toString(16)}\r\n`, 'latin1');
    const isTaken = this.#socket.write(chunk, sent);
    if (this.#isChunked) this.#socket.write(CHUNK_END, 'latin1');
    this.#socket.uncork();
    return isTaken;
  }

  endWith(chunk: Buffer): void {
    if (chunk.length <= JOINED_BYTES_MAX || this.#isChunked) {
      this.end(chunk);
      return;
    }
    this.#shared.turn.hold(this.#socket);
    this.write(chunk);
    if (this.#mustClose) this.#socket.destroySoon();
  }

  end(body?: string | Buffer): void {
    if (this.#isChunked) {
      if (body !== undefined) this.write(Buffer.from(body));
      this.#sendHead();
      this.#socket.write(LAST_CHUNK, 'latin1');
    } else {
      this.#shared.turn.hold(this.#socket);
      if (body === undefined) this.#sendHead();
      else this.#sendWhole(body);
    }
    if (this.#mustClose) this.#socket.destroySoon();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  on(event: 'drain' | 'close', listener: () => void): void {
    this.#socket.on(event, listener);
  }

  off(event: 'drain' | 'close', listener: () => void): void {
    this.#socket.off(event, listener);
  }

  #sendHead(): void {
    if (this.#head === '') return;
    this.#socket.write(this.#head, 'latin1');
    this.#head = '';
  }

  #sendWhole(body: string | Buffer): void {
    if (typeof body !== 'string' && body.length > JOINED_BYTES_MAX) {
      this.#sendHead();
      this.#socket.write(body);
      return;
    }
    const head = this.#head;
    this.#head = '';
    const size = typeof body === 'string' ? Buffer.byteLength(body) : body.length;
    if (typeof body === 'string' && size === body.length && size <= TEXT_BYTES_MAX) {
      this.#socket.write(head + body, 'latin1');
      return;
    }
    const joined = Buffer.allocUnsafe(head.length + size);
    joined.write(head, 'latin1');
    if (typeof body === 'string') joined.write(body, head.length, 'utf8');
    else body.copy(joined, head.length);
    if (joined.length < RELEASED_BYTES_MIN) this.#socket.write(joined);
    else this.#socket.write(joined, () => releaseBytes(joined));
  }
}

const statusLines = new Map(
  Object.entries(STATUS_CODES).map(([status, reason]) => [
    Number(status),
    `HTTP/1.1 ${status} ${reason}\r\n`,
  ]),
);

function statusLine(status: number): string {
  return statusLines.get(status) ?? `HTTP/1.1 ${status} unknown\r\n`;
}
