/** Pages of lists: how many, and from where on. */
import type { IbmCall } from './ibm-call.ts';
import { invalid } from './ibm-errors.ts';

const PAGE_MAX = 100;

/** Throws IbmError. `names`: of the parameters. */
export function limitOf(
  { query }: Pick<IbmCall, 'query'>,
  name: 'limit' | 'pagesize',
  fallback: number,
): number {
  const text = query.get(name);
  if (text === undefined || text === '') return fallback;
  const limit = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > PAGE_MAX) throw invalid(`"${name}" must be a number from 1 to ${PAGE_MAX}.`);
  return limit;
}

/** A number of rows to skip; also in lists whose pages are named by opaque words, which are such numbers here. */
export function offsetOf({ query }: Pick<IbmCall, 'query'>, name: 'offset' | 'start' | 'pagetoken'): number {
  const text = query.get(name);
  if (text === undefined || text === '') return 0;
  const offset = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(offset)) throw invalid(`"${name}" is none of an earlier answer.`);
  return offset;
}

/** The address of another page of the same list, without what is secret in none of them. */
export function pageUrl(
  base: string,
  { request, query }: Pick<IbmCall, 'request' | 'query'>,
  changes: Readonly<Record<string, string | undefined>>,
): string {
  const parameters = new URLSearchParams(
    [...query.entries()].map(([name, value]): [string, string] => [name, value]),
  );
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) parameters.delete(name);
    else parameters.set(name, value);
  }
  const text = parameters.toString();
  return `${base}${request.rawPath}${text === '' ? '' : `?${text}`}`;
}
