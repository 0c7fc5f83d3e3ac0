import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { naiveWildcard } from '../../test/support/naive-decisions.ts';
import { compilePattern, matchesPattern, PatternSyntaxError } from './policy-patterns.ts';

const rules = { wildcards: true, variables: true };
const matches = (pattern: string, text: string, values: Readonly<Record<string, string>> = {}) =>
  matchesPattern(compilePattern(pattern, rules), text, (key) => values[key]);

test('finds what trying everything finds', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '/', 'é'), maxLength: 10 });
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '/', '*', '?', 'é'), maxLength: 8 });
  fc.assert(
    fc.property(pattern, text, (wanted, asked) => {
      assert.equal(matches(wanted, asked), naiveWildcard(wanted, asked), `${wanted} on ${asked}`);
    }),
    { numRuns: 20_000 },
  );
});

test('a pattern made for backtracking costs no more than others', () => {
  const pattern = compilePattern(`${'*a'.repeat(500)}*b`, rules);
  const text = 'a'.repeat(1000);
  const began = process.cpuUsage();
  for (let round = 0; round < 100; round++)
    assert.equal(
      matchesPattern(pattern, text, () => undefined),
      false,
    );
  assert.ok(process.cpuUsage(began).user < 2_000_000);
});

describe('variables', () => {
  test('stand for what the request says, literally', () => {
    assert.equal(matches('home/${aws:username}/*', 'home/kim/x', { 'aws:username': 'kim' }), true);
    assert.equal(matches('home/${AWS:UserName}/*', 'home/lee/x', { 'aws:username': 'kim' }), false);
    assert.equal(matches('home/${aws:username}/*', 'home/kim/x', { 'aws:username': '*' }), false);
    assert.equal(matches('${aws:username}', '${aws:userid}', { 'aws:username': '${aws:userid}' }), true);
  });

  test('without a value match nothing, unless there is a default', () => {
    assert.equal(matches('*${aws:username}*', 'undefined'), false);
    assert.equal(matches("of/${aws:username, 'anybody'}", 'of/anybody'), true);
    assert.equal(matches("of/${aws:username,''}", 'of/'), true);
  });

  test('for the special characters', () => {
    assert.equal(matches('${*}${?}${$}', '*?$'), true);
    assert.equal(matches('${*}', 'a'), false);
  });

  test('that do not end or have no name are refused; before 2012-10-17 they are text', () => {
    for (const broken of ['${', 'a${b', '${}', '${a b}', "${a,'b}", '${'.repeat(2000)]) {
      assert.throws(() => compilePattern(broken, rules), PatternSyntaxError, broken);
      const text = compilePattern(broken, { wildcards: true, variables: false });
      assert.equal(
        matchesPattern(text, broken, () => undefined),
        true,
      );
    }
  });
});
