import type { CoreContext } from '../core-context.ts';
import type { FoundVersion } from '../find-version.ts';
import { deleteMarkerOf, placeVersion, readKeyState } from '../key-state.ts';
import { transferExpired } from '../lifetime-rules.ts';
import { headKey, olderKey, olderRange, tombstoneKey } from '../metadata-keys.ts';
import { decodeVersion } from '../metadata-records.ts';
import type { Bucket } from '../model.ts';
import { isProtected } from '../protection.ts';
import { removeVersion } from '../remove-version.ts';
import { commitBelowBucket } from '../retry-commit.ts';

/** `mark`: a delete marker goes above it. `remove`: it goes, and the next older one takes its place. */
export type ExpiryVerdict = 'keep' | 'mark' | 'remove';

export interface DueVersion {
  readonly bucket: Bucket;
  readonly key: string;
  readonly sequence: number;
}

/**
 * What time does to a version: `judge` is asked about it as it is in every attempt, and told whether older versions of its key are
 * there. A protected version is never removed. Answers what was done; `absent`: there is no such version.
 */
export function expireVersion(
  context: CoreContext,
  due: DueVersion,
  judge: (found: FoundVersion, hasOlder: boolean, bucket: Bucket) => ExpiryVerdict,
): Promise<ExpiryVerdict | 'absent'> {
  const { bucket, key } = due;
  return context.keyQueue.run(bucket.id, key, () =>
    commitBelowBucket(context, bucket, key, async (draft, current) => {
      const found = await findBySequence(context, due);
      if (found === undefined) return 'absent';
      const [older] = await context.metadata.scan(olderRange(bucket.id, key), 1);
      const verdict = judge(found, older !== undefined, current);
      if (verdict === 'keep' || isProtected(found.record, context.clock.nowMicros())) return 'keep';
      draft.effect = 'shrink';
      if (found.isLatest) {
        const transfer = await transferExpired(context, draft, current, key, found.record);
        if (transfer === 'unavailable') return 'keep';
      }
      if (verdict === 'remove') {
        await removeVersion(context, draft, current, key, found);
      } else {
        const state = await readKeyState(context, current, key);
        placeVersion(context, draft, current, key, state, deleteMarkerOf(current));
      }
      return verdict;
    }),
  );
}

async function findBySequence(
  context: CoreContext,
  { bucket, key, sequence }: DueVersion,
): Promise<FoundVersion | undefined> {
  const keys = [headKey(bucket.id, key), tombstoneKey(bucket.id, key), olderKey(bucket.id, key, sequence)];
  const entries = await context.metadata.getMany(keys);
  for (const [index, entry] of entries.entries()) {
    if (entry === undefined) continue;
    const record = decodeVersion(entry.value);
    if (record.sequence !== sequence) continue;
    return { record, isLatest: index < 2, storedUnder: keys[index]!, recordVersion: entry.version };
  }
  return undefined;
}
