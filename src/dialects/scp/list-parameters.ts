/**
 * Parameters of the lists of the Product API (build specification scp.md, sections 2.6, 3.1 and 3.3). An empty value is the null of the
 * documentation and filters nothing. Every value that is wrong is told, not the first alone.
 */
import type { Text } from './choose-language.ts';
import type { RepeatedQuery } from './scp-call.ts';
import { invalid } from './scp-errors.ts';
import { texts } from './scp-texts.ts';

const LIMIT_DEFAULT = 20;
const LIMIT_MAX = 1000;
/** Far beyond any list. Ours. */
const PAGE_MAX = 1_000_000_000;
const VALUES_MAX = 200;

export interface Page {
  readonly limit: number;
  /** From 1. */
  readonly page: number;
}

export interface Sort<F extends string> {
  readonly field: F;
  readonly isDescending: boolean;
}

/** Inclusive, in microseconds. */
export interface TimeRange {
  readonly fromMicros: number | undefined;
  readonly toMicros: number | undefined;
}

/** Collects what is wrong with a query; `finish` throws it all. */
export class ListParameters {
  readonly #query: RepeatedQuery;
  readonly #problems: Text[] = [];

  constructor(query: RepeatedQuery) {
    this.#query = query;
  }

  page(): Page {
    return {
      limit: this.#number('limit', LIMIT_DEFAULT, LIMIT_MAX),
      page: this.#number('page', 1, PAGE_MAX),
    };
  }

  /** Empty: no filter. */
  texts(name: string): readonly string[] {
    const values = (this.#query.get(name) ?? []).filter((value) => value !== '');
    if (values.length > VALUES_MAX) this.#problems.push(texts.outOfRange(name, 0, VALUES_MAX));
    return values;
  }

  text(name: string): string | undefined {
    return this.texts(name)[0];
  }

  /** As lenient as the documented example `True` asks for. */
  booleans(name: string): readonly boolean[] {
    return this.texts(name).flatMap((value) => {
      const found = BOOLEANS.get(value.toLowerCase());
      if (found === undefined) this.#problems.push(texts.notBoolean(name));
      return found ?? [];
    });
  }

  /** `{name}_start_date` and `{name}_end_date`. */
  times(name: string): TimeRange {
    const [start, end] = [`${name}_start_date`, `${name}_end_date`];
    const range = { fromMicros: this.#time(start), toMicros: this.#time(end) };
    const { fromMicros, toMicros } = range;
    if (fromMicros !== undefined && toMicros !== undefined && fromMicros > toMicros) {
      this.#problems.push(texts.reversedDates(start, end));
    }
    return range;
  }

  sort<F extends string>(fields: readonly F[], fallback: Sort<F>): Sort<F> {
    const value = this.text('sort');
    if (value === undefined) return fallback;
    const [name = '', direction, ...rest] = value.split(':');
    const field = fields.find((known) => known === name);
    if (rest.length > 0 || (direction !== 'asc' && direction !== 'desc')) {
      this.#problems.push(texts.wrongSort);
    } else if (field === undefined) {
      this.#problems.push(texts.unknownSort(name.slice(0, 64)));
    } else {
      return { field, isDescending: direction === 'desc' };
    }
    return fallback;
  }

  /** Throws ValidationError. */
  finish(): void {
    if (this.#problems.length > 0) throw invalid(...this.#problems);
  }

  #number(name: string, fallback: number, max: number): number {
    const value = this.text(name);
    if (value === undefined) return fallback;
    if (!/^[+-]?\d{1,15}$/.test(value)) {
      this.#problems.push(texts.notInteger(name));
      return fallback;
    }
    const number = Number(value);
    if (number >= 1 && number <= max) return number;
    this.#problems.push(max === PAGE_MAX ? texts.atLeast(name, 1) : texts.outOfRange(name, 1, max));
    return fallback;
  }

  #time(name: string): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const micros = parseDateTime(value);
    if (micros === undefined) this.#problems.push(texts.notDateTime(name));
    return micros;
  }
}

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ...['true', '1', 'yes', 'on'].map((word) => [word, true] as const),
  ...['false', '0', 'no', 'off'].map((word) => [word, false] as const),
]);

const DATE_TIME =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?\s?(Z|z|[+-]\d{2}:?\d{2})?)?$/;

/** A date alone is its first moment; without a zone it is UTC. Undefined when it is none. */
export function parseDateTime(text: string): number | undefined {
  const [, date, minutes = '00:00', seconds = '00', fraction = '', zone = 'Z'] = DATE_TIME.exec(text) ?? [];
  if (date === undefined) return undefined;
  const offset = /^z$/i.test(zone) ? 'Z' : zone.replace(/^(.{3}):?(..)$/, '$1:$2');
  const millis = Date.parse(`${date}T${minutes}:${seconds}${offset}`);
  const isCalendarDay = !Number.isNaN(millis) && isRealDay(date);
  return isCalendarDay ? millis * 1000 + Number(fraction.padEnd(6, '0')) : undefined;
}

/** JavaScript takes 30 February for 2 March. */
function isRealDay(date: string): boolean {
  const millis = Date.parse(`${date}T00:00:00Z`);
  return !Number.isNaN(millis) && new Date(millis).toISOString().startsWith(date);
}

/** As the Product API writes times: to the second, in UTC without saying so. */
export function formatProductTime(micros: number): string {
  return new Date(Math.floor(micros / 1000)).toISOString().slice(0, 19);
}

export function isWithin(micros: number, { fromMicros, toMicros }: TimeRange): boolean {
  // What is shown to the second is compared to the second.
  const shown = Math.floor(micros / 1_000_000) * 1_000_000;
  return (fromMicros === undefined || shown >= fromMicros) && (toMicros === undefined || shown <= toMicros);
}

/** Exact, but for case and the form of composed characters. No values: everything. */
export function isOneOf(value: string, wanted: readonly string[]): boolean {
  const comparable = value.normalize('NFC').toLowerCase();
  return wanted.length === 0 || wanted.some((text) => text.normalize('NFC').toLowerCase() === comparable);
}

export interface ListedPage<R> {
  readonly rows: readonly R[];
  readonly page: number;
  readonly total: number;
  readonly totalPages: number;
}

/** Sorted by a member, ties by id; a page behind the last is empty. */
export function pageOf<R extends { readonly id: string }>(
  rows: readonly R[],
  { limit, page }: Page,
  isDescending: boolean,
  memberOf: (row: R) => string | number,
): ListedPage<R> {
  const sign = isDescending ? -1 : 1;
  const sorted = [...rows].sort(
    (left, right) => sign * compare(memberOf(left), memberOf(right)) || compare(left.id, right.id),
  );
  const start = (page - 1) * limit;
  const total = rows.length;
  return { rows: sorted.slice(start, start + limit), page, total, totalPages: Math.ceil(total / limit) };
}

function compare(left: string | number, right: string | number): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
