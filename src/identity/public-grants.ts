/**
 * What an account's policies give to everybody: those attached to `public`, the group of IBM's that everyone is in who asks, also
 * without a proof of identity (ibm-cos.md, section 5). It is the owner of the bucket whose policies count here.
 */
import type { ActionRights } from './action-rights.ts';
import type { AccessQuestion, TraceStep } from './evaluate-access.ts';
import { findAllow } from './evaluate-policy.ts';
import { maySeeOffers, namedPolicy, policyRequestOf } from './policy-layers.ts';

/** What is not there is nobody's to give. */
export function publicPolicies(question: AccessQuestion, { owners }: ActionRights): TraceStep | undefined {
  const { publicGrants, object } = question.resource;
  if (publicGrants === undefined || publicGrants.policies.length === 0) return undefined;
  const layer = 'public-policy';
  if (!owners.includes('bucket') && object?.kind === 'absent') {
    return { layer, verdict: 'silent', reason: 'nothing is there to give' };
  }
  const request = policyRequestOf(question);
  for (const granted of publicGrants.policies) {
    const allow = findAllow(granted.policy, request);
    if (allow === undefined) continue;
    const { index, sid } = allow.statement;
    const statement = { index, ...(sid !== undefined && { sid }), ...namedPolicy(granted) };
    return maySeeOffers(question)
      ? { layer, verdict: 'allow', reason: 'a policy for everybody allows it', statement }
      : { layer, verdict: 'silent', reason: 'no policy of the caller allows it besides', statement };
  }
  return { layer, verdict: 'silent', reason: 'no policy for everybody allows it' };
}
