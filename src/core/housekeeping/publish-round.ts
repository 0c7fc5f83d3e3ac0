import type { CoreContext } from '../core-context.ts';
import { roundKey, workerKey } from '../reclaiming-keys.ts';
import { decodeRound, encodeRound } from '../round-records.ts';
import { commitStep, housekeepingDraft } from './job.ts';

/**
 * Looks which round it is, and tells housekeeping the lowest round that a request running in this worker has seen, when
 * that has changed: what was condemned in that round or later stays readable. To be called about once a second in every
 * worker, also in idle ones: reclaiming waits for all of them.
 */
export function createPublishRound(context: CoreContext): () => Promise<void> {
  let published: number | undefined;
  return async () => {
    context.metadata.refresh();
    const entry = await context.metadata.get(roundKey);
    context.rounds.setSeenRound(entry === undefined ? 0 : decodeRound(entry.value));
    const lowest = context.rounds.lowestSeenRound();
    if (lowest === published) return;
    const draft = housekeepingDraft(context);
    draft.put(workerKey(context.engine.epoch), encodeRound(lowest));
    if (await commitStep(context, draft)) published = lowest;
  };
}
