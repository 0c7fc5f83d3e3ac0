/**
 * Second half of reclaiming (docs/adr/0002-keys-references-reclaiming.md): what was condemned in round r is deleted when
 * every open worker has published more than r, for then no request is running that could have read a reference to it.
 */
import type { Row } from '../../storage/contract/metadata-store.ts';
import { decodePage, decodeReclaimable } from '../body-records.ts';
import type { CoreContext } from '../core-context.ts';
import { blobOfBodyId, pageRange, rangeOfSpace, space } from '../metadata-keys.ts';
import { condemnedRangeBefore, parseCondemnedKey, roundKey, workerKey } from '../reclaiming-keys.ts';
import { decodeRound, encodeRound } from '../round-records.ts';
import { commitStep, housekeepingDraft, type Job } from './job.ts';
import { releasePieces } from './release-pieces.ts';

const ENTRIES_PER_STEP = 128;

export function createReclaimCondemned(context: CoreContext): Job {
  return {
    name: 'reclaim-condemned',
    async step() {
      context.metadata.refresh();
      const [newest] = await context.metadata.scan(rangeOfSpace(space.condemned), 1, 'reverse');
      if (newest === undefined) return false;
      await endRound(context, parseCondemnedKey(newest.key).round);
      const lowest = await lowestPublishedRound(context);
      const free = await context.metadata.scan(condemnedRangeBefore(lowest), ENTRIES_PER_STEP);
      const [first] = free;
      if (first === undefined) return false;
      const blobs = free.filter((row) => parseCondemnedKey(row.key).kind === 'blob');
      if (blobs.length === 0) {
        await deleteBody(context, first);
        return true;
      }
      await deleteBlobs(context, blobs);
      return blobs.length < free.length || free.length === ENTRIES_PER_STEP;
    },
  };
}

/** Once something has been condemned in the current round, the next one begins. */
async function endRound(context: CoreContext, condemnedIn: number): Promise<void> {
  const entry = await context.metadata.get(roundKey);
  const round = entry === undefined ? 0 : decodeRound(entry.value);
  if (condemnedIn < round) return;
  const draft = housekeepingDraft(context);
  draft.check(roundKey, entry);
  draft.put(roundKey, encodeRound(round + 1));
  await commitStep(context, draft);
}

/** A worker that is open and has published nothing yet may be reading anything. */
async function lowestPublishedRound(context: CoreContext): Promise<number> {
  const open = await context.engine.epochs.listOpen();
  const entries = await context.metadata.getMany(open.map(workerKey));
  return Math.min(
    ...entries.map((entry) => (entry === undefined ? 0 : decodeRound(entry.value))),
    Number.MAX_SAFE_INTEGER,
  );
}

/** The bytes first: what a crash leaves in between is removed once more, which is no error. */
async function deleteBlobs(context: CoreContext, rows: readonly Row[]): Promise<void> {
  await Promise.all(
    rows.map((row) => context.engine.blobs.remove(blobOfBodyId(parseCondemnedKey(row.key).id))),
  );
  const draft = housekeepingDraft(context);
  for (const row of rows) draft.delete(row.key);
  await commitStep(context, draft);
}

/** A page of the body goes with its references, one in each step; at last the entry itself. */
async function deleteBody(context: CoreContext, row: Row): Promise<void> {
  const body = decodeReclaimable(row.value);
  const draft = housekeepingDraft(context);
  draft.check(row.key, row);
  const pages = body?.kind === 'pages' ? await context.metadata.scan(pageRange(body.home, body.id), 1) : [];
  for (const page of pages) {
    releasePieces(draft, body!.id, decodePage(page.value));
    draft.delete(page.key);
  }
  if (pages.length === 0) draft.delete(row.key);
  await commitStep(context, draft);
}
