/**
 * What an operation's permissions mean for one call: each becomes a question to `evaluateAccess`, and the first denial decides. A
 * container that is not there is asked about as one of the account that nobody else has a right to, so that strangers do not learn
 * what exists (nhn-openstack.md, section 8.6).
 */
import { CoreError } from '../../core/core-errors.ts';
import type { AccountId, Bucket } from '../../core/model.ts';
import type { ObjectStore } from '../../core/object-store.ts';
import type { Action } from '../../identity/actions.ts';
import {
  type AccessDecision,
  type AccessQuestion,
  evaluateAccess,
  needsObjectFacts,
  type ObjectFacts,
} from '../../identity/evaluate-access.ts';
import { accessResourceOf, objectFactsOf } from '../kernel/bucket-access.ts';
import type { Operation } from '../kernel/define-operation.ts';
import { RequestConditions } from './request-conditions.ts';
import type { SwiftCall, SwiftServices } from './swift-call.ts';
import { SwiftError } from './swift-errors.ts';

const PUBLIC: AccessDecision = { allowed: true, trace: [] };

/** What is known of a call when it is decided on. */
export type AskingCall = Pick<SwiftCall, 'caller' | 'request' | 'query' | 'place' | 'scpRegion'>;

type Addressed = AskingCall & {
  readonly address: {
    readonly account: string | undefined;
    readonly container: string;
    readonly key: string;
  };
  readonly loadedBucket: Bucket | undefined;
  /** Loads what is copied, and decides whether the caller may read it. Throws 404 and 412. */
  findSource(): Promise<AccessDecision>;
};

type Lookups = Pick<ObjectStore, 'headObject' | 'findBucket'>;

export async function authoriseCall(
  store: Lookups,
  call: Addressed,
  { permissions }: Pick<Operation<SwiftCall, SwiftServices>, 'permissions'>,
): Promise<AccessDecision> {
  if (permissions === 'public') return PUBLIC;
  let decision = PUBLIC;
  for (const { action, on, or } of permissions) {
    const { loadedBucket } = call;
    if (on === 'each-object') continue;
    if (on === 'source') {
      decision = await call.findSource();
      if (!decision.allowed) return decision;
      continue;
    }
    if (on === 'account' || loadedBucket === undefined)
      decision = decideOnAccount(call, action, call.address);
    else {
      const key = on === 'object' ? call.address.key : undefined;
      decision = await decideOnTarget(store, call, action, loadedBucket, key);
      if (!decision.allowed && or !== undefined) {
        decision = await decideOnTarget(store, call, or, loadedBucket, key);
      }
    }
    if (!decision.allowed) return decision;
    if (on !== 'account' && loadedBucket === undefined) throw new SwiftError(404);
  }
  return decision;
}

function decideOnAccount(
  call: AskingCall,
  action: Action,
  { account, container }: Pick<Addressed['address'], 'account' | 'container'>,
): AccessDecision {
  return evaluateAccess({
    principal: call.caller.principal,
    action,
    // A policy may name the container that is to be.
    resource: { account, ...(action === 'bucket:create' && { bucket: container }) },
    request: new RequestConditions(call, undefined),
  });
}

/** A container of any account, by its name: found when it is there and the caller may do that in it. Throws 404 to who may know. */
export async function decideOnNamed(
  store: Lookups,
  call: AskingCall & Pick<SwiftCall, 'decideOn'>,
  action: Action,
  named: { readonly account: AccountId; readonly container: string; readonly key: string },
): Promise<{ readonly decision: AccessDecision; readonly bucket?: Bucket }> {
  const { account, container: name, key } = named;
  let bucket: Bucket;
  try {
    bucket = await store.findBucket({ caller: undefined, place: call.place, name, account });
  } catch (error) {
    if (!(error instanceof CoreError && error.code === 'NoSuchBucket')) throw error;
    const decision = decideOnAccount(call, action, { account, container: '' });
    if (decision.allowed) throw new SwiftError(404);
    return { decision };
  }
  return { decision: await call.decideOn(action, bucket, key), bucket };
}

/** In a container of any account, or on an object in it. */
export async function decideOnTarget(
  store: Lookups,
  call: AskingCall,
  action: Action,
  bucket: Bucket,
  key: string | undefined,
): Promise<AccessDecision> {
  const question = questionOn(call, action, bucket, key);
  if (key === undefined || !needsObjectFacts(question)) return evaluateAccess(question);
  const object = await loadFacts(store, bucket, key);
  return evaluateAccess({ ...question, resource: { ...question.resource, object } });
}

function questionOn(
  call: AskingCall,
  action: Action,
  bucket: Bucket,
  key: string | undefined,
): AccessQuestion {
  return {
    principal: call.caller.principal,
    action,
    resource: accessResourceOf(bucket, key),
    request: new RequestConditions(call, key),
  };
}

async function loadFacts(store: Lookups, bucket: Bucket, key: string): Promise<ObjectFacts> {
  try {
    const { version } = await store.headObject({ bucket, key, conditions: {}, asStored: true });
    return objectFactsOf(bucket, version);
  } catch (error) {
    if (error instanceof CoreError && error.code === 'NoSuchKey') return { kind: 'absent' };
    throw error;
  }
}
