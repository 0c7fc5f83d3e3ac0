import type { Socket } from 'node:net';
import { Readable } from 'node:stream';

/** The body of a plain request that arrives piece by piece. Destroyed before it is `complete` when the client goes away. */
export class BodyStream extends Readable {
  /** Everything has arrived, though perhaps not been read. */
  complete = false;
  readonly #socket: Socket;
  #outstanding: number;

  constructor(socket: Socket, length: number) {
    super();
    this.#socket = socket;
    this.#outstanding = length;
  }

  /** Answers what lies behind the body. */
  receive(bytes: Buffer): Buffer {
    const own = bytes.subarray(0, this.#outstanding);
    this.#outstanding -= own.length;
    this.complete = this.#outstanding === 0;
    const isTaken = own.length === 0 || this.push(own);
    if (this.complete) this.push(null);
    // What lies behind the body is not the body's to hold back.
    else if (!isTaken) this.#socket.pause();
    return bytes.subarray(own.length);
  }

  override _read(): void {
    if (!this.complete && this.#socket.isPaused()) this.#socket.resume();
  }
}
