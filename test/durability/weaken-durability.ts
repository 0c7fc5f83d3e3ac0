/**
 * Mutants for the power-cut test: preloaded into the server's processes (`node --import`), it takes away one promise, named in
 * DURABILITY_MUTANT. A durability test that does not notice these proves nothing. Nothing of this is in the program.
 */
import fs from 'node:fs';
import { registerHooks, syncBuiltinESMExports } from 'node:module';

const mutant = process.env['DURABILITY_MUTANT'];
const weakenedDriver = new URL('./weakened-lmdb.ts', import.meta.url).href;

/** The folder in which blobs stand, and none above it. */
const FOLDER_OF_BLOBS = /\/blobs\/\d+\/\d+$/;

type Done = (error: NodeJS.ErrnoException | null) => void;

function doNothing(_descriptor: number, done: Done): void {
  setImmediate(done, null);
}

if (mutant === 'no-blob-flush' || mutant === 'no-flush') Object.assign(fs, { fdatasync: doNothing });
if (mutant === 'no-directory-flush' || mutant === 'no-flush') Object.assign(fs, { fsync: doNothing });
if (mutant === 'no-parent-flush') {
  const { fsync } = fs;
  const flushLeaves = (descriptor: number, done: Done): void => {
    const isLeaf = FOLDER_OF_BLOBS.test(fs.readlinkSync(`/proc/self/fd/${descriptor}`));
    (isLeaf ? fsync : doNothing)(descriptor, done);
  };
  Object.assign(fs, { fsync: flushLeaves });
}
if (mutant === 'failing-flush') {
  const fail = Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO', errno: -5 });
  Object.assign(fs, { fdatasync: (_descriptor: number, done: Done) => setImmediate(done, fail) });
}
syncBuiltinESMExports();

registerHooks({
  resolve(specifier, context, nextResolve) {
    if (specifier === 'lmdb' && context.parentURL !== weakenedDriver) {
      return { url: weakenedDriver, format: 'module-typescript', shortCircuit: true };
    }
    return nextResolve(specifier, context);
  },
});
