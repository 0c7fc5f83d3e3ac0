/** What is stored, as it would be with policies that are not: for questions only. */
import type { Bucket } from '../../core/model.ts';
import { accessResourceOf } from '../../dialects/kernel/bucket-access.ts';
import type { PolicyDraft, SimulatedCall, SimulationOutcome } from '../../dialects/kernel/denial-reader.ts';
import { evaluateAccess } from '../../identity/evaluate-access.ts';
import { type GrantedPolicy, type Grants, NO_GRANTS } from '../../identity/grants.ts';
import { actsAsOwner } from '../../identity/ownership.ts';
import { compilePolicy } from '../../identity/policy-cache.ts';
import { type Principal, subjectOf } from '../../identity/principal.ts';
import { administers } from '../../identity/roles.ts';

/**
 * What a draft changes in an answer tells what else is stored: who may know of the policy in whose place it counts may ask.
 * Undefined: they may.
 */
export function refuseDrafts(
  asker: Principal,
  { bucketPolicy, policyDraft }: SimulatedCall,
  principal: Principal,
  bucket: Bucket | undefined,
): SimulationOutcome | undefined {
  const account = principal.kind === 'anonymous' ? bucket?.account : principal.account.id;
  if (policyDraft !== undefined && !administers(asker, account ?? '')) {
    return { kind: 'refused', whose: 'account' };
  }
  if (bucketPolicy !== undefined && bucket !== undefined && !mayReadPolicyOf(bucket, asker)) {
    return { kind: 'refused', whose: 'bucket' };
  }
  return undefined;
}

/** Owners also when the policy denies it to them: they may replace it. */
function mayReadPolicyOf(bucket: Bucket, principal: Principal): boolean {
  const { account } = bucket;
  if (actsAsOwner(principal, account) || administers(principal, account)) return true;
  const resource = accessResourceOf(bucket);
  return evaluateAccess({ principal, action: 'bucket:read-policy', resource }).allowed;
}

/** `text`: undefined for what is stored, empty for none. */
export function withDraftedPolicy(bucket: Bucket, text: string | undefined): Bucket {
  if (text === undefined) return bucket;
  const { policy: _stored, ...others } = bucket.documents;
  return { ...bucket, documents: text === '' ? others : { ...others, policy: text } };
}

export function withDraftedGrants<P extends Principal>(principal: P, draft: PolicyDraft | undefined): P {
  if (principal.kind === 'anonymous' || draft === undefined) return principal;
  return { ...principal, grants: draftedGrants(principal.grants, principal, draft) };
}

/** Of what everybody has, when nobody in particular asks. */
export function withDraftedPublicGrants(
  grants: Grants | undefined,
  principal: Principal,
  draft: PolicyDraft | undefined,
): Grants | undefined {
  if (principal.kind !== 'anonymous' || draft === undefined) return grants;
  return draftedGrants(grants, principal, draft);
}

function draftedGrants(grants: Grants = NO_GRANTS, principal: Principal, draft: PolicyDraft): Grants {
  const { id, language, document } = draft;
  const changed = { language, document, policy: compilePolicy(document, language) };
  const { policies } = grants;
  if (id !== undefined) {
    return { ...grants, policies: policies.map((each) => (each.id === id ? { ...each, ...changed } : each)) };
  }
  const added: GrantedPolicy = { ...changed, id: '', name: 'draft', via: subjectOf(principal) };
  return { ...grants, policies: [...policies, added] };
}
