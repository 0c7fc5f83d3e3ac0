/** The commit that makes a part of an upload: bytes that were just written, or pieces of another object. */
import type { CommitDraft } from './commit-draft.ts';
import type { CoreContext } from './core-context.ts';
import type { Bucket, UploadedPart } from './model.ts';
import { partKey } from './upload-keys.ts';
import { decodePart, encodePart, type PartRecord } from './upload-records.ts';
import { checkOpen, moveReferences, type StoredUpload, toUploadedPart } from './upload-state.ts';

/**
 * Puts the part in the place of one of the same number; the last commit wins. The upload must still be there in the commit.
 * The references of the new pieces go with it: whoever calls has written their blobs, or checks that a live object has them.
 */
export async function storePart(
  context: CoreContext,
  draft: CommitDraft,
  bucket: Bucket,
  target: { readonly key: string; readonly upload: StoredUpload; readonly partNumber: number },
  content: Omit<PartRecord, 'lastModifiedMicros'>,
): Promise<UploadedPart> {
  const { key, upload, partNumber } = target;
  const recordKey = partKey(bucket.id, upload.number, partNumber);
  const replaced = await context.metadata.get(recordKey);
  const record: PartRecord = { ...content, lastModifiedMicros: context.clock.nowMicros() };
  checkOpen(draft, bucket, key, upload);
  draft.check(recordKey, replaced);
  draft.put(recordKey, encodePart(record));
  const before = replaced === undefined ? undefined : decodePart(replaced.value);
  moveReferences(draft, upload.record.body, partNumber, before, record);
  return toUploadedPart(partNumber, record);
}
