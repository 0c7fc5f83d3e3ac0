// Every denial of the frozen corpus, explained: the change that is named allows the call, and nothing that is smaller does, by the
// judgement of the evaluator that shares nothing with the product. Besides, a table by hand of what the corpus does not reach.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { questionOf } from '../../test/support/decide-case.ts';
import { accounts, type DecisionCase, type DecisionGroup } from '../../test/support/decision-cases.ts';
import { naiveDecision } from '../../test/support/naive-decisions.ts';
import { encodeFirewall } from './bucket-firewall.ts';
import type { PatchStep } from './edit-aws-policy.ts';
import { type AccessQuestion, evaluateAccess } from './evaluate-access.ts';
import { type AccessCause, accessCauses, explainDecision } from './explain-decision.ts';
import { type Candidate, repairKinds } from './repair-candidates.ts';
import { repairCandidates } from './repairs.ts';
import { restoreQuestion, storeQuestion } from './stored-question.ts';

type Situation = Omit<DecisionGroup, 'about' | 'cases'>;

const read = (name: string) => readFileSync(join(import.meta.dirname, 'fixtures', name), 'utf8');
const generated = read('generated-decisions.jsonl')
  .trim()
  .split('\n')
  .map((line): DecisionGroup => JSON.parse(line));
const documented: readonly DecisionGroup[] = JSON.parse(read('documented-decisions.json'));
const denialsOf = (groups: readonly DecisionGroup[], isGenerated: boolean) =>
  groups.flatMap((group) =>
    group.cases.filter(({ expected }) => expected === 'deny').map((one) => ({ group, one, isGenerated })),
  );
const denials = [...denialsOf(documented, false), ...denialsOf(generated, true)];

/** JSON Patch by RFC 6902, read from the standard and not from the product. */
function patched<T>(document: T, steps: readonly PatchStep[] | undefined): T {
  const copy = structuredClone(document);
  for (const { op, path, value } of steps ?? []) {
    const tokens = path
      .split('/')
      .slice(1)
      .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
    const name = tokens.pop() ?? '';
    // biome-ignore lint/suspicious/noExplicitAny: any document
    const parent = tokens.reduce<any>((found, token) => found[token], copy);
    if (Array.isArray(parent) && op === 'add')
      parent.splice(name === '-' ? parent.length : Number(name), 0, value);
    else if (Array.isArray(parent) && op === 'remove') parent.splice(Number(name), 1);
    else if (op === 'remove') delete parent[name];
    else parent[name] = value;
  }
  return copy;
}

/** The situation after the change. Undefined: the change is not in the situation, but in the request. */
function changed(
  situation: Situation,
  { target, patch, document, grant, sentence }: Candidate,
): Situation | undefined {
  const { identityPolicies = [], bucketPolicy, sessionPolicy, bucketAcl = [], objectAcl = [] } = situation;
  switch (target.what) {
    case 'request':
    case 'user-role':
    case 'firewall':
      return undefined;
    case 'session':
      return { ...situation, sessionPolicy: patched(sessionPolicy, patch) };
    case 'policy': {
      const at = Number(target.id.replace('policy-', ''));
      const policies =
        patch === undefined
          ? identityPolicies.toSpliced(at, 1)
          : identityPolicies.with(at, patched(identityPolicies[at], patch));
      return { ...situation, identityPolicies: policies };
    }
    case 'attachment':
      return { ...situation, identityPolicies: [...identityPolicies, document] };
    case 'bucket-policy': {
      if (document !== undefined) return { ...situation, bucketPolicy: document };
      const { bucketPolicy: _, ...without } = situation;
      return patch === undefined ? without : { ...situation, bucketPolicy: patched(bucketPolicy, patch) };
    }
    case 'bucket-acl':
      return { ...situation, bucketAcl: [...bucketAcl, [grant!.permission, grant!.account]] };
    case 'object-acl':
      return { ...situation, objectAcl: [...objectAcl, [grant!.permission, grant!.account]] };
    case 'public-access-block': {
      const switched = /Switch (\w+) off/.exec(sentence)?.[1];
      const left = (situation.publicAccessBlock ?? []).filter((name) => name !== switched);
      return { ...situation, publicAccessBlock: left };
    }
  }
}

/** By the other evaluator where the situation is of the kind that it knows, and always on documents changed by this file. */
function allowsAfter(
  situation: Situation,
  one: DecisionCase,
  candidate: Candidate,
  isGenerated: boolean,
): boolean {
  const after = changed(situation, candidate);
  if (after === undefined) return evaluateAccess(candidate.changed).allowed;
  if (isGenerated) return naiveDecision(after, one) === 'allow';
  return evaluateAccess(questionOf(after, one)).allowed;
}

test('each candidate does what another evaluator says it does, and the smallest that works is named', () => {
  const kinds = new Map<string, number>();
  const causes = new Set<AccessCause>();
  let explained = 0;
  for (const { group, one, isGenerated } of denials) {
    const { about, cases, ...situation } = group;
    const question = questionOf(situation, one);
    const explanation = explainDecision(question);
    const told = `${about}: ${JSON.stringify(one)}`;
    assert.equal(explanation.allowed, false, told);
    causes.add(explanation.cause!);
    const candidates = repairCandidates(question);
    const ranks = candidates.map(({ kind }) => repairKinds.indexOf(kind));
    assert.deepEqual(
      ranks,
      ranks.toSorted((left, right) => left - right),
      told,
    );
    const works = candidates.map((candidate) => allowsAfter(situation, one, candidate, isGenerated));
    for (const [index, candidate] of candidates.entries()) {
      assert.equal(
        evaluateAccess(candidate.changed).allowed,
        works[index],
        `${told}: ${candidate.sentence} in ${JSON.stringify(situation)}`,
      );
    }
    const smallest = candidates[works.indexOf(true)];
    assert.equal(explanation.repair?.sentence, smallest?.sentence, told);
    if (smallest === undefined) continue;
    explained += 1;
    kinds.set(smallest.kind, (kinds.get(smallest.kind) ?? 0) + 1);
  }
  assert.ok(denials.length >= 1000, `${denials.length} denials`);
  assert.ok(explained >= 200, `${explained} with a change`);
  for (const kind of repairKinds) assert.ok((kinds.get(kind) ?? 0) >= 10, `${kind}: ${kinds.get(kind)}`);
  for (const cause of [
    'anonymous',
    'explicit-deny',
    'session-limit',
    'public-access-block',
    'foreign-object',
    'nothing-there',
    'nearly-allowed',
    'not-allowed',
  ] as const) {
    assert.ok(causes.has(cause), cause);
  }
});

test('where no single change is enough, two are named that are', () => {
  const document = (...Statement: unknown[]) => ({ Version: '2012-10-17', Statement });
  const situation: Situation = {
    identityPolicies: [
      document(
        { Effect: 'Deny', Action: 's3:GetObject', Resource: '*' },
        { Effect: 'Deny', Action: 's3:Get*', Resource: '*' },
      ),
    ],
  };
  const question = questionOf(situation, { who: 'owner-kim', action: 's3:GetObject', key: 'a' });
  const { repair, together } = explainDecision(question);
  assert.equal(repair, undefined);
  assert.deepEqual(
    together?.map(({ kind }) => kind),
    ['deny', 'deny'],
  );
});

describe('what the corpus does not reach', () => {
  const base = questionOf({}, { who: 'owner-min', action: 's3:GetObject', key: 'a' });
  const member = base.principal;
  const cases: readonly (readonly [string, AccessQuestion, AccessCause, RegExp])[] = [
    [
      'administration of the server',
      { principal: member, action: 'admin:read', resource: { account: undefined } },
      'not-administrator',
      /root user of the root account/,
    ],
    [
      'other users of the account',
      { principal: member, action: 'identity:write', resource: { account: accounts.owner, user: 'x' } },
      'not-administrator',
      /administrator of the account/,
    ],
    [
      'a firewall',
      {
        ...questionOf(
          {},
          { who: 'owner-kim', action: 's3:GetObject', key: 'a', request: { 'aws:sourceip': '192.0.2.1' } },
        ),
        resource: {
          ...base.resource,
          firewall: encodeFirewall({ allowedIps: ['198.51.100.0/24'], deniedIps: [], allowedNetworks: [] }),
        },
      },
      'network',
      /firewall/,
    ],
  ];
  for (const [about, question, cause, sentence] of cases) {
    test(about, () => {
      const explanation = explainDecision(question);
      assert.deepEqual([explanation.allowed, explanation.cause], [false, cause]);
      assert.match(explanation.repair?.sentence ?? '', sentence);
    });
  }
});

test('a question that was stored and restored is explained alike', () => {
  for (const { group, one } of denials.slice(0, 400)) {
    const { about, cases, ...situation } = group;
    const question = questionOf(situation, one);
    const restored = restoreQuestion(JSON.parse(JSON.stringify(storeQuestion(question))));
    assert.deepEqual(
      explainDecision(restored),
      explainDecision(question),
      `${about}: ${JSON.stringify(one)}`,
    );
  }
});

test('an opening to everybody is never named before a grant to one', () => {
  for (const { group, one } of denials) {
    const { about, cases, ...situation } = group;
    const question = questionOf(situation, one);
    if (question.principal.kind === 'anonymous') continue;
    const { repair, alternatives } = explainDecision(question);
    if (repair?.opensToAll !== true) continue;
    assert.equal(
      alternatives.some(({ kind, opensToAll }) => kind === 'grant' && opensToAll !== true),
      false,
      about,
    );
  }
});

test('causes have a place each in the list', () =>
  assert.equal(new Set(accessCauses).size, accessCauses.length));
