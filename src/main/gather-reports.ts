/** A worker's way to the figures of all workers: it asks the primary, which asks everybody. */
import type { ProcessFigures, ToPrimary } from './process-messages.ts';

export interface Gathered {
  readonly reports: readonly unknown[];
  readonly figures: ProcessFigures;
}

export class ReportGatherer {
  readonly #send: (message: ToPrimary) => void;
  readonly #waiting = new Map<number, (gathered: Gathered) => void>();
  #lastId = 0;

  constructor(send: (message: ToPrimary) => void) {
    this.#send = send;
  }

  gather(): Promise<Gathered> {
    this.#lastId += 1;
    const { promise, resolve } = Promise.withResolvers<Gathered>();
    this.#waiting.set(this.#lastId, resolve);
    this.#send({ kind: 'gather', id: this.#lastId });
    return promise;
  }

  deliver(id: number, gathered: Gathered): void {
    this.#waiting.get(id)?.(gathered);
    this.#waiting.delete(id);
  }
}
