/**
 * What policies say about a question: each layer as a step of the trace (design, section 7).
 *
 * - An explicit deny in any policy wins. Only the root user of the account that owns a bucket can always read, replace and
 *   delete its policy, so that nobody is locked out for good (Amazon S3 User Guide, "Bucket policies": the root of the owning
 *   account may always do that).
 * - A session is limited to what its policy allows besides.
 * - Policies of the caller's own add to ownership, which only some users have (ownership.ts). Inside the account they suffice;
 *   on resources of another account they pass on what their account was granted, and sessions of roles need them besides.
 * - A bucket's policy says nothing about objects that other accounts own, except what it denies.
 */
import type { ActionRights } from './action-rights.ts';
import type { Action } from './actions.ts';
import type { AccessQuestion, NamedStatement, TraceStep } from './evaluate-access.ts';
import { findAllow, findDeny, type PolicyRequest } from './evaluate-policy.ts';
import { type GrantedPolicy, type Grants, NO_GRANTS } from './grants.ts';
import { ibmAttribute } from './ibm-attributes.ts';
import { existingTag } from './object-tags.ts';
import { actsAsOwner, needsOwnAllow } from './ownership.ts';
import type { Policy, PolicyStatement } from './policies.ts';
import { compilePolicy } from './policy-cache.ts';
import type { ConditionValues } from './policy-conditions.ts';
import type { Principal } from './principal.ts';
import { isPublicPolicy } from './public-policies.ts';

export type PolicyLayer = 'identity-policy' | 'session-policy' | 'public-policy' | 'bucket-policy';

interface LayeredPolicy {
  readonly layer: PolicyLayer;
  readonly policy: Policy;
  /** Of an identity's own. */
  readonly granted?: GrantedPolicy;
}

/** Every policy that has a say, for the traces of denials. Throws `PolicyFormatError`. */
export function policiesOf({ principal, resource }: AccessQuestion): readonly LayeredPolicy[] {
  const { policies, sessionPolicy } = grantsOf(principal);
  const found: LayeredPolicy[] = policies.map((granted) => ({
    layer: 'identity-policy',
    policy: granted.policy,
    granted,
  }));
  if (sessionPolicy !== undefined) found.push({ layer: 'session-policy', policy: sessionPolicy.policy });
  for (const granted of resource.publicGrants?.policies ?? []) {
    found.push({ layer: 'public-policy', policy: granted.policy, granted });
  }
  if (resource.bucketPolicy !== undefined) {
    found.push({ layer: 'bucket-policy', policy: compilePolicy(resource.bucketPolicy, 'bucket') });
  }
  return found;
}

function grantsOf(principal: Principal): Grants {
  return principal.kind === 'anonymous' ? NO_GRANTS : (principal.grants ?? NO_GRANTS);
}

export function explicitDeny(question: AccessQuestion): TraceStep | undefined {
  const { policies, sessionPolicy } = grantsOf(question.principal);
  const { bucketPolicy: document } = question.resource;
  if (policies.length === 0 && sessionPolicy === undefined && document === undefined) return undefined;
  const request = policyRequestOf(question);
  for (const granted of policies) {
    const statement = findDeny(granted.policy, request);
    if (statement !== undefined) return denial('identity-policy', statement, granted);
  }
  const ofSession = sessionPolicy && findDeny(sessionPolicy.policy, request);
  if (ofSession !== undefined) return denial('session-policy', ofSession);
  if (document === undefined || repairsPolicy(question)) return undefined;
  const ofBucket = findDeny(compilePolicy(document, 'bucket'), request);
  return ofBucket && denial('bucket-policy', ofBucket);
}

function denial(layer: PolicyLayer, statement: PolicyStatement, granted?: GrantedPolicy): TraceStep {
  const reason = `${nameOf(statement, granted)} denies it`;
  return { layer, verdict: 'deny', reason, statement: shownOf(statement, granted) };
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
  const { sessionPolicy } = grantsOf(question.principal);
  if (sessionPolicy === undefined) return undefined;
  const allow = findAllow(sessionPolicy.policy, policyRequestOf(question));
  return allow === undefined
    ? { layer: 'session-policy', verdict: 'deny', reason: 'the policy of the session does not allow it' }
    : {
        layer: 'session-policy',
        verdict: 'silent',
        reason: `${nameOf(allow.statement)} leaves it to the other layers`,
      };
}

export function identityPolicies(question: AccessQuestion): TraceStep | undefined {
  const layer = 'identity-policy';
  if (grantsOf(question.principal).policies.length === 0) {
    const { kind } = question.principal;
    if (kind === 'anonymous' || kind === 'user') return undefined;
    return { layer, verdict: 'silent', reason: 'no policy is attached to the caller' };
  }
  const found = identityAllow(question);
  if (found === undefined) {
    return { layer, verdict: 'silent', reason: 'no policy of the caller allows it' };
  }
  const { granted } = found;
  const statement = shownOf(found.statement, granted);
  if (isOfOtherAccount(question)) {
    const reason = `${nameOf(found.statement, granted)} allows it, if the resource of the other account does, too`;
    return { layer, verdict: 'silent', reason, statement };
  }
  return { layer, verdict: 'allow', reason: `${nameOf(found.statement, granted)} allows it`, statement };
}

/** Whether the caller may take what a resource offers. */
export function maySeeOffers(question: AccessQuestion): boolean {
  if (!needsOwnAllow(question.principal) || !isOfOtherAccount(question)) return true;
  return identityAllow(question) !== undefined;
}

/** Whether what an account is granted is the caller's: as one who acts for it, or by a policy that passes it on. */
export function hasGrantsOf(question: AccessQuestion, account: string): boolean {
  const { principal } = question;
  if (actsAsOwner(principal, account)) return true;
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

function identityAllow(
  question: AccessQuestion,
): { readonly statement: PolicyStatement; readonly granted: GrantedPolicy } | undefined {
  const { policies } = grantsOf(question.principal);
  if (policies.length === 0) return undefined;
  const request = policyRequestOf(question);
  for (const granted of policies) {
    const allow = findAllow(granted.policy, request);
    if (allow !== undefined) return { statement: allow.statement, granted };
  }
  return undefined;
}

function isOfOtherAccount({ principal, resource }: AccessQuestion): boolean {
  return principal.kind === 'anonymous' || principal.account.id !== resource.account;
}

export function policyRequestOf(question: AccessQuestion): PolicyRequest {
  const { principal, action, resource } = question;
  const { bucket, key, named } = resource;
  return {
    principal,
    action,
    resource: bucket !== undefined && key !== undefined ? `${bucket}/${key}` : (bucket ?? named),
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
        if (key.startsWith('ibm:')) return ibmAttribute(key, this.#question);
        return request?.get(key) ?? existingTag(key, this.#question);
    }
  }
}

/** Of a principal; undefined when nobody is known. */
function arnOf(principal: Principal): string | undefined {
  if (principal.kind === 'anonymous') return undefined;
  const { id } = principal.account;
  switch (principal.kind) {
    case 'user':
      return `arn:aws:iam::${id}:${principal.user.isRoot ? 'root' : `user/${principal.user.name}`}`;
    case 'service':
      return `arn:aws:iam::${id}:service/${principal.service.id}`;
    case 'role-session':
      // As AWS has it in a request's context: the role, not the session.
      return `arn:aws:iam::${id}:role/${principal.role.name}`;
  }
}

function typeOf(principal: Principal): string {
  switch (principal.kind) {
    case 'anonymous':
      return 'Anonymous';
    case 'user':
      return principal.user.isRoot ? 'Account' : 'User';
    case 'service':
      return 'User';
    case 'role-session':
      return 'AssumedRole';
  }
}

function userIdOf(principal: Principal): string {
  switch (principal.kind) {
    case 'anonymous':
      return 'anonymous';
    case 'user':
      return principal.user.isRoot ? principal.account.id : principal.user.id;
    case 'service':
      return principal.service.id;
    case 'role-session':
      return `${principal.role.id}:${principal.session.name}`;
  }
}

export function namedPolicy(granted: GrantedPolicy | undefined): Pick<NamedStatement, 'policy'> {
  if (granted === undefined) return {};
  const { id, name, language, via } = granted;
  return { policy: { id, name, language, via } };
}

function shownOf({ index, sid }: PolicyStatement, granted?: GrantedPolicy): NamedStatement {
  return { index, ...(sid !== undefined && { sid }), ...namedPolicy(granted) };
}

function nameOf({ index, sid }: PolicyStatement, granted?: GrantedPolicy): string {
  const statement =
    sid === undefined ? `statement ${index + 1}` : `statement ${index + 1} (${JSON.stringify(sid)})`;
  if (granted === undefined) return statement;
  return `${statement} of the policy ${granted.name === '' ? granted.id : JSON.stringify(granted.name)}`;
}
