import type { Body } from './body-records.ts';
import type { CommitDraft } from './commit-draft.ts';
import type { CoreContext } from './core-context.ts';
import type { IngestedBody } from './ingest-body.ts';
import { putInlineBody } from './inline-bodies.ts';
import { bodyIdOfBlob, bodyIdOfCommit } from './metadata-keys.ts';
import type { BucketId } from './model.ts';
import { blobReferenceKey } from './reclaiming-keys.ts';

/**
 * Adds to the commit what makes an ingested body exist: its bytes, or the reference to its blob. The reference from the
 * version or part to the body is the caller's (`placeVersion` makes it).
 */
export function storeBody(
  context: CoreContext,
  draft: CommitDraft,
  bucket: BucketId,
  ingested: IngestedBody,
  partNumber = 1,
): Body {
  const { place } = ingested;
  if (place.kind === 'none') return { kind: 'none' };
  if (place.kind === 'inline') return putInlineBody(context, draft, bucket, bodyIdOfCommit(draft.id), place);
  const { blob } = place;
  const id = bodyIdOfBlob(blob);
  draft.put(blobReferenceKey(blob, id, partNumber), Buffer.alloc(0));
  return { kind: 'pieces', id, pieces: [{ blob, offset: 0, length: ingested.size, partNumber }] };
}
