/** How far the scrub has come, and what it has found: one record under its own key. */
import { space } from '../metadata-keys.ts';
import { decodeJsonRecord, encodeJsonRecord } from '../record-format.ts';
import type { Finding } from './findings.ts';

export const scrubKey: Buffer = Buffer.from([space.scrub]);

export type ScrubFinding = Omit<Finding, 'remedy'>;

export interface ScrubRecord {
  /** Index of the space that is being read. */
  readonly phase: number;
  /** Hexadecimal: the key after which to go on in that space; empty at its beginning. */
  readonly after: string;
  readonly startedAtMicros: number;
  /** Read in this pass. */
  readonly bytes: number;
  readonly bytesTotal: number;
  readonly passes: number;
  /** When the last pass came to its end; 0: none has. */
  readonly completedAtMicros: number;
  /** Of this pass and of the last one that came to its end; each at most `SCRUB_FINDINGS_MAX`. */
  readonly findings: readonly ScrubFinding[];
  readonly lastFindings: readonly ScrubFinding[];
}

export const SCRUB_FINDINGS_MAX = 100;

export const noScrub: ScrubRecord = {
  phase: 0,
  after: '',
  startedAtMicros: 0,
  bytes: 0,
  bytesTotal: 0,
  passes: 0,
  completedAtMicros: 0,
  findings: [],
  lastFindings: [],
};

export function encodeScrub(record: ScrubRecord): Buffer {
  return encodeJsonRecord(record);
}

export function decodeScrub(value: Buffer): ScrubRecord {
  return decodeJsonRecord<ScrubRecord>(value, 'scrub');
}
