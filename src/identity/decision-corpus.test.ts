// The frozen corpus of decisions: those written by hand from documentation, and generated ones whose expectations come from an
// evaluator of their own (test/support/naive-decisions.ts).
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { decide } from '../../test/support/decide-case.ts';
import { BUCKET, type DecisionGroup } from '../../test/support/decision-cases.ts';
import { FROZEN_GROUPS, FROZEN_SEED, generateDecisions } from '../../test/support/generate-decisions.ts';
import { parsePolicy } from './policies.ts';

const read = (name: string) => readFileSync(join(import.meta.dirname, 'fixtures', name), 'utf8');
const generated = read('generated-decisions.jsonl')
  .trim()
  .split('\n')
  .map((line): DecisionGroup => JSON.parse(line));
const documented: readonly DecisionGroup[] = JSON.parse(read('documented-decisions.json'));
const corpus = [...documented, ...generated];

test('is large, and neither all allowed nor all denied', () => {
  const outcomes = corpus.flatMap(({ cases }) => cases.map(({ expected }) => expected));
  assert.ok(outcomes.length >= 1000, `${outcomes.length}`);
  const allowed = outcomes.filter((expected) => expected === 'allow').length;
  assert.ok(allowed > outcomes.length / 4 && allowed < (outcomes.length * 3) / 4, `${allowed} allowed`);
});

test('its policies are ones that may be stored', () => {
  for (const { bucketPolicy, about } of corpus) {
    if (bucketPolicy === undefined) continue;
    assert.doesNotThrow(
      () => parsePolicy(JSON.stringify(bucketPolicy), { kind: 'bucket', bucket: BUCKET }),
      about,
    );
  }
});

test('the generated part is what its seed makes', () => {
  assert.deepEqual(generated, JSON.parse(JSON.stringify(generateDecisions(FROZEN_SEED, FROZEN_GROUPS))));
});

describe('written from documentation', () => {
  for (const group of documented) {
    test(group.about, () => {
      for (const one of group.cases) {
        assert.equal(decide(group, one), one.expected, JSON.stringify(one));
      }
    });
  }
});

test('generated', () => {
  for (const group of generated) {
    for (const one of group.cases) {
      assert.equal(
        decide(group, one),
        one.expected,
        `${JSON.stringify(one)} in ${JSON.stringify({ ...group, cases: [] })}`,
      );
    }
  }
});
