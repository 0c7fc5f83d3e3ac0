import type { Body } from './body-records.ts';
import type { CommitDraft } from './commit-draft.ts';
import type { IngestedBody } from './ingest-body.ts';
import { bodyIdOfBlob, bodyIdOfCommit, bodyKey } from './metadata-keys.ts';
import type { BucketId } from './model.ts';
import { blobReferenceKey } from './reclaiming-keys.ts';

/**
 * Adds to the commit what makes an ingested body exist: its bytes, or the reference to its blob. The reference from the
 * version or part to the body is the caller's (`placeVersion` makes it).
 */
export function storeBody(
  draft: CommitDraft,
  bucket: BucketId,
  ingested: IngestedBody,
  partNumber = 1,
): Body {
  const { place } = ingested;
  if (place.kind === 'none') return { kind: 'none' };
  if (place.kind === 'inline') {
    const id = bodyIdOfCommit(draft.id);
    draft.put(bodyKey(bucket, id), place.bytes);
    return { kind: 'inline', id, crc32: place.crc32 };
  }
  const { blob } = place;
  const id = bodyIdOfBlob(blob);
  draft.put(blobReferenceKey(blob, id, partNumber), Buffer.alloc(0));
  return { kind: 'pieces', id, pieces: [{ blob, offset: 0, length: ingested.size, partNumber }] };
}
