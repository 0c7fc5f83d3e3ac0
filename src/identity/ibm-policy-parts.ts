/** A policy of IBM's against one question, part by part, for explanations: what fits, what does not, and how near it is. */

import { comparisonOf } from './ibm-operators.ts';
import {
  actionNamesOf,
  type IbmAttribute,
  type IbmPolicyDocument,
  type IbmRule,
  isCompound,
  keyOfAttribute,
  keyOfCondition,
} from './ibm-policies.ts';
import { findBuiltInRole } from './ibm-roles.ts';
import type { ConditionValues } from './policy-conditions.ts';

export interface AttributePart {
  readonly key: string;
  readonly operator: string;
  readonly wanted: IbmAttribute['value'];
  /** Absent: the request has none. */
  readonly got?: string;
  readonly ok: boolean;
}

export interface RolePart {
  readonly role: string;
  readonly kind: 'platform' | 'service' | 'custom';
  readonly containsAction: boolean;
}

export interface PolicyParts {
  readonly attributes: readonly AttributePart[];
  /** Conditions of the rule that do not hold; empty when it holds or there is none. */
  readonly failedConditions: readonly AttributePart[];
  readonly roles: readonly RolePart[];
  /** How many parts do not fit. */
  readonly failures: number;
}

/** `actionName`: IBM's of what was asked for; undefined: it has none. */
export function partsOf(
  document: IbmPolicyDocument,
  actionName: string | undefined,
  values: ConditionValues,
): PolicyParts {
  const attributes = document.resource.map((attribute) =>
    partOf(attribute, keyOfAttribute(attribute.key), values),
  );
  const failedConditions =
    document.rule === undefined || holds(document.rule, values) ? [] : leavesOf(document.rule, values);
  const roles = document.roles.map((role): RolePart => {
    const found = findBuiltInRole(role.role_id);
    return {
      role: found?.displayName ?? role.role_id.split(':').at(-1) ?? '',
      kind: found?.kind ?? 'custom',
      containsAction: actionName !== undefined && actionNamesOf(role).includes(actionName),
    };
  });
  const failures =
    attributes.filter(({ ok }) => !ok).length +
    (failedConditions.length > 0 ? 1 : 0) +
    (roles.some(({ containsAction }) => containsAction) ? 0 : 1);
  return { attributes, failedConditions, roles, failures };
}

function partOf(
  { key, operator, value }: IbmAttribute,
  name: string,
  values: ConditionValues,
): AttributePart {
  const found = values.get(name);
  const got = typeof found === 'string' ? found : undefined;
  const ok = comparisonOf(operator, value).meets(got);
  return { key, operator, wanted: value, ...(got === undefined ? {} : { got }), ok };
}

function holds(rule: IbmRule, values: ConditionValues): boolean {
  if (!isCompound(rule)) return partOf(rule, keyOfCondition(rule.key), values).ok;
  return rule.operator === 'and'
    ? rule.conditions.every((part) => holds(part, values))
    : rule.conditions.some((part) => holds(part, values));
}

/** The conditions that fail. */
function leavesOf(rule: IbmRule, values: ConditionValues): readonly AttributePart[] {
  if (isCompound(rule)) return rule.conditions.flatMap((part) => leavesOf(part, values));
  const part = partOf(rule, keyOfCondition(rule.key), values);
  return part.ok ? [] : [part];
}
