/** One line at the terminal that is written over as work goes on. Nothing, where standard output is no terminal. */
import type { CommandContext } from './command-declaration.ts';

const BAR_CELLS = 30;
const SHOWN_MILLIS = 100;
const CLEAR_LINE = '\r\u001b[K';

export interface ProgressLine {
  /** `total` undefined: how much there is to do is not known. */
  show(what: string, done: number, total?: number): void;
  clear(): void;
}

export function createProgressLine(context: Pick<CommandContext, 'isTerminal' | 'write'>): ProgressLine {
  if (!context.isTerminal) return { show: () => undefined, clear: () => undefined };
  let shownAt = 0;
  return {
    show(what, done, total) {
      const now = performance.now();
      if (now - shownAt < SHOWN_MILLIS) return;
      shownAt = now;
      context.write(`${CLEAR_LINE}${renderProgress(what, done, total)}`);
    },
    clear: () => context.write(CLEAR_LINE),
  };
}

export function renderProgress(what: string, done: number, total: number | undefined): string {
  if (total === undefined || total === 0) return `${what}: ${done}`;
  const share = Math.min(1, done / total);
  const filled = Math.round(share * BAR_CELLS);
  const bar = `${'#'.repeat(filled)}${'.'.repeat(BAR_CELLS - filled)}`;
  return `[${bar}] ${Math.floor(share * 100)}%  ${what}: ${done} of ${total}`;
}
