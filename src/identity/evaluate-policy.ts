/**
 * What one policy says about one request: which statement denies it, which allows it, and, when neither does, which came
 * near. Pure.
 */
import type { Action } from './actions.ts';
import type { Policy, PolicyStatement } from './policies.ts';
import type { ConditionValues } from './policy-conditions.ts';
import { matchesPattern, type ResolveVariable } from './policy-patterns.ts';
import { matchAllowed, matchesDenied, type PolicySubject, type PrincipalMatch } from './policy-principals.ts';

export interface PolicyRequest extends PolicySubject {
  readonly action: Action;
  /** `{bucket}` or `{bucket}/{key}`; undefined for what is in no bucket. */
  readonly resource: string | undefined;
  /** Of the request and of who makes it. */
  readonly values: ConditionValues;
}

export interface PolicyAllow {
  readonly statement: PolicyStatement;
  /** `account`: what the caller's account was given, and may pass on. */
  readonly to: NonNullable<PrincipalMatch>;
}

/** The element of a statement that did not fit. */
export type StatementElement = 'principal' | 'action' | 'resource' | 'condition';

export interface StatementTrace {
  /** From 0. */
  readonly index: number;
  readonly sid?: string;
  readonly effect: PolicyStatement['effect'];
  /** `near`: all elements but one fit. */
  readonly match: 'full' | 'near';
  readonly failed?: StatementElement;
  /** `StringLike s3:prefix`, for each condition that does not hold. */
  readonly failedConditions?: readonly string[];
}

export function findDeny(policy: Policy, request: PolicyRequest): PolicyStatement | undefined {
  for (const statement of policy.statements) {
    if (statement.effect !== 'Deny' || !statement.actions.has(request.action)) continue;
    const { principals } = statement;
    if (principals !== undefined && !matchesDenied(principals, request)) continue;
    if (coversResource(statement, request) && meetsConditions(statement, request)) return statement;
  }
  return undefined;
}

/** A statement about the caller itself goes before one about its account. */
export function findAllow(policy: Policy, request: PolicyRequest): PolicyAllow | undefined {
  let passedOn: PolicyAllow | undefined;
  for (const statement of policy.statements) {
    if (statement.effect !== 'Allow' || !statement.actions.has(request.action)) continue;
    const { principals } = statement;
    const to = principals === undefined ? 'itself' : matchAllowed(principals, request);
    if (to === undefined || (to === 'account' && passedOn !== undefined)) continue;
    if (!coversResource(statement, request) || !meetsConditions(statement, request)) continue;
    if (to === 'itself') return { statement, to };
    passedOn = { statement, to };
  }
  return passedOn;
}

/** Of the statements that matched or nearly did. Slower than the questions above: for what has been denied. */
export function traceStatements(policy: Policy, request: PolicyRequest): readonly StatementTrace[] {
  return policy.statements.flatMap((statement): readonly StatementTrace[] => {
    const { index, sid, effect, conditions } = statement;
    const resolve = resolverOf(request);
    const failed: StatementElement[] = [];
    if (!namesPrincipal(statement, request)) failed.push('principal');
    if (!statement.actions.has(request.action)) failed.push('action');
    if (!coversResource(statement, request)) failed.push('resource');
    const unmet = conditions.filter((condition) => !condition.holds(request.values, resolve));
    if (unmet.length > 0) failed.push('condition');
    if (failed.length > 1) return [];
    const [only] = failed;
    const named = { index, ...(sid !== undefined && { sid }), effect };
    if (only === undefined) return [{ ...named, match: 'full' }];
    const failedConditions = unmet.map(({ operator, key }) => `${operator} ${key}`);
    return [{ ...named, match: 'near', failed: only, ...(only === 'condition' && { failedConditions }) }];
  });
}

function namesPrincipal({ principals, effect }: PolicyStatement, request: PolicyRequest): boolean {
  if (principals === undefined) return true;
  return effect === 'Deny'
    ? matchesDenied(principals, request)
    : matchAllowed(principals, request) !== undefined;
}

function coversResource({ resources }: PolicyStatement, request: PolicyRequest): boolean {
  const { not, patterns } = resources;
  // What is in no bucket is covered by a star alone, as in `Resource: "*"` of ListAllMyBuckets.
  const { resource = '' } = request;
  for (const pattern of patterns) {
    const resolve = pattern.variables.length === 0 ? NO_VARIABLES : resolverOf(request);
    if (matchesPattern(pattern, resource, resolve)) return !not;
  }
  return not;
}

const NO_VARIABLES: ResolveVariable = () => undefined;

function meetsConditions({ conditions }: PolicyStatement, request: PolicyRequest): boolean {
  if (conditions.length === 0) return true;
  const resolve = resolverOf(request);
  return conditions.every((condition) => condition.holds(request.values, resolve));
}

/** A key with several values stands for none. */
function resolverOf({ values }: PolicyRequest): ResolveVariable {
  return (key) => {
    const value = values.get(key);
    return typeof value === 'string' ? value : undefined;
  };
}
