/** The answer to a call that nobody has made: the same question to what is stored now, through the same code. */
import { CoreError } from '../../core/core-errors.ts';
import type { Bucket } from '../../core/model.ts';
import type { ObjectStore } from '../../core/object-store.ts';
import { accessResourceOf, objectFactsOf } from '../../dialects/kernel/bucket-access.ts';
import type { SimulatedCall, SimulationOutcome } from '../../dialects/kernel/denial-reader.ts';
import { type Action, actions } from '../../identity/actions.ts';
import { type AccessQuestion, needsObjectFacts, type ObjectFacts } from '../../identity/evaluate-access.ts';
import { explainDecision } from '../../identity/explain-decision.ts';
import type { IdentityStore } from '../../identity/identity-store.ts';
import { actsAsOwner } from '../../identity/ownership.ts';
import { policyNameOf } from '../../identity/policy-actions.ts';
import { SCP_REGION_KEY } from '../../identity/policy-condition-keys.ts';
import type { ConditionValues } from '../../identity/policy-conditions.ts';
import { type Caller, type Principal, subjectOf } from '../../identity/principal.ts';
import { administers } from '../../identity/roles.ts';
import type { Subject } from '../../identity/subjects.ts';
import type { Clock } from '../../lib/clock.ts';
import { findBucket } from './current-access.ts';
import {
  refuseDrafts,
  withDraftedGrants,
  withDraftedPolicy,
  withDraftedPublicGrants,
} from './draft-policies.ts';
import { partyOf } from './record-denials.ts';
import { actionOf, shownExplanation, type View } from './show-explanation.ts';

export interface SimulationParts {
  readonly store: Pick<ObjectStore, 'findBucket' | 'headObject'>;
  readonly identity: Pick<IdentityStore, 'findPrincipal' | 'findPublicGrants'>;
  readonly clock: Clock;
  /** Of the first region. */
  readonly place: string;
  /** What Samsung Cloud Platform calls a place. */
  scpNameOf(place: string): string;
}

export async function simulateAccess(
  asker: Caller,
  call: SimulatedCall,
  parts: SimulationParts,
): Promise<SimulationOutcome> {
  const action = readAction(call.action);
  if (action === undefined) return { kind: 'unknown', what: 'action' };
  const found = await findParty(call.principal, parts);
  if (found === undefined) return { kind: 'unknown', what: 'principal' };
  const { unusable } = found;
  if (!mayAskAbout(asker, found.principal)) return { kind: 'unknown', what: 'principal' };
  const { place = parts.place, bucket: name } = call;
  const caller = found.principal.kind === 'anonymous' ? undefined : found.principal.account.id;
  const stored = name === undefined ? undefined : await findBucket(parts.store, { caller, place, name });
  if (name !== undefined && stored === undefined && action !== 'bucket:create') {
    return { kind: 'unknown', what: 'bucket' };
  }
  const refusal = refuseDrafts(asker.principal, call, found.principal, stored);
  if (refusal !== undefined) return refusal;
  const principal = withDraftedGrants(found.principal, call.policyDraft);
  const bucket = stored && withDraftedPolicy(stored, call.bucketPolicy);
  const question = await questionAbout(principal, action, bucket, call, parts);
  const explanation = explainDecision(question);
  const party = partyOf(principal);
  const account = question.resource.account;
  const record = { principal: party, ...(account !== undefined && { account }) };
  return {
    kind: 'answered',
    document: {
      allowed: explanation.allowed && unusable === undefined,
      principal: party,
      action: actionOf(action),
      ...(account !== undefined && { account }),
      ...(name !== undefined && { bucket: name }),
      ...(call.key !== undefined && { key: call.key }),
      ...(unusable !== undefined && { unusable }),
      ...shownExplanation(explanation, record, viewOf(asker, account)),
    },
  };
}

/** `s3:GetObject` in any case, or the name of a core action. */
function readAction(text: string): Action | undefined {
  return actions.find(
    (action) => action === text || policyNameOf(action)?.toLowerCase() === text.toLowerCase(),
  );
}

interface Party {
  readonly principal: Principal;
  readonly unusable?: string;
}

async function findParty(subject: Subject, { identity, clock }: SimulationParts): Promise<Party | undefined> {
  if (subject === 'public') return { principal: { kind: 'anonymous' } };
  if (!subject.startsWith('role:')) return identity.findPrincipal(subject);
  const now = clock.nowMicros();
  const session = {
    id: 'simulated',
    name: 'simulated',
    issuedAtMicros: now,
    expiresAtMicros: now + 1,
    source: 'simulation',
  };
  return identity.findPrincipal(subject, session);
}

/** Of others only administrators may ask what they may do. */
function mayAskAbout({ principal: asker }: Caller, principal: Principal): boolean {
  if (asker.kind === 'anonymous') return false;
  if (principal.kind === 'anonymous' || subjectOf(asker) === subjectOf(principal)) return true;
  return administers(asker, principal.account.id);
}

function viewOf({ principal }: Caller, account: string | undefined): View {
  if (principal.kind === 'user' && principal.isServerAdmin) return 'all';
  return actsAsOwner(principal, account) ? 'resource' : 'own';
}

async function questionAbout(
  principal: Principal,
  action: Action,
  bucket: Bucket | undefined,
  call: SimulatedCall,
  { identity, store, clock, place: home, scpNameOf }: SimulationParts,
): Promise<AccessQuestion> {
  const request = valuesOf(call, { home, scpNameOf }, clock.nowMicros());
  const account = principal.kind === 'anonymous' ? undefined : principal.account.id;
  if (bucket === undefined) {
    const named = call.bucket === undefined ? {} : { bucket: call.bucket };
    return { principal, action, resource: { account, ...named }, request };
  }
  const publicGrants = withDraftedPublicGrants(
    await identity.findPublicGrants(bucket.account),
    principal,
    call.policyDraft,
  );
  const resource = { ...accessResourceOf(bucket, call.key), publicGrants };
  const question: AccessQuestion = { principal, action, resource, request };
  if (call.key === undefined || !needsObjectFacts(question)) return question;
  const object = await findObject(store, bucket, call.key, call.versionId);
  return { ...question, resource: { ...resource, object } };
}

function valuesOf(
  { conditions = {}, place: named, key, versionId }: SimulatedCall,
  { home, scpNameOf }: { readonly home: string } & Pick<SimulationParts, 'scpNameOf'>,
  nowMicros: number,
): ConditionValues {
  const place = named ?? home;
  const given = new Map(Object.entries(conditions).map(([name, value]) => [name.toLowerCase(), value]));
  const usual = new Map([
    ['aws:securetransport', 'true'],
    ['aws:currenttime', new Date(nowMicros / 1000).toISOString()],
    ['aws:epochtime', String(Math.floor(nowMicros / 1e6))],
    ['aws:requestedregion', place],
    [SCP_REGION_KEY, scpNameOf(place)],
    ...(key === undefined ? ([['s3:prefix', '']] as const) : []),
    ...(versionId === undefined ? [] : ([['s3:versionid', versionId]] as const)),
  ]);
  return { get: (name) => given.get(name) ?? usual.get(name) };
}

async function findObject(
  store: Pick<ObjectStore, 'headObject'>,
  bucket: Bucket,
  key: string,
  versionId: string | undefined,
): Promise<ObjectFacts> {
  try {
    const wanted = { bucket, key, conditions: {}, asStored: true };
    const { version } = await store.headObject(versionId === undefined ? wanted : { ...wanted, versionId });
    return objectFactsOf(bucket, version);
  } catch (error) {
    // Not there, in whichever way.
    if (error instanceof CoreError) return { kind: 'absent' };
    throw error;
  }
}
