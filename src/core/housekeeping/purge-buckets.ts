import type { CommitDraft } from '../commit-draft.ts';
import type { CoreContext } from '../core-context.ts';
import {
  type BucketSpace,
  parseBucketId,
  purgeKey,
  rangeOfBucket,
  rangeOfSpace,
  space,
  usageKey,
} from '../metadata-keys.ts';
import type { BucketId } from '../model.ts';
import { parseUploadKey, sweepKey } from '../upload-keys.ts';
import { decodeUpload, encodeSweep } from '../upload-records.ts';
import { commitStep, housekeepingDraft, type Job } from './job.ts';

const ROWS_PER_STEP = 400;

/**
 * Removes what is left below a removed bucket: unfinished uploads are handed to the sweep as aborted ones; remembered
 * completions, deltas and counters go. Nothing new can come, since every commit below a bucket checks its record (those
 * that write pages check the record of their upload, which goes first). Pages of bodies are left alone: copies in other
 * buckets may share them, and reclaiming takes them with their body.
 */
export function createPurgeBuckets(context: CoreContext): Job {
  return {
    name: 'purge-buckets',
    async step() {
      context.metadata.refresh();
      const [purge] = await context.metadata.scan(rangeOfSpace(space.purge), 1);
      if (purge === undefined) return false;
      const bucket = parseBucketId(purge.key);
      const draft = housekeepingDraft(context);
      const isMore =
        (await handUploadsOver(context, draft, bucket)) ||
        (await deleteRows(context, draft, bucket, space.completion)) ||
        (await deleteRows(context, draft, bucket, space.delta));
      if (!isMore) {
        draft.delete(usageKey(bucket));
        draft.delete(purge.key);
      }
      draft.check(purgeKey(bucket), purge);
      await commitStep(context, draft);
      return true;
    },
  };
}

async function handUploadsOver(context: CoreContext, draft: CommitDraft, bucket: BucketId): Promise<boolean> {
  const rows = await context.metadata.scan(rangeOfBucket(space.upload, bucket), ROWS_PER_STEP);
  const dueMicros = context.clock.nowMicros();
  for (const row of rows) {
    const { body } = decodeUpload(row.value);
    draft.delete(row.key);
    draft.put(
      sweepKey(dueMicros, bucket, parseUploadKey(row.key).number),
      encodeSweep({ kind: 'aborted', body }),
    );
  }
  return rows.length > 0;
}

async function deleteRows(
  context: CoreContext,
  draft: CommitDraft,
  bucket: BucketId,
  spaceByte: BucketSpace,
): Promise<boolean> {
  const rows = await context.metadata.scan(rangeOfBucket(spaceByte, bucket), ROWS_PER_STEP);
  for (const row of rows) draft.delete(row.key);
  return rows.length > 0;
}
