/**
 * Operators of IBM's policies (ibm-cos.md, 6.2). Text is compared with regard to case. In patterns `*` stands for any characters
 * and `?` for one; `{{*}}` and `{{?}}` are the characters themselves. Times are those of the clock on the wall at the offset from
 * UTC that the value names; Monday is day 1.
 */
import { compilePattern, matchesPattern } from './policy-patterns.ts';

const texts = [
  'stringEquals',
  'stringMatch',
  'stringExists',
  'stringEqualsAnyOf',
  'stringMatchAnyOf',
] as const;
const orders = ['LessThan', 'LessThanOrEquals', 'GreaterThan', 'GreaterThanOrEquals'] as const;
const clocks = ['time', 'date', 'dateTime'] as const;

type Order = (typeof orders)[number];
type Clock = (typeof clocks)[number];

export type IbmOperator = (typeof texts)[number] | `${Clock}${Order}` | 'dayOfWeekEquals' | 'dayOfWeekAnyOf';

export const ibmOperators: ReadonlySet<string> = new Set<string>([
  ...texts,
  ...clocks.flatMap((clock) => orders.map((order) => `${clock}${order}`)),
  'dayOfWeekEquals',
  'dayOfWeekAnyOf',
]);

/** Several values stand in a list. */
const VALUES_MAX = 10;

export interface Comparison {
  /** Met by one value only. */
  readonly isFixed: boolean;
  /** Undefined: the request does not have it. Times are seconds since 1970. */
  meets(value: string | undefined): boolean;
}

type Value = string | boolean | readonly string[];

/** A value that the operator cannot read is met by nothing; `isReadableValue` refuses it before it is stored. */
export function comparisonOf(operator: IbmOperator, value: Value): Comparison {
  const values = typeof value === 'object' ? value : [String(value)];
  const first = values[0] ?? '';
  switch (operator) {
    case 'stringEquals':
      return { isFixed: true, meets: (asked) => asked === first };
    case 'stringEqualsAnyOf':
      return { isFixed: true, meets: (asked) => asked !== undefined && values.includes(asked) };
    case 'stringExists':
      return { isFixed: false, meets: (asked) => (asked !== undefined) === (first === 'true') };
    case 'stringMatch':
    case 'stringMatchAnyOf': {
      const patterns = values.map(patternOf);
      const meets = (asked: string | undefined) =>
        asked !== undefined && patterns.some((pattern) => matchesPattern(pattern, asked, () => undefined));
      return { isFixed: patterns.every(({ hasWildcard }) => !hasWildcard), meets };
    }
    case 'dayOfWeekEquals':
    case 'dayOfWeekAnyOf':
      return timeComparison((now) => values.some((text) => isDay(text, now)));
    default:
      return timeComparison((now) => isInOrder(operator, first, now));
  }
}

export function isReadableValue(operator: IbmOperator, value: Value): boolean {
  const isList = typeof value === 'object';
  if (isList !== operator.endsWith('AnyOf')) return false;
  if (operator === 'stringExists')
    return value === true || value === false || value === 'true' || value === 'false';
  if (typeof value === 'boolean') return false;
  const values = isList ? value : [value];
  if (values.length === 0 || values.length > VALUES_MAX) return false;
  if (operator.startsWith('string')) return true;
  if (operator.startsWith('dayOfWeek')) return values.every((text) => DAY.test(text));
  const [clock] = splitOperator(operator);
  return values.every((text) => readMoment(clock, text) !== undefined);
}

/** A dollar begins no variable here. */
function patternOf(text: string) {
  const literal = (character: string) => () => `$\{${character}}`;
  const source = text
    .replaceAll('$', literal('$'))
    .replaceAll('{{*}}', literal('*'))
    .replaceAll('{{?}}', literal('?'));
  return compilePattern(source, { wildcards: true, variables: true });
}

function timeComparison(meets: (nowSeconds: number) => boolean): Comparison {
  return { isFixed: false, meets: (asked) => asked !== undefined && meets(Number(asked)) };
}

const DAY_SECONDS = 86_400;
const DAY = /^([1-7])(Z|[+-]\d\d:\d\d)$/;

/** The first day of 1970 was a Thursday. */
function isDay(text: string, nowSeconds: number): boolean {
  const [, day, offset = ''] = DAY.exec(text) ?? [];
  const local = Math.floor((nowSeconds + offsetSeconds(offset)) / DAY_SECONDS);
  return Number(day) === ((local + 3) % 7) + 1;
}

function isInOrder(operator: string, text: string, nowSeconds: number): boolean {
  const [clock, order] = splitOperator(operator);
  const moment = readMoment(clock, text);
  if (moment === undefined) return false;
  const local = nowSeconds + moment.offset;
  const now =
    clock === 'time'
      ? local % DAY_SECONDS
      : clock === 'date'
        ? Math.floor(local / DAY_SECONDS) * DAY_SECONDS
        : local;
  switch (order) {
    case 'LessThan':
      return now < moment.seconds;
    case 'LessThanOrEquals':
      return now <= moment.seconds;
    case 'GreaterThan':
      return now > moment.seconds;
    case 'GreaterThanOrEquals':
      return now >= moment.seconds;
  }
}

function splitOperator(operator: string): [Clock, Order] {
  const [, clock, order] = /^(time|dateTime|date)(.+)$/.exec(operator) ?? [];
  return [clock as Clock, order as Order];
}

const MOMENT: Readonly<Record<Clock, RegExp>> = {
  time: /^()(\d\d:\d\d(?::\d\d)?)(Z|[+-]\d\d:\d\d)$/,
  date: /^(\d{4}-\d\d-\d\d)()(Z|[+-]\d\d:\d\d)$/,
  dateTime: /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d(?::\d\d)?)(Z|[+-]\d\d:\d\d)$/,
};

/** On the clock on the wall: seconds since 1970, or since midnight. */
function readMoment(
  clock: Clock,
  text: string,
): { readonly seconds: number; readonly offset: number } | undefined {
  const [, date = '', time = '', offset = ''] = MOMENT[clock].exec(text) ?? [];
  if (offset === '') return undefined;
  const millis = Date.parse(`${date === '' ? '1970-01-01' : date}T${time === '' ? '00:00' : time}Z`);
  return Number.isNaN(millis) ? undefined : { seconds: millis / 1000, offset: offsetSeconds(offset) };
}

function offsetSeconds(offset: string): number {
  const [, sign, hours, minutes] = /^([+-])(\d\d):(\d\d)$/.exec(offset) ?? [];
  if (sign === undefined) return 0;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60);
}
