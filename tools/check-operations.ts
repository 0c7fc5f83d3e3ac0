// Checks that every operation in the table of a dialect is named by at least one acceptance test, so that none is
// added without one. The tables are the only list of operations; this check keeps none of its own.
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Finding, reportFindings } from './report-findings.ts';
import { type RepositoryFile, readRepositoryFiles, repositoryRoot } from './repository-files.ts';

interface OperationTable {
  readonly path: string;
  /** What the module exports as `operations`. */
  readonly operations: unknown;
}

export function findUntestedOperations(
  tables: readonly OperationTable[],
  acceptanceTests: readonly RepositoryFile[],
): Finding[] {
  return tables.flatMap(({ path, operations }) => {
    if (!isListOfNamed(operations))
      return [{ path, message: 'exports no array `operations` of named objects' }];
    if (operations.length === 0) return [{ path, message: '`operations` is empty' }];
    return operations
      .filter(({ name }) => !acceptanceTests.some(({ text }) => names(text, name)))
      .map(({ name }) => ({ path, message: `no file in test/acceptance names the operation ${name}` }));
  });
}

/** Whether a text names an operation as a word of its own, or as the command of the AWS SDK for it. */
function names(text: string, operation: string): boolean {
  return new RegExp(`(?<!\\w)${RegExp.escape(operation)}(?:Command)?(?!\\w)`).test(text);
}

function isListOfNamed(value: unknown): value is readonly { readonly name: string }[] {
  return (
    Array.isArray(value) &&
    value.every(
      (item: unknown) =>
        typeof item === 'object' && item !== null && 'name' in item && typeof item.name === 'string',
    )
  );
}

async function loadTables(): Promise<OperationTable[]> {
  const paths = globSync('src/dialects/*/operation-table.ts', { cwd: repositoryRoot }).sort();
  return Promise.all(
    paths.map(async (path) => {
      const module: { operations?: unknown } = await import(pathToFileURL(join(repositoryRoot, path)).href);
      return { path, operations: module.operations };
    }),
  );
}

if (import.meta.main) {
  const tables = await loadTables();
  const acceptanceTests = readRepositoryFiles().filter(({ path }) => path.startsWith('test/acceptance/'));
  const summary =
    tables.length === 0
      ? 'no operation table in src/dialects yet'
      : `${tables.length} operation table(s), ${acceptanceTests.length} acceptance test file(s)`;
  reportFindings('operations', findUntestedOperations(tables, acceptanceTests), summary);
}
