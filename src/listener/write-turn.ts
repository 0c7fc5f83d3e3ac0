/**
 * Responses that become ready within one turn of the event loop leave together at its end, as Redis does it. Each would otherwise wake
 * a client that has just gone to sleep, at several times the price of the write itself; the first wakes it for all of them.
 */
import type { Socket } from 'node:net';

/** So many wait at most: what is ready should not wait long for what is still being worked on. */
const HELD_MAX = 32;

export class WriteTurn {
  #held: Socket[] = [];

  /** What is written to the socket from now on leaves when the turn ends. */
  hold(socket: Socket): void {
    socket.cork();
    const count = this.#held.push(socket);
    if (count === 1) setImmediate(this.#release);
    else if (count >= HELD_MAX) this.#release();
  }

  readonly #release = (): void => {
    const held = this.#held;
    this.#held = [];
    for (const socket of held) socket.uncork();
  };
}
