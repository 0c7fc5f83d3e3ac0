/**
 * Who may assume a role, in the language of Samsung Cloud Platform (build specification scp.md, sections 4.2, 4.3 and 5.3). An explicit
 * denial wins. Whoever is allowed as a user or role is allowed; whoever is allowed through an account needs a policy of their own
 * besides, which is for the caller to ask.
 */
import type { Action } from './actions.ts';
import type { ConditionValues, PolicyCondition } from './policy-conditions.ts';
import { faultIn, type PolicyPlace } from './policy-error.ts';
import type { NamedPrincipal, PrincipalMatch } from './policy-principals.ts';
import { matchAllowed, matchesDenied } from './policy-principals.ts';
import type { Principal } from './principal.ts';
import { readPrincipalSrn } from './scp-policies.ts';
import { isObject, listOf, readScpStatements, type ScpStatement } from './scp-policy-documents.ts';
import { parseSrn } from './srn.ts';

interface TrustStatement {
  readonly place: PolicyPlace;
  readonly effect: 'Allow' | 'Deny';
  readonly actions: ReadonlySet<Action>;
  readonly named: readonly NamedPrincipal[];
  /** SRNs of providers of identities. */
  readonly federated: readonly string[];
  readonly conditions: readonly PolicyCondition[];
}

export interface TrustPolicy {
  readonly statements: readonly TrustStatement[];
}

/** Somebody known here, or somebody whom a provider of identities vouches for. */
export type TrustSubject =
  | { readonly kind: 'principal'; readonly principal: Principal }
  | { readonly kind: 'federated'; readonly provider: string };

export interface TrustVerdict {
  readonly kind: 'allowed' | 'denied' | 'silent';
  /** Of an allowance: to the caller itself, or to its account. */
  readonly to?: NonNullable<PrincipalMatch>;
  readonly reason: string;
}

const PRINCIPALS_MAX = 20;
const ACCOUNT = /^[0-9a-f]{32}$/;

/** Throws `PolicyError`. */
export function parseTrustPolicy(text: string): TrustPolicy {
  return { statements: readScpStatements(text).map(readTrustStatement) };
}

function readTrustStatement({
  place,
  effect,
  actions,
  principal,
  conditions,
  resources,
}: ScpStatement): TrustStatement {
  if (resources?.some((text) => text !== '*')) {
    throw faultIn(place, 'The Resource of a trust policy is the role itself: *', resources);
  }
  if (!isObject(principal)) throw faultIn(place, 'Principal must be an object', principal);
  const named: NamedPrincipal[] = [];
  const federated: string[] = [];
  for (const [kind, names] of Object.entries(principal)) {
    for (const name of listOf(names, kind, place)) {
      const found = kind === 'Federated' ? undefined : readPrincipal(kind, name);
      if (kind === 'Federated' && isProvider(name)) federated.push(name);
      else if (found !== undefined) named.push(found);
      else throw faultIn(place, 'Invalid principal', { [kind]: name });
    }
  }
  const count = named.length + federated.length;
  if (count === 0 || count > PRINCIPALS_MAX) {
    throw faultIn(place, `Principal must name 1 to ${PRINCIPALS_MAX}`);
  }
  return { place, effect, actions, named, federated, conditions };
}

/** Everybody is nobody's to trust. */
function readPrincipal(kind: string, name: string): NamedPrincipal | undefined {
  switch (kind) {
    case 'Account':
      return ACCOUNT.test(name) ? { kind: 'account', account: name } : undefined;
    case 'SCP':
    case 'scp':
      return readPrincipalSrn(name);
    case 'Service':
      return /^[a-z0-9][a-z0-9.-]{0,127}$/.test(name) ? { kind: 'nobody' } : undefined;
    default:
      return undefined;
  }
}

function isProvider(text: string): boolean {
  const srn = /[*?]/.test(text) ? undefined : parseSrn(text);
  return srn !== undefined && srn.service === 'iam' && srn.resource.startsWith('saml-provider/');
}

export function evaluateTrust(
  { statements }: TrustPolicy,
  subject: TrustSubject,
  action: Action,
  values: ConditionValues,
): TrustVerdict {
  const concerned = statements.filter(
    ({ actions, conditions }) =>
      actions.has(action) && conditions.every((condition) => condition.holds(values, () => undefined)),
  );
  for (const statement of concerned) {
    if (statement.effect === 'Deny' && denies(statement, subject)) {
      return { kind: 'denied', reason: `${nameOf(statement)} of the trust policy denies it` };
    }
  }
  let found: TrustVerdict = { kind: 'silent', reason: 'the trust policy does not allow it' };
  for (const statement of concerned) {
    const to = statement.effect === 'Allow' ? allows(statement, subject) : undefined;
    if (to === undefined) continue;
    const verdict = {
      kind: 'allowed',
      to,
      reason: `${nameOf(statement)} of the trust policy allows it`,
    } as const;
    if (to === 'itself') return verdict;
    found = verdict;
  }
  return found;
}

/** An account is trusted as a whole: also who acts for it needs a policy of their own, unless they are its root. */
function allows({ named, federated }: TrustStatement, subject: TrustSubject): PrincipalMatch {
  if (subject.kind === 'federated') return federated.includes(subject.provider) ? 'itself' : undefined;
  const { principal } = subject;
  const others = named.filter(({ kind }) => kind !== 'account');
  if (matchAllowed({ element: 'Principal', named: others }, { principal }) === 'itself') return 'itself';
  const isInside = named.some(
    (name) =>
      name.kind === 'account' && principal.kind !== 'anonymous' && principal.account.id === name.account,
  );
  return isInside ? 'account' : undefined;
}

function denies({ named, federated }: TrustStatement, subject: TrustSubject): boolean {
  if (subject.kind === 'federated') return federated.includes(subject.provider);
  return matchesDenied({ element: 'Principal', named }, { principal: subject.principal });
}

function nameOf({ place: { index, sid } }: TrustStatement): string {
  return sid === undefined ? `statement ${index + 1}` : `statement ${index + 1} (${JSON.stringify(sid)})`;
}
