import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readJunit } from './read-junit.ts';
import { type CaseResult, familyOf, parseLedger, renderLedger } from './s3-test-cases.ts';
import { updateLedger } from './update-ledger.ts';

const line = (name: string, outcome: CaseResult['outcome'], reason: string): CaseResult => ({
  family: familyOf(name),
  name,
  outcome,
  reason,
});
const report = readJunit(
  `<testsuites><testsuite>
    <testcase name="test_one"/>
    <testcase name="test_two"><failure message="An error occurred (NoSuchKey) when calling the GetObject operation: x">t</failure></testcase>
    <testcase name="test_three"><skipped message="no model"/></testcase>
    <testcase name="test_four"/>
    <testcase name="test_four"><error message="AssertionError: assert 1 ==&#10; 2"/></testcase>
  </testsuite></testsuites>`,
);

test('a report says of each case whether it passed, and why not', () => {
  assert.deepEqual(
    [...report],
    [
      ['test_one', { passed: true, reason: '' }],
      ['test_two', { passed: false, reason: 'GetObject answers NoSuchKey.' }],
      ['test_three', { passed: false, reason: 'Skipped by the suite.' }],
      ['test_four', { passed: false, reason: 'Expected 1 == 2' }],
    ],
  );
});

test('a part of the suite changes its own lines only; a whole run fails what it leaves out', () => {
  const names = [...report.keys()];
  const ledger = [
    ...names.map((name) => line(name, 'fail', 'Before.')),
    line('test_account_usage', 'pass', ''),
  ];
  const outcomesOf = (isWhole: boolean) =>
    updateLedger(ledger, report, { isWhole }).map(({ outcome }) => outcome);
  assert.deepEqual(outcomesOf(false), ['pass', 'fail', 'fail', 'fail', 'pass']);
  // The verdict that is known of a case stands in place of what the run reported.
  assert.deepEqual(outcomesOf(true), ['pass', 'fail', 'fail', 'fail', 'not-applicable']);
});

test('a case that the ledger does not have is refused', () => {
  assert.throws(() => updateLedger([], report, { isWhole: false }), /not in the ledger: test_one/);
});

test('a ledger is read as it is written, and nothing else is', () => {
  const ledger = [line('test_a', 'pass', ''), line('test_multipart_b', 'fail', 'Why.')];
  assert.deepEqual(parseLedger(renderLedger(ledger)), ledger);
  assert.throws(() => parseLedger('family\ttest_a\tperhaps\t\n'), /not a line of the ledger/);
  assert.throws(() => parseLedger('family\ttest_a\tpass\n'), /not a line of the ledger/);
  assert.throws(() => parseLedger('family\ttest_a\tpass\t\tmore\n'), /too many columns/);
});
