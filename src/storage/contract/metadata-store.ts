/**
 * The metadata half of the storage contract: ordered byte keys and checked commits (design, section 6).
 *
 * It is the largest set of promises that LMDB, PostgreSQL and FoundationDB all keep well:
 *  - keys are byte strings in unsigned byte order, values are byte strings;
 *  - a commit happens entirely, durably, and only if every check holds, or it reports a conflict;
 *  - every value carries the version of the commit that wrote it, and a version is unique for ever, also across delete
 *    and re-creation, so "this key still has that version" can never be true by accident;
 *  - there is no range check and no callback inside a commit.
 */

/** Version of a stored value: the id of the commit that wrote it. A safe integer, never reused. */
export type Version = number;

/** Identifies one commit for ever; also the version its puts receive. */
export type CommitId = number;

/** A value as read. The bytes are the caller's own: they stay valid for as long as they are kept. */
export interface Entry {
  readonly value: Buffer;
  readonly version: Version;
}

export interface Row {
  readonly key: Buffer;
  readonly value: Buffer;
  readonly version: Version;
}

/** `version: null` checks that the key is absent. */
export interface Check {
  readonly key: Buffer;
  readonly version: Version | null;
}

export interface Put {
  readonly key: Buffer;
  readonly value: Buffer;
}

export interface CommitRequest {
  /** From `newCommitId()`. Resubmitting one id after `unknown` must not apply it twice: look the outcome up first. */
  readonly id: CommitId;
  readonly checks: readonly Check[];
  readonly puts: readonly Put[];
  readonly deletes: readonly Buffer[];
  /**
   * What the commit does to the space in use; `grow` when left out. A `shrink` commit serves to free space (a deletion, an
   * abort, reclaiming and their bookkeeping) and goes on when the disk is full; a `grow` commit with puts then rejects
   * with `StorageFull` while reads and `shrink` commits go on (design, section 6: the reserve).
   */
  readonly effect?: 'grow' | 'shrink';
}

/**
 * `committed`: durable and visible to every reader of every process.
 * `conflict`: a check failed, nothing was written.
 * `unknown`: the store lost the answer; `outcomeOf(id)` tells. The embedded engine never answers this.
 */
export type CommitOutcome = 'committed' | 'conflict' | 'unknown';

/** Half-open range of keys: `start` inclusive, `end` exclusive. */
export interface KeyRange {
  readonly start: Buffer;
  readonly end: Buffer;
}

export interface MetadataLimits {
  readonly checksPerCommitMax: number;
  readonly keysPerCommitMax: number;
  readonly bytesPerCommitMax: number;
  readonly bytesPerValueMax: number;
  readonly bytesPerKeyMax: number;
}

export interface MetadataStore {
  readonly limits: MetadataLimits;

  /**
   * Takes a fresh view: every commit acknowledged to anybody before this call is visible afterwards.
   * Called once at the start of every request and before each slice of background work.
   */
  refresh(): void;

  /** Reads are synchronous in the embedded engine and may be asynchronous in others, hence the promise-or-value. */
  get(key: Buffer): Entry | undefined | Promise<Entry | undefined>;

  /** One entry or undefined per key, in order. */
  getMany(keys: readonly Buffer[]): (Entry | undefined)[] | Promise<(Entry | undefined)[]>;

  /** The values, one behind the other; undefined when a key is absent. For what is spread over several values. */
  getJoined(keys: readonly Buffer[]): Buffer | undefined | Promise<Buffer | undefined>;

  /**
   * Up to `limit` rows in key order (`reverse`: from the end of the range downwards). One call is one slice: callers that
   * need more call again from the last key and yield in between.
   */
  scan(range: KeyRange, limit: number, direction?: 'forward' | 'reverse'): Row[] | Promise<Row[]>;

  newCommitId(): CommitId;

  /**
   * Rejects with `StorageFailure` when durability can no longer be promised; the process must then stop acknowledging.
   * Rejects with `StorageFull` when there is no room (see `effect`): nothing was written. The buffers of the request must
   * not change until the promise is settled. A request outside `limits` is a programming error and throws `RangeError`.
   */
  commit(request: CommitRequest): Promise<CommitOutcome>;

  /** Only meaningful after `unknown`. */
  outcomeOf(id: CommitId): Promise<'committed' | 'absent'>;
}
