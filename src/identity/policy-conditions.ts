/**
 * Conditions of a statement: all of them must hold. What a key without a value means (IAM User Guide, "IAM JSON policy
 * elements: Condition operators" and "Set operators for multivalued context keys"):
 *
 * - an operator asks for a value and is not met; a negated one (`StringNotEquals` …) is met
 * - `…IfExists` is met, `Null` asks exactly for this
 * - `ForAllValues:` is met by no value, `ForAnyValue:` is not
 */
import { isConditionKey, SCP_REGION_KEY } from './policy-condition-keys.ts';
import { faultIn, type PolicyPlace } from './policy-error.ts';
import { type Comparison, policyOperators } from './policy-operators.ts';
import type { ResolveVariable } from './policy-patterns.ts';

/** What a request says, by key in lower case. */
export interface ConditionValues {
  get(key: string): string | readonly string[] | undefined;
}

export interface PolicyCondition {
  /** As written: `StringEqualsIfExists`. */
  readonly operator: string;
  /** In lower case. */
  readonly key: string;
  /** Met by nothing but these values: what makes a statement less than public. */
  readonly fixes: boolean;
  readonly comparisons: readonly Comparison[];
  holds(values: ConditionValues, resolve: ResolveVariable): boolean;
}

const SYNTAX_FAULT = 'Invalid policy syntax';

/** `variables`: whether `${…}` is one. Throws `PolicyError`. */
export function readConditions(block: unknown, place: PolicyPlace, variables: boolean): PolicyCondition[] {
  if (block === undefined) return [];
  if (!isObject(block)) throw faultIn(place, SYNTAX_FAULT, { Condition: block });
  return Object.entries(block).flatMap(([operator, tests]) => {
    if (!isObject(tests)) throw faultIn(place, SYNTAX_FAULT, { [operator]: tests });
    return Object.entries(tests).map(([key, values]) =>
      readCondition(operator, key, values, place, variables),
    );
  });
}

function readCondition(
  operator: string,
  name: string,
  values: unknown,
  place: PolicyPlace,
  variables: boolean,
): PolicyCondition {
  const key = name.toLowerCase();
  if (!isConditionKey(key)) throw faultIn(place, 'Policy has an invalid condition key', name);
  const texts = (Array.isArray(values) ? values : [values]).map((value: unknown) => {
    if (typeof value === 'string') return value;
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    throw faultIn(place, SYNTAX_FAULT, { [name]: value });
  });
  if (texts.length === 0) throw faultIn(place, SYNTAX_FAULT, { [name]: values });
  const [, quantifier, base = '', ifExists] = OPERATOR.exec(operator) ?? [];
  if (base === 'Null' && quantifier === undefined && ifExists === undefined) {
    return nullCondition(key, texts, place);
  }
  const known = policyOperators.get(base);
  if (known === undefined) throw faultIn(place, 'Invalid Condition type', operator);
  const comparisons = texts.map((text) => {
    const comparison = known.compile(comparable(key, text), variables);
    if (comparison === undefined) throw faultIn(place, 'Invalid value in a condition', { [operator]: text });
    const stranger = comparison.variables.find((variable) => !isConditionKey(variable));
    if (stranger !== undefined) throw faultIn(place, 'Policy has an invalid variable', stranger);
    return comparison;
  });
  const test: Test = {
    comparisons,
    negated: known.negated,
    quantifier: quantifier as Test['quantifier'],
    ifExists: ifExists !== undefined,
  };
  return {
    operator,
    key,
    fixes:
      !known.negated &&
      !test.ifExists &&
      quantifier !== 'ForAllValues:' &&
      comparisons.every(({ isFixed }) => isFixed),
    comparisons,
    holds: (request, resolve) => meets(test, asCompared(key, request.get(key)), resolve),
  };
}

/** What a policy asks for, as it is compared. */
function comparable(key: string, text: string): string {
  if (key === SCP_REGION_KEY) return text.toLowerCase();
  return key === COPY_SOURCE ? text.replace(/^\//, '') : text;
}

/** What a request says, as it is compared: names of regions of Samsung Cloud Platform are, without regard to case. */
function asCompared(
  key: string,
  asked: string | readonly string[] | undefined,
): string | readonly string[] | undefined {
  return key === SCP_REGION_KEY && typeof asked === 'string' ? asked.toLowerCase() : asked;
}

/** The slash before a bucket's name is optional in the header; requests are compared without it. */
const COPY_SOURCE = 's3:x-amz-copy-source';
const OPERATOR = /^(ForAllValues:|ForAnyValue:)?([A-Za-z]+?)(IfExists)?$/;

function nullCondition(key: string, texts: readonly string[], place: PolicyPlace): PolicyCondition {
  const wanted = texts.map((text) => {
    if (text !== 'true' && text !== 'false')
      throw faultIn(place, 'Invalid value in a condition', { Null: text });
    return text === 'true';
  });
  return {
    operator: 'Null',
    key,
    fixes: false,
    comparisons: [],
    holds: (request) => wanted.includes(isAbsent(request.get(key))),
  };
}

interface Test {
  readonly comparisons: readonly Comparison[];
  readonly negated: boolean;
  readonly quantifier: 'ForAllValues:' | 'ForAnyValue:' | undefined;
  readonly ifExists: boolean;
}

function meets(
  { comparisons, negated, quantifier, ifExists }: Test,
  asked: string | readonly string[] | undefined,
  resolve: ResolveVariable,
): boolean {
  if (isAbsent(asked)) {
    if (ifExists || quantifier === 'ForAllValues:') return true;
    return negated && quantifier === undefined;
  }
  const isOne = (value: string) => comparisons.some((comparison) => comparison.meets(value, resolve));
  if (typeof asked === 'string') return isOne(asked) !== negated;
  const satisfies = (value: string) => isOne(value) !== negated;
  if (quantifier === 'ForAllValues:') return asked.every(satisfies);
  if (quantifier === 'ForAnyValue:') return asked.some(satisfies);
  // Without a set operator several values count as one that is any of them.
  return asked.some(isOne) !== negated;
}

function isAbsent(asked: string | readonly string[] | undefined): asked is undefined | readonly [] {
  return asked === undefined || asked.length === 0 ? typeof asked !== 'string' : false;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
