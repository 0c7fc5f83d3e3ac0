import type { ServerResponse } from 'node:http';
import { releaseBytes } from '../lib/release-bytes.ts';
import { encodeHeaderText, isAscii } from './header-text.ts';
import type { ResponseSink } from './response-sink.ts';

/** Through Node's HTTP server. */
export class MessageSink implements ResponseSink {
  readonly #response: ServerResponse;
  #isAsciiHead = true;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  get destroyed(): boolean {
    return this.#response.destroyed;
  }

  writeHead(status: number, fields: readonly string[], length: number | undefined, mustClose: boolean): void {
    const sent = fields.slice();
    for (let index = 1; index < sent.length; index += 2) {
      const value = sent[index]!;
      if (isAscii(value)) continue;
      this.#isAsciiHead = false;
      sent[index] = encodeHeaderText(value);
    }
    if (length !== undefined) sent.push('Content-Length', String(length));
    if (mustClose) sent.push('Connection', 'close');
    this.#response.writeHead(status, sent);
  }

  write(chunk: Buffer): boolean {
    return this.#response.write(chunk, () => releaseBytes(chunk));
  }

  /** Node tells when a response has ended, not when its last bytes have been taken: the collector's. */
  endWith(chunk: Buffer): void {
    this.#response.end(chunk);
  }

  /**
   * One write. Node joins header and text into one string of the text's encoding, which would encode a header of latin1 bytes
   * once more: then the text goes as bytes.
   */
  end(body?: string | Buffer): void {
    if (body === undefined) this.#response.end();
    else if (typeof body !== 'string') this.#response.end(body);
    else if (this.#isAsciiHead) this.#response.end(body, 'utf8');
    else this.#response.end(Buffer.from(body, 'utf8'));
  }

  destroy(): void {
    this.#response.req.socket.destroy();
  }

  on(event: 'drain' | 'close', listener: () => void): void {
    this.#response.on(event, listener);
  }

  off(event: 'drain' | 'close', listener: () => void): void {
    this.#response.off(event, listener);
  }
}
