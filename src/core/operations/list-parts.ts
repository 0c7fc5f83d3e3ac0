import type { CoreContext } from '../core-context.ts';
import type { PartsPage } from '../listing-queries.ts';
import type { Bucket } from '../model.ts';
import { parsePartKey, partRange } from '../upload-keys.ts';
import { decodePart } from '../upload-records.ts';
import { readUpload, toUpload, toUploadedPart } from '../upload-state.ts';

/** Uploaded parts by number, from `after` + 1. Throws NoSuchUpload, also for a completed or aborted one. */
export async function listParts(
  context: CoreContext,
  bucket: Bucket,
  key: string,
  uploadId: string,
  after: number,
  limit: number,
): Promise<PartsPage> {
  const { number, record } = await readUpload(context, bucket, key, uploadId);
  const upload = toUpload(key, number, record);
  if (limit === 0 || after >= context.settings.partsPerUploadMax) {
    return { upload, parts: [], isTruncated: false };
  }
  const rows = await context.metadata.scan(partRange(bucket.id, number, after + 1), limit + 1);
  const parts = rows
    .slice(0, limit)
    .map((row) => toUploadedPart(parsePartKey(row.key).partNumber, decodePart(row.value)));
  return { upload, parts, isTruncated: rows.length > limit };
}
