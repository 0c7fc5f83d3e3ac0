/**
 * The ledger of OpenStack Swift's own functional suite (`test/functional`, native API, commit d57c078ef): one line per case in
 * `swift-functional.tsv`, all 866 of them, whether they ran or not. Of these Swift itself, in the set-up that the suite's documentation
 * describes, passes 757, fails 5 and skips 104; the goal is 95% of 757.
 *
 * Columns, separated by tabs: module, class and case, outcome, reason. A case that does not pass counts as not passed whatever the
 * reason.
 */
import { type Outcome, outcomes } from './s3-test-cases.ts';

export interface SwiftCaseResult {
  readonly module: string;
  /** `Class::case`. */
  readonly name: string;
  readonly outcome: Outcome;
  /** Empty for a pass. */
  readonly reason: string;
}

export const SWIFT_CASES = 866;
/** What Swift itself passes. */
export const PASSED_BY_SWIFT = 757;

/** The modules of the native API. */
export const swiftModules: readonly string[] = [
  'tests',
  'test_access_control',
  'test_account',
  'test_container',
  'test_dlo',
  'test_domain_remap',
  'test_object',
  'test_object_versioning',
  'test_protocol',
  'test_slo',
  'test_staticweb',
  'test_symlink',
  'test_tempurl',
  'test_versioned_writes',
];

/** Throws when a line is not one of a ledger. */
export function parseSwiftLedger(text: string): SwiftCaseResult[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [module, name, shown, reason, ...more] = line.split('\t');
      const outcome = outcomes.find((known) => known === shown);
      if (module === undefined || name === undefined || outcome === undefined || reason === undefined) {
        throw new Error(`not a line of the ledger: ${line}`);
      }
      if (more.length > 0) throw new Error(`too many columns: ${line}`);
      return { module, name, outcome, reason };
    });
}

export function renderSwiftLedger(results: readonly SwiftCaseResult[]): string {
  return [...results]
    .sort((a, b) => compare(a.module, b.module) || compare(a.name, b.name))
    .map(({ module, name, outcome, reason }) => `${[module, name, outcome, reason].join('\t')}\n`)
    .join('');
}

/** What is wrong with a ledger: not every case once, an unknown module, a failure without its reason. */
export function swiftFaultsOf(results: readonly SwiftCaseResult[]): string[] {
  const faults: string[] = [];
  const names = new Set(results.map(({ module, name }) => `${module}.${name}`));
  if (names.size !== SWIFT_CASES || results.length !== SWIFT_CASES) {
    faults.push(`${results.length} lines about ${names.size} cases instead of ${SWIFT_CASES}`);
  }
  for (const { module, name, outcome, reason } of results) {
    if (!swiftModules.includes(module)) faults.push(`${module} is no module of the native API`);
    if ((outcome === 'pass') !== (reason === '')) {
      faults.push(outcome === 'pass' ? `${name} passes and has a reason` : `${name} has no reason`);
    }
  }
  return faults;
}

/** One row per module, and the sum beside what Swift itself passes. */
export function renderSwiftModules(results: readonly SwiftCaseResult[]): string {
  const row = (name: string, own: readonly SwiftCaseResult[]): string => {
    const count = (wanted: Outcome) => own.filter(({ outcome }) => outcome === wanted).length;
    return `| ${[name, own.length, count('pass'), count('fail'), count('not-applicable')].join(' | ')} |`;
  };
  const passed = results.filter(({ outcome }) => outcome === 'pass').length;
  const percent = Math.floor((passed * 1000) / PASSED_BY_SWIFT) / 10;
  return [
    '| module | cases | pass | fail | not applicable |',
    '|---|---|---|---|---|',
    ...swiftModules.map((module) =>
      row(
        module,
        results.filter((line) => line.module === module),
      ),
    ),
    row('**all**', results),
    '',
    `${passed} of the ${PASSED_BY_SWIFT} that Swift itself passes: ${percent}%.`,
  ].join('\n');
}

/** What did not pass, by reason. */
export function renderSwiftReasons(results: readonly SwiftCaseResult[]): string {
  const byReason = Map.groupBy(
    results.filter(({ outcome }) => outcome !== 'pass'),
    ({ outcome, reason }) => (outcome === 'fail' ? reason : `Not applicable. ${reason}`),
  );
  return [...byReason]
    .map(([reason, cases]) => {
      const shown = new Set(
        cases.map(({ module, name }) => `\`${module}.${name.replace(/^\w+::(?:test_?)?/, '')}\``),
      );
      const list = shown.size > NAMED_CASES_MAX ? `${cases.length} cases` : [...shown].join(', ');
      return `- ${reason.replace(/[\\`*_<>|[\]]/g, '\\$&')} ${list}`;
    })
    .join('\n');
}

/** Beyond that they are counted. */
const NAMED_CASES_MAX = 12;

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
