/**
 * Lines about denials, in files of their own: `denials/` in the data directory (docs/adr/0013). Every worker appends to a segment that
 * only it writes, all that has come up in one turn of its event loop in one write; what has been written is in the page cache, where
 * every worker sees it, and nothing is flushed. Segments are closed by size and age, so that whole files can go: the oldest first, when
 * there are too many bytes, and those that nobody has written to for too long.
 *
 * Nothing is indexed: people ask for one denial out of some hundred thousand, and reading all of them takes a fraction of a second.
 */
import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Logger } from 'pino';
import { denialLimits } from '../../config/limits.ts';
import type { Clock } from '../../lib/clock.ts';

const FOLDER = 'denials';
const SUFFIX = '.jsonl';
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

/** What a line is found and filtered by. Lines are JSON objects without line breaks that begin with `{"id":`. */
export interface DenialLine {
  readonly id: string;
  readonly atMicros: number;
}

export interface DenialLogParts {
  readonly dataDirectory: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Of this worker, never used twice in a data directory. */
  readonly epoch: number;
  readonly limits?: typeof denialLimits;
}

interface Segment {
  readonly path: string;
  readonly bytes: number;
  readonly writtenAtMillis: number;
}

interface OpenSegment {
  readonly file: number;
  readonly openedAtMicros: number;
  bytes: number;
}

export class DenialLog {
  readonly #folder: string;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #epoch: number;
  readonly #limits: typeof denialLimits;
  #segment: OpenSegment | undefined;
  #waiting: string[] = [];
  #writing: Promise<void> | undefined;

  constructor({ dataDirectory, clock, log, epoch, limits = denialLimits }: DenialLogParts) {
    this.#folder = join(dataDirectory, FOLDER);
    this.#clock = clock;
    this.#log = log;
    this.#epoch = epoch;
    this.#limits = limits;
    mkdirSync(this.#folder, { recursive: true, mode: FOLDER_MODE });
  }

  /**
   * Resolves when every worker can read it. A log that cannot be written loses the line and says so; calls go on.
   * `text`: the line as JSON.
   */
  append(line: DenialLine, text = JSON.stringify(line)): Promise<void> {
    this.#waiting.push(`${text}\n`);
    this.#writing ??= this.#writeNextTurn();
    return this.#writing;
  }

  async #writeNextTurn(): Promise<void> {
    await nextTurn();
    const lines = this.#waiting;
    this.#waiting = [];
    this.#writing = undefined;
    try {
      this.#write(Buffer.from(lines.join('')));
    } catch (error) {
      this.#segment = undefined;
      this.#log.error({ err: error, lost: lines.length }, 'the log of denials cannot be written');
    }
  }

  #write(bytes: Buffer): void {
    const segment = this.#openSegment();
    // One write: a reader may see the beginning of a line, never two lines mixed.
    writeSync(segment.file, bytes);
    segment.bytes += bytes.length;
  }

  #openSegment(): OpenSegment {
    const now = this.#clock.nowMicros();
    const { segmentBytesMax, segmentSecondsMax } = this.#limits;
    const open = this.#segment;
    if (open !== undefined) {
      const isYoung = now - open.openedAtMicros < segmentSecondsMax * 1e6;
      // Another worker may have made room.
      if (open.bytes < segmentBytesMax && isYoung && fstatSync(open.file).nlink > 0) return open;
      closeSync(open.file);
      this.#segment = undefined;
    }
    this.makeRoom();
    const name = `${String(now).padStart(17, '0')}-${this.#epoch}${SUFFIX}`;
    const file = openSync(join(this.#folder, name), 'a', FILE_MODE);
    this.#segment = { file, openedAtMicros: now, bytes: 0 };
    return this.#segment;
  }

  /** Removes what is too old, and the oldest of what is too much. */
  makeRoom(): void {
    const { bytesMax, segmentBytesMax, secondsMax } = this.#limits;
    const oldestMillis = this.#clock.nowMicros() / 1000 - secondsMax * 1000;
    let bytes = segmentBytesMax;
    for (const segment of this.#segments()) {
      bytes += segment.bytes;
      if (bytes > bytesMax || segment.writtenAtMillis < oldestMillis) removeIfThere(segment.path);
    }
  }

  async find(id: string): Promise<Record<string, unknown> | undefined> {
    const wanted = Buffer.from(`{"id":${JSON.stringify(id)},`);
    for (const { path } of this.#segments()) {
      const content = readIfThere(path);
      for (let at = content.indexOf(wanted); at >= 0; at = content.indexOf(wanted, at + 1)) {
        const end = content.indexOf(0x0a, at);
        if (end >= 0 && (at === 0 || content[at - 1] === 0x0a))
          return parse(content.toString('utf8', at, end));
      }
      await nextTurn();
    }
    return undefined;
  }

  /**
   * Newest first, at most `limit`, those before that time. `mayMatch`: asked of the text, before it is parsed, and may be wrong the
   * one way; `matches` decides.
   */
  async list({ beforeMicros, sinceMicros, limit, mayMatch, matches }: DenialSearch) {
    let found: Record<string, unknown>[] = [];
    for (const { path, writtenAtMillis } of this.#segments()) {
      const writtenAtMicros = (writtenAtMillis + 1) * 1000;
      const last = found.at(-1);
      if (writtenAtMicros < sinceMicros) break;
      if (found.length === limit && last !== undefined && timeOf(last) > writtenAtMicros) break;
      for (const text of readIfThere(path).toString().split('\n')) {
        if (!text.endsWith('}') || !mayMatch(text)) continue;
        const line = parse(text);
        if (line === undefined) continue;
        const at = timeOf(line);
        if (at >= sinceMicros && at < beforeMicros && matches(line)) found.push(line);
      }
      found = found.sort((left, right) => timeOf(right) - timeOf(left)).slice(0, limit);
      await nextTurn();
    }
    return found;
  }

  /** The one that was written to last first. */
  #segments(): readonly Segment[] {
    return readdirSync(this.#folder)
      .filter((name) => name.endsWith(SUFFIX))
      .flatMap((name): Segment[] => {
        const path = join(this.#folder, name);
        const found = statSync(path, { throwIfNoEntry: false });
        return found === undefined ? [] : [{ path, bytes: found.size, writtenAtMillis: found.mtimeMs }];
      })
      .sort((left, right) => right.writtenAtMillis - left.writtenAtMillis);
  }
}

export interface DenialSearch {
  readonly beforeMicros: number;
  readonly sinceMicros: number;
  readonly limit: number;
  mayMatch(text: string): boolean;
  matches(line: Readonly<Record<string, unknown>>): boolean;
}

function timeOf(line: Readonly<Record<string, unknown>>): number {
  return typeof line['atMicros'] === 'number' ? line['atMicros'] : 0;
}

/** The end of a line is missing after a power cut. */
function parse(text: string): Record<string, unknown> | undefined {
  try {
    const line: unknown = JSON.parse(text);
    return typeof line === 'object' && line !== null ? { ...line } : undefined;
  } catch {
    return undefined;
  }
}

function readIfThere(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    if (isAbsence(error)) return Buffer.alloc(0);
    throw error;
  }
}

function removeIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (!isAbsence(error)) throw error;
  }
}

/** Another worker has removed it. */
function isAbsence(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
