/**
 * The body of a request as a pull source over Node's push stream: nothing is copied or joined, nothing is read before it
 * is asked for, and the socket waits when more is held than is being taken.
 *
 * The first read acknowledges `Expect: 100-continue` (design, section 4, step 1). There are no closures per request: the
 * listeners are shared functions that find their body at the message.
 */
import type { Readable } from 'node:stream';
import type { ListenerLimits } from '../config/limits.ts';
import { RequestBodyError, type RequestBodyFault } from '../dialects/kernel/request-body-error.ts';
import type { RequestBody } from '../dialects/kernel/wire.ts';

const BODY = Symbol('body');

/** Node's message, or a `BodyStream`. */
export type ArrivingBytes = Readable & {
  /** Everything has arrived. */
  readonly complete: boolean;
  [BODY]?: IncomingBody;
};

/** Of a request without a body; also the answer to `Expect` without one is just the response. */
export const emptyBody: RequestBody = {
  contentLength: 0,
  bytesRead: 0,
  read: () => Promise.resolve(null),
};

export class IncomingBody implements RequestBody {
  readonly contentLength: number | undefined;
  bytesRead = 0;
  readonly #bytes: ArrivingBytes;
  readonly #sendContinue: () => void;
  readonly #limits: ListenerLimits;
  readonly #queue: Buffer[] = [];
  #queuedBytes = 0;
  #bytesReceived = 0;
  #mustContinue: boolean;
  #state: 'untouched' | 'reading' | 'discarding' | 'ended' | 'failed' = 'untouched';
  #fault: RequestBodyFault = 'aborted';
  #onDiscard: ((bytes: number) => void) | undefined;
  #waiting: PromiseWithResolvers<Buffer | null> | undefined;
  #idleTimer: NodeJS.Timeout | undefined;

  constructor(
    bytes: ArrivingBytes,
    contentLength: number | undefined,
    mustContinue: boolean,
    sendContinue: () => void,
    limits: ListenerLimits,
  ) {
    this.#bytes = bytes;
    this.#sendContinue = sendContinue;
    this.contentLength = contentLength;
    this.#mustContinue = mustContinue;
    this.#limits = limits;
  }

  /** Bytes that the client has still to send, or undefined when nobody knows. */
  get bytesOutstanding(): number | undefined {
    if (this.#bytes.complete) return 0;
    return this.contentLength === undefined ? undefined : this.contentLength - this.#bytesReceived;
  }

  get hasFailed(): boolean {
    return this.#state === 'failed';
  }

  /** The client waits for a permission that it has not been given. */
  get isHeldBack(): boolean {
    return this.#mustContinue;
  }

  read(): Promise<Buffer | null> {
    if (this.#state === 'untouched') this.#start('reading');
    const chunk = this.#queue.shift();
    if (chunk !== undefined) {
      const wasFull = this.#queuedBytes >= this.#limits.bodyBufferBytes;
      this.#queuedBytes -= chunk.length;
      this.bytesRead += chunk.length;
      if (wasFull && this.#queuedBytes < this.#limits.bodyBufferBytes) this.#bytes.resume();
      return Promise.resolve(chunk);
    }
    if (this.#state === 'ended') return Promise.resolve(null);
    if (this.#state === 'failed' || this.#state === 'discarding') return Promise.reject(this.#error());
    this.#waiting = Promise.withResolvers();
    if (this.#idleTimer === undefined) {
      this.#idleTimer = setTimeout(failIdle, this.#limits.bodyIdleMillis, this);
    } else {
      this.#idleTimer.refresh();
    }
    return this.#waiting.promise;
  }

  /** Takes the rest off the wire and drops it. `onDiscard` is told of every piece. */
  discard(onDiscard?: (bytes: number) => void): void {
    if (this.#state === 'ended' || (this.#state === 'failed' && this.#fault !== 'idle')) return;
    const isNew = this.#state === 'untouched';
    this.#onDiscard = onDiscard;
    this.#queue.length = 0;
    this.#mustContinue = false;
    if (isNew) this.#start('discarding');
    else {
      this.#state = 'discarding';
      this.#bytes.resume();
    }
    this.#settle()?.reject(this.#error());
  }

  fail(fault: RequestBodyFault): void {
    if (this.#state === 'ended' || this.#state === 'failed') return;
    if (this.#state === 'discarding') this.#onDiscard?.(0);
    this.#state = 'failed';
    this.#fault = fault;
    this.#queue.length = 0;
    // What the parser has read in the same go as the fault was not handed on yet.
    this.#bytesReceived += this.#bytes.readableLength;
    this.#settle()?.reject(this.#error());
  }

  #start(state: 'reading' | 'discarding'): void {
    const bytes = this.#bytes;
    if (bytes.destroyed && !bytes.complete) {
      this.fail('aborted');
      return;
    }
    this.#state = state;
    if (this.#mustContinue) {
      this.#mustContinue = false;
      this.#sendContinue();
    }
    bytes[BODY] = this;
    bytes.on('data', onData);
    bytes.on('end', onEnd);
    bytes.on('close', onClose);
  }

  receive(chunk: Buffer): void {
    this.#bytesReceived += chunk.length;
    if (this.#state === 'discarding') {
      this.#onDiscard?.(chunk.length);
      return;
    }
    if (this.#state !== 'reading') return;
    const waiting = this.#settle();
    if (waiting !== undefined) {
      this.bytesRead += chunk.length;
      waiting.resolve(chunk);
      return;
    }
    this.#queue.push(chunk);
    this.#queuedBytes += chunk.length;
    if (this.#queuedBytes >= this.#limits.bodyBufferBytes) this.#bytes.pause();
  }

  end(): void {
    clearTimeout(this.#idleTimer);
    if (this.#state === 'failed') return;
    this.#state = 'ended';
    this.#settle()?.resolve(null);
  }

  #settle(): PromiseWithResolvers<Buffer | null> | undefined {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    return waiting;
  }

  isWaiting(): boolean {
    return this.#waiting !== undefined;
  }

  #error(): RequestBodyError {
    clearTimeout(this.#idleTimer);
    return new RequestBodyError(this.#fault, this.#bytesReceived, this.contentLength);
  }
}

/** The body that is being read from this message, if any. */
export function bodyBeingRead(message: ArrivingBytes): IncomingBody | undefined {
  return message[BODY];
}

function onData(this: ArrivingBytes, chunk: Buffer): void {
  this[BODY]?.receive(chunk);
}

function onEnd(this: ArrivingBytes): void {
  this[BODY]?.end();
}

function onClose(this: ArrivingBytes): void {
  this[BODY]?.fail('aborted');
}

/** The timer is not stopped for every piece that arrives in time, only refreshed by the next wait. */
function failIdle(body: IncomingBody): void {
  if (body.isWaiting()) body.fail('idle');
}
