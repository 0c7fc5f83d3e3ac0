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
import type { WireRequest, WireResponse } from '../dialects/kernel/wire.ts';
import type { Clock } from '../lib/clock.ts';
import { type AcceptSettings, acceptRequest } from './accept-request.ts';
import { bodyBeingRead, emptyBody } from './incoming-body.ts';
import { type Refusal, type RenderedRefusal, refusalFor } from './render-refusal.ts';
import { type SentResponse, writeResponse } from './write-response.ts';

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
  #isStopping = false;

  constructor(options: ListenerOptions) {
    this.#options = options;
    this.#server = createHttpServer(options);
    const server = this.#server;
    server.on('request', (message, response) => void this.#serve(message, response, false));
    server.on('checkContinue', (message, response) => void this.#serve(message, response, true));
    server.on('checkExpectation', (_message: IncomingMessage, response: ServerResponse) => {
      const message = 'The server meets no expectation but 100-continue.';
      this.#refuse(response, { status: 417, code: 'ExpectationFailed', message });
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
    const timer = setInterval(() => this.#server.closeIdleConnections(), IDLE_CHECK_MILLIS);
    await closed.promise;
    clearInterval(timer);
  }

  destroy(): void {
    this.#server.closeAllConnections();
  }

  renewTls(tls: TlsMaterial): void {
    if (this.#server instanceof TlsServer) this.#server.setSecureContext(tls);
  }

  async #serve(message: IncomingMessage, response: ServerResponse, expectsContinue: boolean): Promise<void> {
    const { clock, limits } = this.#options;
    (message.socket as KnownSocket)[LATEST] = response;
    const accepted = acceptRequest(message, response, expectsContinue, clock.nowMicros(), this.#options);
    if ('refusal' in accepted) {
      this.#refuse(response, accepted.refusal);
      return;
    }
    const { request } = accepted;
    const exchange = this.#options.beginExchange();
    let sent: SentResponse = { bodyBytesSent: 0, isComplete: false };
    try {
      const wire = await exchange.respond(request);
      const closeConnection = this.#isStopping;
      const context = { message, response, requestBody: request.body, limits, closeConnection };
      sent = await writeResponse(context, wire);
    } catch (error) {
      this.#options.onBug(error);
      this.#refuse(response, { status: 500, code: 'InternalError', message: 'The server has failed.' });
    } finally {
      exchange.ended(sent);
    }
  }

  /** An answer of the listener's own. The connection is not used again. */
  #refuse(response: ServerResponse, refusal: Refusal): void {
    this.#options.onRefusal(refusal);
    const { contentType, body } = this.#options.renderRefusal(refusal);
    const wire = { status: refusal.status, headers: ['Content-Type', contentType], body, close: true };
    const { limits } = this.#options;
    const context = {
      message: response.req,
      response,
      requestBody: emptyBody,
      limits,
      closeConnection: true,
    };
    if (response.headersSent) response.destroy();
    else void writeResponse(context, wire);
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
