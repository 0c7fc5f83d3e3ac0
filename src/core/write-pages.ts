/** Writes the pages of a long body before the commit that makes the object (docs/adr/0002, Completion). */
import type { Row } from '../storage/contract/metadata-store.ts';
import { encodePage, PIECES_IN_PAGE_MAX, type Piece } from './body-records.ts';
import { CommitDraft } from './commit-draft.ts';
import type { CoreContext } from './core-context.ts';
import { type BodyId, pageKey, pageRange } from './metadata-keys.ts';
import type { BucketId } from './model.ts';
import { submitDraft } from './retry-commit.ts';
import { uploadKey } from './upload-keys.ts';

/** Pages in one commit: 64 of at most 15 KiB are below a megabyte, so that other commits do not wait long. */
const PAGES_PER_COMMIT_MAX = 64;
const STALE_ROWS_PER_COMMIT_MAX = 500;

/** The record that must not change while pages are written; its version. */
export interface FrozenUpload {
  readonly key: string;
  readonly number: string;
  readonly body: BodyId;
  readonly frozenVersion: number;
}

/**
 * Removes what an abandoned completion of this upload has left, then writes `pieces` in pages when they are `paged`.
 * Every commit checks that the upload is still frozen as it was; answers false as soon as it is not.
 */
export async function writePages(
  context: CoreContext,
  bucket: BucketId,
  upload: FrozenUpload,
  pieces: readonly Piece[],
): Promise<boolean> {
  if (!(await removeStalePages(context, bucket, upload))) return false;
  let pages: { key: Buffer; value: Buffer }[] = [];
  let offset = 0;
  for (let first = 0; first < pieces.length; ) {
    const next = endOfPage(pieces, first);
    const inPage = pieces.slice(first, next);
    pages.push({ key: pageKey(bucket, upload.body, offset), value: encodePage(inPage) });
    for (const piece of inPage) offset += piece.length;
    first = next;
    if (first < pieces.length && pages.length < PAGES_PER_COMMIT_MAX) continue;
    if (!(await commitFrozen(context, bucket, upload, { puts: pages, deletes: [] }))) return false;
    pages = [];
  }
  return true;
}

/** A page never holds empty pieces alone: it would start where the next one does. */
function endOfPage(pieces: readonly Piece[], first: number): number {
  let end = Math.min(first + PIECES_IN_PAGE_MAX, pieces.length);
  while (pieces[end]?.length === 0) end += 1;
  return end;
}

async function removeStalePages(
  context: CoreContext,
  bucket: BucketId,
  upload: FrozenUpload,
): Promise<boolean> {
  for (;;) {
    context.metadata.refresh();
    const stale: Row[] = await context.metadata.scan(
      pageRange(bucket, upload.body),
      STALE_ROWS_PER_COMMIT_MAX,
    );
    if (stale.length === 0) return true;
    const deletes = stale.map((row) => row.key);
    if (!(await commitFrozen(context, bucket, upload, { puts: [], deletes }))) return false;
  }
}

/** Unlike other commits not tried again on a conflict: a spurious one only makes the completion look again. */
async function commitFrozen(
  context: CoreContext,
  bucket: BucketId,
  upload: FrozenUpload,
  change: { readonly puts: readonly { key: Buffer; value: Buffer }[]; readonly deletes: readonly Buffer[] },
): Promise<boolean> {
  const draft = new CommitDraft(context.metadata.newCommitId());
  draft.check(uploadKey(bucket, upload.key, upload.number), { version: upload.frozenVersion });
  for (const { key, value } of change.puts) draft.put(key, value);
  for (const key of change.deletes) draft.delete(key);
  return submitDraft(context, draft);
}
