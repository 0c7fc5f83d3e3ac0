/**
 * Blobs that a worker had written, but had not committed when it died (docs/adr/0002, Orphans). Their names begin with
 * its epoch; nothing is added to a closed epoch any more, so each is swept once, when what it has counted is folded. Open epochs are never looked at: a
 * blob without reference there may be on its way into a commit.
 *
 * What has no reference becomes a candidate and goes the way of everything else, because it may also be something that
 * was condemned and is still being read.
 */
import type { BlobId } from '../../storage/contract/blob-store.ts';
import { encodeReclaimable } from '../body-records.ts';
import type { CoreContext } from '../core-context.ts';
import { bodyIdOfBlob } from '../metadata-keys.ts';
import { blobReferenceRange, candidateKey, workerKey } from '../reclaiming-keys.ts';
import type { FoldUsage } from './fold-usage.ts';
import { commitStep, housekeepingDraft, type Job } from './job.ts';

const BLOBS_PER_STEP = 200;

interface Sweep {
  readonly epoch: number;
  readonly blobs: AsyncIterator<BlobId>;
}

export function createSweepEpochs(context: CoreContext, { hasFolded }: Pick<FoldUsage, 'hasFolded'>): Job {
  let sweep: Sweep | undefined;
  return {
    name: 'sweep-epochs',
    async step() {
      context.metadata.refresh();
      if (sweep === undefined) {
        const epoch = (await context.engine.epochs.listClosed()).find(hasFolded);
        if (epoch === undefined) return false;
        // Everything that the worker has committed is visible from here on.
        context.metadata.refresh();
        sweep = { epoch, blobs: context.engine.blobs.list(epoch)[Symbol.asyncIterator]() };
      }
      const { epoch, blobs } = sweep;
      // Begun again from the start unless this goes well: a listing that has failed may have missed some.
      sweep = undefined;
      const progress = await sweepSome(context, blobs);
      if (progress === 'more') sweep = { epoch, blobs };
      if (progress === 'end') await forget(context, epoch);
      return true;
    },
  };
}

async function sweepSome(
  context: CoreContext,
  blobs: AsyncIterator<BlobId>,
): Promise<'more' | 'end' | 'failed'> {
  const draft = housekeepingDraft(context);
  let progress: 'more' | 'end' = 'more';
  for (let count = 0; count < BLOBS_PER_STEP && progress === 'more'; count++) {
    const next = await blobs.next();
    if (next.done === true) progress = 'end';
    else if ((await context.metadata.scan(blobReferenceRange(next.value), 1)).length === 0) {
      draft.put(candidateKey('blob', bodyIdOfBlob(next.value)), encodeReclaimable(undefined));
    }
  }
  return (await commitStep(context, draft)) ? progress : 'failed';
}

async function forget(context: CoreContext, epoch: number): Promise<void> {
  const draft = housekeepingDraft(context);
  draft.delete(workerKey(epoch));
  if (await commitStep(context, draft)) await context.engine.epochs.forget(epoch);
}
