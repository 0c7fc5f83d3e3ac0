import type { CoreContext } from '../core-context.ts';
import { createApplyLifecycle } from './apply-lifecycle.ts';
import { createCondemnCandidates } from './condemn-candidates.ts';
import { createExpireVersions } from './expire-versions.ts';
import { createFoldUsage } from './fold-usage.ts';
import type { Job } from './job.ts';
import { createPurgeBuckets } from './purge-buckets.ts';
import { createReclaimCondemned } from './reclaim-condemned.ts';
import { createSweepEpochs } from './sweep-epochs.ts';
import { createSweepUploads } from './sweep-uploads.ts';

/**
 * One step of one job for each call, in turn. Answers whether more is waiting: false once every job, one after the other,
 * has found nothing to do. What only waits for running requests to end is not "more".
 */
export function createHousekeeping(context: CoreContext): () => Promise<boolean> {
  const foldUsage = createFoldUsage(context);
  const jobs: readonly Job[] = [
    foldUsage,
    createPurgeBuckets(context),
    createExpireVersions(context),
    createApplyLifecycle(context),
    createSweepUploads(context),
    createSweepEpochs(context, foldUsage),
    createCondemnCandidates(context),
    createReclaimCondemned(context),
  ];
  let turn = 0;
  let idleTurns = 0;
  return async () => {
    const job = jobs[turn % jobs.length]!;
    turn += 1;
    const isMore = await job.step();
    idleTurns = isMore ? 0 : idleTurns + 1;
    if (idleTurns < jobs.length) return true;
    idleTurns = 0;
    return false;
  };
}
