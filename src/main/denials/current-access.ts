/** Questions about access to what is stored now: asked again after a denial, or before a call. */
import { CoreError } from '../../core/core-errors.ts';
import type { Bucket } from '../../core/model.ts';
import type { ObjectStore } from '../../core/object-store.ts';
import { accessResourceOf } from '../../dialects/kernel/bucket-access.ts';
import { type AccessQuestion, evaluateAccess, type ObjectFacts } from '../../identity/evaluate-access.ts';
import type { FoundPrincipal } from '../../identity/find-principal.ts';
import type { IdentityStore } from '../../identity/identity-store.ts';
import { subjectOf } from '../../identity/principal.ts';
import { restoreQuestion, type StoredQuestion } from '../../identity/stored-question.ts';

export interface CurrentAccessParts {
  readonly store: Pick<ObjectStore, 'findBucket'>;
  readonly identity: Pick<IdentityStore, 'findPrincipal' | 'findPublicGrants'>;
}

/** Whether the call would be allowed now. Undefined when what it was about, or who asked, is not there any more. */
export async function isAllowedNow(
  stored: StoredQuestion,
  parts: CurrentAccessParts,
): Promise<boolean | undefined> {
  const question = await asItIsNow(stored, parts);
  return question && evaluateAccess(question).allowed;
}

async function asItIsNow(
  stored: StoredQuestion,
  { store, identity }: CurrentAccessParts,
): Promise<AccessQuestion | undefined> {
  const before = restoreQuestion(stored);
  const { principal } = before;
  const found = await findPrincipalNow(stored, identity);
  if (principal.kind !== 'anonymous' && (found === undefined || found.unusable !== undefined))
    return undefined;
  const { account, bucket: name, key, object } = before.resource;
  const asking = { ...before, principal: found?.principal ?? principal };
  const place = before.request?.get('aws:requestedregion');
  if (name === undefined || account === undefined || typeof place !== 'string') return asking;
  const bucket = await findBucket(store, { caller: account, place, name, account });
  if (bucket === undefined) return undefined;
  const publicGrants = await identity.findPublicGrants(bucket.account);
  return { ...asking, resource: { ...resourceNow(bucket, key, object), publicGrants } };
}

async function findPrincipalNow(
  { principal, grants }: StoredQuestion,
  identity: CurrentAccessParts['identity'],
): Promise<FoundPrincipal | undefined> {
  if (principal.kind === 'anonymous') return undefined;
  if (principal.kind !== 'role-session') return identity.findPrincipal(subjectOf(principal));
  const limit = grants?.sessionPolicy;
  const session = { ...principal.session, ...(limit !== undefined && { policy: limit }) };
  return identity.findPrincipal(subjectOf(principal), session);
}

function resourceNow(bucket: Bucket, key: string | undefined, object: ObjectFacts | undefined) {
  return { ...accessResourceOf(bucket, key), ...(object !== undefined && { object }) };
}

export async function findBucket(
  store: Pick<ObjectStore, 'findBucket'>,
  input: Parameters<ObjectStore['findBucket']>[0],
): Promise<Bucket | undefined> {
  try {
    return await store.findBucket(input);
  } catch (error) {
    if (error instanceof CoreError && error.code === 'NoSuchBucket') return undefined;
    throw error;
  }
}
