import { type Eventual, whenKnown } from '../../lib/eventual.ts';
import { decodeClaim, decodeDirectoryEntry } from '../bucket-records.ts';
import type { CoreContext } from '../core-context.ts';
import { CoreError } from '../core-errors.ts';
import { loadBucket } from '../load-bucket.ts';
import { bucketKey, claimKey, directoryKey } from '../metadata-keys.ts';
import type { AccountId, Bucket, Place } from '../model.ts';

export interface FindBucketInput {
  readonly caller: AccountId | undefined;
  readonly place: Place;
  readonly name: string;
  readonly account?: AccountId;
}

/**
 * The bucket of the caller's own account, else the one that holds the name (design, section 5). When the name was found
 * before, one point read: the bucket's record says whether it still is what was found. A bucket of another account costs a
 * second, since the caller may have made one of that name in the meantime.
 */
export async function findBucket(context: CoreContext, input: FindBucketInput): Promise<Bucket> {
  const { place, name } = input;
  if (!couldBeName(name)) throw new CoreError('NoSuchBucket', { name });
  const account = input.account ?? input.caller;
  const recalling = recall(context, account, place, name);
  const known = recalling instanceof Promise ? await recalling : recalling;
  if (known !== undefined) return known;
  const own = account === undefined ? undefined : await findOwn(context, account, place, name);
  if (own !== undefined) return own;
  if (input.account !== undefined) throw new CoreError('NoSuchBucket', { name });
  const claimed = account === undefined ? undefined : await recall(context, undefined, place, name);
  return claimed ?? findClaimed(context, place, name);
}

/** Names are parts of keys, which NUL separates. */
function couldBeName(name: string): boolean {
  return name !== '' && name.length <= 256 && !name.includes('\0');
}

/** The bucket that was found before, if it still is one. `account` undefined: by the register of claimed names. */
function recall(
  context: CoreContext,
  account: AccountId | undefined,
  place: Place,
  name: string,
): Eventual<Bucket | undefined> {
  const id = context.buckets.idOf(account, place, name);
  if (id === undefined) return undefined;
  return whenKnown(context.metadata.get(bucketKey(id)), (entry) => {
    const known = entry === undefined ? undefined : context.buckets.bucketOf(id, entry);
    // A bucket keeps its account, place, name and claim for life: only whether it lives must be looked up.
    if (known?.state === 'active') return known.bucket;
    context.buckets.forgetId(account, place, name);
    return undefined;
  });
}

async function findOwn(
  context: CoreContext,
  account: AccountId,
  place: Place,
  name: string,
): Promise<Bucket | undefined> {
  const entry = await context.metadata.get(directoryKey(account, place, name));
  if (entry === undefined) return undefined;
  const id = decodeDirectoryEntry(entry.value);
  const bucket = await loadBucket(context, id, name);
  context.buckets.rememberId(account, place, name, id);
  return bucket;
}

async function findClaimed(context: CoreContext, place: Place, name: string): Promise<Bucket> {
  const entry = await context.metadata.get(claimKey(context.settings.bucketNames, place, name));
  const claim = entry === undefined ? undefined : decodeClaim(entry.value);
  if (claim === undefined || claim.kind !== 'held') throw new CoreError('NoSuchBucket', { name });
  if (claim.place !== place) throw new CoreError('NoSuchBucket', { name, place: claim.place });
  const bucket = await loadBucket(context, claim.bucket, name);
  context.buckets.rememberId(undefined, place, name, claim.bucket);
  return bucket;
}
