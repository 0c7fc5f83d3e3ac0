/**
 * Whether somebody may assume a role at Samsung Cloud Platform (build specification scp.md, sections 4.2 and 4.3). The role's trust policy
 * must allow it. Within the account it suffices when it names the caller itself; else the caller's own side must agree too, which
 * whoever administers the caller's account does by itself. Whom a provider of identities vouches for has no side of their own.
 */
import type { AccessQuestion, TraceStep } from './evaluate-access.ts';
import type { ConditionValues } from './policy-conditions.ts';
import { PolicyError } from './policy-error.ts';
import { identityPolicies } from './policy-layers.ts';
import { roleOf } from './roles.ts';
import {
  evaluateTrust,
  parseTrustPolicy,
  type TrustPolicy,
  type TrustVerdict,
} from './scp-trust-policies.ts';

/** Trust is asked for where the question brings the trust policy of the role. */
export function isAboutRole({ resource }: AccessQuestion): boolean {
  return resource.trustPolicy !== undefined;
}

const NOBODY: TrustPolicy = { statements: [] };
const SILENT: ConditionValues = { get: () => undefined };

export function trustPolicy(question: AccessQuestion): TraceStep {
  const verdict = verdictOf(question);
  const layer = 'trust-policy';
  if (verdict.kind !== 'allowed') return { layer, verdict: 'deny', reason: verdict.reason };
  const isEnough =
    question.resource.vouchedFor !== undefined || (isInside(question) && verdict.to === 'itself');
  return { layer, verdict: isEnough ? 'allow' : 'silent', reason: verdict.reason };
}

function verdictOf({ principal, action, resource, request = SILENT }: AccessQuestion): TrustVerdict {
  const { vouchedFor } = resource;
  const subject =
    vouchedFor === undefined
      ? ({ kind: 'principal', principal } as const)
      : ({ kind: 'federated', provider: vouchedFor } as const);
  return evaluateTrust(trustOf(resource.trustPolicy ?? ''), subject, action, request);
}

/** A role that trusts in the words of another cloud trusts nobody here. */
function trustOf(text: string): TrustPolicy {
  try {
    return parseTrustPolicy(text);
  } catch (error) {
    if (error instanceof PolicyError) return NOBODY;
    throw error;
  }
}

function isInside({ principal, resource }: AccessQuestion): boolean {
  return principal.kind !== 'anonymous' && principal.account.id === resource.account;
}

/** The caller's own side, where the trust policy is not enough. */
export function ownConsent(question: AccessQuestion): TraceStep {
  const { principal } = question;
  if (principal.kind === 'user' && roleOf(principal.user) === 'admin') {
    return {
      layer: 'account-administration',
      verdict: 'allow',
      reason: 'the caller administers its own account',
    };
  }
  const own = identityPolicies(question);
  if (own?.statement !== undefined) return { ...own, verdict: 'allow' };
  const reason = 'the role trusts the account, and no policy of the caller lets it assume the role';
  return { layer: 'identity-policy', verdict: 'deny', reason };
}
