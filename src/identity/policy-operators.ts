/**
 * Operators of conditions: how a value in a request is compared with one in a policy (IAM User Guide, "IAM JSON policy elements:
 * Condition operators"). A value of the policy that the operator cannot read is refused when the policy is stored; one of the
 * request that it cannot read is equal to nothing.
 */
import { isInRange, parseIpRange } from './ip-ranges.ts';
import {
  compilePattern,
  matchesPattern,
  PatternSyntaxError,
  type ResolveVariable,
} from './policy-patterns.ts';

/** Whether a value of the request is what one value of the policy asks for. */
export interface Comparison {
  readonly source: string;
  /** Wildcards and variables can stand for many values; the rest is fixed. */
  readonly isFixed: boolean;
  /** Keys in lower case. */
  readonly variables: readonly string[];
  meets(value: string, resolve: ResolveVariable): boolean;
}

export interface PolicyOperator {
  /** Met when no value of the policy is met. */
  readonly negated: boolean;
  /** Undefined when the operator cannot read the value. */
  compile(value: string, variables: boolean): Comparison | undefined;
}

type Compile = PolicyOperator['compile'];

function textual(wildcards: boolean, fold: (text: string) => string): Compile {
  return (value, variables) => {
    try {
      const pattern = compilePattern(fold(value), { wildcards, variables });
      return {
        source: value,
        isFixed: !pattern.hasWildcard && pattern.variables.length === 0,
        variables: pattern.variables,
        meets: (text, resolve) =>
          matchesPattern(pattern, fold(text), (key) => {
            const found = resolve(key);
            return found === undefined ? undefined : fold(found);
          }),
      };
    } catch (error) {
      if (error instanceof PatternSyntaxError) return undefined;
      throw error;
    }
  };
}

/** ARNs are compared part by part, so that a star does not reach over a colon. */
const ARN_PARTS = 6;

const arn: Compile = (value, variables) => {
  const parts = value === '*' ? Array.from({ length: ARN_PARTS }, () => '*') : splitArn(value);
  if (parts === undefined) return undefined;
  const like = textual(true, asIs);
  const compiled = parts.flatMap((part) => like(part, variables) ?? []);
  if (compiled.length < ARN_PARTS) return undefined;
  return {
    source: value,
    isFixed: compiled.every(({ isFixed }) => isFixed),
    variables: compiled.flatMap((part) => part.variables),
    meets(text, resolve) {
      const asked = splitArn(text);
      return asked?.every((part, index) => compiled[index]?.meets(part, resolve) === true) === true;
    },
  };
};

function splitArn(text: string): readonly string[] | undefined {
  const parts = text.split(':');
  if (parts.length < ARN_PARTS) return undefined;
  return [...parts.slice(0, ARN_PARTS - 1), parts.slice(ARN_PARTS - 1).join(':')];
}

/** What is read once from the policy and then from every request. */
function ordered(
  read: (text: string) => number | undefined,
  meets: (asked: number, wanted: number) => boolean,
): Compile {
  return (source) => {
    const wanted = read(source);
    if (wanted === undefined) return undefined;
    return {
      source,
      isFixed: true,
      variables: [],
      meets(text) {
        const asked = read(text);
        return asked !== undefined && meets(asked, wanted);
      },
    };
  };
}

function readNumber(text: string): number | undefined {
  return /^[+-]?\d{1,300}(?:\.\d{1,300})?$/.test(text) ? Number(text) : undefined;
}

/** Milliseconds since the epoch; from an ISO 8601 date (W3C profile) or seconds since the epoch. */
function readDate(text: string): number | undefined {
  if (/^\d{1,12}$/.test(text)) return Number(text) * 1000;
  if (!ISO_DATE.test(text)) return undefined;
  const millis = Date.parse(text);
  return Number.isNaN(millis) ? undefined : millis;
}

const ISO_DATE = /^\d{4}-\d\d(?:-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d))?)?$/;

function readBoolean(text: string): number | undefined {
  const lower = text.toLowerCase();
  if (lower === 'true') return 1;
  return lower === 'false' ? 0 : undefined;
}

const address: Compile = (source) => {
  const range = parseIpRange(source);
  if (range === undefined) return undefined;
  return { source, isFixed: true, variables: [], meets: (text) => isInRange(range, text) };
};

const binary: Compile = (source) => {
  const wanted = Buffer.from(source, 'base64');
  if (wanted.toString('base64') !== source) return undefined;
  return {
    source,
    isFixed: true,
    variables: [],
    meets: (text) => Buffer.from(text, 'base64').equals(wanted),
  };
};

const asIs = (text: string) => text;
const lowerCase = (text: string) => text.toLowerCase();
const equal = (asked: number, wanted: number) => asked === wanted;

const positive = (compile: Compile): PolicyOperator => ({ negated: false, compile });
const negative = (compile: Compile): PolicyOperator => ({ negated: true, compile });

function comparisons(prefix: string, read: (text: string) => number | undefined) {
  return {
    [`${prefix}Equals`]: positive(ordered(read, equal)),
    [`${prefix}NotEquals`]: negative(ordered(read, equal)),
    [`${prefix}LessThan`]: positive(ordered(read, (asked, wanted) => asked < wanted)),
    [`${prefix}LessThanEquals`]: positive(ordered(read, (asked, wanted) => asked <= wanted)),
    [`${prefix}GreaterThan`]: positive(ordered(read, (asked, wanted) => asked > wanted)),
    [`${prefix}GreaterThanEquals`]: positive(ordered(read, (asked, wanted) => asked >= wanted)),
  };
}

/** All but `Null`, which asks whether there is a value at all. */
export const policyOperators: ReadonlyMap<string, PolicyOperator> = new Map(
  Object.entries({
    StringEquals: positive(textual(false, asIs)),
    StringNotEquals: negative(textual(false, asIs)),
    StringEqualsIgnoreCase: positive(textual(false, lowerCase)),
    StringNotEqualsIgnoreCase: negative(textual(false, lowerCase)),
    StringLike: positive(textual(true, asIs)),
    StringNotLike: negative(textual(true, asIs)),
    ...comparisons('Numeric', readNumber),
    ...comparisons('Date', readDate),
    Bool: positive(ordered(readBoolean, equal)),
    BinaryEquals: positive(binary),
    IpAddress: positive(address),
    NotIpAddress: negative(address),
    ArnEquals: positive(arn),
    ArnLike: positive(arn),
    ArnNotEquals: negative(arn),
    ArnNotLike: negative(arn),
  }),
);
