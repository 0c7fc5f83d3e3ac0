// How every check ends: its findings one per line, and an exit status of 1 when there are any.

/** A broken rule at a place: `src/core/names.ts:12: why, and what to do instead`. */
export interface Finding {
  readonly path: string;
  readonly line?: number;
  readonly message: string;
}

export function reportFindings(check: string, findings: readonly Finding[], summary: string): void {
  for (const { path, line, message } of findings) {
    console.error(line === undefined ? `${path}: ${message}` : `${path}:${line}: ${message}`);
  }
  if (findings.length > 0) process.exitCode = 1;
  console.log(`${check}: ${findings.length === 0 ? 'ok' : `${findings.length} finding(s)`}, ${summary}`);
}

/** The line, counted from 1, on which the character at `index` stands. */
export function lineAt(text: string, index: number): number {
  let line = 1;
  for (let end = text.indexOf('\n'); end !== -1 && end < index; end = text.indexOf('\n', end + 1)) line += 1;
  return line;
}
