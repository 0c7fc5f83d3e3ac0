import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CASES, type CaseResult, familyOf, faultsOf } from '../test/conformance/s3-test-cases.ts';
import {
  findFaults,
  renderFamilies,
  renderHeaders,
  renderOperations,
  renderPage,
  renderReasons,
} from './check-conformance.ts';

const result = (name: string, outcome: CaseResult['outcome'] = 'pass', reason = ''): CaseResult => ({
  family: familyOf(name),
  name,
  outcome,
  reason,
});
const whole = Array.from({ length: CASES }, (_, index) => result(`test_bucket_list_${index}`));

test('families are counted over all their cases, and the goal over its own', () => {
  const table = renderFamilies([
    result('test_multipart_a'),
    result('test_multipart_b', 'fail', 'Why.'),
    result('test_multipart_c', 'not-applicable', 'Why.'),
    result('test_cors_a', 'fail', 'Why.'),
  ]);
  assert.match(table, /^\| multipart \| 3 \| 1 \| 1 \| 1 \| 33\.3% \|$/m);
  assert.match(table, /^\| CORS \| 1 \| 0 \| 1 \| 0 \| 0% \|$/m);
  assert.match(table, /^\| \*\*the goal: 90% of these\*\* \| 3 \| 1 \| 1 \| 1 \| 33\.3% \|$/m);
  assert.match(table, /^\| \*\*all\*\* \| 4 \| 1 \| 2 \| 1 \| 25% \|$/m);
});

test('a percentage is never rounded up to the goal', () => {
  const results = Array.from({ length: 2001 }, (_, index) =>
    index < 1800 ? result(`test_naming_${index}`) : result(`test_naming_${index}`, 'fail', 'Why.'),
  );
  assert.match(renderFamilies(results), /^\| bucket naming \| 2001 \| 1800 \| 201 \| 0 \| 89\.9% \|$/m);
});

test('what did not pass stands with its reason', () => {
  const text = renderReasons([
    result('test_multipart_a'),
    result('test_multipart_b', 'fail', 'Not *so*.'),
    result('test_multipart_c', 'not-applicable', 'Of Ceph.'),
    result('test_cors_a', 'fail', 'Why.'),
    result('test_cors_b', 'fail', 'Why.'),
  ]);
  assert.equal(
    text,
    '**multipart**\n\n- Not \\*so\\*. `multipart_b`\n- Not applicable. Of Ceph. `multipart_c`\n\n' +
      '**CORS**\n\n- Why. 2 case(s)',
  );
});

test('operations in order, headers by reason', () => {
  assert.equal(renderOperations([{ name: 'B' }, { name: 'A' }]), '`A`, `B`');
  const headers = [
    { header: 'x-a', reason: 'Why.' },
    { header: 'x-b', reason: 'Why.' },
  ];
  assert.match(renderHeaders(headers), /^\| `x-a`<br>`x-b` \| Why\. \|$/m);
});

test('a page that differs, or has no place for a part, is found', () => {
  const page = 'a\n<!-- part -->\nold\n<!-- end of part -->\n';
  const rendered = renderPage(page, { part: 'new' });
  assert.equal(rendered, page.replace('old', 'new'));
  assert.deepEqual(findFaults(page, renderPage(page, { part: 'old' }), whole), []);
  assert.match(findFaults(page, rendered, whole)[0]?.message ?? '', /differs from its sources/);
  assert.equal(renderPage(page, { part: 'new', other: 'x' }), undefined);
  assert.match(findFaults(page, undefined, whole)[0]?.message ?? '', /has no place/);
});

test('results that leave a case out, repeat one, or are in the wrong family are found', () => {
  assert.deepEqual(faultsOf(whole), []);
  assert.match(faultsOf(whole.slice(1))[0] ?? '', /834 lines about 834 cases instead of 835/);
  assert.match(faultsOf([...whole.slice(1), whole[1]!])[0] ?? '', /835 lines about 834 cases/);
  const [first, ...rest] = whole;
  assert.match(faultsOf([{ ...first!, family: 'CORS' }, ...rest])[0] ?? '', /belongs to the family listing/);
  assert.match(faultsOf([{ ...first!, outcome: 'fail' }, ...rest])[0] ?? '', /has no reason/);
  assert.match(faultsOf([{ ...first!, reason: 'Why.' }, ...rest])[0] ?? '', /passes and has a reason/);
});
