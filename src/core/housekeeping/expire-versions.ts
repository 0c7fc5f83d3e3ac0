import type { CoreContext } from '../core-context.ts';
import { CoreError } from '../core-errors.ts';
import { isGone } from '../expiry.ts';
import { expiryKey, expiryRangeUntil, PUT_OFF, parseExpiryKey } from '../expiry-keys.ts';
import type { FoundVersion } from '../find-version.ts';
import { loadBucket } from '../load-bucket.ts';
import type { Protection } from '../model.ts';
import { type DueVersion, type ExpiryVerdict, expireVersion } from '../operations/expire-version.ts';
import { commitStep, housekeepingDraft, type Job } from './job.ts';

const VERSIONS_PER_STEP = 50;
/** How soon a version is looked at again that something without an end keeps. */
const HELD_LOOK_MICROS = 3_600_000_000;

/**
 * Removes versions whose time has come, in its order. Where an older version would take the place of one, a delete marker goes
 * above it first: what expired must not bring back what it had replaced. A protected version is looked at again later.
 */
export function createExpireVersions(context: CoreContext): Job {
  return {
    name: 'expire-versions',
    async step() {
      context.metadata.refresh();
      const range = expiryRangeUntil(context.clock.nowMicros());
      const rows = await context.metadata.scan(range, VERSIONS_PER_STEP);
      await Promise.all(rows.map((row) => expireRow(context, row.key)));
      return rows.length > 0;
    },
  };
}

async function expireRow(context: CoreContext, row: Buffer): Promise<void> {
  const { bucket: id, key, sequence } = parseExpiryKey(row);
  try {
    const bucket = await loadBucket(context, id, `${id}`);
    await expire(context, row, { bucket, key, sequence });
  } catch (error) {
    // With its bucket all its versions have gone.
    if (!(error instanceof CoreError && error.code === 'NoSuchBucket')) throw error;
    await moveRow(context, row, undefined);
  }
}

async function expire(context: CoreContext, row: Buffer, due: DueVersion): Promise<void> {
  let protection: Protection | undefined;
  let isDue = false;
  const judge = ({ record, isLatest }: FoundVersion, hasOlder: boolean): ExpiryVerdict => {
    ({ protection } = record);
    isDue = isGone(record, context.clock.nowMicros());
    if (!isDue) return 'keep';
    return isLatest && hasOlder ? 'mark' : 'remove';
  };
  const outcome = await expireVersion(context, due, judge);
  if (outcome === 'mark') await expireVersion(context, due, judge);
  // The row is of a version that has gone without it, or has got another time since, or must stay.
  if (outcome === 'absent' || outcome === 'keep') {
    const { bucket, key, sequence } = due;
    // Due, and kept: where it is to go is not there.
    const isKept = outcome === 'keep' && (isDue || protection !== undefined);
    const look = isKept ? lookAgain(context, protection) : undefined;
    await moveRow(context, row, look === undefined ? undefined : expiryKey(look, bucket.id, sequence, key));
  }
}

function lookAgain(context: CoreContext, protection: Protection | undefined): number {
  const nowMicros = context.clock.nowMicros();
  const until = protection?.retention?.until;
  return typeof until === 'number' && until > nowMicros ? until : nowMicros + HELD_LOOK_MICROS;
}

/** Undefined: it goes. */
async function moveRow(context: CoreContext, row: Buffer, to: Buffer | undefined): Promise<void> {
  const draft = housekeepingDraft(context);
  draft.delete(row);
  if (to !== undefined) draft.put(to, PUT_OFF);
  await commitStep(context, draft);
}
