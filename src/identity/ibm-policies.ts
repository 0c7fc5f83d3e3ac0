/**
 * Access policies of IBM Cloud, as they are stored and as the one engine asks them (ibm-cos.md, 6.1 and 6.2). A policy permits what
 * its roles hold when every attribute of its resource matches and its rule is true; there is no denial. An attribute that a request
 * does not have matches nothing, which is why a policy about a path blocks every action that has none.
 *
 * Requests answer `ibm:` keys, in lower case (ibm-attributes.ts); times come from `aws:epochtime`.
 */

import { type Comparison, comparisonOf, type IbmOperator } from './ibm-operators.ts';
import { actionsOfNames, findBuiltInRole } from './ibm-roles.ts';
import type { Policy } from './policies.ts';
import type { PolicyCondition } from './policy-conditions.ts';

export type IbmValue = string | boolean | readonly string[];

export interface IbmAttribute {
  readonly key: string;
  readonly operator: IbmOperator;
  readonly value: IbmValue;
}

/** `key`: `{{resource.attributes.path}}`, `{{environment.attributes.current_time}}` … */
export type IbmCondition = IbmAttribute;

export type IbmRule =
  | IbmCondition
  | { readonly operator: 'and' | 'or'; readonly conditions: readonly IbmRule[] };

export interface IbmGrantedRole {
  readonly role_id: string;
  /** Of a custom role, copied when the policy or the role was last written: roles are not looked up when policies are asked. */
  readonly actions?: readonly string[];
}

/** The stored document. */
export interface IbmPolicyDocument {
  readonly type: 'access' | 'authorization';
  readonly description?: string;
  readonly subject: readonly IbmAttribute[];
  readonly resource: readonly IbmAttribute[];
  readonly tags: readonly IbmAttribute[];
  readonly roles: readonly IbmGrantedRole[];
  readonly pattern?: string;
  readonly rule?: IbmRule;
}

/** What was stored by `JSON.stringify`. */
export function readIbmPolicy(text: string): IbmPolicyDocument {
  return JSON.parse(text) as IbmPolicyDocument;
}

/** For the engine. An authorization between services permits nobody anything here. */
export function compileIbmPolicy(text: string): Policy {
  const { type, resource, rule, roles, tags } = readIbmPolicy(text);
  // Nothing here has tags of access management, so a policy about them covers nothing.
  if (type !== 'access' || tags.length > 0) return { statements: [] };
  const conditions = resource.map((attribute) => conditionOf(attribute, keyOfAttribute(attribute.key)));
  if (rule !== undefined) conditions.push(conditionOfRule(rule));
  return {
    readsResourceGroup: resource.some(({ key }) => key === 'resourceGroupId'),
    statements: [
      {
        index: 0,
        sid: undefined,
        effect: 'Allow',
        principals: undefined,
        actions: actionsOfNames(roles.flatMap(actionNamesOf)),
        resources: { not: true, patterns: [] },
        conditions,
      },
    ],
  };
}

/** Names of IBM's. */
export function actionNamesOf({ role_id, actions }: IbmGrantedRole): readonly string[] {
  return actions ?? findBuiltInRole(role_id)?.actions ?? [];
}

/** The key by which requests answer for an attribute of a resource. */
export function keyOfAttribute(name: string): string {
  return `ibm:${name.toLowerCase()}`;
}

export function isCompound(rule: IbmRule): rule is Extract<IbmRule, { readonly conditions: unknown }> {
  return 'conditions' in rule;
}

/** The key by which requests answer for `{{resource.attributes.path}}`; of the environment, its time. */
export function keyOfCondition(key: string): string {
  const [, kind, name = ''] = /^\{\{(resource|environment|subject)\.attributes\.(\w+)\}\}$/.exec(key) ?? [];
  return kind === 'environment' ? 'aws:epochtime' : keyOfAttribute(name);
}

function conditionOf(attribute: IbmAttribute, key: string): PolicyCondition {
  const comparison: Comparison = comparisonOf(attribute.operator, attribute.value);
  return {
    operator: attribute.operator,
    key,
    fixes: comparison.isFixed,
    comparisons: [],
    holds(values) {
      const found = values.get(key);
      return comparison.meets(typeof found === 'string' ? found : undefined);
    },
  };
}

function conditionOfRule(rule: IbmRule): PolicyCondition {
  if (!isCompound(rule)) return conditionOf(rule, keyOfCondition(rule.key));
  const parts = rule.conditions.map(conditionOfRule);
  const isAnd = rule.operator === 'and';
  return {
    operator: rule.operator,
    key: 'ibm:rule',
    fixes: false,
    comparisons: [],
    holds: (values, resolve) =>
      isAnd
        ? parts.every((part) => part.holds(values, resolve))
        : parts.some((part) => part.holds(values, resolve)),
  };
}
