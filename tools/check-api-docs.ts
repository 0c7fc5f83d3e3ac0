// docs/api is generated from the operation tables of the dialects, one page each. This check fails when a page differs
// from what the tables say now; `node tools/check-api-docs.ts --write` writes the pages.
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Finding, reportFindings } from './report-findings.ts';
import { repositoryRoot } from './repository-files.ts';

/** What a page shows of an operation; the rest of the declaration is behaviour. */
export interface DocumentedOperation {
  readonly name: string;
  readonly summary: string;
  readonly route: {
    readonly method: string;
    readonly resource: string;
    readonly query?: readonly string[];
    readonly headers?: readonly string[];
  };
  readonly permissions:
    | 'public'
    | readonly { readonly action: string; readonly on: string; readonly or?: string }[];
  readonly body: { readonly kind: string; readonly bytesMax?: number };
  readonly mutates: boolean;
}

export function renderApiPage(dialect: string, operations: readonly DocumentedOperation[]): string {
  const rows = [...operations]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((operation) =>
      [
        operation.name,
        `\`${requestShape(operation.route)}\``,
        operation.summary,
        permissions(operation),
        body(operation.body),
      ].join(' | '),
    );
  return [
    `# Operations of the dialect \`${dialect}\``,
    '',
    `Generated from \`src/dialects/${dialect}/operation-table.ts\` by \`node tools/check-api-docs.ts --write\`; not edited by hand.`,
    '',
    '| operation | request | what it does | permission | body |',
    '|---|---|---|---|---|',
    ...rows.map((row) => `| ${row} |`),
    '',
  ].join('\n');
}

/** Findings for pages that are missing, differ, or belong to no dialect. */
export function comparePages(
  expected: ReadonlyMap<string, string>,
  actual: ReadonlyMap<string, string>,
): Finding[] {
  const findings: Finding[] = [];
  for (const [path, text] of expected) {
    if (actual.get(path) !== text) {
      const message = actual.has(path) ? 'differs from the operation table' : 'is missing';
      findings.push({ path, message: `${message}: run node tools/check-api-docs.ts --write` });
    }
  }
  for (const path of actual.keys()) {
    if (!expected.has(path)) findings.push({ path, message: 'belongs to no operation table' });
  }
  return findings;
}

function requestShape(route: DocumentedOperation['route']): string {
  const query = route.query === undefined || route.query.length === 0 ? '' : `?${route.query.join('&')}`;
  const headers = route.headers?.map((header) => ` + ${header}`).join('') ?? '';
  return `${route.method} ${route.resource}${query}${headers}`;
}

function permissions({ permissions: wanted, mutates }: DocumentedOperation): string {
  const list =
    wanted === 'public'
      ? 'public'
      : wanted
          .map(({ action, on, or }) => `${or === undefined ? action : `${action} or ${or}`} (${on})`)
          .join(', ');
  return mutates ? `${list}; changes` : list;
}

function body({ kind, bytesMax }: DocumentedOperation['body']): string {
  return bytesMax === undefined ? kind : `${kind}, at most ${bytesMax} bytes`;
}

async function expectedPages(): Promise<Map<string, string>> {
  const pages = new Map<string, string>();
  for (const path of globSync('src/dialects/*/operation-table.ts', { cwd: repositoryRoot }).sort()) {
    const module: { operations: readonly DocumentedOperation[] } = await import(
      pathToFileURL(join(repositoryRoot, path)).href
    );
    const dialect = basename(dirname(path));
    pages.set(`docs/api/${dialect}.md`, renderApiPage(dialect, module.operations));
  }
  return pages;
}

function actualPages(): Map<string, string> {
  const paths = globSync('docs/api/*.md', { cwd: repositoryRoot });
  return new Map(paths.map((path) => [path, readFileSync(join(repositoryRoot, path), 'utf8')]));
}

if (import.meta.main) {
  const expected = await expectedPages();
  if (process.argv.includes('--write')) {
    mkdirSync(join(repositoryRoot, 'docs/api'), { recursive: true });
    for (const [path, text] of expected) writeFileSync(join(repositoryRoot, path), text);
  }
  reportFindings('api docs', comparePages(expected, actualPages()), `${expected.size} page(s)`);
}
