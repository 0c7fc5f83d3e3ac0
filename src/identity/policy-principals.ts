/**
 * Who a statement of a bucket's policy is about (IAM User Guide, "AWS JSON policy elements: Principal").
 *
 * Forms: `"*"` and `{"AWS": "*"}`, everybody, also without a proof of identity · an account by its id or as
 * `arn:aws:iam::{account}:root` · `{"CanonicalUser": "{account}"}`, the same account · a user as
 * `arn:aws:iam::{account}:user/{name}` · a service as `arn:aws:iam::{account}:service/{id}` · a role, in every session, as
 * `arn:aws:iam::{account}:role/{name}` · one session of it as `arn:aws:sts::{account}:assumed-role/{role}/{session}`. Services of AWS
 * and federated users are understood and are nobody here.
 *
 * An account that is allowed something passes it on: whoever acts for it has it, others of it need a policy of their own
 * as well. An account that is denied something is denied it with everybody in it.
 */
import { actsAsOwner } from './ownership.ts';
import { faultIn, type PolicyPlace } from './policy-error.ts';
import type { Principal } from './principal.ts';

export type NamedPrincipal =
  | { readonly kind: 'everybody' }
  | { readonly kind: 'account'; readonly account: string }
  | { readonly kind: 'user'; readonly account: string; readonly name: string }
  /** By its id, in a language that names users so. */
  | { readonly kind: 'user-id'; readonly account: string; readonly id: string }
  | { readonly kind: 'service'; readonly account: string; readonly id: string }
  /** `session`: one by that name only. */
  | {
      readonly kind: 'role';
      readonly account: string;
      readonly name: string;
      readonly session: string | undefined;
    }
  | { readonly kind: 'nobody' };

export interface PolicyPrincipals {
  readonly element: 'Principal' | 'NotPrincipal';
  readonly named: readonly NamedPrincipal[];
}

/** `account`: only through the account, which may pass it on. */
export type PrincipalMatch = 'itself' | 'account' | undefined;

const FAULT = 'Invalid principal in policy';
const EVERYBODY: NamedPrincipal = { kind: 'everybody' };
const NOBODY: NamedPrincipal = { kind: 'nobody' };

/** Throws `PolicyError`. */
export function readPrincipals(
  element: PolicyPrincipals['element'],
  value: unknown,
  place: PolicyPlace,
): PolicyPrincipals {
  if (value === '*') return { element, named: [EVERYBODY] };
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw faultIn(place, FAULT, { [element]: value });
  }
  const named = Object.entries(value as Readonly<Record<string, unknown>>).flatMap(([kind, names]) => {
    const list: readonly unknown[] = Array.isArray(names) ? names : [names];
    if (list.length === 0) throw faultIn(place, FAULT, { [kind]: names });
    return list.map((name) => {
      const found = typeof name === 'string' ? readPrincipal(kind, name) : undefined;
      if (found === undefined) throw faultIn(place, FAULT, { [kind]: name });
      return found;
    });
  });
  if (named.length === 0) throw faultIn(place, FAULT, { [element]: value });
  return { element, named };
}

const ACCOUNT = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;
const ARN = /^arn:[a-z-]+:(iam|sts)::([A-Za-z0-9][A-Za-z0-9_.-]{0,63})?:(.{1,512})$/;
const SERVICE = /^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.amazonaws\.com(?:\.cn)?$/;

function readPrincipal(kind: string, name: string): NamedPrincipal | undefined {
  switch (kind) {
    case 'AWS':
      return readAws(name);
    case 'CanonicalUser':
      return ACCOUNT.test(name) ? { kind: 'account', account: name } : undefined;
    case 'Service':
      return SERVICE.test(name) ? NOBODY : undefined;
    case 'Federated':
      return name !== '' && !/[*?]/.test(name) ? NOBODY : undefined;
    default:
      return undefined;
  }
}

function readAws(name: string): NamedPrincipal | undefined {
  if (name === '*') return EVERYBODY;
  if (ACCOUNT.test(name)) return { kind: 'account', account: name };
  const [, service, account, rest = ''] = ARN.exec(name) ?? [];
  // Part of a principal cannot be a wildcard: "*" is everybody or nothing.
  if (service === undefined || /[*?]/.test(rest)) return undefined;
  const [kind, ...path] = rest.split('/');
  // A path before the name (`user/team/name`) is part of no name here.
  const last = path.join('/');
  if (service === 'sts') {
    const [role = '', session, ...more] = path;
    if (kind !== 'assumed-role' || role === '') return undefined;
    if (account === undefined || session === undefined || more.length > 0) return NOBODY;
    return { kind: 'role', account, name: role, session };
  }
  if (rest === 'root') return account === undefined ? undefined : { kind: 'account', account };
  if (last === '') return undefined;
  switch (kind) {
    case 'user':
      return account === undefined ? NOBODY : { kind: 'user', account, name: last };
    case 'service':
      return account === undefined ? NOBODY : { kind: 'service', account, id: last };
    case 'role':
      return account === undefined ? NOBODY : { kind: 'role', account, name: last, session: undefined };
    default:
      return undefined;
  }
}

export function isEverybody({ element, named }: PolicyPrincipals): boolean {
  return element === 'NotPrincipal' || named.some(({ kind }) => kind === 'everybody');
}

export interface PolicySubject {
  readonly principal: Principal;
}

/** For a statement that allows. */
export function matchAllowed({ named }: PolicyPrincipals, subject: PolicySubject): PrincipalMatch {
  let found: PrincipalMatch;
  for (const name of named) {
    if (isItself(name, subject)) return 'itself';
    if (isAccountOf(name, subject)) found = 'account';
  }
  return found;
}

/**
 * For a statement that denies. What `NotPrincipal` spares must be the caller itself: a colleague of the same account is
 * denied.
 */
export function matchesDenied({ element, named }: PolicyPrincipals, subject: PolicySubject): boolean {
  if (element === 'NotPrincipal') return !named.some((name) => isItself(name, subject));
  return named.some((name) => isItself(name, subject) || isAccountOf(name, subject));
}

function isAccountOf(name: NamedPrincipal, { principal }: PolicySubject): boolean {
  return name.kind === 'account' && principal.kind !== 'anonymous' && principal.account.id === name.account;
}

function isItself(name: NamedPrincipal, { principal }: PolicySubject): boolean {
  switch (name.kind) {
    case 'everybody':
      return true;
    case 'account':
      return actsAsOwner(principal, name.account);
    case 'user':
      return (
        principal.kind === 'user' &&
        principal.account.id === name.account &&
        principal.user.name === name.name
      );
    case 'user-id':
      return (
        principal.kind === 'user' && principal.account.id === name.account && principal.user.id === name.id
      );
    case 'service':
      return (
        principal.kind === 'service' &&
        principal.account.id === name.account &&
        principal.service.id === name.id
      );
    case 'role':
      return (
        principal.kind === 'role-session' &&
        principal.account.id === name.account &&
        principal.role.name === name.name &&
        (name.session === undefined || principal.session.name === name.session)
      );
    case 'nobody':
      return false;
  }
}
