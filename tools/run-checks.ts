// `npm run check`: the compiler, the linter, the search for dead code, and every tools/check-*.ts. All of them run, so
// that one call shows everything there is to mend; it fails when one of them failed.
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { repositoryRoot } from './repository-files.ts';

const ownChecks = globSync('tools/check-*.ts', { cwd: repositoryRoot })
  .filter((path) => !path.endsWith('.test.ts'))
  .sort();

const commands: readonly (readonly [string, ...string[]])[] = [
  ['tsc', '--noEmit'],
  ['tsc', '--noEmit', '-p', 'console'],
  ['biome', 'ci', '--error-on-warnings', ...(process.stdout.isTTY ? [] : ['--colors=off'])],
  ['knip', '--no-config-hints'],
  ...ownChecks.map((path) => ['node', path] as const),
];

const failed = commands.filter(([command, ...args]) => {
  console.log(`> ${[command, ...args].join(' ')}`);
  const { status, error } = spawnSync(command, args, {
    cwd: repositoryRoot,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (error !== undefined) console.error(error.message);
  return status !== 0;
});

console.log(
  failed.length === 0
    ? '\nall checks passed'
    : `\nfailed: ${failed.map((words) => words.join(' ')).join(', ')}`,
);
if (failed.length > 0) process.exitCode = 1;
