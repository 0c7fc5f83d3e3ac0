/**
 * `gotgan check --repair`, on a store that nobody else uses: takes away what nobody can reach, counts anew, and
 * mends the index of expiries. Blobs go
 * through reclaiming like everything else, so a repair can only remove what housekeeping would find unreferenced. Data that
 * is damaged or missing is left as it is, for the operator to see.
 */

import type { Row } from '../../storage/contract/metadata-store.ts';
import { encodeReclaimable } from '../body-records.ts';
import type { CoreContext } from '../core-context.ts';
import { createHousekeeping } from '../housekeeping/create-housekeeping.ts';
import { commitStep, housekeepingDraft } from '../housekeeping/job.ts';
import { createPublishRound } from '../housekeeping/publish-round.ts';
import {
  bodyIdOfBlob,
  bucketKey,
  epochOfDelta,
  keyAfter,
  rangeOfBucket,
  rangeOfSpace,
  space,
  usageKey,
} from '../metadata-keys.ts';
import type { BucketId } from '../model.ts';
import { candidateKey } from '../reclaiming-keys.ts';
import { addUsage, NO_USAGE } from '../usage.ts';
import { decodeUsage, encodeUsage } from '../usage-records.ts';
import type { Finding } from './findings.ts';
import { type VerificationProgress, VerificationRun } from './verification-run.ts';
import { countBucket } from './verify-buckets.ts';
import { type VerificationReport, verifyStore } from './verify-store.ts';

const REMEDIES_PER_COMMIT = 200;
const DELTAS_PER_COMMIT = 900;
/** A stray reference keeps others from being seen as stray: body, blob reference, blob. */
const PASSES_MAX = 8;

export interface RepairResult {
  readonly repaired: number;
  /** What is left. */
  readonly report: VerificationReport;
}

export async function repairStore(
  context: CoreContext,
  onProgress: (progress: VerificationProgress) => void = () => undefined,
): Promise<RepairResult> {
  let repaired = 0;
  await drainHousekeeping(context);
  for (let pass = 1; ; pass += 1) {
    const report = await verifyStore(context.engine, onProgress);
    const curable = report.findings.filter(({ remedy }) => remedy !== undefined);
    if (curable.length === 0 || pass === PASSES_MAX) return { repaired, report };
    for (let start = 0; start < curable.length; start += REMEDIES_PER_COMMIT) {
      await applyRemedies(context, curable.slice(start, start + REMEDIES_PER_COMMIT));
    }
    repaired += curable.length;
    await drainHousekeeping(context);
  }
}

async function applyRemedies(context: CoreContext, findings: readonly Finding[]): Promise<void> {
  const draft = housekeepingDraft(context);
  const recounts = new Set<BucketId>();
  for (const { remedy } of findings) {
    for (const key of remedy?.deletes ?? []) draft.delete(key);
    for (const key of remedy?.puts ?? []) draft.put(key, Buffer.alloc(0));
    for (const blob of remedy?.candidates ?? []) {
      draft.put(candidateKey('blob', bodyIdOfBlob(blob)), encodeReclaimable(undefined));
    }
    if (remedy?.recount !== undefined) recounts.add(remedy.recount);
  }
  await commitStep(context, draft);
  for (const bucket of recounts) await recountBucket(context, bucket);
}

/**
 * The deltas go first, so that a crash in between leaves counters that are wrong and will be found so. What this process itself
 * has counted stays, because it writes to those deltas again.
 */
async function recountBucket(context: CoreContext, bucket: BucketId): Promise<void> {
  let own = NO_USAGE;
  const { start, end } = rangeOfBucket(space.delta, bucket);
  for (let from: Buffer | undefined = start; from !== undefined; ) {
    context.metadata.refresh();
    const deltas: readonly Row[] = await context.metadata.scan({ start: from, end }, DELTAS_PER_COMMIT);
    const draft = housekeepingDraft(context);
    for (const { key, value } of deltas) {
      if (epochOfDelta(key) === context.engine.epoch) own = addUsage(own, decodeUsage(value));
      else draft.delete(key);
    }
    await commitStep(context, draft);
    const last = deltas[DELTAS_PER_COMMIT - 1];
    from = last === undefined ? undefined : keyAfter(last.key);
  }
  const counted = await countBucket(new VerificationRun(context.engine, () => undefined), bucket);
  const usage = addUsage(counted, { objects: -own.objects, bytes: -own.bytes });
  context.metadata.refresh();
  const draft = housekeepingDraft(context);
  draft.check(bucketKey(bucket), await context.metadata.get(bucketKey(bucket)));
  draft.put(usageKey(bucket), encodeUsage(usage));
  await commitStep(context, draft);
}

/** Until nothing waits any more to be condemned or deleted. What is condemned takes one more round. */
async function drainHousekeeping(context: CoreContext): Promise<void> {
  const housekeep = createHousekeeping(context);
  const publishRound = createPublishRound(context);
  for (;;) {
    await publishRound();
    while (await housekeep());
    if (!(await isWorkLeft(context))) return;
  }
}

async function isWorkLeft(context: CoreContext): Promise<boolean> {
  context.metadata.refresh();
  for (const spaceByte of [space.candidate, space.condemned]) {
    if ((await context.metadata.scan(rangeOfSpace(spaceByte), 1)).length > 0) return true;
  }
  return (await context.engine.epochs.listClosed()).length > 0;
}
