/** Checked commits of the identity store: read, decide, commit if nothing that was read has changed, else decide again. */
import type { Clock } from '../lib/clock.ts';
import type { Entropy } from '../lib/entropy.ts';
import type { Check, CommitRequest, Entry, MetadataStore, Put } from '../storage/contract/metadata-store.ts';
import { StorageFailure, StorageFull } from '../storage/contract/storage-errors.ts';
import { IdentityError } from './identity-errors.ts';
import type { MasterKey } from './master-key.ts';

export interface IdentityContext {
  readonly metadata: MetadataStore;
  readonly masterKey: MasterKey;
  readonly clock: Clock;
  readonly entropy: Entropy;
}

const ATTEMPTS_MAX = 20;

/** What one attempt has read and wants to write. */
export class Change {
  readonly checks: Check[] = [];
  readonly puts: Put[] = [];
  readonly deletes: Buffer[] = [];
  readonly #metadata: MetadataStore;

  constructor(metadata: MetadataStore) {
    this.#metadata = metadata;
  }

  /** Reads and makes the commit depend on what was found, also on nothing. */
  async read(key: Buffer): Promise<Entry | undefined> {
    const entry = await this.#metadata.get(key);
    this.checks.push({ key, version: entry?.version ?? null });
    return entry;
  }

  /** The last put of a key counts. */
  put(key: Buffer, value: Buffer): void {
    const earlier = this.puts.findIndex((put) => put.key.equals(key));
    if (earlier >= 0) this.puts.splice(earlier, 1);
    this.puts.push({ key, value });
  }

  delete(key: Buffer): void {
    this.deletes.push(key);
  }
}

/** `decide` may run several times; it throws to give up. A change that writes nothing is not committed. */
export async function commitChange<T>(
  { metadata }: IdentityContext,
  decide: (change: Change) => Promise<T>,
): Promise<T> {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    metadata.refresh();
    const change = new Change(metadata);
    const result = await decide(change);
    if (change.puts.length === 0 && change.deletes.length === 0) return result;
    const id = metadata.newCommitId();
    let outcome = await submit(metadata, { id, ...pick(change) });
    if (outcome === 'unknown') outcome = await metadata.outcomeOf(id);
    if (outcome === 'committed') return result;
  }
  throw new IdentityError('TooMuchContention', {});
}

async function submit(metadata: MetadataStore, request: CommitRequest): Promise<string> {
  try {
    return await metadata.commit(request);
  } catch (error) {
    if (!(error instanceof StorageFull) && !(error instanceof StorageFailure)) throw error;
    const unavailable = new IdentityError('StorageUnavailable', { isFull: error instanceof StorageFull });
    unavailable.cause = error;
    throw unavailable;
  }
}

function pick({ checks, puts, deletes }: Change): Pick<Change, 'checks' | 'puts' | 'deletes'> {
  return { checks, puts, deletes };
}
