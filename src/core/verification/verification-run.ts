/**
 * What the parts of a verification share: the store as it is read, what was counted, what was found.
 *
 * The store may be in use. Rows of one slice and the point reads that belong to them come from one snapshot, since nothing
 * waits in between; what spans slices or files can look wrong without being so. Hence nothing is reported at first sight:
 * a suspicion is a question that is asked again, later and of a fresh view, and only what has been wrong every time is a
 * finding. Twice, because one look may fall between two moves of what is just being reclaimed.
 */
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { KeyRange, Row } from '../../storage/contract/metadata-store.ts';
import type { StoreReader } from '../../storage/contract/storage-engine.ts';
import { type BucketRecord, decodeBucket } from '../bucket-records.ts';
import { bucketKey, keyAfter, purgeKey } from '../metadata-keys.ts';
import type { BucketId } from '../model.ts';
import { UnreadableRecord } from '../record-format.ts';
import { type Finding, FindingList } from './findings.ts';

/** Asks the store, as it is now, what is wrong. */
export type Question = () => Promise<readonly Finding[]>;

export interface VerificationProgress {
  readonly phase: string;
  readonly done: number;
  /** Undefined: not known. */
  readonly total: number | undefined;
}

export interface BucketTally {
  objects: number;
  bytes: number;
  inlineRows: number;
}

const SLICE_ROWS = 500;
const SUSPICIONS_MAX = 2_000;
/** Longer than any commit takes, so that whoever was between two of them has come to the second one. */
const SETTLE_MILLIS = 200;
const ASKINGS = 2;

export class VerificationRun {
  readonly store: StoreReader;
  readonly metadata: StoreReader['metadata'];
  readonly findings = new FindingList();
  readonly tallies = new Map<BucketId, BucketTally>();
  readonly counts = { buckets: 0, objects: 0, versions: 0, bytes: 0, blobs: 0, blobBytes: 0, waiting: 0 };
  readonly #onProgress: (progress: VerificationProgress) => void;
  #suspicions: Question[] = [];
  #settled = 0;

  constructor(store: StoreReader, onProgress: (progress: VerificationProgress) => void) {
    this.store = store;
    this.metadata = store.metadata;
    this.#onProgress = onProgress;
  }

  progress(phase: string, done: number, total?: number): void {
    this.#onProgress({ phase, done, total });
  }

  /** Every row of a range. Each slice begins with a fresh view and lets others run before it. */
  async *slices(range: KeyRange, phase: string): AsyncGenerator<readonly Row[]> {
    let done = 0;
    for (let start = range.start; ; ) {
      await nextTurn();
      this.metadata.refresh();
      const rows = await this.metadata.scan({ start, end: range.end }, SLICE_ROWS);
      if (rows.length > 0) yield rows;
      done += rows.length;
      this.progress(phase, done);
      const last = rows[rows.length - 1];
      if (last === undefined || rows.length < SLICE_ROWS) return;
      start = keyAfter(last.key);
    }
  }

  /**
   * Asks of every row of a range. `judge` answers what is wrong with the row, and is asked again when that was something,
   * provided that the row is still there. `count` sees every row that can be read, once.
   */
  async judgeRows(
    range: KeyRange,
    phase: string,
    judge: (row: Row) => Promise<Finding | undefined>,
    count: (row: Row) => void | Promise<void> = () => undefined,
  ): Promise<void> {
    const countAndJudge = async (row: Row): Promise<Finding | undefined> => {
      await count(row);
      return judge(row);
    };
    for await (const rows of this.slices(range, phase)) {
      for (const row of rows) {
        if ((await this.#judgeSafely(row, countAndJudge)) === undefined) continue;
        await this.suspect(async () => {
          const finding = await this.#judgeAgain(row, judge);
          return finding === undefined ? [] : [finding];
        });
      }
    }
    await this.settle();
  }

  /** As `judgeRows`, for one row and at once. */
  async judgeTwice(
    row: Row,
    judge: (row: Row) => Promise<Finding | undefined>,
  ): Promise<Finding | undefined> {
    if ((await this.#judgeSafely(row, judge)) === undefined) return undefined;
    this.metadata.refresh();
    return this.#judgeAgain(row, judge);
  }

  async #judgeAgain(
    row: Row,
    judge: (row: Row) => Promise<Finding | undefined>,
  ): Promise<Finding | undefined> {
    const entry = await this.metadata.get(row.key);
    return entry === undefined ? undefined : this.#judgeSafely({ key: row.key, ...entry }, judge);
  }

  async suspect(question: Question): Promise<void> {
    this.#suspicions.push(question);
    if (this.#suspicions.length >= SUSPICIONS_MAX) await this.settle();
  }

  /** How often open questions have been asked again: what was read before the last time may be out of date. */
  get settled(): number {
    return this.#settled;
  }

  /** Asks all open questions again. */
  async settle(): Promise<void> {
    let questions = this.#suspicions;
    this.#suspicions = [];
    for (let asking = 1; questions.length > 0; asking += 1) {
      await sleep(SETTLE_MILLIS);
      this.#settled += 1;
      const doubtful: Question[] = [];
      for (const question of questions) {
        this.metadata.refresh();
        const found = await question();
        if (found.length === 0) continue;
        if (asking < ASKINGS) doubtful.push(question);
        else for (const finding of found) this.findings.add(finding);
      }
      questions = doubtful;
    }
  }

  /** Undefined when the record cannot be read, which those who judge it report. */
  tryDecode<T>(decode: () => T): T | undefined {
    try {
      return decode();
    } catch (error) {
      if (isUnreadable(error)) return undefined;
      throw error;
    }
  }

  async bucketOf(id: BucketId): Promise<BucketRecord | undefined> {
    const entry = await this.metadata.get(bucketKey(id));
    return entry === undefined ? undefined : this.tryDecode(() => decodeBucket(entry.value));
  }

  async nameOf(id: BucketId): Promise<string> {
    return (await this.bucketOf(id))?.name ?? `(removed bucket ${id})`;
  }

  /** The bucket exists, or what is left of it is still being swept. */
  async isKnown(id: BucketId): Promise<boolean> {
    const entries = await this.metadata.getMany([bucketKey(id), purgeKey(id)]);
    return entries.some((entry) => entry !== undefined);
  }

  async #judgeSafely(
    row: Row,
    judge: (row: Row) => Promise<Finding | undefined>,
  ): Promise<Finding | undefined> {
    try {
      return await judge(row);
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      return {
        kind: 'unreadable-record',
        what: `the record ${row.key.toString('hex')} cannot be read: ${error.message}`,
      };
    }
  }
}

/** Of another format, or cut off, or not JSON. */
function isUnreadable(error: unknown): error is Error {
  return error instanceof UnreadableRecord || error instanceof RangeError || error instanceof SyntaxError;
}
