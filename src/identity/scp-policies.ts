/**
 * Policies of identities and of buckets in the language of Samsung Cloud Platform, compiled into what the one engine decides by
 * (build specification scp.md, sections 5.1, 5.3 and 12).
 *
 * - Resources are `*` or SRNs: `srn:e:::::object-store:bucket/{name}` and `…/{name}/{key}` for storage, and for other services what
 *   their names say. An account in the name must be that of the resource; a region is not looked at, since a name means one bucket.
 * - A statement about several accounts becomes several, one for each.
 * - Principals, in a bucket's policy only: `*`, `Account`, `SCP` (or `scp`) with SRNs of users, roles and sessions; `Federated` and
 *   `Service` are understood and are nobody at a bucket.
 */
import type { Action } from './actions.ts';
import type { Policy, PolicyStatement } from './policies.ts';
import { readConditions } from './policy-conditions.ts';
import { faultIn, type PolicyPlace } from './policy-error.ts';
import { compilePattern, matchesPattern, type Pattern } from './policy-patterns.ts';
import type { NamedPrincipal, PolicyPrincipals } from './policy-principals.ts';
import { isObject, listOf, readScpStatements, type ScpStatement } from './scp-policy-documents.ts';
import { parseSrn } from './srn.ts';

/** `bucket`: for which a policy is about to be stored; undefined for one that is stored. */
export type ScpPolicyKind =
  | { readonly kind: 'identity' }
  | { readonly kind: 'bucket'; readonly bucket?: string };

/** Throws `PolicyError`. */
export function parseScpPolicy(text: string, kind: ScpPolicyKind): Policy {
  return { statements: readScpStatements(text).flatMap((statement) => compileStatement(statement, kind)) };
}

const EVERYTHING = compilePattern('*', { wildcards: true, variables: false });

/** What resources name, by the account they name it of; an empty one is any. */
type PatternsByAccount = Map<string, Pattern[]>;

function compileStatement(statement: ScpStatement, kind: ScpPolicyKind): readonly PolicyStatement[] {
  const { place, effect, resources } = statement;
  if (resources === undefined) throw faultIn(place, 'Resource is missing');
  const principals = readWho(statement, kind);
  const { storage, others } = readResources(resources, place, kind);
  const storageActions = new Set([...statement.actions].filter(isStorage));
  const otherActions = new Set([...statement.actions].filter((action) => !isStorage(action)));
  const compile = (actions: ReadonlySet<Action>, patterns: PatternsByAccount): PolicyStatement[] =>
    actions.size === 0
      ? []
      : [...patterns].map(([account, found]) => ({
          ...place,
          effect,
          principals,
          actions,
          resources: { not: false, patterns: found },
          conditions: [...statement.conditions, ...conditionOn(account, place)],
        }));
  return [...compile(storageActions, storage), ...compile(otherActions, others)];
}

function isStorage(action: Action): boolean {
  return /^(account|bucket|object):/.test(action);
}

function conditionOn(account: string, place: PolicyPlace) {
  if (account === '' || account === '*') return [];
  const operator = /[*?]/.test(account) ? 'StringLike' : 'StringEquals';
  return readConditions({ [operator]: { 'aws:ResourceAccount': [account] } }, place, false);
}

function readResources(
  texts: readonly string[],
  place: PolicyPlace,
  kind: ScpPolicyKind,
): { readonly storage: PatternsByAccount; readonly others: PatternsByAccount } {
  const storage: PatternsByAccount = new Map();
  const others: PatternsByAccount = new Map();
  const add = (patterns: PatternsByAccount, account: string, pattern: Pattern) =>
    patterns.set(account, [...(patterns.get(account) ?? []), pattern]);
  for (const text of texts) {
    if (text === '*') {
      add(storage, '', EVERYTHING);
      add(others, '', EVERYTHING);
      continue;
    }
    const srn = parseSrn(text);
    if (srn === undefined) throw faultIn(place, 'Invalid resource', text);
    const { account, service, resource } = srn;
    const isOfStorage = service === 'object-store' || service === '*';
    if (isOfStorage) {
      const name = nameInBucket(resource);
      if (name === undefined) throw faultIn(place, 'Invalid resource', text);
      if (kind.kind === 'bucket' && kind.bucket !== undefined && !mayName(name, kind.bucket)) {
        throw faultIn(place, 'The resource is another bucket', text);
      }
      add(storage, account, compilePattern(name, { wildcards: true, variables: false }));
    }
    if (service !== 'object-store') {
      add(others, account, compilePattern(`${service}:${resource}`, { wildcards: true, variables: false }));
    }
  }
  return { storage, others };
}

/** What stands behind `bucket/`, or everything. */
function nameInBucket(resource: string): string | undefined {
  if (resource === '*') return '*';
  if (!resource.startsWith('bucket/')) return undefined;
  const name = resource.slice('bucket/'.length);
  return name === '' ? undefined : name;
}

/** A star in the name of a bucket may also reach beyond the slash. */
function mayName(name: string, bucket: string): boolean {
  const [first = ''] = name.split('/');
  const pattern = compilePattern(first, { wildcards: true, variables: false });
  return matchesPattern(pattern, bucket, () => undefined);
}

function readWho({ principal, place }: ScpStatement, { kind }: ScpPolicyKind): PolicyPrincipals | undefined {
  if (kind === 'identity') {
    if (principal !== undefined) throw faultIn(place, 'A policy of an identity names no Principal');
    return undefined;
  }
  if (principal === undefined) throw faultIn(place, 'Principal is missing');
  return { element: 'Principal', named: readScpPrincipals(principal, place) };
}

/** "Principals, up to 20." */
const PRINCIPALS_MAX = 20;

function readScpPrincipals(value: unknown, place: PolicyPlace): readonly NamedPrincipal[] {
  if (value === '*') return [{ kind: 'everybody' }];
  if (!isObject(value)) throw faultIn(place, 'Invalid principal', value);
  const named = Object.entries(value).flatMap(([kind, names]) =>
    listOf(names, kind, place).map((name) => {
      const found = readPrincipal(kind, name);
      if (found === undefined) throw faultIn(place, 'Invalid principal', { [kind]: name });
      return found;
    }),
  );
  if (named.length === 0 || named.length > PRINCIPALS_MAX) {
    throw faultIn(place, `Principal must name 1 to ${PRINCIPALS_MAX}`);
  }
  return named;
}

const ACCOUNT = /^[0-9a-f]{32}$/;

function readPrincipal(kind: string, name: string): NamedPrincipal | undefined {
  switch (kind) {
    case 'Account':
      if (name === '*') return { kind: 'everybody' };
      return ACCOUNT.test(name) ? { kind: 'account', account: name } : undefined;
    case 'SCP':
    case 'scp':
      return name === '*' ? { kind: 'everybody' } : readPrincipalSrn(name);
    case 'Federated':
    case 'Service':
      return name !== '' && !/[*?]/.test(name) ? { kind: 'nobody' } : undefined;
    default:
      return undefined;
  }
}

/** Of a user by id or name, a role, or one session of it. A part of a principal cannot be a wildcard. */
export function readPrincipalSrn(text: string): NamedPrincipal | undefined {
  const srn = /[*?]/.test(text) ? undefined : parseSrn(text);
  if (srn === undefined || !ACCOUNT.test(srn.account)) return undefined;
  const { account, service, resource } = srn;
  const [type, name = '', session, ...rest] = resource.split('/');
  if (name === '' || rest.length > 0) return undefined;
  if (service === 'sts') {
    if (type !== 'assumed-role' || session === undefined || session === '') return undefined;
    return { kind: 'role', account, name, session };
  }
  if (service !== 'iam' || session !== undefined) return undefined;
  if (type === 'role') return { kind: 'role', account, name, session: undefined };
  if (type !== 'user') return undefined;
  return ACCOUNT.test(name) ? { kind: 'user-id', account, id: name } : { kind: 'user', account, name };
}
