// docs/conformance.md is the ledger of what is proven. Its tables are generated: of ceph/s3-tests from the results in
// test/conformance/s3-tests.tsv, of Swift's suite from swift-functional.tsv, of what is not implemented from the tables of the dialect. This check fails when they
// differ, or when the results are not those of the whole suite; `node tools/check-conformance.ts --write` writes the tables.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { notImplementedOperations } from '../src/dialects/s3/not-implemented-operations.ts';
import { type UnsupportedHeader, unsupportedHeaders } from '../src/dialects/s3/unsupported-headers.ts';
import { type CaseResult, families, faultsOf, parseLedger } from '../test/conformance/s3-test-cases.ts';
import {
  parseSwiftLedger,
  renderSwiftModules,
  renderSwiftReasons,
  swiftFaultsOf,
} from '../test/conformance/swift-test-cases.ts';
import { fillIn } from './check-reference-docs.ts';
import { type Finding, reportFindings } from './report-findings.ts';
import { repositoryRoot } from './repository-files.ts';

const PAGE = 'docs/conformance.md';
const RESULTS = 'test/conformance/s3-tests.tsv';
const SWIFT_RESULTS = 'test/conformance/swift-functional.tsv';

interface Family {
  readonly name: string;
  readonly isGoal: boolean;
  readonly results: readonly CaseResult[];
}

function inFamilies(results: readonly CaseResult[]): Family[] {
  const goals = new Map(families.map(({ name, goal }) => [name, goal]));
  return [...goals]
    .map(([name, isGoal]) => ({ name, isGoal, results: results.filter(({ family }) => family === name) }))
    .sort((a, b) => Number(b.isGoal) - Number(a.isGoal) || b.results.length - a.results.length);
}

function row(name: string, results: readonly CaseResult[]): string {
  const count = (wanted: CaseResult['outcome']) => results.filter(({ outcome }) => outcome === wanted).length;
  const percent = results.length === 0 ? 0 : Math.floor((count('pass') * 1000) / results.length) / 10;
  const cells = [name, results.length, count('pass'), count('fail'), count('not-applicable'), `${percent}%`];
  return `| ${cells.join(' | ')} |`;
}

/** One row per family, those of the goal first, and the sums over fixed totals. */
export function renderFamilies(results: readonly CaseResult[]): string {
  const all = inFamilies(results);
  const goal = all.filter(({ isGoal }) => isGoal);
  const rest = all.filter(({ isGoal }) => !isGoal);
  return [
    '| family | cases | pass | fail | not applicable | passed of all |',
    '|---|---|---|---|---|---|',
    ...goal.map(({ name, results: own }) => row(name, own)),
    row(
      '**the goal: 90% of these**',
      goal.flatMap(({ results: own }) => own),
    ),
    ...rest.map(({ name, results: own }) => row(name, own)),
    row('**all**', results),
  ].join('\n');
}

/** What did not pass: the cases of the goal by name, the others by number. */
export function renderReasons(results: readonly CaseResult[]): string {
  return inFamilies(results)
    .flatMap(({ name, isGoal, results: own }) => {
      const byReason = Map.groupBy(
        own.filter(({ outcome }) => outcome !== 'pass'),
        ({ outcome, reason }) => (outcome === 'fail' ? reason : `Not applicable. ${reason}`),
      );
      const lines = [...byReason].map(([reason, cases]) => {
        const shown = isGoal
          ? cases.map((result) => `\`${result.name.replace(/^test_/, '')}\``).join(', ')
          : `${cases.length} case(s)`;
        return `- ${escapeText(reason)} ${shown}`;
      });
      return lines.length === 0 ? [] : [`**${name}**`, '', ...lines, ''];
    })
    .join('\n')
    .trimEnd();
}

export function renderOperations(operations: readonly { readonly name: string }[]): string {
  return operations
    .map(({ name }) => `\`${name}\``)
    .sort()
    .join(', ');
}

export function renderHeaders(headers: readonly UnsupportedHeader[]): string {
  const byReason = Map.groupBy(headers, ({ reason }) => reason);
  const rows = [...byReason].map(
    ([reason, same]) => `| ${same.map(({ header }) => `\`${header}\``).join('<br>')} | ${reason} |`,
  );
  return ['| header | why it is refused |', '|---|---|', ...rows].join('\n');
}

/** Text of a failing assertion is no Markdown. */
function escapeText(text: string): string {
  return text.replace(/[\\`*_<>|[\]]/g, '\\$&');
}

/** The page with its generated parts in place; undefined when one of them has none. */
export function renderPage(page: string, parts: Readonly<Record<string, string>>): string | undefined {
  return Object.entries(parts).reduce<string | undefined>(
    (text, [name, content]) => (text === undefined ? undefined : fillIn(text, name, content)),
    page,
  );
}

export function findFaults(
  page: string,
  rendered: string | undefined,
  results: readonly CaseResult[],
): Finding[] {
  const faults = faultsOf(results).map((message) => ({ path: RESULTS, message }));
  if (rendered === undefined)
    return [...faults, { path: PAGE, message: 'has no place for a generated part' }];
  if (rendered === page) return faults;
  return [
    ...faults,
    { path: PAGE, message: 'differs from its sources: run node tools/check-conformance.ts --write' },
  ];
}

if (import.meta.main) {
  const read = (path: string) => readFileSync(join(repositoryRoot, path), 'utf8');
  const results = parseLedger(read(RESULTS));
  const swiftResults = parseSwiftLedger(read(SWIFT_RESULTS));
  const parts = {
    'swift suite by module': renderSwiftModules(swiftResults),
    'swift suite by reason': renderSwiftReasons(swiftResults),
    's3-tests by family': renderFamilies(results),
    's3-tests by reason': renderReasons(results),
    'unsupported operations': renderOperations(notImplementedOperations),
    'unsupported headers': renderHeaders(unsupportedHeaders),
  };
  const rendered = renderPage(read(PAGE), parts);
  if (process.argv.includes('--write') && rendered !== undefined) {
    writeFileSync(join(repositoryRoot, PAGE), rendered);
  }
  const swiftFaults = swiftFaultsOf(swiftResults).map((message) => ({ path: SWIFT_RESULTS, message }));
  reportFindings(
    'conformance',
    [...findFaults(read(PAGE), rendered, results), ...swiftFaults],
    `${results.length + swiftResults.length} case(s)`,
  );
}
