/**
 * Closing a connection on which the client is still sending (design, section 4, step 2). Closing with unread bytes makes the
 * kernel reset the connection, and clients then report a reset instead of the 403 that explains it. So: send the answer, send
 * FIN, go on discarding for a while, and only then destroy.
 */
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import type { ListenerLimits } from '../config/limits.ts';
import type { IncomingBody } from './incoming-body.ts';

/** To be called before the response, which must carry `Connection: close`, is ended. `bytes`: those of the body as they arrive. */
export function lingerAfterResponse(
  socket: Socket,
  bytes: Readable,
  body: IncomingBody,
  limits: ListenerLimits,
): void {
  let discarded = 0;
  body.discard((count) => {
    discarded += count;
    if (discarded > limits.discardBytesMax) socket.destroy();
  });
  // After the last response of a connection this is called to end it, which would destroy it as soon as FIN is out.
  socket.destroySoon = () => closeGently(socket, bytes, limits.discardMillis);
}

function closeGently(socket: Socket, bytes: Readable, millisMax: number): void {
  if (socket.readableEnded) {
    // The client has nothing more to say.
    socket.end(() => socket.destroy());
    return;
  }
  socket.end();
  const timer = setTimeout(() => socket.destroy(), millisMax);
  const done = (): void => {
    clearTimeout(timer);
    socket.destroy();
  };
  bytes.once('end', done);
  socket.once('end', done);
  socket.once('close', () => clearTimeout(timer));
}
