/**
 * Locks of the operating system without native code: an SQLite database (`node:sqlite`) that is never written to, only
 * locked. Its locks are the kernel's record locks, so they end with the process however it ends, they cannot be mistaken
 * for those of a reused process id, and they hold between containers that share a volume, where process ids say nothing.
 *
 * Two of them: the primary holds `lock` alone for as long as it lives. Every worker shares `workers.lock`, and a primary
 * takes that one alone for a moment when it starts, which proves that no worker of an earlier server is still writing.
 *
 * Record locks end when *any* descriptor of the file is closed by the process that holds them: nothing else may open
 * these two files. That is why the name of the holder stands in a file of its own.
 */
import { DatabaseSync } from 'node:sqlite';

/** SQLITE_BUSY, without its extended part. */
const BUSY = 5;

export interface HeldLock {
  /** Releasing twice is no error. */
  release(): void;
}

/**
 * Takes the lock, alone or shared with others, or returns undefined when somebody else still holds it in a way that
 * excludes this one after `waitMs`. Blocks this thread for at most that time.
 */
export function takeLock(path: string, kind: 'alone' | 'shared', waitMs = 0): HeldLock | undefined {
  const database = new DatabaseSync(path, { timeout: waitMs });
  try {
    database.exec('PRAGMA journal_mode = MEMORY'); // no journal file for a transaction that writes nothing
    database.exec(kind === 'alone' ? 'BEGIN EXCLUSIVE' : 'BEGIN; SELECT count(*) FROM sqlite_schema');
    return {
      release() {
        if (database.isOpen) database.close();
      },
    };
  } catch (error) {
    database.close();
    if (isBusy(error)) return undefined;
    throw error;
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === BUSY;
}
