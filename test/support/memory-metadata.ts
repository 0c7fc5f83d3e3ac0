/** The shared half of the in-memory metadata store: an ordered map that remembers as much history as some view still needs. */
import type {
  CommitId,
  CommitRequest,
  Entry,
  KeyRange,
  Row,
} from '../../src/storage/contract/metadata-store.ts';

interface State {
  readonly moment: number;
  /** Absent: the key did not exist from this moment on. */
  readonly entry?: Entry;
}

/** Keys are held as latin1 text: one unit per byte, so text order is the order of unsigned bytes. */
const textOf = (key: Buffer): string => key.toString('latin1');

const copyOf = (entry: Entry): Entry => ({ value: Buffer.from(entry.value), version: entry.version });

export class MemoryMetadata {
  /** Grows by one with every commit that is applied. */
  moment = 0;
  readonly #histories = new Map<string, State[]>();
  readonly #order: string[] = [];
  readonly #committed = new Set<CommitId>();

  get(key: Buffer, moment: number): Entry | undefined {
    const entry = this.#entryAt(textOf(key), moment);
    return entry === undefined ? undefined : copyOf(entry);
  }

  scan(range: KeyRange, limit: number, reverse: boolean, moment: number): Row[] {
    const first = this.#indexOf(textOf(range.start));
    const last = this.#indexOf(textOf(range.end)) - 1;
    const rows: Row[] = [];
    for (let step = 0; step <= last - first && rows.length < limit; step += 1) {
      const text = this.#order[reverse ? last - step : first + step] as string;
      const entry = this.#entryAt(text, moment);
      if (entry !== undefined) rows.push({ key: Buffer.from(text, 'latin1'), ...copyOf(entry) });
    }
    return rows;
  }

  /** Applies the whole request or, when a check fails, nothing. `oldestView` says which history is still needed. */
  apply(request: CommitRequest, oldestView: number): boolean {
    if (this.#committed.has(request.id)) throw new Error(`Commit ${request.id} was submitted twice`);
    for (const check of request.checks) {
      const entry = this.#entryAt(textOf(check.key), this.moment);
      if ((entry === undefined ? null : entry.version) !== check.version) return false;
    }
    this.moment += 1;
    this.#committed.add(request.id);
    for (const key of request.deletes) this.#write(textOf(key), { moment: this.moment }, oldestView);
    for (const put of request.puts) {
      const entry = { value: Buffer.from(put.value), version: request.id };
      this.#write(textOf(put.key), { moment: this.moment, entry }, oldestView);
    }
    return true;
  }

  wasCommitted(id: CommitId): boolean {
    return this.#committed.has(id);
  }

  /** Every key that exists now, for invariants of a simulation. */
  rows(): Row[] {
    return this.scan({ start: Buffer.alloc(0), end: Buffer.alloc(1, 0xff) }, Infinity, false, this.moment);
  }

  #write(text: string, state: State, oldestView: number): void {
    let history = this.#histories.get(text);
    if (history === undefined) {
      history = [];
      this.#histories.set(text, history);
      this.#order.splice(this.#indexOf(text), 0, text);
    }
    history.push(state);
    while (history.length > 1 && (history[1] as State).moment <= oldestView) history.shift();
    if (history.length === 1 && history[0]?.entry === undefined) {
      this.#histories.delete(text);
      this.#order.splice(this.#indexOf(text), 1);
    }
  }

  #entryAt(text: string, moment: number): Entry | undefined {
    return this.#histories.get(text)?.findLast((state) => state.moment <= moment)?.entry;
  }

  /** Index of the first key that is not below `text`. */
  #indexOf(text: string): number {
    let low = 0;
    let high = this.#order.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#order[middle] as string) < text) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
