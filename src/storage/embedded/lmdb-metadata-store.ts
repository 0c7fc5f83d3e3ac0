/**
 * The metadata store over LMDB, shared by all worker processes of one machine (design, section 6).
 *
 * Reads come from a snapshot of the memory map. The driver keeps a snapshot until a timer fires, so a busy worker would
 * read what was true long ago; `refresh()` drops it (1 us). Values are copied once, out of the driver's scratch buffer,
 * which the next read overwrites.
 */
import { getLastVersion } from 'lmdb';
import { releaseShare, shareBytes } from '../../lib/release-bytes.ts';
import type {
  CommitId,
  CommitOutcome,
  CommitRequest,
  Entry,
  KeyRange,
  MetadataLimits,
  MetadataStore,
  Row,
} from '../contract/metadata-store.ts';
import { StorageFull } from '../contract/storage-errors.ts';
import type { CommitIds } from './commit-ids.ts';
import { assertCommitWithin, embeddedLimits } from './commit-limits.ts';
import type { LmdbDriver } from './lmdb-driver.ts';
import type { LmdbWriter } from './lmdb-writer.ts';
import type { SpaceGuard } from './space-guard.ts';

/** Reading alone: what a command may do beside a running server. */
export type MetadataReader = Pick<
  MetadataStore,
  'limits' | 'refresh' | 'get' | 'getMany' | 'getJoined' | 'scan'
>;

const NOTHING = Buffer.alloc(0);

/** One point read. The value is a copy of its own. */
export function readEntry(driver: LmdbDriver, key: Buffer): Entry | undefined {
  const scratch = driver.getBinaryFast(key);
  if (scratch === undefined) return undefined;
  const value = Buffer.allocUnsafe(scratch.length);
  scratch.copy(value, 0, 0, scratch.length);
  return { value, version: getLastVersion() };
}

export class LmdbMetadataReader implements MetadataReader {
  readonly limits: MetadataLimits = embeddedLimits;
  readonly #driver: LmdbDriver;

  constructor(driver: LmdbDriver) {
    this.#driver = driver;
  }

  refresh(): void {
    this.#driver.resetReadTxn();
  }

  get(key: Buffer): Entry | undefined {
    return readEntry(this.#driver, key);
  }

  getMany(keys: readonly Buffer[]): (Entry | undefined)[] {
    return keys.map((key) => readEntry(this.#driver, key));
  }

  /** Each value is copied once, to its place; there is room at first for as many as the first is long. */
  getJoined(keys: readonly Buffer[]): Buffer | undefined {
    let joined = NOTHING;
    let end = 0;
    for (const key of keys) {
      const scratch = this.#driver.getBinaryFast(key);
      if (scratch === undefined) return undefined;
      const { length } = scratch;
      if (end + length > joined.length) {
        const larger = Buffer.allocUnsafeSlow(Math.max(end + length, length * keys.length));
        joined.copy(larger, 0, 0, end);
        joined = larger;
      }
      scratch.copy(joined, end, 0, length);
      end += length;
    }
    shareBytes(joined);
    releaseShare(joined, joined.length - end);
    return joined.subarray(0, end);
  }

  /** The driver hands out copies of keys and values (`lmdb-driver.ts`), so its rows are ours as they are. */
  scan(range: KeyRange, limit: number, direction: 'forward' | 'reverse' = 'forward'): Row[] {
    if (limit <= 0 || range.start.compare(range.end) >= 0) return [];
    const { start, end } = range;
    const options =
      direction === 'forward'
        ? ({ start, end, versions: true, limit } as const)
        : ({
            start: end,
            exclusiveStart: true,
            end: start,
            inclusiveEnd: true,
            reverse: true,
            versions: true,
            limit,
          } as const);
    return Array.from(this.#driver.getRange(options));
  }
}

export interface LmdbMetadataStoreOptions {
  readonly driver: LmdbDriver;
  readonly writer: LmdbWriter;
  readonly commitIds: CommitIds;
  readonly space: SpaceGuard;
}

export class LmdbMetadataStore extends LmdbMetadataReader implements MetadataStore {
  readonly #writer: LmdbWriter;
  readonly #commitIds: CommitIds;
  readonly #space: SpaceGuard;

  constructor({ driver, writer, commitIds, space }: LmdbMetadataStoreOptions) {
    super(driver);
    this.#writer = writer;
    this.#commitIds = commitIds;
    this.#space = space;
  }

  newCommitId(): CommitId {
    return this.#commitIds.next();
  }

  /**
   * Commits that arrive in one turn of the event loop, and those that arrive during a flush, share the next flush. A
   * commit with nothing to write still checks.
   */
  async commit(request: CommitRequest): Promise<CommitOutcome> {
    assertCommitWithin(this.limits, request);
    const grows = request.effect !== 'shrink' && request.puts.length > 0;
    if (grows) {
      const looking = this.#space.assertRoom();
      if (looking !== undefined) await looking;
    }
    try {
      const written = grows ? await this.#writer.write(request) : await this.#writer.writeOnBallast(request);
      return written ? 'committed' : 'conflict';
    } catch (error) {
      if (error instanceof StorageFull) this.#space.noteFull();
      throw error;
    }
  }

  /** This store always answers a commit or fails for good, so there is never anything to look up. */
  outcomeOf(id: CommitId): Promise<'committed' | 'absent'> {
    return Promise.reject(new Error(`The outcome of commit ${id} was not unknown`));
  }
}
