import { knownVerdicts } from './known-verdicts.ts';
import type { ReportedCase } from './read-junit.ts';
import { type CaseResult, familyOf } from './s3-test-cases.ts';

/**
 * The ledger after a run. Its cases stay what they are: a whole run that left one out leaves a failure. Throws when a run
 * reports a case that the ledger does not have, for then it is a run of another suite.
 */
export function updateLedger(
  ledger: readonly CaseResult[],
  report: ReadonlyMap<string, ReportedCase>,
  { isWhole }: { readonly isWhole: boolean },
): CaseResult[] {
  const known = new Set(ledger.map(({ name }) => name));
  const strange = [...report.keys()].filter((name) => !known.has(name));
  if (strange.length > 0) throw new Error(`not in the ledger: ${strange.join(', ')}`);
  return ledger.map((line) => {
    const reported = report.get(line.name);
    if (reported !== undefined) return judge(line.name, reported);
    return isWhole ? judge(line.name, { passed: false, reason: 'Did not run.' }) : line;
  });
}

function judge(name: string, { passed, reason }: ReportedCase): CaseResult {
  const family = familyOf(name);
  if (passed) return { family, name, outcome: 'pass', reason: '' };
  const verdict = knownVerdicts.find(({ cases }) => cases.test(name));
  return { family, name, outcome: verdict?.outcome ?? 'fail', reason: verdict?.reason ?? reason };
}
