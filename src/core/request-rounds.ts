/**
 * Which rounds of reclaiming the running requests of this worker may still be reading in
 * (docs/adr/0002-keys-references-reclaiming.md, Reclaiming): every request remembers the round its worker had last seen
 * when it began; housekeeping publishes the lowest of them. Beginning and ending a request only move a counter.
 */
import type { RunningRequest } from './object-store.ts';

/** Requests that began while one round was the last one seen. */
interface Generation {
  readonly round: number;
  running: number;
}

export class RequestRounds {
  /** Oldest first; the last one takes new requests. */
  readonly #generations: Generation[] = [{ round: 0, running: 0 }];

  begin(): RunningRequest {
    const generation = this.#generations[this.#generations.length - 1]!;
    generation.running += 1;
    let ended = false;
    return {
      end() {
        if (ended) return;
        ended = true;
        generation.running -= 1;
      },
    };
  }

  /** The round that new requests are stamped with. 0: none seen yet. */
  get seenRound(): number {
    return this.#generations[this.#generations.length - 1]!.round;
  }

  /** Called by the publisher after it has read the current round from a fresh view of the store. Rounds only grow. */
  setSeenRound(round: number): void {
    if (round > this.seenRound) this.#generations.push({ round, running: 0 });
  }

  /** What to publish: the lowest round that a running request has seen, else the round that new requests will see. */
  lowestSeenRound(): number {
    while (this.#generations.length > 1 && this.#generations[0]!.running === 0) this.#generations.shift();
    return this.#generations[0]!.round;
  }
}
