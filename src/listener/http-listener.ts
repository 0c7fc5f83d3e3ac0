/**
 * One address: sockets, TLS, limits and time-outs, and the order of things around one request. What is served is given.
 *
 * The settings of design, section 8 are explicit, because Node's defaults change between versions. Requests that Node's parser
 * refuses (contradictory lengths, oversized headers, slow headers) are answered in the manner of the address.
 */
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import type { ListenAddress } from '../config/config.ts';
import type { ListenerLimits } from '../config/limits.ts';
import type { RequestBody, WireHeaders, WireRequest, WireResponse } from '../dialects/kernel/wire.ts';
import type { Clock } from '../lib/clock.ts';
import { formatHttpDate } from '../lib/http-date.ts';
import { type AcceptSettings, acceptRequest, headOfMessage, type RequestHead } from './accept-request.ts';
import { bodyBeingRead, emptyBody, IncomingBody } from './incoming-body.ts';
import { leaveRequestBody } from './leave-request-body.ts';
import { MessageSink } from './message-sink.ts';
import { PlainConnections } from './plain-connections.ts';
import { type PlainResponses, PlainSink } from './plain-sink.ts';
import { lateHead, type Refusal, type RenderedRefusal, refusalFor } from './render-refusal.ts';
import type { ResponseSink } from './response-sink.ts';
import { type SentResponse, type WriteContext, writeResponse } from './write-response.ts';
import { WriteTurn } from './write-turn.ts';

/** One request, from its arrival to the end of its response. */
export interface Exchange {
  /** Should not reject: a rejection is answered with a bare 500. */
  respond(request: WireRequest): Promise<WireResponse>;
  /** Called once, when the response has been sent or given up. */
  ended(sent: SentResponse): void;
}

/** Certificate chain and private key, PEM. */
export interface TlsMaterial {
  readonly cert: string;
  readonly key: string;
}

export interface ListenerOptions extends AcceptSettings {
  readonly address: ListenAddress;
  readonly limits: ListenerLimits;
  readonly tls?: TlsMaterial;
  readonly clock: Clock;
  /** Called on the arrival of every request. */
  beginExchange(): Exchange;
  renderRefusal(refusal: Refusal): RenderedRefusal;
  /** Told of what the listener answered itself, and of failures that only a log can be told of. */
  onRefusal(refusal: Refusal): void;
  onBug(error: unknown): void;
}

export interface Listener {
  /** The address as bound, with the port that the system chose for port 0. */
  readonly address: ListenAddress;
  /** No further connections; idle ones are closed, running requests go on with `Connection: close`. Resolves when all are gone. */
  stop(): Promise<void>;
  /** Cuts off whatever is still there. */
  destroy(): void;
  /** For connections from now on; those that are open keep theirs. Does nothing without TLS. Throws when the two do not fit. */
  renewTls(tls: TlsMaterial): void;
}

const LATEST = Symbol('latest response');
const REFUSED = Symbol('refused');

/** A socket remembers the response to the last request that came over it, and that nothing more will be answered. */
type KnownSocket = Socket & { [LATEST]?: ServerResponse; [REFUSED]?: true };

/** How often a stopping listener looks for connections that have become idle. */
const IDLE_CHECK_MILLIS = 50;

/** Rejects with the system's error when the address cannot be had. */
export async function openListener(options: ListenerOptions): Promise<Listener> {
  const running = new RunningListener(options);
  await running.open();
  return running;
}

class RunningListener implements Listener {
  readonly #options: ListenerOptions;
  readonly #server: Server;
  readonly #plain: PlainConnections;
  readonly #plainResponses: PlainResponses;
  #isStopping = false;

  constructor(options: ListenerOptions) {
    const { limits, clock } = options;
    this.#options = options;
    this.#plainResponses = {
      turn: new WriteTurn(),
      date: createDateText(clock),
      keepAliveSeconds: Math.floor(limits.keepAliveMillis / 1000),
    };
    this.#server = createHttpServer(options);
    const server = this.#server;
    const handOver = takeConnections(server, (socket) => this.#plain.add(socket));
    this.#plain = new PlainConnections({
      limits,
      clock,
      serve: (head, socket, body, leaveBody = nothingToLeave) => {
        const sink = new PlainSink(socket, head.method === 'HEAD', this.#plainResponses);
        return this.#serve(head, socket, body, sink, leaveBody);
      },
      handOver,
      refuseSilent: (socket) => this.#refuseOnSocket(lateHead, socket),
    });
    server.on('request', (message, response) => void this.#serveMessage(message, response, false));
    server.on('checkContinue', (message, response) => void this.#serveMessage(message, response, true));
    server.on('checkExpectation', (_message: IncomingMessage, response: ServerResponse) => {
      const message = 'The server meets no expectation but 100-continue.';
      this.#refuseMessage(response, { status: 417, code: 'ExpectationFailed', message });
    });
    server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) =>
      this.#onClientError(error, socket),
    );
  }

  open(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const { host, port } = this.#options.address;
    this.#server.once('error', reject);
    this.#server.listen(port, host, () => {
      this.#server.off('error', reject);
      this.#server.on('error', (error) => this.#options.onBug(error));
      resolve();
    });
    return promise;
  }

  get address(): ListenAddress {
    const bound = this.#server.address();
    const { host, port } = this.#options.address;
    return { host, port: typeof bound === 'object' && bound !== null ? bound.port : port };
  }

  async stop(): Promise<void> {
    if (this.#isStopping) return;
    this.#isStopping = true;
    const closed = Promise.withResolvers<void>();
    this.#server.close(() => closed.resolve());
    const timer = setInterval(() => {
      this.#server.closeIdleConnections();
      this.#plain.closeIdle();
    }, IDLE_CHECK_MILLIS);
    await closed.promise;
    clearInterval(timer);
    this.#plain.destroy();
  }

  destroy(): void {
    this.#server.closeAllConnections();
    this.#plain.destroy();
  }

  renewTls(tls: TlsMaterial): void {
    if (this.#server instanceof TlsServer) this.#server.setSecureContext(tls);
  }

  #serveMessage(message: IncomingMessage, response: ServerResponse, expectsContinue: boolean): Promise<void> {
    const { limits } = this.#options;
    (message.socket as KnownSocket)[LATEST] = response;
    const head = headOfMessage(message);
    const { socket } = message;
    const sink = new MessageSink(response);
    const length = bodyLength(head.headers);
    if (length === 0) return this.#serve(head, socket, emptyBody, sink, nothingToLeave);
    const body = new IncomingBody(message, length, expectsContinue, () => response.writeContinue(), limits);
    const leaveBody = (): boolean => {
      const mustClose = leaveRequestBody(body, message, socket, limits);
      if (mustClose) destroyWhenCutOff(response, socket);
      return mustClose;
    };
    return this.#serve(head, socket, body, sink, leaveBody);
  }

  /** `leaveBody`: sees to what has not been read of the body; answers whether the connection must be closed. */
  async #serve(
    head: RequestHead,
    socket: Socket,
    body: RequestBody,
    sink: ResponseSink,
    leaveBody: () => boolean,
  ): Promise<void> {
    const { clock, limits } = this.#options;
    const isHead = head.method === 'HEAD';
    const accepted = acceptRequest(head, socket, body, clock.nowMicros(), this.#options);
    if ('refusal' in accepted) {
      this.#refuse(sink, isHead, accepted.refusal);
      return;
    }
    const exchange = this.#options.beginExchange();
    let sent: SentResponse = { bodyBytesSent: 0, isComplete: false };
    try {
      const wire = await exchange.respond(accepted.request);
      const leaveRequest = ({ close }: WireResponse) => leaveBody() || this.#isStopping || close === true;
      sent = await writeResponse({ sink, isHead, limits, leaveRequest }, wire);
    } catch (error) {
      this.#options.onBug(error);
      this.#refuse(sink, isHead, {
        status: 500,
        code: 'InternalError',
        message: 'The server has failed.',
      });
    } finally {
      exchange.ended(sent);
    }
  }

  #refuseMessage(response: ServerResponse, refusal: Refusal): void {
    this.#refuse(new MessageSink(response), response.req.method === 'HEAD', refusal);
  }

  /** An answer of the listener's own. The connection is not used again. */
  #refuse(sink: ResponseSink, isHead: boolean, refusal: Refusal): void {
    this.#options.onRefusal(refusal);
    const { contentType, body } = this.#options.renderRefusal(refusal);
    const wire = { status: refusal.status, headers: ['Content-Type', contentType], body };
    const context: WriteContext = { sink, isHead, limits: this.#options.limits, leaveRequest: () => true };
    void writeResponse(context, wire);
  }

  /**
   * What the parser or a time-out refused. While a body is being read the error is about that body: who reads it is told,
   * and answers. Otherwise it is about a request that has not begun, behind the response that may still be under way.
   */
  #onClientError(error: NodeJS.ErrnoException, socket: KnownSocket): void {
    // The rest of what was refused.
    if (socket[REFUSED] === true) return;
    const refusal = refusalFor(error.code);
    const latest = socket[LATEST];
    const isUnderWay = latest !== undefined && !latest.writableFinished && !latest.destroyed;
    if (isUnderWay && !latest.req.complete) {
      const body = bodyBeingRead(latest.req);
      socket[REFUSED] = true;
      if (body === undefined || latest.headersSent) socket.destroy();
      else
        body.fail(refusal === undefined || error.code === 'HPE_INVALID_EOF_STATE' ? 'aborted' : 'malformed');
      return;
    }
    if (refusal === undefined) {
      socket.destroy();
      return;
    }
    socket[REFUSED] = true;
    if (isUnderWay) latest.once('close', () => this.#refuseOnSocket(refusal, socket));
    else this.#refuseOnSocket(refusal, socket);
  }

  /** Without a response object. The rest is read and dropped for a while, as after every refusal. */
  #refuseOnSocket(refusal: Refusal, socket: Socket): void {
    if (!socket.writable) {
      socket.destroy();
      return;
    }
    this.#options.onRefusal(refusal);
    const { contentType, body } = this.#options.renderRefusal(refusal);
    socket.end(
      `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}\r\nConnection: close\r\n` +
        `Content-Type: ${contentType}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
    const timer = setTimeout(() => socket.destroy(), this.#options.limits.discardMillis);
    socket.once('close', () => clearTimeout(timer));
  }
}

const nothingToLeave = (): boolean => false;

/** Node's parser has refused every contradiction between the two headers (RFC 9112, section 6.3). Undefined: not known. */
function bodyLength(headers: WireHeaders): number | undefined {
  const declared = headers.get('content-length');
  if (declared !== undefined) return Number(declared);
  return headers.has('transfer-encoding') ? undefined : 0;
}

/** A lingering connection is not ended by Node any more. */
function destroyWhenCutOff(response: ServerResponse, socket: Socket): void {
  response.once('close', () => {
    if (!response.writableFinished) socket.destroy();
  });
}

/** Every connection goes to `take` instead of to Node's HTTP server; the answer gives it one that `take` does not want. */
function takeConnections(server: Server, take: (socket: Socket) => void): (socket: Socket) => void {
  const event = server instanceof TlsServer ? 'secureConnection' : 'connection';
  const own = server.listeners(event) as ((socket: Socket) => void)[];
  server.removeAllListeners(event);
  server.on(event, take);
  return (socket) => {
    for (const listener of own) listener.call(server, socket);
  };
}

/** The text of a second is made once. `formatHttpDate` keeps one day, which is that of the objects that are shown. */
function createDateText(clock: Clock): () => string {
  let second = Number.NaN;
  let text = '';
  return () => {
    const now = Math.floor(clock.nowMicros() / 1_000_000);
    if (now !== second) {
      second = now;
      text = formatHttpDate(now * 1_000_000);
    }
    return text;
  };
}

function createHttpServer({ limits, tls }: ListenerOptions): Server {
  const settings = {
    requestTimeout: limits.requestTimeoutMillis,
    headersTimeout: limits.headersTimeoutMillis,
    connectionsCheckingInterval: limits.connectionsCheckMillis,
    keepAliveTimeout: limits.keepAliveMillis,
    maxHeaderSize: limits.headerBytesMax,
    insecureHTTPParser: false,
    // A missing Host is answered by us, in the manner of the address.
    requireHostHeader: false,
    noDelay: true,
    keepAlive: true,
    optimizeEmptyRequests: true,
  };
  const server = tls === undefined ? createServer(settings) : createTlsServer({ ...settings, ...tls });
  // Node drops fields beyond its default count without a word; the size above bounds them.
  server.maxHeadersCount = 0;
  return server;
}
