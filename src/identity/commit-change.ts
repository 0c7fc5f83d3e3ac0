/** Checked commits of the identity store: read, decide, commit if nothing that was read has changed, else decide again. */
import type { Clock } from '../lib/clock.ts';
import type { Entropy } from '../lib/entropy.ts';
import type {
  Check,
  CommitId,
  CommitRequest,
  Entry,
  MetadataStore,
  Put,
} from '../storage/contract/metadata-store.ts';
import { StorageFailure, StorageFull } from '../storage/contract/storage-errors.ts';
import { newRevision } from './credential-revision.ts';
import { IdentityError } from './identity-errors.ts';
import { isOfCredentials } from './identity-keys.ts';
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
  /** Of the commit, and with it the version of everything that it writes. */
  readonly id: CommitId;
  readonly #metadata: MetadataStore;
  readonly #read = new Map<string, { readonly check: Check; readonly entry: Entry | undefined }>();
  readonly #written = new Map<string, { readonly key: Buffer; readonly value: Buffer | undefined }>();

  constructor(metadata: MetadataStore) {
    this.#metadata = metadata;
    this.id = metadata.newCommitId();
  }

  /**
   * Reads and makes the commit depend on what was found, also on nothing. What the change has written already is read as it will
   * be.
   */
  async read(key: Buffer): Promise<Entry | undefined> {
    const name = nameOf(key);
    const written = this.#written.get(name);
    if (written !== undefined) {
      return written.value === undefined ? undefined : { value: written.value, version: this.id };
    }
    const known = this.#read.get(name);
    if (known !== undefined) return known.entry;
    const entry = await this.#metadata.get(key);
    this.#read.set(name, { check: { key, version: entry?.version ?? null }, entry });
    return entry;
  }

  /** What is put or deleted last counts. */
  put(key: Buffer, value: Buffer): void {
    this.#written.set(nameOf(key), { key, value });
  }

  delete(key: Buffer): void {
    this.#written.set(nameOf(key), { key, value: undefined });
  }

  /** Undefined when it writes nothing. */
  toRequest(): CommitRequest | undefined {
    if (this.#written.size === 0) return undefined;
    const puts: Put[] = [];
    const deletes: Buffer[] = [];
    for (const { key, value } of this.#written.values()) {
      if (value === undefined) deletes.push(key);
      else puts.push({ key, value });
    }
    if (this.#changesCredentials()) puts.push(newRevision);
    return { id: this.id, checks: [...this.#read.values()].map(({ check }) => check), puts, deletes };
  }

  /** No credential was made of what is not there: a session that begins leaves those of others as they are. */
  #changesCredentials(): boolean {
    for (const [name, { key }] of this.#written) {
      if (isOfCredentials(key) && this.#read.get(name)?.check.version !== null) return true;
    }
    return false;
  }
}

/** One unit per byte. */
function nameOf(key: Buffer): string {
  return key.toString('latin1');
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
    const request = change.toRequest();
    if (request === undefined) return result;
    let outcome = await submit(metadata, request);
    if (outcome === 'unknown') outcome = await metadata.outcomeOf(request.id);
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
