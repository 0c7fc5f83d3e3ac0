/**
 * Good verdicts on access tokens, kept for as long as no record that they rest on has changed: the records are read for every request,
 * in one call, and only their versions are compared. So a token whose API key, holder or account is gone ends on the next request of
 * every worker, and one that is still good costs neither a signature nor the parsing of records.
 */
import type { Entry, MetadataStore } from '../storage/contract/metadata-store.ts';

/** Oldest out first. Ours: with the token itself about 4 KiB each. */
const KEPT_MAX = 2048;

export interface VerdictBasis {
  /** Of all records that the verdict rests on. */
  readonly keys: readonly Buffer[];
  /** When it ends by itself. */
  readonly untilMicros: number;
}

interface Kept<V> extends VerdictBasis {
  readonly versions: readonly (number | undefined)[];
  readonly verdict: V;
}

export class IamVerdictCache<V> {
  readonly #metadata: Pick<MetadataStore, 'getMany'>;
  readonly #kept = new Map<string, Kept<V>>();

  constructor(metadata: Pick<MetadataStore, 'getMany'>) {
    this.#metadata = metadata;
  }

  async recall(token: string, nowMicros: number): Promise<V | undefined> {
    const kept = this.#kept.get(token);
    if (kept === undefined) return undefined;
    if (kept.untilMicros > nowMicros) {
      const read = this.#metadata.getMany(kept.keys);
      const entries = read instanceof Promise ? await read : read;
      if (isSame(kept.versions, entries)) return kept.verdict;
    }
    this.#kept.delete(token);
    return undefined;
  }

  /**
   * `decide` runs after the records have been looked at: what changes while it runs makes the verdict one that is not recalled.
   * Undefined answers are not kept.
   */
  async keep(token: string, { keys, untilMicros }: VerdictBasis, decide: () => Promise<V | undefined>) {
    const versions = (await this.#metadata.getMany(keys)).map((entry) => entry?.version);
    const verdict = await decide();
    if (verdict === undefined) return;
    this.#kept.delete(token);
    if (this.#kept.size >= KEPT_MAX) {
      const [oldest] = this.#kept.keys();
      if (oldest !== undefined) this.#kept.delete(oldest);
    }
    this.#kept.set(token, { keys, untilMicros, versions, verdict });
  }
}

function isSame(versions: readonly (number | undefined)[], entries: readonly (Entry | undefined)[]): boolean {
  for (let index = 0; index < versions.length; index++) {
    if (entries[index]?.version !== versions[index]) return false;
  }
  return true;
}
