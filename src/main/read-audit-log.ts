/**
 * The audit log from its end, page by page. The place of a page is the byte at which its oldest line begins: lines are only ever added
 * behind, so a page stays what it was; a log that was renamed away begins anew.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { AUDIT_FILE_NAME } from './audit-log.ts';

export interface AuditPage {
  /** As they stand in the log, newest first. */
  readonly events: readonly object[];
  /** Absent: there are no older ones. */
  readonly next?: number;
}

const CHUNK_BYTES = 64 * 1024;
/** A line has some hundred bytes; what is longer is none, and read no further. */
const READ_BYTES_MAX = 4 * 1024 * 1024;
const NEWLINE = 0x0a;

/** `before`: a byte, as `next` gave it. */
export async function readAuditLog(
  dataDirectory: string,
  before: number | undefined,
  limit: number,
): Promise<AuditPage> {
  let file: FileHandle;
  try {
    file = await open(join(dataDirectory, AUDIT_FILE_NAME), 'r');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { events: [] };
    throw error;
  }
  try {
    const { size } = await file.stat();
    return await readBackwards(file, Math.min(before ?? size, size), limit);
  } finally {
    await file.close();
  }
}

async function readBackwards(file: FileHandle, end: number, limit: number): Promise<AuditPage> {
  let start = end;
  let bytes: Buffer = Buffer.alloc(0);
  let lineCount = 0;
  while (start > 0 && lineCount <= limit && bytes.length < READ_BYTES_MAX) {
    const length = Math.min(CHUNK_BYTES, start);
    start -= length;
    const chunk = Buffer.alloc(length);
    await file.read(chunk, 0, length, start);
    bytes = Buffer.concat([chunk, bytes]);
    for (const byte of chunk) if (byte === NEWLINE) lineCount += 1;
  }
  const lines = splitLines(bytes, start);
  // The first may have begun before what was read.
  const whole = start === 0 ? lines : lines.slice(1);
  const shown = whole.slice(-limit);
  const [oldest] = shown;
  const events = shown.reverse().flatMap(({ text }) => parseLine(text));
  return oldest === undefined || oldest.at === 0 ? { events } : { events, next: oldest.at };
}

interface Line {
  readonly at: number;
  readonly text: string;
}

function splitLines(bytes: Buffer, start: number): Line[] {
  const lines: Line[] = [];
  let begin = 0;
  for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, begin)) {
    lines.push({ at: start + begin, text: bytes.toString('utf8', begin, end) });
    begin = end + 1;
  }
  return lines;
}

/** A line that is cut short, as by a power cut, is left out. */
function parseLine(text: string): object[] {
  try {
    const event: unknown = JSON.parse(text);
    return typeof event === 'object' && event !== null ? [event] : [];
  } catch {
    return [];
  }
}
