import { encodeReclaimable, type Piece } from '../body-records.ts';
import type { CommitDraft } from '../commit-draft.ts';
import { type BodyId, bodyIdOfBlob } from '../metadata-keys.ts';
import { blobReferenceKey, candidateKey } from '../reclaiming-keys.ts';

/** The body that is gone no longer refers to its blobs; each of them becomes a candidate. */
export function releasePieces(draft: CommitDraft, body: BodyId, pieces: readonly Piece[]): void {
  const references = new Map<string, Buffer>();
  const candidates = new Set<string>();
  for (const { blob, length, partNumber } of pieces) {
    if (length === 0) continue;
    const key = blobReferenceKey(blob, body, partNumber);
    references.set(key.toString('latin1'), key);
    candidates.add(bodyIdOfBlob(blob));
  }
  for (const key of references.values()) draft.delete(key);
  for (const id of candidates) draft.put(candidateKey('blob', id), encodeReclaimable(undefined));
}
