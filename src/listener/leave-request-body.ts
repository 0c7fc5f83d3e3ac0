import type { Socket } from 'node:net';
import type { ListenerLimits } from '../config/limits.ts';
import type { ArrivingBytes, IncomingBody } from './incoming-body.ts';
import { lingerAfterResponse } from './linger.ts';

/**
 * Decides what happens to a body that nobody has read, before the response to its request is sent: either the short rest is taken
 * off the wire, or the connection closes in the way that lets the client still read the answer. Answers whether it must be closed.
 */
export function leaveRequestBody(
  body: IncomingBody,
  bytes: ArrivingBytes,
  socket: Socket,
  limits: ListenerLimits,
): boolean {
  const outstanding = body.bytesOutstanding ?? Number.POSITIVE_INFINITY;
  const isShort = outstanding <= limits.drainBytesMax && !body.isHeldBack;
  if (!body.hasFailed && (outstanding === 0 || isShort)) {
    body.discard();
    return false;
  }
  lingerAfterResponse(socket, bytes, body, limits);
  return true;
}
