/**
 * Two things that are true for ever may be remembered: that a name once led to a bucket id (ids are never reused, and the
 * bucket's record, which is read every time, says whether it still has the name), and what a record of one version says.
 */
import type { Entry } from '../storage/contract/metadata-store.ts';
import { type BucketState, decodeBucket, toBucket } from './bucket-records.ts';
import type { Bucket, BucketId } from './model.ts';

const ENTRIES_MAX = 10_000;

export interface KnownBucket {
  readonly state: BucketState;
  readonly bucket: Bucket;
}

export class BucketCache {
  readonly #ids = new Map<string, BucketId>();
  readonly #buckets = new Map<BucketId, KnownBucket>();

  idOf(name: string): BucketId | undefined {
    return this.#ids.get(name);
  }

  rememberId(name: string, id: BucketId): void {
    dropOldest(this.#ids);
    this.#ids.set(name, id);
  }

  forgetId(name: string): void {
    this.#ids.delete(name);
  }

  /** What the record in `entry` says, parsed once per version. */
  bucketOf(id: BucketId, entry: Entry): KnownBucket {
    const known = this.#buckets.get(id);
    if (known !== undefined && known.bucket.recordVersion === entry.version) return known;
    const record = decodeBucket(entry.value);
    const parsed = { state: record.state, bucket: toBucket(id, entry.version, record) };
    dropOldest(this.#buckets);
    this.#buckets.set(id, parsed);
    return parsed;
  }
}

function dropOldest<K>(map: Map<K, unknown>): void {
  if (map.size < ENTRIES_MAX) return;
  for (const key of map.keys()) {
    map.delete(key);
    return;
  }
}
