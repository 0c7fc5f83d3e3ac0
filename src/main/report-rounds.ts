/** Asking all workers for a report: a round ends when all have answered, or after a while with those that have. */
interface Round {
  readonly reports: unknown[];
  readonly timer: NodeJS.Timeout;
  readonly done: (reports: readonly unknown[]) => void;
  missing: number;
}

export class ReportRounds {
  readonly #millisMax: number;
  readonly #rounds = new Map<number, Round>();
  #lastId = 0;

  constructor(millisMax: number) {
    this.#millisMax = millisMax;
  }

  begin(asked: number, ask: (id: number) => void, done: Round['done']): void {
    this.#lastId += 1;
    const id = this.#lastId;
    const timer = setTimeout(() => this.#end(id), this.#millisMax);
    this.#rounds.set(id, { reports: [], timer, done, missing: asked });
    ask(id);
    if (asked === 0) this.#end(id);
  }

  receive(id: number, report: unknown): void {
    const round = this.#rounds.get(id);
    if (round === undefined) return;
    round.reports.push(report);
    round.missing -= 1;
    if (round.missing === 0) this.#end(id);
  }

  #end(id: number): void {
    const round = this.#rounds.get(id);
    if (round === undefined) return;
    this.#rounds.delete(id);
    clearTimeout(round.timer);
    round.done(round.reports);
  }
}
