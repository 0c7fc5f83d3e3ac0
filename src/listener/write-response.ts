/**
 * Sends a response and leaves the connection in a state in which it may be used again, or not (design, section 4).
 *
 * A response that goes wrong midway destroys its connection: a client must never see a complete 200 of wrong bytes. A
 * response that comes before its request's body was read (a refused upload) sees to that body first (`leave-request-body.ts`).
 */
import type { ListenerLimits } from '../config/limits.ts';
import type { StreamedBody, WireResponse } from '../dialects/kernel/wire.ts';
import type { ResponseSink } from './response-sink.ts';

/** What became of a response. */
export interface SentResponse {
  readonly bodyBytesSent: number;
  /** The client went away, or the source of the body failed: not everything was sent. */
  readonly isComplete: boolean;
  /** Why the source of the body failed. */
  readonly error?: unknown;
}

export interface WriteContext {
  readonly sink: ResponseSink;
  /** The answer to HEAD has no body, whatever its headers say. */
  readonly isHead: boolean;
  readonly limits: ListenerLimits;
  /** Called before the response begins. Answers whether the connection is of no further use. */
  leaveRequest(wire: WireResponse): boolean;
}

/** Never rejects. */
export async function writeResponse(context: WriteContext, wire: WireResponse): Promise<SentResponse> {
  const { sink, isHead } = context;
  const { body } = wire;
  const isStreamed = isStreamedBody(body);
  try {
    if (sink.destroyed) return { bodyBytesSent: 0, isComplete: false };
    const mustClose = context.leaveRequest(wire);
    const length = lengthOf(wire);
    const mayHaveBody = !isHead && wire.status !== 304 && wire.status !== 204;
    sink.writeHead(wire.status, wire.headers, length, mustClose);
    if (!isStreamed || !mayHaveBody) {
      if (mayHaveBody && !isStreamed && body !== null) sink.end(body);
      else sink.end();
      return { bodyBytesSent: mayHaveBody ? (length ?? 0) : 0, isComplete: true };
    }
    return await sendStream(sink, body, context.limits);
  } catch (error) {
    sink.destroy();
    return { bodyBytesSent: 0, isComplete: false, error };
  } finally {
    if (isStreamed) await body.close();
  }
}

function isStreamedBody(body: WireResponse['body']): body is StreamedBody {
  return body !== null && typeof body === 'object' && !Buffer.isBuffer(body);
}

/** Content-Length; undefined: not known, or none is due. */
function lengthOf({ status, body, contentLength }: WireResponse): number | undefined {
  if ((status === 204 || status === 304) && contentLength === undefined) return undefined;
  if (contentLength !== undefined) return contentLength;
  if (body === null) return 0;
  if (typeof body === 'string') return Buffer.byteLength(body);
  return Buffer.isBuffer(body) ? body.length : body.size;
}

async function sendStream(
  sink: ResponseSink,
  body: StreamedBody,
  limits: ListenerLimits,
): Promise<SentResponse> {
  const { size } = body;
  let sent = 0;
  try {
    for (;;) {
      const chunk = await body.read();
      if (sink.destroyed) return { bodyBytesSent: sent, isComplete: false };
      if (chunk === null) break;
      sent += chunk.length;
      if (size !== undefined && sent > size) throw new Error(`the body is longer than its ${size} bytes`);
      if (sent === size) {
        // The usual small object: header, body and end leave in one write.
        sink.endWith(chunk);
        return { bodyBytesSent: sent, isComplete: true };
      }
      if (!sink.write(chunk) && !(await untilDrained(sink, limits.responseIdleMillis))) {
        return { bodyBytesSent: sent, isComplete: false };
      }
    }
    if (size !== undefined && sent < size) throw new Error(`the body ended after ${sent} of ${size} bytes`);
    sink.end();
    return { bodyBytesSent: sent, isComplete: true };
  } catch (error) {
    sink.destroy();
    return { bodyBytesSent: sent, isComplete: false, error };
  }
}

/** Whether the client took what was written. A client that takes nothing for too long is cut off. */
function untilDrained(sink: ResponseSink, millisMax: number): Promise<boolean> {
  if (sink.destroyed) return Promise.resolve(false);
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => sink.destroy(), millisMax);
  const done = (): void => {
    clearTimeout(timer);
    sink.off('drain', done);
    sink.off('close', done);
    resolve(!sink.destroyed);
  };
  sink.on('drain', done);
  sink.on('close', done);
  return promise;
}
