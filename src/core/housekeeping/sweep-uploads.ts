import type { Row } from '../../storage/contract/metadata-store.ts';
import type { CommitDraft } from '../commit-draft.ts';
import type { CoreContext } from '../core-context.ts';
import { pageRange } from '../metadata-keys.ts';
import {
  completionKey,
  parsePartKey,
  parseSweepKey,
  partRange,
  sweepKey,
  sweepRangeUntil,
} from '../upload-keys.ts';
import { decodePart, decodeSweep, encodeSweep, PartSet, type SweepRecord } from '../upload-records.ts';
import { moveReferences } from '../upload-state.ts';
import { commitStep, housekeepingDraft, type Job } from './job.ts';

const DUE_ROWS_PER_STEP = 200;
const PART_ROWS_PER_STEP = 400;
/** A part may have 256 pieces: it deletes its row and as many references, and puts as many candidates. */
const KEYS_PER_STEP = 450;

/**
 * Removes the parts of finished uploads: those of aborted ones, and those that a completed object does not consist of,
 * lose their references; the others leave them to the object. Then forgets completed uploads when their time has come.
 * An upload that is here has no record any more, so nothing is added to it.
 */
export function createSweepUploads(context: CoreContext): Job {
  return {
    name: 'sweep-uploads',
    async step() {
      context.metadata.refresh();
      const range = sweepRangeUntil(context.clock.nowMicros());
      const due = await context.metadata.scan(range, DUE_ROWS_PER_STEP);
      const first = due[0];
      if (first === undefined) return false;
      const draft = housekeepingDraft(context);
      const record = decodeSweep(first.value);
      if (record.kind === 'remembered') forgetAll(draft, due);
      else await sweepOne(context, draft, first, record);
      await commitStep(context, draft);
      return true;
    },
  };
}

/** Every completion among the due ones that only was remembered. Deleting twice is no harm. */
function forgetAll(draft: CommitDraft, due: readonly Row[]): void {
  for (const row of due) {
    if (decodeSweep(row.value).kind !== 'remembered') continue;
    const { bucket, upload } = parseSweepKey(row.key);
    draft.delete(completionKey(bucket, upload));
    draft.delete(row.key);
  }
}

async function sweepOne(
  context: CoreContext,
  draft: CommitDraft,
  row: Row,
  record: Exclude<SweepRecord, { kind: 'remembered' }>,
): Promise<void> {
  const { bucket, upload } = parseSweepKey(row.key);
  draft.check(row.key, row);
  const kept = record.kind === 'completed' ? PartSet.parse(record.kept) : undefined;
  const parts = await context.metadata.scan(partRange(bucket, upload), PART_ROWS_PER_STEP);
  for (const part of parts) {
    if (draft.deletes.length + draft.puts.length > KEYS_PER_STEP) return;
    const { partNumber } = parsePartKey(part.key);
    draft.delete(part.key);
    if (kept?.has(partNumber)) continue;
    moveReferences(draft, record.body, partNumber, decodePart(part.value), undefined);
  }
  if (parts.length > 0) return;
  if (record.kind === 'aborted') {
    // Pages that a completion wrote before it was overtaken by the abort. Nobody has ever read them.
    const pages = await context.metadata.scan(pageRange(bucket, record.body), PART_ROWS_PER_STEP);
    for (const page of pages) draft.delete(page.key);
    if (pages.length > 0) return;
  } else {
    const forgetMicros = record.completedAtMicros + context.settings.completedUploadKeptMicros;
    draft.put(sweepKey(forgetMicros, bucket, upload), encodeSweep({ kind: 'remembered' }));
  }
  draft.delete(row.key);
}
