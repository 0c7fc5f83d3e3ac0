// The text files of this repository as the checks see them: tracked or about to be, never ignored, never binary.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One text file; `path` is relative to the root of the repository, with forward slashes. */
export interface RepositoryFile {
  readonly path: string;
  readonly text: string;
}

export const repositoryRoot = join(import.meta.dirname, '..');

export function readRepositoryFiles(root = repositoryRoot): RepositoryFile[] {
  const listing = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  return listing
    .split('\0')
    .filter((path) => path !== '' && existsSync(join(root, path)))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))
    .filter((file) => !file.text.includes('\0'));
}
