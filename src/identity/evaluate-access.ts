/**
 * Whether a caller may do something, and why (design, section 7). Pure: everything that counts is in the question.
 *
 * Order: an explicit deny in any layer wins; then ownership, then grants; nothing said is a denial. Layers so far:
 * administration of the server, ownership, the access control lists of the object and of the bucket, and what may be known
 * about objects that do not exist.
 */
import { type AclPermission, decodeGrants, type Grant, type Grantee } from './acl.ts';
import { type ActionRights, rightsOf } from './action-rights.ts';
import type { Action } from './actions.ts';
import { actsAsOwner } from './ownership.ts';
import type { Principal } from './principal.ts';
import { administers } from './roles.ts';

/** An object, a version of it, or an unfinished upload: whichever the action is about. */
export type ObjectFacts =
  | {
      readonly kind: 'present';
      /** Account that wrote it. */
      readonly account: string;
      /** Its document `acl`. */
      readonly acl: string | undefined;
    }
  | { readonly kind: 'absent' };

export interface AccessResource {
  /** Account that owns the resource; of an object, the one that owns its bucket. */
  readonly account: string | undefined;
  /** Whose credentials, tokens and rights it is about (`identity:`): a user of that account. */
  readonly user?: string;
  readonly bucket?: string;
  readonly key?: string;
  /** The bucket's document `acl`. */
  readonly bucketAcl?: string | undefined;
  /** Accounts other than the bucket's may have written objects into it. When they have not, its owner needs no facts. */
  readonly mayHoldForeignObjects?: boolean;
  /** Needed when `needsObjectFacts` says so; otherwise not looked at. */
  readonly object?: ObjectFacts;
}

export interface AccessQuestion {
  readonly principal: Principal;
  readonly action: Action;
  readonly resource: AccessResource;
}

export interface TraceStep {
  readonly layer:
    | 'authentication'
    | 'server-administration'
    | 'own-user'
    | 'account-administration'
    | 'ownership'
    | 'object-acl'
    | 'bucket-acl'
    | 'existence'
    | 'default';
  readonly verdict: 'allow' | 'deny' | 'silent';
  readonly reason: string;
}

export interface AccessDecision {
  readonly allowed: boolean;
  /** Every layer consulted, in order; the last one decided. */
  readonly trace: readonly TraceStep[];
}

/** Whether the answer depends on the object: on who wrote it, on its list, or on its being there. */
export function needsObjectFacts({ principal, action, resource }: AccessQuestion): boolean {
  const { owners, objectGrant } = rightsOf(action);
  if (objectGrant === undefined && !owners.includes('object')) return false;
  if (principal.kind === 'anonymous' && objectGrant === undefined) return false;
  if (!actsAsOwner(principal, resource.account)) return true;
  return !owners.includes('bucket') && resource.mayHoldForeignObjects === true;
}

/** Throws `AclFormatError` when a stored list cannot be read. */
export function evaluateAccess(question: AccessQuestion): AccessDecision {
  const { principal, action } = question;
  const trace: TraceStep[] = [];
  if (principal.kind === 'anonymous') {
    const reason = 'the request carries no proof of identity';
    trace.push({ layer: 'authentication', verdict: 'silent', reason });
  }
  for (const layer of layersOf(action)) {
    const step = layer(question, rightsOf(action));
    if (step === undefined) continue;
    trace.push(step);
    if (step.verdict !== 'silent') return { allowed: step.verdict === 'allow', trace };
  }
  trace.push({ layer: 'default', verdict: 'deny', reason: 'no layer grants the action' });
  return { allowed: false, trace };
}

/** What one layer says; undefined when it does not apply to the action. */
type Layer = (question: AccessQuestion, rights: ActionRights) => TraceStep | undefined;

const adminLayers: readonly Layer[] = [serverAdministration];
const identityLayers: readonly Layer[] = [ownUser, accountAdministration];
const layers: readonly Layer[] = [ownership, objectAcl, bucketAcl, existence];

function layersOf(action: Action): readonly Layer[] {
  if (action === 'admin:read' || action === 'admin:write') return adminLayers;
  return action === 'identity:read' || action === 'identity:write' ? identityLayers : layers;
}

function ownUser({ principal, resource }: AccessQuestion): TraceStep {
  return principal.kind === 'user' && principal.user.id === resource.user
    ? { layer: 'own-user', verdict: 'allow', reason: 'it is about the caller' }
    : { layer: 'own-user', verdict: 'silent', reason: 'it is about another user' };
}

function accountAdministration({ principal, resource }: AccessQuestion): TraceStep {
  return resource.account !== undefined && administers(principal, resource.account)
    ? { layer: 'account-administration', verdict: 'allow', reason: 'the caller administers the account' }
    : {
        layer: 'account-administration',
        verdict: 'deny',
        reason: 'only administrators of the account speak for its other users',
      };
}

function serverAdministration({ principal }: AccessQuestion): TraceStep {
  return principal.kind === 'user' && principal.isServerAdmin
    ? { layer: 'server-administration', verdict: 'allow', reason: 'root user of the root account' }
    : {
        layer: 'server-administration',
        verdict: 'deny',
        reason: 'only the root user of the root account administers the server',
      };
}

function ownership(question: AccessQuestion, { owners }: ActionRights): TraceStep {
  const { principal, resource } = question;
  const { object } = resource;
  const ownsBucket = actsAsOwner(principal, resource.account);
  if (ownsBucket && (owners.includes('account') || owners.includes('bucket'))) {
    return { layer: 'ownership', verdict: 'allow', reason: 'the account owns the resource' };
  }
  if (owners.includes('object')) {
    // Without objects of other accounts, whoever owns the bucket owns what is in it, there or not.
    if (ownsBucket && resource.mayHoldForeignObjects !== true) {
      return { layer: 'ownership', verdict: 'allow', reason: 'the account owns all objects of the bucket' };
    }
    if (object?.kind === 'present' && actsAsOwner(principal, object.account)) {
      return { layer: 'ownership', verdict: 'allow', reason: 'the account owns the object' };
    }
    if (ownsBucket && object?.kind === 'present') {
      const reason = 'the account owns the bucket, but another account wrote the object';
      return { layer: 'ownership', verdict: 'silent', reason };
    }
  }
  const reason =
    principal.kind === 'anonymous'
      ? 'nobody owns by being anonymous'
      : 'the resource belongs to another account';
  return { layer: 'ownership', verdict: 'silent', reason };
}

function objectAcl(
  { principal, resource }: AccessQuestion,
  { objectGrant }: ActionRights,
): TraceStep | undefined {
  if (objectGrant === undefined || resource.object?.kind !== 'present') return undefined;
  return aclStep('object-acl', resource.object.acl, objectGrant, principal);
}

function bucketAcl(
  { principal, resource }: AccessQuestion,
  { bucketGrant }: ActionRights,
): TraceStep | undefined {
  if (bucketGrant === undefined) return undefined;
  return aclStep('bucket-acl', resource.bucketAcl, bucketGrant, principal);
}

/** Whoever may list a bucket may know that something is not in it: the operation then says so instead of a denial. */
function existence(question: AccessQuestion, { owners, objectGrant }: ActionRights): TraceStep | undefined {
  const { principal, resource } = question;
  if (resource.object?.kind !== 'absent') return undefined;
  if (objectGrant === undefined && !owners.includes('object')) return undefined;
  const mayList =
    actsAsOwner(principal, resource.account) ||
    aclStep('bucket-acl', resource.bucketAcl, 'READ', principal).verdict === 'allow';
  return mayList
    ? { layer: 'existence', verdict: 'allow', reason: 'nothing is there, and the caller may list the bucket' }
    : {
        layer: 'existence',
        verdict: 'deny',
        reason: 'nothing is there, and the caller may not list the bucket',
      };
}

/** A list that is not stored grants nothing beyond ownership, which has been asked before. */
function aclStep(
  layer: 'object-acl' | 'bucket-acl',
  document: string | undefined,
  wanted: AclPermission,
  principal: Principal,
): TraceStep {
  const grants = document === undefined ? [] : decodeGrants(document);
  const deciding = grants.find((grant) => gives(grant, wanted) && includes(grant.grantee, principal));
  return deciding === undefined
    ? { layer, verdict: 'silent', reason: `${wanted} is not granted to the caller` }
    : { layer, verdict: 'allow', reason: `${deciding.permission} is granted to ${nameOf(deciding.grantee)}` };
}

function gives({ permission }: Grant, wanted: AclPermission): boolean {
  return permission === wanted || permission === 'FULL_CONTROL';
}

function includes(grantee: Grantee, principal: Principal): boolean {
  if (grantee.kind === 'account') return actsAsOwner(principal, grantee.account);
  switch (grantee.group) {
    case 'all-users':
      return true;
    case 'authenticated-users':
      return principal.kind !== 'anonymous';
    case 'log-delivery':
      return false;
  }
}

function nameOf(grantee: Grantee): string {
  return grantee.kind === 'group' ? grantee.group : `account ${grantee.account}`;
}
