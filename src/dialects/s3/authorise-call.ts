/**
 * What an operation's permissions mean for one call: each becomes a question to `evaluateAccess`, and the first denial decides.
 * An addressed version is asked for by S3's own action (`s3:GetObjectVersion`, `s3:DeleteObjectVersion`).
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
import type { ObjectStore } from '../../core/object-store.ts';
import type { Action } from '../../identity/actions.ts';
import {
  type AccessDecision,
  type AccessQuestion,
  evaluateAccess,
  needsObjectFacts,
  type ObjectFacts,
} from '../../identity/evaluate-access.ts';
import { accountOf, type Caller } from '../../identity/principal.ts';
import type { Operation, Permission } from '../kernel/define-operation.ts';
import { hasAclsDisabled, writesForeignObjects } from './object-ownership.ts';
import { actionOnVersion } from './s3-actions.ts';
import type { S3Call, S3Services } from './s3-call.ts';
import { S3Error } from './s3-errors.ts';

/** Set for good once an account other than the bucket's may have written an object into the bucket. */
const FOREIGN_OBJECTS_DOCUMENT = 'foreign-objects';

const PUBLIC: AccessDecision = { allowed: true, trace: [] };

type Lookups = Pick<ObjectStore, 'headObject' | 'listParts' | 'updateBucket'>;
type Asking = Pick<S3Call, 'caller' | 'query' | 'bucket' | 'key' | 'copySource'>;

interface Target {
  readonly bucket: Bucket;
  readonly key: string;
  readonly versionId: VersionId | undefined;
}

export async function authoriseCall(
  store: Lookups,
  call: Asking,
  { permissions }: Pick<Operation<S3Call, S3Services>, 'permissions'>,
): Promise<AccessDecision> {
  if (permissions === 'public') return PUBLIC;
  let decision = PUBLIC;
  for (const permission of permissions) {
    decision = await decide(store, call, permission);
    if (!decision.allowed) return decision;
  }
  return decision;
}

/**
 * For one key of a bucket, without a look at the object: enough for what the bucket alone decides, such as deleting, and a
 * denial where the object would have to say more.
 */
export function decideOnObject(caller: Caller, action: Action, bucket: Bucket, key: string): AccessDecision {
  return evaluateAccess(questionOf(caller, action, bucket, key));
}

async function decide(store: Lookups, call: Asking, { action, on }: Permission): Promise<AccessDecision> {
  const { caller } = call;
  switch (on) {
    case 'account':
      return evaluateAccess({
        principal: caller.principal,
        action,
        resource: { account: accountOf(caller) },
      });
    case 'bucket':
      return evaluateAccess(questionOf(caller, action, call.bucket));
    case 'object': {
      const { bucket, key, query } = call;
      const decision = await decideOnTarget(store, call, action, {
        bucket,
        key,
        versionId: query.get('versionId'),
      });
      if (decision.allowed && action === 'object:write') await markForeignWriter(store, call);
      return decision;
    }
    case 'source':
      return decideOnTarget(store, call, action, call.copySource);
    // The operation asks for each key by itself (`decideOn` of the call).
    case 'each-object':
      return PUBLIC;
  }
}

async function decideOnTarget(
  store: Lookups,
  call: Asking,
  action: Action,
  target: Target,
): Promise<AccessDecision> {
  const asked = target.versionId === undefined ? action : actionOnVersion(action);
  const question = questionOf(call.caller, asked, target.bucket, target.key);
  if (!needsObjectFacts(question)) return evaluateAccess(question);
  const facts = await loadFacts(store, call, asked, target);
  const decision = evaluateAccess({ ...question, resource: { ...question.resource, object: facts.object } });
  if (decision.allowed && facts.absence !== undefined) throw facts.absence;
  return decision;
}

/**
 * For an operation that has got hold of a version of the addressed object, or of the source of a copy. Throws AccessDenied when
 * the call may not do that to it.
 */
export function confirmAccess(
  call: Pick<S3Call, 'caller'>,
  action: Action,
  bucket: Bucket,
  version: ObjectVersion,
): void {
  if (!dependsOnVersion(call, action, bucket)) return;
  const question = questionOf(call.caller, action, bucket, version.key);
  const object = factsOf(bucket, version);
  const { allowed } = evaluateAccess({ ...question, resource: { ...question.resource, object } });
  if (!allowed) throw new S3Error('AccessDenied');
}

/** Whether the call may do that to some versions in the bucket and not to others. */
export function dependsOnVersion(
  { caller }: Pick<S3Call, 'caller'>,
  action: Action,
  bucket: Bucket,
): boolean {
  return needsObjectFacts(questionOf(caller, action, bucket));
}

function questionOf(caller: Caller, action: Action, bucket: Bucket, key?: string): AccessQuestion {
  return {
    principal: caller.principal,
    action,
    resource: {
      account: bucket.account,
      bucket: bucket.name,
      bucketAcl: hasAclsDisabled(bucket) ? undefined : bucket.documents['acl'],
      mayHoldForeignObjects: bucket.documents[FOREIGN_OBJECTS_DOCUMENT] !== undefined,
      ...(key !== undefined && { key }),
    },
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
    const wanted = { bucket, key, conditions: {} };
    const { version } = await store.headObject(versionId === undefined ? wanted : { ...wanted, versionId });
    return { object: factsOf(bucket, version) };
  } catch (error) {
    if (!(error instanceof CoreError && ABSENCES.has(error.code))) throw error;
    return { object: { kind: 'absent' }, absence: error };
  }
}

function factsOf(bucket: Bucket, { owner, metadata }: ObjectVersion): ObjectFacts {
  const acl = hasAclsDisabled(bucket) ? undefined : metadata.documents['acl'];
  return { kind: 'present', account: owner, acl };
}

const ABSENCES: ReadonlySet<string> = new Set([
  'NoSuchKey',
  'NoSuchVersion',
  'VersionIsDeleteMarker',
  'NoSuchUpload',
]);

/** Before the object is there, so that whoever reads it has loaded the bucket with its mark. */
async function markForeignWriter(store: Lookups, { caller, bucket }: Asking): Promise<void> {
  if (bucket.documents[FOREIGN_OBJECTS_DOCUMENT] !== undefined) return;
  if (!writesForeignObjects(caller, bucket)) return;
  await store.updateBucket(bucket, { documents: { [FOREIGN_OBJECTS_DOCUMENT]: '1' } });
}
