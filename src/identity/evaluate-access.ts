/**
 * Whether a caller may do something, and why (design, section 7). Pure: everything that counts is in the question.
 *
 * Order: the firewall of a bucket; an explicit deny in any policy wins; a session stays within its policy; then the caller's own policies, ownership, the
 * bucket's policy, and the access control lists of object and bucket, without what the public access block takes away; last, what
 * may be known about objects that do not exist. Nothing said is a denial. Administration has layers of its own.
 */
import { type AclPermission, decodeGrants, type Grant, type Grantee } from './acl.ts';
import { type ActionRights, rightsOf } from './action-rights.ts';
import type { Action } from './actions.ts';
import { type AddressLists, addressLists } from './address-lists.ts';
import { network } from './bucket-firewall.ts';
import type { ContainerAcls } from './container-acl.ts';
import { containerAcl } from './container-acl-layer.ts';
import { type StatementTrace, traceStatements } from './evaluate-policy.ts';
import type { GrantedPolicy, Grants } from './grants.ts';
import { needsObjectTags } from './object-tags.ts';
import { actsAsOwner } from './ownership.ts';
import type { ConditionValues } from './policy-conditions.ts';
import {
  bucketPolicy,
  explicitDeny,
  hasGrantsOf,
  identityPolicies,
  maySeeOffers,
  namedPolicy,
  type PolicyLayer,
  policiesOf,
  policyRequestOf,
  sessionLimit,
} from './policy-layers.ts';
import type { Principal } from './principal.ts';
import type { PublicAccessBlock } from './public-access-block.ts';
import { publicPolicies } from './public-grants.ts';
import { administers } from './roles.ts';
import { isAboutRole, ownConsent, trustPolicy } from './trust-layers.ts';

/** An object, a version of it, or an unfinished upload: whichever the action is about. */
export type ObjectFacts =
  | {
      readonly kind: 'present';
      /** Account that wrote it. */
      readonly account: string;
      /** Its document `acl`. */
      readonly acl: string | undefined;
      /** Absent: none. */
      readonly tags?: Readonly<Record<string, string>> | undefined;
    }
  | { readonly kind: 'absent' };

export interface AccessResource {
  /** Account that owns the resource; of an object, the one that owns its bucket. */
  readonly account: string | undefined;
  /** Whose credentials, tokens and rights it is about (`identity:`): a user, service or role of that account. */
  readonly user?: string;
  /** GUID of the service instance that the bucket belongs to; absent: the account's default one. */
  readonly serviceInstance?: string;
  /** Resource group of that instance; absent: the account's default one. */
  readonly resourceGroup?: string;
  readonly bucket?: string;
  readonly key?: string;
  /** What is neither: `iam:role/{name}`. */
  readonly named?: string;
  /** Of the role that is to be assumed. */
  readonly trustPolicy?: string;
  /** The provider of identities that vouches for whoever assumes it. */
  readonly vouchedFor?: string;
  /** The bucket's document `acl`. */
  readonly bucketAcl?: string | undefined;
  /** The bucket's document `policy`. */
  readonly bucketPolicy?: string | undefined;
  /** The lists that Swift sets on the bucket. */
  readonly containerAcls?: ContainerAcls | undefined;
  readonly publicAccessBlock?: PublicAccessBlock | undefined;
  /** What the account that owns the bucket gives to everybody. */
  readonly publicGrants?: Grants | undefined;
  /** The bucket's document `firewall`. */
  readonly firewall?: string | undefined;
  /** The lists of addresses that Swift sets on the bucket. */
  readonly addressLists?: AddressLists | undefined;
  /** Accounts other than the bucket's may have written objects into it. When they have not, its owner needs no facts. */
  readonly mayHoldForeignObjects?: boolean;
  /** Needed when `needsObjectFacts` says so; otherwise not looked at. */
  readonly object?: ObjectFacts;
}

export interface AccessQuestion {
  /** With what its own policies grant. */
  readonly principal: Principal;
  readonly action: Action;
  readonly resource: AccessResource;
  /** What the request says of itself, for conditions; who makes it is known from the principal. */
  readonly request?: ConditionValues;
}

export interface NamedStatement {
  /** From 0. */
  readonly index: number;
  readonly sid?: string;
  /** Absent: the policy of the bucket, or of the session. */
  readonly policy?: Pick<GrantedPolicy, 'id' | 'name' | 'language' | 'via'>;
}

export interface TraceStep {
  readonly layer:
    | 'authentication'
    | 'server-administration'
    | 'own-user'
    | 'account-administration'
    | 'trust-policy'
    | PolicyLayer
    | 'network'
    | 'public-access-block'
    | 'ownership'
    | 'object-acl'
    | 'bucket-acl'
    | 'container-acl'
    | 'existence'
    | 'default';
  readonly verdict: 'allow' | 'deny' | 'silent';
  readonly reason: string;
  /** The statement that decided, or would have. */
  readonly statement?: NamedStatement;
  /** Granted to the public, and taken away by the public access block. */
  readonly isBlocked?: boolean;
  /** The caller owns the bucket, and another account the object. */
  readonly isForeign?: boolean;
  /** Of a denied call, in steps of policies: what matched or nearly matched. */
  readonly statements?: readonly (StatementTrace & Pick<NamedStatement, 'policy'>)[];
}

export interface AccessDecision {
  readonly allowed: boolean;
  /** Every layer consulted, in order; the last one decided. */
  readonly trace: readonly TraceStep[];
  /** Of a denial: what was asked, for its explanation. */
  readonly question?: AccessQuestion;
}

/** Whether the answer depends on the object: on who wrote it, on its list or tags, or on its being there. */
export function needsObjectFacts(question: AccessQuestion): boolean {
  const { principal, action, resource } = question;
  const rights = rightsOf(action);
  const { owners, objectGrant } = rights;
  if (objectGrant === undefined && !owners.includes('object')) return false;
  if (needsObjectTags(question)) return true;
  if (principal.kind === 'anonymous' && objectGrant === undefined) return false;
  const mayBeForeign = resource.mayHoldForeignObjects === true;
  if (actsAsOwner(question.principal, resource.account)) return !owners.includes('bucket') && mayBeForeign;
  if (containerAcl(question, rights)?.verdict === 'allow') return false;
  if (mayBeForeign && !owners.includes('bucket')) return true;
  // What policies give without a look at the object, and what is absent may be known.
  const isGiven =
    identityPolicies(question)?.verdict === 'allow' || bucketPolicy(question, rights)?.verdict === 'allow';
  return !(isGiven && (owners.includes('bucket') || mayList(question)));
}

/** Throws `AclFormatError` or `PolicyFormatError` when a stored document cannot be read. */
export function evaluateAccess(question: AccessQuestion): AccessDecision {
  const { principal, action } = question;
  const rights = rightsOf(action);
  const trace: TraceStep[] = [];
  if (principal.kind === 'anonymous') {
    const reason = 'the request carries no proof of identity';
    trace.push({ layer: 'authentication', verdict: 'silent', reason });
  }
  for (const layer of isAboutRole(question) ? assumptionLayers : layersOf(action)) {
    const step = layer(question, rights);
    if (step === undefined) continue;
    trace.push(step);
    if (step.verdict === 'allow') return { allowed: true, trace };
    if (step.verdict === 'deny') return denialOf(trace, question);
  }
  trace.push({ layer: 'default', verdict: 'deny', reason: 'no layer grants the action' });
  return denialOf(trace, question);
}

function denialOf(trace: readonly TraceStep[], question: AccessQuestion): AccessDecision {
  return { allowed: false, trace: withStatements(trace, question), question };
}

function withStatements(trace: readonly TraceStep[], question: AccessQuestion): readonly TraceStep[] {
  const policies = policiesOf(question);
  if (policies.length === 0) return trace;
  const request = policyRequestOf(question);
  return trace.map((step) => {
    const ofLayer = policies.filter(({ layer }) => layer === step.layer);
    if (ofLayer.length === 0) return step;
    const statements = ofLayer.flatMap(({ policy, granted }) =>
      traceStatements(policy, request).map((traced) => ({ ...traced, ...namedPolicy(granted) })),
    );
    return { ...step, statements };
  });
}

/** What one layer says; undefined when it does not apply to the action. */
type Layer = (question: AccessQuestion, rights: ActionRights) => TraceStep | undefined;

const adminLayers: readonly Layer[] = [serverAdministration];
const identityLayers: readonly Layer[] = [ownUser, accountAdministration];
/** Managing identities is no matter of ownership: an operator owns what an account has, and not who may do what. */
const iamLayers: readonly Layer[] = [
  explicitDeny,
  sessionLimit,
  ownUser,
  identityPolicies,
  accountAdministration,
];
const resourceLayers: readonly Layer[] = [explicitDeny, sessionLimit, identityPolicies, ownership];
const assumptionLayers: readonly Layer[] = [explicitDeny, sessionLimit, trustPolicy, ownConsent];
const openLayers: readonly Layer[] = [explicitDeny, sessionLimit, knownCaller];
const layers: readonly Layer[] = [
  network,
  addressLists,
  explicitDeny,
  sessionLimit,
  identityPolicies,
  ownership,
  publicPolicies,
  bucketPolicy,
  objectAcl,
  bucketAcl,
  containerAcl,
  existence,
];

function layersOf(action: Action): readonly Layer[] {
  if (action.startsWith('catalog:') || action.startsWith('sts:') || action === 'iam:use') return openLayers;
  if (action.startsWith('iam:')) return iamLayers;
  if (action.startsWith('resource:')) return resourceLayers;
  if (action === 'admin:read' || action === 'admin:write') return adminLayers;
  return action === 'identity:read' || action === 'identity:write' ? identityLayers : layers;
}

/** What everybody may do whose name is known and whom no policy denies it. */
function knownCaller({ principal }: AccessQuestion): TraceStep | undefined {
  if (principal.kind === 'anonymous') return undefined;
  return { layer: 'authentication', verdict: 'allow', reason: 'open to every caller who is known' };
}

function ownUser({ principal, resource }: AccessQuestion): TraceStep {
  return idOf(principal) !== undefined && idOf(principal) === resource.user
    ? { layer: 'own-user', verdict: 'allow', reason: 'it is about the caller' }
    : { layer: 'own-user', verdict: 'silent', reason: 'it is about another user' };
}

function idOf(principal: Principal): string | undefined {
  switch (principal.kind) {
    case 'anonymous':
      return undefined;
    case 'user':
      return principal.user.id;
    case 'service':
      return principal.service.id;
    case 'role-session':
      return principal.role.id;
  }
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
  const ownsBucket = actsAsOwner(question.principal, resource.account);
  if (ownsBucket && (owners.includes('account') || owners.includes('bucket'))) {
    return { layer: 'ownership', verdict: 'allow', reason: 'the account owns the resource' };
  }
  if (owners.includes('object')) {
    // Without objects of other accounts, whoever owns the bucket owns what is in it, there or not.
    if (ownsBucket && resource.mayHoldForeignObjects !== true) {
      return { layer: 'ownership', verdict: 'allow', reason: 'the account owns all objects of the bucket' };
    }
    if (object?.kind === 'present' && actsAsOwner(question.principal, object.account)) {
      return { layer: 'ownership', verdict: 'allow', reason: 'the account owns the object' };
    }
    if (ownsBucket && object?.kind === 'present') {
      const reason = 'the account owns the bucket, but another account wrote the object';
      return { layer: 'ownership', verdict: 'silent', reason, isForeign: true };
    }
  }
  return { layer: 'ownership', verdict: 'silent', reason: whyNotOwned(principal, resource.account) };
}

function whyNotOwned(principal: Principal, account: string | undefined): string {
  if (principal.kind === 'anonymous') return 'nobody owns by being anonymous';
  if (principal.account.id !== account) return 'the resource belongs to another account';
  return principal.kind === 'user'
    ? 'a member owns nothing of what belongs to the account'
    : 'services and sessions of roles own nothing';
}

function objectAcl(question: AccessQuestion, { objectGrant }: ActionRights): TraceStep | undefined {
  const { object } = question.resource;
  if (objectGrant === undefined || object?.kind !== 'present') return undefined;
  return aclStep('object-acl', object.acl, objectGrant, question);
}

function bucketAcl(question: AccessQuestion, { bucketGrant }: ActionRights): TraceStep | undefined {
  if (bucketGrant === undefined) return undefined;
  return aclStep('bucket-acl', question.resource.bucketAcl, bucketGrant, question);
}

/** Whoever may list a bucket may know that something is not in it: the operation then says so instead of a denial. */
function existence(question: AccessQuestion, { owners, objectGrant }: ActionRights): TraceStep | undefined {
  if (question.resource.object?.kind !== 'absent') return undefined;
  if (objectGrant === undefined && !owners.includes('object')) return undefined;
  return mayList(question)
    ? { layer: 'existence', verdict: 'allow', reason: 'nothing is there, and the caller may list the bucket' }
    : {
        layer: 'existence',
        verdict: 'deny',
        reason: 'nothing is there, and the caller may not list the bucket',
      };
}

/** Whether the caller would find the key in a listing: one of what begins with it. */
function mayList(question: AccessQuestion): boolean {
  const { key = '', object: _, ...resource } = question.resource;
  const { request } = question;
  const values: ConditionValues = {
    get: (name) => (name === 's3:prefix' ? key : listingKeys.has(name) ? undefined : request?.get(name)),
  };
  return evaluateAccess({ ...question, action: 'bucket:list-objects', resource, request: values }).allowed;
}

const listingKeys: ReadonlySet<string> = new Set(['s3:delimiter', 's3:max-keys', 's3:versionid']);

/** A list that is not stored grants nothing beyond ownership, which has been asked before. */
function aclStep(
  layer: 'object-acl' | 'bucket-acl',
  document: string | undefined,
  wanted: AclPermission,
  question: AccessQuestion,
): TraceStep {
  const silent = (reason: string): TraceStep => ({ layer, verdict: 'silent', reason });
  const grants = document === undefined ? [] : decodeGrants(document);
  const found = grants.filter((grant) => gives(grant, wanted) && includes(grant.grantee, question));
  const ignoresGroups = question.resource.publicAccessBlock?.has('IgnorePublicAcls') === true;
  const deciding = ignoresGroups ? found.find(({ grantee }) => grantee.kind === 'account') : found[0];
  if (deciding === undefined) {
    return found.length === 0
      ? silent(`${wanted} is not granted to the caller`)
      : {
          ...silent(`${wanted} is granted to the public, which the public access block ignores`),
          isBlocked: true,
        };
  }
  if (!maySeeOffers(question)) return silent(`${wanted} is granted, but no policy of the caller allows it`);
  return {
    layer,
    verdict: 'allow',
    reason: `${deciding.permission} is granted to ${nameOf(deciding.grantee)}`,
  };
}

function gives({ permission }: Grant, wanted: AclPermission): boolean {
  return permission === wanted || permission === 'FULL_CONTROL';
}

function includes(grantee: Grantee, question: AccessQuestion): boolean {
  if (grantee.kind === 'account') return hasGrantsOf(question, grantee.account);
  switch (grantee.group) {
    case 'all-users':
      return true;
    case 'authenticated-users':
      return question.principal.kind !== 'anonymous';
    case 'log-delivery':
      return false;
  }
}

function nameOf(grantee: Grantee): string {
  return grantee.kind === 'group' ? grantee.group : `account ${grantee.account}`;
}
