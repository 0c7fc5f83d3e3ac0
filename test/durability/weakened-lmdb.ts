/** Stands in for the driver in a weakened server: see weaken-durability.ts. */
import { fdatasync, openSync } from 'node:fs';
import { join } from 'node:path';
import { getLastVersion, open as openSound, type RootDatabaseOptionsWithPath } from 'lmdb';

const mutant = process.env['DURABILITY_MUTANT'];
const FLUSH_MILLIS = 50;

export { getLastVersion };

export function open(options: RootDatabaseOptionsWithPath): unknown {
  const weakened: RootDatabaseOptionsWithPath = { ...options };
  const isLate = mutant === 'answer-before-flush' && options.readOnly !== true;
  if (mutant === 'no-commit-flush' || mutant === 'no-flush' || isLate) weakened.noSync = true;
  const database = openSound(weakened);
  if (isLate) flushLater(String(options.path));
  if (mutant === 'stale-snapshot') Object.assign(database, { resetReadTxn: () => undefined });
  return database;
}

/** Every commit is flushed, soon after it was answered. */
function flushLater(folder: string): void {
  const file = openSync(join(folder, 'data.mdb'), 'r+');
  setInterval(() => fdatasync(file, () => undefined), FLUSH_MILLIS).unref();
}
