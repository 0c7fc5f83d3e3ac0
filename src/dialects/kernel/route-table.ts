/**
 * Routing by shape: method, addressed resource, and the query parameters or headers that single an operation out.
 * Two operations of one shape fail at start-up; the most demanding shape that fits wins.
 */

export interface RouteShape {
  readonly method: string;
  /** The dialect's own word for what the address names: `service`, `bucket`, `object`, or a path template. */
  readonly resource: string;
  /** Parameters that must be present; `name=value` asks for that value too. */
  readonly query?: readonly string[];
  /** Header fields that must be present. */
  readonly headers?: readonly string[];
}

interface Routed {
  readonly name: string;
  readonly route: RouteShape;
}

/** What routing needs to see of a request. */
export interface RouteSubject {
  readonly method: string;
  readonly resource: string;
  /** False: the request has no parameters, so that shapes that ask for some need not be tried. */
  readonly hasQuery?: boolean;
  query(name: string): string | undefined;
  hasHeader(name: string): boolean;
}

export type RouteResult<O> =
  | { readonly kind: 'found'; readonly operation: O }
  /** The resource exists but does not take this method. */
  | { readonly kind: 'method-not-allowed'; readonly allowed: readonly string[] }
  | { readonly kind: 'not-found' };

export interface RouteTable<O> {
  find(subject: RouteSubject): RouteResult<O>;
}

class RouteConflict extends Error {
  override readonly name = 'RouteConflict';
}

export function createRouteTable<O extends Routed>(operations: readonly O[]): RouteTable<O> {
  const byResource = new Map<string, Map<string, Candidate<O>[]>>();
  const seen = new Map<string, string>();
  for (const operation of operations) {
    const shape = shapeKey(operation.route);
    const other = seen.get(shape);
    if (other !== undefined)
      throw new RouteConflict(`${operation.name} and ${other} have the same shape: ${shape}`);
    seen.set(shape, operation.name);
    const methods = getOrAdd(byResource, operation.route.resource, () => new Map<string, Candidate<O>[]>());
    getOrAdd(methods, operation.route.method, () => []).push({ kind: 'found', operation });
  }
  for (const methods of byResource.values()) {
    for (const candidates of methods.values()) {
      candidates.sort((a, b) => demands(b.operation.route) - demands(a.operation.route));
    }
  }
  return {
    find(subject) {
      const methods = byResource.get(subject.resource);
      if (methods === undefined) return { kind: 'not-found' };
      const candidates = methods.get(subject.method);
      if (candidates === undefined) return { kind: 'method-not-allowed', allowed: [...methods.keys()] };
      for (const candidate of candidates) if (fits(candidate.operation.route, subject)) return candidate;
      return { kind: 'not-found' };
    },
  };
}

type Candidate<O> = Extract<RouteResult<O>, { kind: 'found' }>;

function fits({ query, headers }: RouteShape, subject: RouteSubject): boolean {
  if (query !== undefined && query.length > 0 && subject.hasQuery === false) return false;
  for (const wanted of query ?? []) {
    const equals = wanted.indexOf('=');
    if (
      equals < 0
        ? subject.query(wanted) === undefined
        : subject.query(wanted.slice(0, equals)) !== wanted.slice(equals + 1)
    ) {
      return false;
    }
  }
  for (const wanted of headers ?? []) if (!subject.hasHeader(wanted)) return false;
  return true;
}

function demands(route: RouteShape): number {
  const values = route.query?.filter((wanted) => wanted.includes('=')).length ?? 0;
  return (route.query?.length ?? 0) + (route.headers?.length ?? 0) + values;
}

function shapeKey(route: RouteShape): string {
  const query = [...(route.query ?? [])].sort().join('&');
  const headers = [...(route.headers ?? [])].sort().join(',');
  return `${route.method} ${route.resource}?${query}#${headers}`;
}

function getOrAdd<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}
