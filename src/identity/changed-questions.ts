/** Questions about access as they would be with a change: of policies, of grants, of who asks. What cannot be stored is no change. */
import { rightsOf } from './action-rights.ts';
import { applyPatch, type PatchStep } from './edit-aws-policy.ts';
import type { AccessQuestion } from './evaluate-access.ts';
import { type Grants, NO_GRANTS, type PolicyLanguage } from './grants.ts';
import { policyNameOf } from './policy-actions.ts';
import { compilePolicy } from './policy-cache.ts';
import type { Principal } from './principal.ts';

export function withBucketPolicy(question: AccessQuestion, bucketPolicy: string | undefined): AccessQuestion {
  // What cannot be stored is no change.
  if (bucketPolicy !== undefined) compilePolicy(bucketPolicy, 'bucket');
  return { ...question, resource: { ...question.resource, bucketPolicy } };
}

export function recompiled(document: string, patch: readonly PatchStep[], language: PolicyLanguage) {
  const text = applyPatch(document, patch);
  return { document: text, policy: compilePolicy(text, language) };
}

export function grantsOf(principal: Principal): Grants {
  return principal.kind === 'anonymous' ? NO_GRANTS : (principal.grants ?? NO_GRANTS);
}

export function withGrants(question: AccessQuestion, grants: Grants): AccessQuestion {
  const { principal } = question;
  return principal.kind === 'anonymous' ? question : { ...question, principal: { ...principal, grants } };
}

export interface OwnStatement {
  readonly Effect: 'Allow';
  readonly Action: string;
  readonly Resource: string;
}

/** What allows exactly this. Undefined for what no policy speaks of. */
export function ownStatement(question: AccessQuestion): OwnStatement | undefined {
  const action = policyNameOf(wantedAction(question));
  return action === undefined ? undefined : { Effect: 'Allow', Action: action, Resource: arnOf(question) };
}

/** Of an object that is not there, what may be allowed is to know that: by listing. */
function wantedAction({ action, resource }: AccessQuestion): AccessQuestion['action'] {
  return resource.object?.kind === 'absent' && !rightsOf(action).owners.includes('bucket')
    ? 'bucket:list-objects'
    : action;
}

export function arnOf(question: AccessQuestion): string {
  const { bucket, key } = question.resource;
  if (bucket === undefined) return '*';
  if (key === undefined || wantedAction(question) !== question.action) return `arn:aws:s3:::${bucket}`;
  // What policies take as wildcards or variables stands for itself.
  const literal = key.replace(/[*?$]/g, (character) => `\${${character}}`);
  return `arn:aws:s3:::${bucket}/${literal}`;
}

/** As a bucket's policy names the caller. */
export function principalNameOf(principal: Principal): string {
  switch (principal.kind) {
    case 'anonymous':
      return '*';
    case 'user': {
      const { account, user } = principal;
      return `arn:aws:iam::${account.id}:${user.isRoot ? 'root' : `user/${user.name}`}`;
    }
    case 'service':
      return `arn:aws:iam::${principal.account.id}:service/${principal.service.id}`;
    case 'role-session':
      return `arn:aws:iam::${principal.account.id}:role/${principal.role.name}`;
  }
}
