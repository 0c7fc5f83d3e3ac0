/**
 * How long what is uploaded into a bucket stays (NHN; nhn-openstack.md, sections 18 and 22): days that are counted from the upload, by
 * prefix or for all, and where it goes then instead of being deleted. The days are fixed when something is uploaded; where it goes is
 * read when its time has come.
 */
import { CommitDraft } from './commit-draft.ts';
import type { CoreContext } from './core-context.ts';
import { CoreError } from './core-errors.ts';
import { placeVersion, readKeyState } from './key-state.ts';
import type { VersionRecord } from './metadata-records.ts';
import type { Bucket } from './model.ts';
import { contentOf, joinDrafts, moveBody } from './move-version.ts';
import { findBucket } from './operations/find-bucket.ts';
import { lifetimeRulesOf, ruleFor } from './upload-lifetime.ts';

/**
 * Adds to the commit that removes an expired version its place where it goes. `unavailable`: nothing is added, because that bucket is
 * not there; the version must stay.
 */
export async function transferExpired(
  context: CoreContext,
  draft: CommitDraft,
  bucket: Bucket,
  key: string,
  record: VersionRecord,
): Promise<'transferred' | 'unavailable' | 'not-wanted'> {
  const name = ruleFor(lifetimeRulesOf(bucket), key)?.transferTo;
  if (name === undefined || record.isDeleteMarker) return 'not-wanted';
  const to = await findTarget(context, bucket, name);
  if (to === undefined) return 'unavailable';
  const side = new CommitDraft(draft.id);
  const body = await moveBody(context, side, bucket, to, record.body);
  const state = await readKeyState(context, to, key);
  placeVersion(context, side, to, key, state, { ...contentOf(record), body });
  joinDrafts(draft, side, to);
  return 'transferred';
}

async function findTarget(context: CoreContext, bucket: Bucket, name: string): Promise<Bucket | undefined> {
  const { account, place } = bucket;
  try {
    const found = await findBucket(context, { caller: account, account, place, name });
    return found.id === bucket.id ? undefined : found;
  } catch (error) {
    if (error instanceof CoreError && error.code === 'NoSuchBucket') return undefined;
    throw error;
  }
}
