/** Stands in for the driver in a weakened server: see weaken-durability.ts. */
import { getLastVersion, open as openSound, type RootDatabaseOptionsWithPath } from 'lmdb';

const mutant = process.env['DURABILITY_MUTANT'];

export { getLastVersion };

export function open(options: RootDatabaseOptionsWithPath): unknown {
  const weakened: RootDatabaseOptionsWithPath = { ...options };
  if (mutant === 'no-commit-flush' || mutant === 'no-flush') weakened.noSync = true;
  if (mutant === 'answer-before-flush') weakened.overlappingSync = true;
  const database = openSound(weakened);
  if (mutant === 'stale-snapshot') Object.assign(database, { resetReadTxn: () => undefined });
  return database;
}
