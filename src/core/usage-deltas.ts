/**
 * The records in which a worker counts what its commits change in a bucket (docs/adr/0002, Counters). Each holds a running sum and
 * belongs to one commit at a time: a commit takes one that no other commit in flight has, and writes its sum anew. So there are as many as
 * commits were in flight at once, and nothing has to tidy up behind them while the worker lives.
 */
import { BoundedMap } from '../lib/bounded-map.ts';
import type { CommitDraft } from './commit-draft.ts';
import { deltaKey } from './metadata-keys.ts';
import type { BucketId } from './model.ts';
import { addUsage, NO_USAGE } from './usage.ts';
import { decodeUsage, encodeUsage } from './usage-records.ts';

/** The records of a bucket that is forgotten here stay as they are, and new ones are begun; both are folded when the worker has ended. */
const BUCKETS_MAX = 10_000;

/**
 * What is stored under the key, and what the commit stores that has taken the record. As bytes: sums that outgrow the small integers of V8
 * would change the shape of the objects that hold them, and `giveBack` would be compiled again and again.
 */
interface DeltaRecord {
  readonly bucket: BucketId;
  readonly key: Buffer;
  stored: Buffer;
  next: Buffer;
}

const NONE: readonly DeltaRecord[] = [];
const NOTHING = encodeUsage(NO_USAGE);

/** One per worker. */
export class UsageDeltas {
  readonly #epoch: number;
  readonly #idle = new BoundedMap<BucketId, DeltaRecord[]>(BUCKETS_MAX);

  constructor(epoch: number) {
    this.#epoch = epoch;
  }

  /** Puts what the draft changes into records that nobody else writes to until they are given back. */
  take(draft: CommitDraft): readonly DeltaRecord[] {
    if (draft.changes.size === 0) return NONE;
    const taken: DeltaRecord[] = [];
    for (const [bucket, usage] of draft.changes) {
      const record = this.#idle.get(bucket)?.pop() ?? this.#begin(bucket, draft);
      record.next = encodeUsage(addUsage(decodeUsage(record.stored), usage));
      draft.put(record.key, record.next);
      taken.push(record);
    }
    return taken;
  }

  /** Not to be called when nobody knows what became of the commit: such a record is not written to again. */
  giveBack(records: readonly DeltaRecord[], isCommitted: boolean): void {
    for (const record of records) {
      if (isCommitted) record.stored = record.next;
      const idle = this.#idle.get(record.bucket);
      if (idle === undefined) this.#idle.set(record.bucket, [record]);
      else idle.push(record);
    }
  }

  #begin(bucket: BucketId, draft: CommitDraft): DeltaRecord {
    return { bucket, key: deltaKey(bucket, this.#epoch, draft.id), stored: NOTHING, next: NOTHING };
  }
}
