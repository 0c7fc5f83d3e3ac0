/**
 * Sends a response and leaves the connection in a state in which it may be used again, or not (design, section 4).
 *
 * A response that goes wrong midway destroys its connection: a client must never see a complete 200 of wrong bytes. A
 * response that comes before its request's body was read (a refused upload) either takes the short rest off the wire, or
 * closes in the way that lets the client still read the answer (`linger.ts`).
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ListenerLimits } from '../config/limits.ts';
import type { RequestBody, StreamedBody, WireResponse } from '../dialects/kernel/wire.ts';
import { encodeHeaderText, isAscii } from './header-text.ts';
import { IncomingBody } from './incoming-body.ts';
import { lingerAfterResponse } from './linger.ts';

/** What became of a response. */
export interface SentResponse {
  readonly bodyBytesSent: number;
  /** The client went away, or the source of the body failed: not everything was sent. */
  readonly isComplete: boolean;
  /** Why the source of the body failed. */
  readonly error?: unknown;
}

export interface WriteContext {
  readonly message: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestBody: RequestBody;
  readonly limits: ListenerLimits;
  /** The server is stopping: no further requests on this connection. */
  readonly closeConnection: boolean;
}

/** Never rejects. */
export async function writeResponse(context: WriteContext, wire: WireResponse): Promise<SentResponse> {
  const { response, message } = context;
  const { body } = wire;
  const isStreamed = isStreamedBody(body);
  try {
    if (response.destroyed) return { bodyBytesSent: 0, isComplete: false };
    const mustClose = leaveRequestBody(context) || context.closeConnection || wire.close === true;
    const length = lengthOf(wire);
    const mayHaveBody = message.method !== 'HEAD' && wire.status !== 304 && wire.status !== 204;
    const asciiHead = writeHead(response, wire, length, mustClose);
    if (!isStreamed || !mayHaveBody) {
      if (mayHaveBody && !isStreamed && body !== null) endWith(response, body, asciiHead);
      else response.end();
      return { bodyBytesSent: mayHaveBody ? (length ?? 0) : 0, isComplete: true };
    }
    return await sendStream(response, body, context.limits);
  } catch (error) {
    message.socket.destroy();
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

/** Answers whether all fields are ASCII. Throws when a field holds what no header may hold. */
function writeHead(
  response: ServerResponse,
  wire: WireResponse,
  length: number | undefined,
  mustClose: boolean,
): boolean {
  const fields = wire.headers.slice();
  let asciiHead = true;
  for (let index = 1; index < fields.length; index += 2) {
    const value = fields[index]!;
    if (isAscii(value)) continue;
    asciiHead = false;
    fields[index] = encodeHeaderText(value);
  }
  if (length !== undefined) fields.push('Content-Length', String(length));
  if (mustClose) fields.push('Connection', 'close');
  response.writeHead(wire.status, fields);
  return asciiHead;
}

/**
 * One write. Node joins header and text into one string of the text's encoding, which would encode a header of latin1 bytes
 * once more: then the text goes as bytes.
 */
function endWith(response: ServerResponse, body: string | Buffer, asciiHead: boolean): void {
  if (typeof body !== 'string') response.end(body);
  else if (asciiHead) response.end(body, 'utf8');
  else response.end(Buffer.from(body, 'utf8'));
}

async function sendStream(
  response: ServerResponse,
  body: StreamedBody,
  limits: ListenerLimits,
): Promise<SentResponse> {
  const { size } = body;
  let sent = 0;
  try {
    for (;;) {
      const chunk = await body.read();
      if (response.destroyed) return { bodyBytesSent: sent, isComplete: false };
      if (chunk === null) break;
      sent += chunk.length;
      if (size !== undefined && sent > size) throw new Error(`the body is longer than its ${size} bytes`);
      if (sent === size) {
        // The usual small object: header, body and end leave in one write.
        response.end(chunk);
        return { bodyBytesSent: sent, isComplete: true };
      }
      if (!response.write(chunk) && !(await untilDrained(response, limits.responseIdleMillis))) {
        return { bodyBytesSent: sent, isComplete: false };
      }
    }
    if (size !== undefined && sent < size) throw new Error(`the body ended after ${sent} of ${size} bytes`);
    response.end();
    return { bodyBytesSent: sent, isComplete: true };
  } catch (error) {
    response.destroy();
    return { bodyBytesSent: sent, isComplete: false, error };
  }
}

/** Whether the client took what was written. A client that takes nothing for too long is cut off. */
function untilDrained(response: ServerResponse, millisMax: number): Promise<boolean> {
  if (response.destroyed) return Promise.resolve(false);
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => response.destroy(), millisMax);
  const done = (): void => {
    clearTimeout(timer);
    response.off('drain', done);
    response.off('close', done);
    resolve(!response.destroyed);
  };
  response.on('drain', done);
  response.on('close', done);
  return promise;
}

/** Decides what happens to a body that nobody has read. Answers whether the connection must be closed. */
function leaveRequestBody({ message, response, requestBody, limits }: WriteContext): boolean {
  if (!(requestBody instanceof IncomingBody)) return false;
  const outstanding = requestBody.bytesOutstanding ?? Number.POSITIVE_INFINITY;
  const isShort = outstanding <= limits.drainBytesMax && !requestBody.isHeldBack;
  if (!requestBody.hasFailed && (outstanding === 0 || isShort)) {
    requestBody.discard();
    return false;
  }
  lingerAfterResponse(message, response, requestBody, limits);
  return true;
}
