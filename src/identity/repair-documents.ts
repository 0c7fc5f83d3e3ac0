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

/** A document of policies that the question depends on, and how the question looks when it is another one. */
interface EditedDocument {
  readonly document: string;
  readonly name: string;
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
        name: `the policy ${name === '' ? id : JSON.stringify(name)}`,
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
      name: 'the policy of the bucket',
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
  for (const { document, name, target, statements, publicStatements, change } of editableDocuments(
    question,
  )) {
    const { principal } = question;
    for (const { index, effect, match, failed, failedConditions = [] } of statements) {
      if (effect !== 'Allow' || match !== 'near') continue;
      const isForAll = principal.kind !== 'anonymous' && publicStatements.has(index);
      const attempt = (patch: readonly PatchStep[] | undefined, sentence: string): Make =>
        making(
          () =>
            patch && {
              ...(isForAll
                ? {
                    kind: 'grant',
                    sentence: `${sentence} It is a statement for everybody.`,
                    opensToAll: true,
                  }
                : { kind: 'statement', sentence }),
              target,
              patch,
              changed: change(patch),
            },
        );
      const where = `statement ${index + 1} of ${name}`;
      if (failed === 'action' && action !== undefined) {
        yield attempt(
          addToElement(document, index, 'Action', action),
          `Add ${action} to the actions of ${where}.`,
        );
      }
      if (failed === 'resource') {
        yield attempt(
          addToElement(document, index, 'Resource', resource),
          `Add ${resource} to the resources of ${where}.`,
        );
      }
      if (failed === 'principal') {
        const who = principalNameOf(question.principal);
        yield attempt(addPrincipal(document, index, who), `Add ${who} to the principals of ${where}.`);
      }
      const [only, second] = failedConditions;
      if (failed !== 'condition' || only === undefined || second !== undefined) continue;
      const [operator = '', key = ''] = only.split(' ');
      const value = askedValue(question, key);
      if (value !== undefined) {
        const patch = addToCondition(document, index, { operator, key, value });
        yield attempt(patch, `Let the condition ${only} of ${where} hold for ${JSON.stringify(value)}, too.`);
      }
      yield attempt(
        removeCondition(document, index, { operator, key }),
        `Take the condition ${only} out of ${where}.`,
      );
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
  for (const { document, name, target, statements, change } of editableDocuments(question)) {
    for (const { index, effect, match } of statements) {
      if (effect !== 'Deny' || match !== 'full') continue;
      const sentence = `Remove statement ${index + 1} from ${name}, which denies it.`;
      const patch = removeStatement(document, index);
      if (patch !== undefined)
        yield making(() => ({ kind: 'deny', sentence, target, patch, changed: change(patch) }));
      else if (target.what === 'bucket-policy') {
        const changed = withBucketPolicy(question, undefined);
        yield () => ({ kind: 'deny', sentence: `Delete ${name}: all it does is deny.`, target, changed });
      } else if (target.what === 'policy') {
        const changed = withoutPolicy(question, target.id);
        yield () => ({ kind: 'deny', sentence: `Detach ${name}: all it does is deny.`, target, changed });
      }
    }
  }
  if (resource.publicAccessBlock !== undefined && resource.publicAccessBlock.size > 0) {
    for (const name of ['IgnorePublicAcls', 'RestrictPublicBuckets'] as const) {
      if (!resource.publicAccessBlock.has(name)) continue;
      const left = new Set([...resource.publicAccessBlock].filter((other) => other !== name));
      yield () => ({
        kind: 'deny',
        sentence: `Switch ${name} off in the public access block of the bucket.`,
        target: { what: 'public-access-block', bucket },
        changed: { ...question, resource: { ...resource, publicAccessBlock: left } },
      });
    }
  }
  if (resource.firewall !== undefined) {
    yield () => ({
      kind: 'deny',
      sentence: 'Let the firewall of the bucket admit the address that the request came from.',
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
