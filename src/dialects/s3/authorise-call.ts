/**
 * What an operation's permissions mean for one call: each becomes a question to `evaluateAccess`, and the first denial decides.
 * An addressed version is asked for by S3's own action (`s3:GetObjectVersion`, `s3:DeleteObjectVersion`). Policies, lists and the
 * public access block of the bucket are part of every question about it.
 *
 * An object's owner and list are looked up only when they matter. They would matter on every read by the bucket's own
 * account too, since an object of another account is not its to read; therefore a bucket is marked (document
 * `foreign-objects`) before another account first writes into it, and without the mark its owner's reads cost nothing more.
 *
 * Between that look and the operation's own the object may be replaced by one with another list. What is not there is
 * therefore answered here and now, and operations that show something of a version ask again about the one they have
 * (`confirmAccess`).
 */
import { CoreError } from '../../core/core-errors.ts';
import type { Bucket, ObjectVersion, VersionId } from '../../core/model.ts';
import type { MayRead, ObjectStore } from '../../core/object-store.ts';
import type { Action } from '../../identity/actions.ts';
import { FIREWALL_DOCUMENT } from '../../identity/bucket-firewall.ts';
import {
  type AccessDecision,
  type AccessQuestion,
  evaluateAccess,
  needsObjectFacts,
  type ObjectFacts,
} from '../../identity/evaluate-access.ts';
import { actsAsOwner } from '../../identity/ownership.ts';
import { accountOf } from '../../identity/principal.ts';
import { type Eventual, whenKnown } from '../../lib/eventual.ts';
import { accessResourceOf, FOREIGN_OBJECTS_DOCUMENT, objectFactsOf } from '../kernel/bucket-access.ts';
import type { Operation, Permission } from '../kernel/define-operation.ts';
import { writesForeignObjects } from './object-ownership.ts';
import { type ConditionedCall, RequestConditions } from './request-conditions.ts';
import { actionOnVersion } from './s3-actions.ts';
import type { S3Call, S3Services } from './s3-call.ts';
import { S3Error } from './s3-errors.ts';
import type { TagSet } from './tag-set.ts';

/** What makes an object that belongs to whoever makes it. */
const writes: ReadonlySet<Action> = new Set(['object:write', 'object:copy']);

const PUBLIC: AccessDecision = { allowed: true, trace: [] };

type Lookups = Pick<ObjectStore, 'headObject' | 'listParts' | 'updateBucket'>;
type Asking = Pick<S3Call, 'bucket' | 'copySource' | 'instanceId'> & ConditionedCall;
type AskingOfSource = Pick<S3Call, 'copySource'> & ConditionedCall;

/** An object, or one of its versions. */
interface Target {
  readonly bucket: Bucket;
  readonly key: string;
  readonly versionId: VersionId | undefined;
  /** What it is about to be tagged with, of a body that has been read; otherwise they are in a header. */
  readonly requestTags?: TagSet;
}

/** At once, unless the object has to be looked at. */
export function authoriseCall(
  store: Lookups,
  call: Asking,
  { permissions }: Pick<Operation<S3Call, S3Services>, 'permissions'>,
): Eventual<AccessDecision> {
  if (permissions === 'public') return PUBLIC;
  const [only] = permissions;
  return only !== undefined && permissions.length === 1
    ? decide(store, call, only)
    : decideAll(store, call, permissions);
}

async function decideAll(
  store: Lookups,
  call: Asking,
  permissions: readonly Permission[],
): Promise<AccessDecision> {
  let decision = PUBLIC;
  for (const permission of permissions) {
    decision = await decide(store, call, permission);
    if (!decision.allowed) return decision;
  }
  return decision;
}

/**
 * For one key of a bucket, without a look at the object: enough for what the bucket alone decides, such as deleting, and a
 * denial where the object would have to say more. `object`: what it is about to be.
 */
export function decideOnObject(
  call: ConditionedCall,
  action: Action,
  target: Target,
  object?: ObjectFacts,
): AccessDecision {
  const question = questionOnTarget(call, action, target);
  if (object === undefined) return evaluateAccess(question);
  return evaluateAccess({ ...question, resource: { ...question.resource, object } });
}

/**
 * Whether the call may read another object on behalf of the one it addresses (`MayRead` of the core). Names below a prefix count
 * as one key. Without a look at that object: one of another account in a bucket that holds such is refused.
 */
export function mayReadBeside(call: ConditionedCall): MayRead {
  return (bucket, key) => decideOnObject(call, 'object:read', { bucket, key, versionId: undefined }).allowed;
}

/** Of the bucket as it is, or as it is about to be. */
export function decideOnBucket(call: ConditionedCall, action: Action, bucket: Bucket): AccessDecision {
  return evaluateAccess(questionOf(call, action, bucket));
}

/** `instance`: GUID of the service instance that it is about, where one is. */
export function decideOnService(
  call: ConditionedCall,
  action: Action,
  instance: string | undefined,
): AccessDecision {
  const { caller, bucketName } = call;
  const account = accountOf(caller);
  // A new bucket is named by who asks for it.
  const bucket = action === 'bucket:create' ? bucketName : undefined;
  return evaluateAccess({
    principal: caller.principal,
    action,
    resource: { account, ...(bucket !== undefined && { bucket }) },
    request: new RequestConditions(call, {
      action,
      target: { kind: 'service', account, instance, bucketName: bucket },
    }),
  });
}

function decide(store: Lookups, call: Asking, { action, on }: Permission): Eventual<AccessDecision> {
  switch (on) {
    case 'account':
      return decideOnService(call, action, call.instanceId);
    case 'bucket':
      return decideOnBucket(call, action, call.bucket);
    case 'object': {
      const { bucket, key, query } = call;
      const target = { bucket, key, versionId: query.get('versionId') };
      const decision = decideOnTarget(store, call, action, target);
      return writes.has(action) && marksForeignWriter(call)
        ? whenKnown(decision, (decided) => markForeignWriter(store, call, decided))
        : decision;
    }
    case 'source':
      return decideOnTarget(store, call, action, call.copySource);
    // The operation asks for each key by itself (`decideOn` of the call).
    case 'each-object':
      return decideOnMany(call, action);
    case 'record':
      return PUBLIC;
  }
}

/** Of a call that names many keys, before each of them is asked about: what shuts out all of them is a refusal of the whole. */
function decideOnMany(call: Asking, action: Action): AccessDecision {
  const { bucket } = call;
  if (action === 'object:delete' && asksForMany(call))
    return decideOnBucket(call, 'ibm:delete-objects', bucket);
  if (bucket.documents[FIREWALL_DOCUMENT] === undefined) return PUBLIC;
  const decision = decideOnBucket(call, action, bucket);
  return decision.trace.at(-1)?.layer === 'network' ? decision : PUBLIC;
}

/** Whether what the caller may do comes from roles of IBM's, which tell naming many keys from naming one. */
function asksForMany({ caller: { principal }, bucket }: Asking): boolean {
  if (principal.kind === 'anonymous' || actsAsOwner(principal, bucket.account)) return false;
  return principal.grants?.policies.some(({ language }) => language === 'ibm') === true;
}

function decideOnTarget(
  store: Lookups,
  call: Asking,
  action: Action,
  target: Target,
): Eventual<AccessDecision> {
  const question = questionOnTarget(call, action, target);
  return needsObjectFacts(question)
    ? decideWithFacts(store, call, action, target, question)
    : evaluateAccess(question);
}

async function decideWithFacts(
  store: Lookups,
  call: Asking,
  action: Action,
  target: Target,
  question: AccessQuestion,
): Promise<AccessDecision> {
  const facts = await loadFacts(store, call, action, target);
  const decision = evaluateAccess({ ...question, resource: { ...question.resource, object: facts.object } });
  if (decision.allowed && facts.absence !== undefined) throw facts.absence;
  return decision;
}

/**
 * For an operation that has got hold of a version of the addressed object. Throws AccessDenied when the call may not do that
 * to it.
 */
export function confirmAccess(
  call: Pick<S3Call, 'bucket'> & ConditionedCall,
  action: Action,
  version: ObjectVersion,
): void {
  const { bucket, key, query } = call;
  confirmOnTarget(call, action, { bucket, key, versionId: query.get('versionId') }, version);
}

/** As `confirmAccess`, for reading the source of a copy. */
export function confirmSourceAccess(call: AskingOfSource, version: ObjectVersion): void {
  confirmOnTarget(call, 'object:copy-source', call.copySource, version);
}

/** Once the tags that a body brings are known: policies may ask for them. Throws AccessDenied. */
export async function confirmTags(store: Lookups, call: S3Call, requestTags: TagSet): Promise<void> {
  const { bucket, key, query } = call;
  const target = { bucket, key, versionId: query.get('versionId'), requestTags };
  const decision = await decideOnTarget(store, call, 'object:write-tagging', target);
  if (!decision.allowed) throw refusalOf(decision);
}

function confirmOnTarget(
  call: ConditionedCall,
  action: Action,
  target: Target,
  version: ObjectVersion,
): void {
  const question = questionOnTarget(call, action, target);
  if (!needsObjectFacts(question)) return;
  const object = objectFactsOf(target.bucket, version);
  const decision = evaluateAccess({ ...question, resource: { ...question.resource, object } });
  if (!decision.allowed) throw refusalOf(decision);
}

/** With what it can be explained from. */
function refusalOf(decision: AccessDecision): S3Error {
  const error = new S3Error('AccessDenied');
  error.cause = decision;
  return error;
}

/** Whether the call may copy some versions of the source and not others. */
export function dependsOnSourceVersion(call: AskingOfSource): boolean {
  return needsObjectFacts(questionOnTarget(call, 'object:copy-source', call.copySource));
}

/** An addressed version is asked for by the action on versions. */
function questionOnTarget(call: ConditionedCall, action: Action, target: Target): AccessQuestion {
  const asked = target.versionId === undefined ? action : actionOnVersion(action);
  return questionOf(call, asked, target.bucket, target);
}

function questionOf(
  call: ConditionedCall,
  action: Action,
  bucket: Bucket,
  { key, versionId, requestTags }: Partial<Target> = {},
): AccessQuestion {
  return {
    principal: call.caller.principal,
    action,
    resource: accessResourceOf(bucket, key, call.publicGrantsOf(bucket)),
    request: new RequestConditions(
      call,
      { action, target: { kind: 'bucket', bucket, key }, versionId },
      requestTags,
    ),
  };
}

async function loadFacts(
  store: Lookups,
  { query }: Asking,
  action: Action,
  { bucket, key, versionId }: Target,
): Promise<{ readonly object: ObjectFacts; readonly absence?: CoreError }> {
  try {
    if (action === 'object:list-parts' || action === 'object:abort-upload') {
      const { upload } = await store.listParts(bucket, key, query.get('uploadId') ?? '', 0, 1);
      return { object: { kind: 'present', account: upload.owner, acl: undefined } };
    }
    const wanted = { bucket, key, conditions: {}, asStored: true };
    const { version } = await store.headObject(versionId === undefined ? wanted : { ...wanted, versionId });
    return { object: objectFactsOf(bucket, version) };
  } catch (error) {
    if (!(error instanceof CoreError && ABSENCES.has(error.code))) throw error;
    return { object: { kind: 'absent' }, absence: error };
  }
}

const ABSENCES: ReadonlySet<string> = new Set([
  'NoSuchKey',
  'NoSuchVersion',
  'VersionIsDeleteMarker',
  'NoSuchUpload',
]);

function marksForeignWriter({ caller, bucket }: Asking): boolean {
  return bucket.documents[FOREIGN_OBJECTS_DOCUMENT] === undefined && writesForeignObjects(caller, bucket);
}

/** Before the object is there, so that whoever reads it has loaded the bucket with its mark. */
async function markForeignWriter(
  store: Lookups,
  { bucket }: Asking,
  decision: AccessDecision,
): Promise<AccessDecision> {
  if (decision.allowed) {
    await store.updateBucket(bucket, { documents: { [FOREIGN_OBJECTS_DOCUMENT]: '1' } });
  }
  return decision;
}
