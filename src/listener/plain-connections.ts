/**
 * Connections whose requests are plain: the head arrives in one piece and asks for nothing unusual (`parse-plain-head.ts`). That is
 * what clients send nearly always, and reading it here costs a fraction of Node's message and response objects. At the first request
 * that is anything else the socket goes to Node's HTTP server with all that was read, and stays there; so there is one judge of bad
 * requests, slow heads and chunked bodies.
 *
 * Requests of one connection are answered one after the other; what comes meanwhile waits, while the socket pauses.
 */
import type { Socket } from 'node:net';
import type { ListenerLimits } from '../config/limits.ts';
import type { RequestBody } from '../dialects/kernel/wire.ts';
import type { Clock } from '../lib/clock.ts';
import { BodyStream } from './body-stream.ts';
import { emptyBody, IncomingBody } from './incoming-body.ts';
import { leaveRequestBody } from './leave-request-body.ts';
import { type PlainHead, parsePlainHead } from './parse-plain-head.ts';

export interface PlainServing {
  readonly limits: ListenerLimits;
  readonly clock: Clock;
  /**
   * Until the response is written, and the connection ended if it must be. `leaveBody`: to be called before the response begins; answers
   * whether the connection is of no further use. Never rejects.
   */
  serve(head: PlainHead, socket: Socket, body: RequestBody, leaveBody?: () => boolean): Promise<void>;
  /** Takes a socket from which nothing seems to have been read yet. */
  handOver(socket: Socket): void;
  /** Of a new connection on which nothing came in time. */
  refuseSilent(socket: Socket): void;
}

const MICROS_PER_MILLI = 1000;

const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';

export class PlainConnections {
  readonly #serving: PlainServing;
  readonly #open = new Set<PlainConnection>();
  readonly #sweep: NodeJS.Timeout;

  constructor(serving: PlainServing) {
    this.#serving = serving;
    this.#sweep = setInterval(() => this.#closeOverdue(), serving.limits.connectionsCheckMillis).unref();
  }

  add(socket: Socket): void {
    const connection = new PlainConnection(socket, this.#serving, () => this.#open.delete(connection));
    this.#open.add(connection);
  }

  closeIdle(): void {
    for (const connection of this.#open) connection.closeIfIdle();
  }

  /** Cuts all off, and looks after none any more. */
  destroy(): void {
    clearInterval(this.#sweep);
    for (const connection of this.#open) connection.destroy();
  }

  /** No timer per connection: thousands of them would be started and stopped with every request. */
  #closeOverdue(): void {
    const now = this.#serving.clock.nowMicros();
    for (const connection of this.#open) connection.closeIfOverdue(now);
  }
}

class PlainConnection {
  readonly #socket: Socket;
  readonly #serving: PlainServing;
  /** Told once, when the connection is no longer one of ours. */
  readonly #onLeft: () => void;
  /** Of the latest request, while it is arriving. */
  #body: BodyStream | undefined;
  /** Received behind the request that is being answered. */
  #waiting: Buffer | undefined;
  #isBusy = false;
  #isNew = true;
  #hasEnded = false;
  #idleSinceMicros: number;

  constructor(socket: Socket, serving: PlainServing, onLeft: () => void) {
    this.#socket = socket;
    this.#serving = serving;
    this.#onLeft = onLeft;
    this.#idleSinceMicros = serving.clock.nowMicros();
    socket.on('data', this.#receive);
    socket.on('end', this.#end);
    socket.on('error', this.#fail);
    socket.on('close', this.#close);
  }

  closeIfIdle(): void {
    if (!this.#isBusy) this.#socket.destroySoon();
  }

  closeIfOverdue(nowMicros: number): void {
    if (this.#isBusy) return;
    const { headersTimeoutMillis, keepAliveMillis } = this.#serving.limits;
    const millisMax = this.#isNew ? headersTimeoutMillis : keepAliveMillis;
    if (nowMicros - this.#idleSinceMicros < millisMax * MICROS_PER_MILLI) return;
    if (!this.#isNew) {
      this.#socket.destroy();
      return;
    }
    // It stays one of ours: somebody has to hear of a client that breaks off while it is told.
    this.#isBusy = true;
    this.#serving.refuseSilent(this.#socket);
  }

  destroy(): void {
    this.#socket.destroy();
  }

  readonly #receive = (received: Buffer): void => {
    const rest = this.#body === undefined ? received : this.#receiveBody(this.#body, received);
    if (rest.length === 0) return;
    if (this.#isBusy) this.#hold(rest);
    else this.#take(rest);
  };

  #receiveBody(body: BodyStream, received: Buffer): Buffer {
    const rest = body.receive(received);
    if (body.complete) this.#body = undefined;
    return rest;
  }

  /** Neither more of the same nor the end of the stream is looked at before this has had its turn. */
  #hold(received: Buffer): void {
    this.#waiting = this.#waiting === undefined ? received : Buffer.concat([this.#waiting, received]);
    this.#socket.pause();
  }

  #take(received: Buffer): void {
    const socket = this.#socket;
    // A connection that is being closed takes no further requests.
    if (!socket.writable) return;
    const head = parsePlainHead(received);
    if (head === undefined) {
      this.#handOver(received);
      return;
    }
    this.#isBusy = true;
    this.#isNew = false;
    if (socket.isPaused()) socket.resume();
    const behindHead = received.subarray(head.bytes);
    const { contentLength } = head;
    if (contentLength > behindHead.length) {
      void this.#answerArriving(head, behindHead);
      return;
    }
    if (contentLength < behindHead.length) this.#hold(behindHead.subarray(contentLength));
    const body = contentLength === 0 ? emptyBody : new ReceivedBody(behindHead.subarray(0, contentLength));
    void this.#answer(this.#serving.serve(head, socket, body));
  }

  #answerArriving(head: PlainHead, begun: Buffer): Promise<void> {
    const socket = this.#socket;
    const { limits } = this.#serving;
    const stream = new BodyStream(socket, head.contentLength);
    this.#body = stream;
    stream.receive(begun);
    const sendContinue = () => socket.write(CONTINUE, 'latin1');
    const body = new IncomingBody(stream, head.contentLength, head.expectsContinue, sendContinue, limits);
    const leaveBody = () => leaveRequestBody(body, stream, socket, limits);
    return this.#answer(this.#serving.serve(head, socket, body, leaveBody));
  }

  async #answer(served: Promise<void>): Promise<void> {
    await served;
    this.#isBusy = false;
    this.#idleSinceMicros = this.#serving.clock.nowMicros();
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting !== undefined) this.#take(waiting);
    else if (this.#hasEnded) this.#socket.destroySoon();
  }

  readonly #end = (): void => {
    this.#hasEnded = true;
    this.#body?.destroy();
    if (!this.#isBusy) this.#socket.destroySoon();
  };

  readonly #close = (): void => {
    this.#body?.destroy();
    this.#onLeft();
  };

  /** `close` follows. */
  readonly #fail = (): void => {
    this.#socket.destroy();
  };

  #handOver(received: Buffer): void {
    const socket = this.#socket;
    this.#leave();
    // A stream that flows would give the bytes to nobody.
    socket.pause();
    socket.unshift(received);
    this.#serving.handOver(socket);
    socket.resume();
  }

  #leave(): void {
    const socket = this.#socket;
    socket.off('data', this.#receive);
    socket.off('end', this.#end);
    socket.off('error', this.#fail);
    socket.off('close', this.#close);
    this.#onLeft();
  }
}

/** A body that came with its head. */
class ReceivedBody implements RequestBody {
  readonly contentLength: number;
  bytesRead = 0;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.contentLength = bytes.length;
    this.#bytes = bytes;
  }

  read(): Promise<Buffer | null> {
    if (this.bytesRead > 0) return Promise.resolve(null);
    this.bytesRead = this.contentLength;
    return Promise.resolve(this.#bytes);
  }
}
