/**
 * What policies say about a question: each layer as a step of the trace (design, section 7).
 *
 * - An explicit deny in any policy wins. Only the root user of the account that owns a bucket can always read, replace and
 *   delete its policy, so that nobody is locked out for good (Amazon S3 User Guide, "Bucket policies": the root of the owning
 *   account may always do that).
 * - A session is limited to what its policy allows besides.
 * - Whoever has policies of its own (`identityPolicies`) has what they say and nothing from ownership: inside its account either
 *   side may allow, across accounts both must.
 * - A bucket's policy says nothing about objects that other accounts own, except what it denies.
 */
import type { ActionRights } from './action-rights.ts';
import type { Action } from './actions.ts';
import type { AccessQuestion, TraceStep } from './evaluate-access.ts';
import { findAllow, findDeny, type PolicyRequest } from './evaluate-policy.ts';
import { actsAsOwner } from './ownership.ts';
import type { Policy, PolicyStatement } from './policies.ts';
import { compilePolicy } from './policy-cache.ts';
import type { ConditionValues } from './policy-conditions.ts';
import type { Principal } from './principal.ts';
import { isPublicPolicy } from './public-policies.ts';

export type PolicyLayer = 'identity-policy' | 'session-policy' | 'bucket-policy';

interface LayeredPolicy {
  readonly layer: PolicyLayer;
  readonly policy: Policy;
}

const NONE: readonly LayeredPolicy[] = [];

/** Every policy that has a say. Throws `PolicyFormatError`. */
export function policiesOf(question: AccessQuestion): readonly LayeredPolicy[] {
  const { identityPolicies, sessionPolicy } = question;
  const { bucketPolicy } = question.resource;
  if (identityPolicies === undefined && sessionPolicy === undefined && bucketPolicy === undefined)
    return NONE;
  const found: LayeredPolicy[] = [];
  for (const text of identityPolicies ?? []) {
    found.push({ layer: 'identity-policy', policy: compilePolicy(text, 'identity') });
  }
  if (sessionPolicy !== undefined) {
    found.push({ layer: 'session-policy', policy: compilePolicy(sessionPolicy, 'identity') });
  }
  if (bucketPolicy !== undefined) {
    found.push({ layer: 'bucket-policy', policy: compilePolicy(bucketPolicy, 'bucket') });
  }
  return found;
}

/** Whether the caller has what the account has, without any grant. Who has policies of its own has what they say. */
export function ownsFor(
  { principal, identityPolicies }: AccessQuestion,
  account: string | undefined,
): boolean {
  return identityPolicies === undefined && actsAsOwner(principal, account);
}

export function explicitDeny(question: AccessQuestion): TraceStep | undefined {
  const policies = policiesOf(question);
  if (policies.length === 0) return undefined;
  const request = policyRequestOf(question);
  for (const { layer, policy } of policies) {
    if (layer === 'bucket-policy' && repairsPolicy(question)) continue;
    const statement = findDeny(policy, request);
    if (statement !== undefined) {
      const reason = `${nameOf(statement)} denies it`;
      return { layer, verdict: 'deny', reason, statement: shownOf(statement) };
    }
  }
  return undefined;
}

const repairs: ReadonlySet<Action> = new Set([
  'bucket:read-policy',
  'bucket:write-policy',
  'bucket:delete-policy',
]);

function repairsPolicy({ principal, action, resource }: AccessQuestion): boolean {
  return (
    repairs.has(action) &&
    principal.kind === 'user' &&
    principal.user.isRoot &&
    principal.account.id === resource.account
  );
}

export function sessionLimit(question: AccessQuestion): TraceStep | undefined {
  if (question.sessionPolicy === undefined) return undefined;
  const policy = compilePolicy(question.sessionPolicy, 'identity');
  const allow = findAllow(policy, policyRequestOf(question));
  return allow === undefined
    ? { layer: 'session-policy', verdict: 'deny', reason: 'the policy of the session does not allow it' }
    : {
        layer: 'session-policy',
        verdict: 'silent',
        reason: `${nameOf(allow.statement)} leaves it to the other layers`,
      };
}

export function identityPolicies(question: AccessQuestion): TraceStep | undefined {
  if (question.identityPolicies === undefined) return undefined;
  const statement = identityAllow(question);
  const layer = 'identity-policy';
  if (statement === undefined) {
    return { layer, verdict: 'silent', reason: 'no policy of the caller allows it' };
  }
  if (isOfOtherAccount(question)) {
    const reason = `${nameOf(statement)} allows it, if the resource of the other account does, too`;
    return { layer, verdict: 'silent', reason, statement: shownOf(statement) };
  }
  return {
    layer,
    verdict: 'allow',
    reason: `${nameOf(statement)} allows it`,
    statement: shownOf(statement),
  };
}

/** Whether the caller may take what a resource offers: across accounts its own policies must allow it, too. */
export function maySeeOffers(question: AccessQuestion): boolean {
  if (question.identityPolicies === undefined || !isOfOtherAccount(question)) return true;
  return identityAllow(question) !== undefined;
}

/** Whether what an account is granted is the caller's: as one who acts for it, or by a policy that passes it on. */
export function hasGrantsOf(question: AccessQuestion, account: string): boolean {
  if (ownsFor(question, account)) return true;
  const { principal } = question;
  return (
    principal.kind !== 'anonymous' &&
    principal.account.id === account &&
    identityAllow(question) !== undefined
  );
}

/** `rights` of the action: an object that is not there, or is another account's, is not the policy's to give. */
export function bucketPolicy(question: AccessQuestion, { owners }: ActionRights): TraceStep | undefined {
  const { resource } = question;
  const { object } = resource;
  if (resource.bucketPolicy === undefined) return undefined;
  const silent = (reason: string): TraceStep => ({ layer: 'bucket-policy', verdict: 'silent', reason });
  const ofBucket = owners.includes('bucket');
  if (!ofBucket && object?.kind === 'absent') return silent('nothing is there to give');
  if (!ofBucket && object?.kind === 'present' && isForeign(question, object.account)) {
    return silent('another account owns the object');
  }
  const policy = compilePolicy(resource.bucketPolicy, 'bucket');
  if (isRestricted(question, policy)) {
    const reason = 'the policy is public, and the public access block keeps other accounts out';
    return { layer: 'public-access-block', verdict: 'silent', reason };
  }
  const allow = findAllow(policy, policyRequestOf(question));
  if (allow === undefined) return silent('no statement allows it');
  const statement = shownOf(allow.statement);
  if (allow.to === 'account' && identityAllow(question) === undefined) {
    const reason = `${nameOf(allow.statement)} allows it to the account, which has not passed it on`;
    return { ...silent(reason), statement };
  }
  if (!maySeeOffers(question)) {
    const reason = `${nameOf(allow.statement)} allows it, but no policy of the caller does`;
    return { ...silent(reason), statement };
  }
  const reason = `${nameOf(allow.statement)} allows it`;
  return { layer: 'bucket-policy', verdict: 'allow', reason, statement };
}

function isForeign({ resource }: AccessQuestion, account: string): boolean {
  return resource.mayHoldForeignObjects === true && account !== resource.account;
}

function isRestricted(question: AccessQuestion, policy: Policy): boolean {
  const { principal, resource } = question;
  if (resource.publicAccessBlock?.has('RestrictPublicBuckets') !== true) return false;
  const isInside = principal.kind !== 'anonymous' && principal.account.id === resource.account;
  return !isInside && isPublicPolicy(policy);
}

function identityAllow(question: AccessQuestion): PolicyStatement | undefined {
  const request = policyRequestOf(question);
  for (const text of question.identityPolicies ?? []) {
    const allow = findAllow(compilePolicy(text, 'identity'), request);
    if (allow !== undefined) return allow.statement;
  }
  return undefined;
}

function isOfOtherAccount({ principal, resource }: AccessQuestion): boolean {
  return principal.kind === 'anonymous' || principal.account.id !== resource.account;
}

export function policyRequestOf(question: AccessQuestion): PolicyRequest {
  const { principal, action, resource, identityPolicies: own } = question;
  const { bucket, key } = resource;
  return {
    principal,
    actsForAccount: own === undefined,
    action,
    resource: bucket !== undefined && key !== undefined ? `${bucket}/${key}` : bucket,
    values: new RequestValues(question),
  };
}

/** What the request says, and who makes it of whom. */
class RequestValues implements ConditionValues {
  readonly #question: AccessQuestion;

  constructor(question: AccessQuestion) {
    this.#question = question;
  }

  get(key: string): string | readonly string[] | undefined {
    const { principal, resource, request } = this.#question;
    switch (key) {
      case 'aws:principalaccount':
        return principal.kind === 'anonymous' ? undefined : principal.account.id;
      case 'aws:principalarn':
        return arnOf(principal);
      case 'aws:principaltype':
        return typeOf(principal);
      case 'aws:userid':
        return userIdOf(principal);
      case 'aws:username':
        return principal.kind === 'user' && !principal.user.isRoot ? principal.user.name : undefined;
      case 'aws:resourceaccount':
      case 's3:resourceaccount':
        return resource.account;
      default:
        return request?.get(key);
    }
  }
}

/** Of a principal; undefined when nobody is known. */
function arnOf(principal: Principal): string | undefined {
  switch (principal.kind) {
    case 'anonymous':
      return undefined;
    case 'user': {
      const { account, user } = principal;
      return `arn:aws:iam::${account.id}:${user.isRoot ? 'root' : `user/${user.name}`}`;
    }
  }
}

function typeOf(principal: Principal): string {
  switch (principal.kind) {
    case 'anonymous':
      return 'Anonymous';
    case 'user':
      return principal.user.isRoot ? 'Account' : 'User';
  }
}

function userIdOf(principal: Principal): string {
  switch (principal.kind) {
    case 'anonymous':
      return 'anonymous';
    case 'user':
      return principal.user.isRoot ? principal.account.id : principal.user.id;
  }
}

function shownOf({ index, sid }: PolicyStatement): NonNullable<TraceStep['statement']> {
  return { index, ...(sid !== undefined && { sid }) };
}

function nameOf({ index, sid }: PolicyStatement): string {
  return sid === undefined ? `statement ${index + 1}` : `statement ${index + 1} (${JSON.stringify(sid)})`;
}
