/**
 * The scrub: reads everything that is stored again and again, slowly, so that rot is found while there still is a backup.
 * First the blobs, then the current versions and the older ones with their inline bytes. It goes on after a restart where
 * it was, begins a pass at most once a day, and changes nothing but its own record.
 */
import type { Row } from '../../storage/contract/metadata-store.ts';
import type { CoreContext } from '../core-context.ts';
import { commitStep, housekeepingDraft } from '../housekeeping/job.ts';
import { rangeOfSpace, space } from '../metadata-keys.ts';
import { decodeVersion } from '../metadata-records.ts';
import { parseBlobReferenceKey } from '../reclaiming-keys.ts';
import type { Finding } from './findings.ts';
import {
  decodeScrub,
  encodeScrub,
  noScrub,
  SCRUB_FINDINGS_MAX,
  type ScrubFinding,
  type ScrubRecord,
  scrubKey,
} from './scrub-records.ts';
import { VerificationRun } from './verification-run.ts';
import { findBlobDamage, nameOfBlob } from './verify-blobs.ts';
import { judgeVersion } from './verify-versions.ts';

export interface ScrubReport {
  /** 0: switched off. */
  readonly bytesPerSecond: number;
  readonly bytesTotal: number;
  readonly passes: number;
  readonly completedAtMicros: number;
  /** Not mended as far as is known; at most 200. */
  readonly findings: readonly ScrubFinding[];
}

const PHASES = [space.blobReference, space.head, space.older] as const;
const PASS_MICROS_MIN = 86_400_000_000;
const SAVE_MICROS = 10_000_000;
const ROWS_PER_STEP = 100;
/** What reading a row costs besides its bytes. */
const ROW_BYTES = 512;
const PAUSE_MILLIS_MIN = 50;
/** A server that stops waits this long for the scrub at most. */
const PAUSE_MILLIS_MAX = 500;

export class Scrub {
  readonly #context: CoreContext;
  readonly #run: VerificationRun;
  #record: ScrubRecord | undefined;
  #savedAtMicros = 0;
  #owedMillis = 0;
  #lastBlob = '';

  constructor(context: CoreContext) {
    this.#context = context;
    this.#run = new VerificationRun(context.engine, () => undefined);
  }

  /** Some rows and what belongs to them, at the pace that is set. Answers whether there is more to do now. */
  async step(signal: AbortSignal): Promise<boolean> {
    const { settings, clock, metadata } = this.#context;
    if (settings.scrubBytesPerSecond === 0) return false;
    let record = this.#record ?? (await readScrub(this.#context));
    const now = clock.nowMicros();
    if (record.startedAtMicros === 0) record = { ...record, startedAtMicros: now };
    if (record.phase === PHASES.length) {
      if (now - record.startedAtMicros < PASS_MICROS_MIN) return false;
      record = { ...record, phase: 0, after: '', startedAtMicros: now, bytes: 0 };
    }
    metadata.refresh();
    const rows = await metadata.scan(rangeAfter(record), ROWS_PER_STEP);
    const findings: ScrubFinding[] = [...record.findings];
    let { bytes, after } = record;
    for (const row of rows) {
      bytes += await this.#look(row, findings, signal);
      if (signal.aborted) break;
      after = row.key.toString('hex');
    }
    const isPhaseOver = rows.length < ROWS_PER_STEP && !signal.aborted;
    const bytesTotal = record.bytesTotal + bytes - record.bytes;
    record = { ...record, after, bytes, bytesTotal, findings };
    if (isPhaseOver) record = endPhase(record, clock.nowMicros());
    const isNews = findings.length > (this.#record?.findings.length ?? 0) || record.phase === PHASES.length;
    this.#record = record;
    if (isNews || signal.aborted || now - this.#savedAtMicros > SAVE_MICROS) await this.#save(record, now);
    return record.phase < PHASES.length;
  }

  /** Answers the bytes read. */
  async #look(row: Row, findings: ScrubFinding[], signal: AbortSignal): Promise<number> {
    if (row.key[0] !== space.blobReference) {
      const size = this.#run.tryDecode(() => decodeVersion(row.value)) ?? { size: 0, body: { kind: 'none' } };
      const bytes = ROW_BYTES + (size.body.kind === 'inline' ? size.size : 0);
      await this.#keepPace(bytes, signal);
      await this.#lookAtVersion(row, findings);
      return bytes;
    }
    const { blob } = parseBlobReferenceKey(row.key);
    if (this.#lastBlob === nameOfBlob(blob)) return 0;
    let bytes = ROW_BYTES;
    await this.#keepPace(ROW_BYTES, signal);
    const found = await findBlobDamage(this.#run, blob, async (count) => {
      bytes += count;
      await this.#keepPace(count, signal);
      return !signal.aborted;
    });
    if (!signal.aborted) this.#lastBlob = nameOfBlob(blob);
    for (const finding of found) note(findings, finding);
    return bytes;
  }

  async #lookAtVersion(row: Row, findings: ScrubFinding[]): Promise<void> {
    const judge = (seen: Row): Promise<Finding | undefined> => judgeVersion(this.#run, seen);
    this.#run.metadata.refresh();
    const finding = await this.#run.judgeTwice(row, judge);
    if (finding !== undefined) note(findings, finding);
  }

  async #keepPace(bytes: number, signal: AbortSignal): Promise<void> {
    this.#owedMillis += (bytes * 1000) / this.#context.settings.scrubBytesPerSecond;
    if (this.#owedMillis < PAUSE_MILLIS_MIN || signal.aborted) return;
    let millis = this.#owedMillis;
    this.#owedMillis = 0;
    for (; millis > 0 && !signal.aborted; millis -= PAUSE_MILLIS_MAX) {
      await this.#context.pause(Math.min(millis, PAUSE_MILLIS_MAX));
    }
  }

  async #save(record: ScrubRecord, nowMicros: number): Promise<void> {
    const draft = housekeepingDraft(this.#context);
    draft.put(scrubKey, encodeScrub(record));
    await commitStep(this.#context, draft);
    this.#savedAtMicros = nowMicros;
  }
}

/** As any worker sees it. */
export async function reportScrub(context: CoreContext): Promise<ScrubReport> {
  const { bytesTotal, passes, completedAtMicros, findings, lastFindings } = await readScrub(context);
  const all = [...findings];
  for (const finding of lastFindings) note(all, finding);
  const { scrubBytesPerSecond: bytesPerSecond } = context.settings;
  return { bytesPerSecond, bytesTotal, passes, completedAtMicros, findings: all };
}

async function readScrub(context: CoreContext): Promise<ScrubRecord> {
  context.metadata.refresh();
  const entry = await context.metadata.get(scrubKey);
  return entry === undefined ? noScrub : decodeScrub(entry.value);
}

function rangeAfter({ phase, after }: ScrubRecord): { start: Buffer; end: Buffer } {
  const range = rangeOfSpace(PHASES[phase] ?? space.older);
  return after === '' ? range : { start: Buffer.from(`${after}00`, 'hex'), end: range.end };
}

function endPhase(record: ScrubRecord, nowMicros: number): ScrubRecord {
  const next = { ...record, phase: record.phase + 1, after: '' };
  if (next.phase < PHASES.length) return next;
  const { findings, passes } = record;
  return { ...next, passes: passes + 1, completedAtMicros: nowMicros, lastFindings: findings, findings: [] };
}

/** Each once, and not more than are worth reading. */
function note(findings: ScrubFinding[], { remedy: _, ...finding }: Finding): void {
  const text = JSON.stringify(finding);
  if (findings.length >= SCRUB_FINDINGS_MAX || findings.some((known) => JSON.stringify(known) === text))
    return;
  findings.push(finding);
}
