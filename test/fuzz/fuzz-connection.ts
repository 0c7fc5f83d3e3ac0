/** HTTP/1.1 over one socket, kept open as long as both sides agree: no more than what reading answers needs. */
import { connect, type Socket } from 'node:net';

export interface FuzzAnswer {
  readonly status: number;
  readonly head: string;
  readonly body: Buffer;
}

export class FuzzConnection {
  readonly #socket: Socket;
  #received: Buffer[] = [];
  #wake: (() => void) | undefined;
  #isOver = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    const note = (): void => {
      this.#wake?.();
      this.#wake = undefined;
    };
    socket.on('data', (piece) => {
      this.#received.push(piece);
      note();
    });
    const over = (): void => {
      this.#isOver = true;
      note();
    };
    socket.on('end', over);
    socket.on('error', over);
    socket.on('close', over);
  }

  static open(port: number): Promise<FuzzConnection> {
    const { promise, resolve, reject } = Promise.withResolvers<FuzzConnection>();
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(new FuzzConnection(socket));
    });
    return promise;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** `isLast`: nothing follows, not even the rest of what was announced. Undefined: closed without an answer. */
  async exchange(bytes: Buffer, isToHead: boolean, isLast: boolean): Promise<FuzzAnswer | undefined> {
    if (isLast) this.#socket.end(bytes);
    else this.#socket.write(bytes);
    for (;;) {
      const answer = this.#takeAnswer(isToHead);
      if (answer === undefined) {
        if (this.#isOver) return undefined;
        await this.#more();
      } else if (answer.status >= 200) return answer;
    }
  }

  close(): void {
    this.#socket.destroy();
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #takeAnswer(isToHead: boolean): FuzzAnswer | undefined {
    const bytes = this.#received.length === 1 ? this.#received[0]! : Buffer.concat(this.#received);
    this.#received = bytes.length === 0 ? [] : [bytes];
    const headEnd = bytes.indexOf('\r\n\r\n');
    if (headEnd < 0) return undefined;
    const head = bytes.toString('latin1', 0, headEnd);
    const status = Number(head.slice(9, 12));
    const bodyStart = headEnd + 4;
    const hasNoBody = isToHead || status < 200 || status === 204 || status === 304;
    const length = hasNoBody ? 0 : Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? Number.NaN);
    const bodyEnd = Number.isNaN(length) ? endOfChunks(bytes, bodyStart) : bodyStart + length;
    if (bodyEnd === undefined || bytes.length < bodyEnd) return undefined;
    this.#received = bytes.length === bodyEnd ? [] : [bytes.subarray(bodyEnd)];
    if (status >= 200 && /\r\nconnection: close/i.test(head)) this.#isOver = true;
    return { status, head, body: bytes.subarray(bodyStart, bodyEnd) };
  }
}

/** Undefined: not there yet. */
function endOfChunks(bytes: Buffer, start: number): number | undefined {
  for (let at = start; ; ) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
    at = lineEnd + 2 + size + 2;
    if (at > bytes.length) return undefined;
    if (size === 0) return at;
  }
}
