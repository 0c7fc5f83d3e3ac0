/** Making a bucket: an entry in its account's directory, a record, and, where the name allows it, a claim (design, section 5). */
import {
  type BucketRecord,
  decodeClaim,
  decodeDirectoryEntry,
  encodeBucket,
  encodeClaim,
  encodeDirectoryEntry,
  toBucket,
} from '../bucket-records.ts';
import type { CommitDraft } from '../commit-draft.ts';
import type { CoreContext } from '../core-context.ts';
import { CoreError } from '../core-errors.ts';
import { loadBucket } from '../load-bucket.ts';
import { bucketKey, claimKey, directoryKey, directoryRange } from '../metadata-keys.ts';
import type { Bucket } from '../model.ts';
import { assertBucketName, assertContainerName, bucketNameFault } from '../names.ts';
import type { CreateBucketInput } from '../object-store.ts';
import { retryCommit } from '../retry-commit.ts';
import { checkOpenAccount } from './close-account.ts';

/**
 * Throws InvalidBucketName, BucketAlreadyOwned, BucketNameTaken, TooManyBuckets, AccountClosed. The number of buckets is counted before the
 * commit, so that creations at the same moment may exceed the limit by their own number.
 */
export async function createBucket(context: CoreContext, input: CreateBucketInput): Promise<Bucket> {
  const { account, place, name } = input;
  if (input.claim === 'if-free') assertContainerName(name);
  else assertBucketName(name);
  const bucket = await retryCommit(context, name, async (draft) => {
    const directory = directoryKey(account, place, name);
    await assertNotOwned(context, directory, name);
    await assertMayHaveMore(context, account);
    await checkOpenAccount(context, draft, account);
    const claimed = await claimName(context, draft, input);
    const record: BucketRecord = {
      state: 'active',
      account,
      place,
      name,
      createdAtMicros: context.clock.nowMicros(),
      versioning: input.versioning ?? 'unversioned',
      claimed,
      documents: input.documents ?? {},
      ...(input.lock === undefined ? undefined : { lock: input.lock }),
    };
    // The commit's id is never used again, so neither is the bucket's.
    draft.check(directory, undefined);
    draft.put(directory, encodeDirectoryEntry(draft.id));
    draft.put(bucketKey(draft.id), encodeBucket(record));
    return toBucket(draft.id, draft.id, record);
  });
  return bucket;
}

/** A bucket that is being deleted is waited for. */
async function assertNotOwned(context: CoreContext, directory: Buffer, name: string): Promise<void> {
  const entry = await context.metadata.get(directory);
  if (entry === undefined) return;
  try {
    await loadBucket(context, decodeDirectoryEntry(entry.value), name);
  } catch (error) {
    if (error instanceof CoreError && error.code === 'NoSuchBucket') return;
    throw error;
  }
  throw new CoreError('BucketAlreadyOwned', { name });
}

async function assertMayHaveMore(context: CoreContext, account: string): Promise<void> {
  const limit = context.settings.bucketsPerAccountMax;
  const rows = await context.metadata.scan(directoryRange(account), limit);
  if (rows.length >= limit) throw new CoreError('TooManyBuckets', { limit });
}

/** Adds the claim to the commit when the name can be claimed; answers whether. */
async function claimName(
  context: CoreContext,
  draft: CommitDraft,
  input: CreateBucketInput,
): Promise<boolean> {
  const { account, place, name } = input;
  if (bucketNameFault(name) !== undefined) return false;
  const mode = context.settings.bucketNames;
  const key = claimKey(mode, place, name);
  const entry = await context.metadata.get(key);
  if (entry !== undefined) {
    const claim = decodeClaim(entry.value);
    const isFree =
      claim.kind === 'cooling' &&
      (claim.account === account || claim.untilMicros <= context.clock.nowMicros());
    if (!isFree) {
      if (mode === 'account' || input.claim === 'if-free') return false;
      throw claim.account === account
        ? new CoreError('BucketAlreadyOwned', { name })
        : new CoreError('BucketNameTaken', { name });
    }
  }
  draft.check(key, entry);
  draft.put(key, encodeClaim({ kind: 'held', account, place, bucket: draft.id }));
  return true;
}
