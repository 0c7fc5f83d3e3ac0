/** Repairs in policies that exist: adding to a statement that nearly allows, removing one that denies. */

import {
  arnOf,
  grantsOf,
  principalNameOf,
  recompiled,
  withBucketPolicy,
  withGrants,
} from './changed-questions.ts';
import {
  addPrincipal,
  addToCondition,
  addToElement,
  applyPatch,
  type PatchStep,
  removeCondition,
  removeStatement,
} from './edit-aws-policy.ts';
import type { AccessQuestion } from './evaluate-access.ts';
import { type StatementTrace, traceStatements } from './evaluate-policy.ts';
import { policyNameOf } from './policy-actions.ts';
import { compilePolicy } from './policy-cache.ts';
import { policyRequestOf } from './policy-layers.ts';
import { isEverybody } from './policy-principals.ts';
import { type Make, making, type RepairTarget } from './repair-candidates.ts';
import { type RepairSaying, saying } from './repair-sentences.ts';

/** A document of policies that the question depends on, and how the question looks when it is another one. */
interface EditedDocument {
  readonly document: string;
  /** Of an identity's; undefined: the bucket's. */
  readonly policy?: { readonly id: string; readonly name: string };
  readonly target: RepairTarget;
  readonly statements: readonly StatementTrace[];
  /** Indexes of those that name everybody. */
  readonly publicStatements: ReadonlySet<number>;
  change(patch: readonly PatchStep[]): AccessQuestion;
}

/** Of those in the AWS language: others are edited by whoever speaks them. */
function editableDocuments(question: AccessQuestion): readonly EditedDocument[] {
  const { principal, resource } = question;
  const request = policyRequestOf(question);
  const grants = grantsOf(principal);
  const own = grants.policies
    .filter(({ language }) => language === 'aws')
    .map((granted): EditedDocument => {
      const { id, name, language, document, policy } = granted;
      return {
        document,
        policy: { id, name },
        target: { what: 'policy', id, name, language },
        statements: traceStatements(policy, request),
        publicStatements: new Set(),
        change: (patch) =>
          withGrants(question, {
            ...grants,
            policies: grants.policies.map((other) =>
              other === granted ? { ...granted, ...recompiled(document, patch, 'aws') } : other,
            ),
          }),
      };
    });
  const { bucketPolicy, bucket } = resource;
  if (bucketPolicy === undefined || bucket === undefined) return own;
  const compiled = compilePolicy(bucketPolicy, 'bucket');
  return [
    ...own,
    {
      document: bucketPolicy,
      target: { what: 'bucket-policy', bucket },
      statements: traceStatements(compiled, request),
      publicStatements: new Set(
        compiled.statements.flatMap(({ index, principals }) =>
          principals !== undefined && isEverybody(principals) ? [index] : [],
        ),
      ),
      change: (patch) => withBucketPolicy(question, applyPatch(bucketPolicy, patch)),
    },
  ];
}

export function* statementRepairs(question: AccessQuestion): Generator<Make, void> {
  const action = policyNameOf(question.action);
  const resource = arnOf(question);
  for (const { document, policy, target, statements, publicStatements, change } of editableDocuments(
    question,
  )) {
    const { principal } = question;
    const named = policy === undefined ? {} : { policy };
    for (const { index, effect, match, failed, failedConditions = [] } of statements) {
      if (effect !== 'Allow' || match !== 'near') continue;
      const isForAll = principal.kind !== 'anonymous' && publicStatements.has(index);
      const place = { statement: index + 1, ...named, ...(isForAll && { forEverybody: true as const }) };
      const attempt = (patch: readonly PatchStep[] | undefined, says: RepairSaying): Make =>
        making(
          () =>
            patch && {
              ...saying(says),
              ...(isForAll ? { kind: 'grant', opensToAll: true } : { kind: 'statement' }),
              target,
              patch,
              changed: change(patch),
            },
        );
      const added = { kind: 'add-to-statement', ...place } as const;
      if (failed === 'action' && action !== undefined) {
        yield attempt(addToElement(document, index, 'Action', action), {
          ...added,
          element: 'actions',
          value: action,
        });
      }
      if (failed === 'resource') {
        yield attempt(addToElement(document, index, 'Resource', resource), {
          ...added,
          element: 'resources',
          value: resource,
        });
      }
      if (failed === 'principal') {
        const who = principalNameOf(question.principal);
        yield attempt(addPrincipal(document, index, who), { ...added, element: 'principals', value: who });
      }
      const [only, second] = failedConditions;
      if (failed !== 'condition' || only === undefined || second !== undefined) continue;
      const [operator = '', key = ''] = only.split(' ');
      const value = askedValue(question, key);
      if (value !== undefined) {
        const patch = addToCondition(document, index, { operator, key, value });
        yield attempt(patch, { kind: 'extend-condition', condition: only, value, ...place });
      }
      yield attempt(removeCondition(document, index, { operator, key }), {
        kind: 'drop-condition',
        condition: only,
        ...place,
      });
    }
  }
}

function askedValue(question: AccessQuestion, key: string): string | undefined {
  const value = policyRequestOf(question).values.get(key);
  return typeof value === 'string' && value.length <= 1024 ? value : undefined;
}

export function* denialRepairs(question: AccessQuestion): Generator<Make, void> {
  const { resource } = question;
  const { bucket = '' } = resource;
  for (const { document, policy, target, statements, change } of editableDocuments(question)) {
    for (const { index, effect, match } of statements) {
      if (effect !== 'Deny' || match !== 'full') continue;
      const statement = { statement: index + 1, ...(policy !== undefined && { policy }) };
      const said = saying({ kind: 'remove-statement', ...statement });
      const patch = removeStatement(document, index);
      if (patch !== undefined)
        yield making(() => ({ kind: 'deny', ...said, target, patch, changed: change(patch) }));
      else if (target.what === 'bucket-policy') {
        const changed = withBucketPolicy(question, undefined);
        yield () => ({ kind: 'deny', ...saying({ kind: 'delete-bucket-policy' }), target, changed });
      } else if (target.what === 'policy') {
        const changed = withoutPolicy(question, target.id);
        const { id, name } = target;
        yield () => ({
          kind: 'deny',
          ...saying({ kind: 'detach-policy', policy: { id, name } }),
          target,
          changed,
        });
      }
    }
  }
  if (resource.publicAccessBlock !== undefined && resource.publicAccessBlock.size > 0) {
    for (const name of ['IgnorePublicAcls', 'RestrictPublicBuckets'] as const) {
      if (!resource.publicAccessBlock.has(name)) continue;
      const left = new Set([...resource.publicAccessBlock].filter((other) => other !== name));
      yield () => ({
        kind: 'deny',
        ...saying({ kind: 'switch-off-block', name }),
        target: { what: 'public-access-block', bucket },
        changed: { ...question, resource: { ...resource, publicAccessBlock: left } },
      });
    }
  }
  if (resource.firewall !== undefined) {
    yield () => ({
      kind: 'deny',
      ...saying({ kind: 'open-firewall' }),
      target: { what: 'firewall', bucket },
      changed: { ...question, resource: { ...resource, firewall: undefined } },
    });
  }
}

function withoutPolicy(question: AccessQuestion, id: string): AccessQuestion {
  const grants = grantsOf(question.principal);
  return withGrants(question, {
    ...grants,
    policies: grants.policies.filter((granted) => granted.id !== id),
  });
}
