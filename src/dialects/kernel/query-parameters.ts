import { decodeFormComponent } from '../../lib/percent-encoding.ts';

/** Parameters of a query, decoded once. `a` and `a=` are both present with an empty value. */
export interface QueryParameters {
  get(name: string): string | undefined;
  has(name: string): boolean;
  entries(): Iterable<readonly [string, string]>;
  readonly size: number;
}

const NONE: QueryParameters = {
  get: () => undefined,
  has: () => false,
  entries: () => [],
  size: 0,
};

/** The first of several equal names wins. Throws `PercentEncodingError` on a malformed escape. */
export function parseQuery(rawQuery: string): QueryParameters {
  if (rawQuery === '') return NONE;
  const found = new Map<string, string>();
  for (const pair of rawQuery.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decodeFormComponent(equals < 0 ? pair : pair.slice(0, equals));
    if (!found.has(name)) found.set(name, equals < 0 ? '' : decodeFormComponent(pair.slice(equals + 1)));
  }
  return found;
}
