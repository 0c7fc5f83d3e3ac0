/** Files that hold secrets: readable by their owner only, and complete or not there at all. */
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

const OWNER_ONLY = 0o600;
const GROUP_AND_OTHERS = 0o077;

/** Replaces the file in one step, durably. */
export function writePrivateFile(path: string, text: string): void {
  const draft = `${path}.new`;
  const file = openSync(draft, 'w', OWNER_ONLY);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(draft, path);
  syncDirectory(dirname(path));
}

/** Undefined when there is no such file. */
export function readPrivateFile(path: string): { text: string; isOpenToOthers: boolean } | undefined {
  try {
    const { mode } = statSync(path);
    const isOpenToOthers = process.platform !== 'win32' && (mode & GROUP_AND_OTHERS) !== 0;
    return { text: readFileSync(path, 'utf8'), isOpenToOthers };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Windows cannot open folders, and needs no flush of theirs. */
function syncDirectory(path: string): void {
  if (process.platform === 'win32') return;
  const directory = openSync(path, 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}
