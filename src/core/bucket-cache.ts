/**
 * Two things that are true for ever may be remembered: that a name once led to a bucket id (ids are never reused, and the
 * bucket's record, which is read every time, says whether it still has the name), and what a record of one version says.
 */
import type { Entry } from '../storage/contract/metadata-store.ts';
import { type BucketState, decodeBucket, toBucket } from './bucket-records.ts';
import type { AccountId, Bucket, BucketId, Place } from './model.ts';

const ENTRIES_MAX = 10_000;
/** Buckets of one name: accounts may have their own. */
const NAMESAKES_MAX = 16;

export interface KnownBucket {
  readonly state: BucketState;
  readonly bucket: Bucket;
}

/** Whose buckets are looked for; undefined: the one that holds the name. */
type Register = AccountId | undefined;

interface Namesake {
  readonly register: Register;
  readonly place: Place;
  readonly id: BucketId;
}

export class BucketCache {
  readonly #ids = new Map<string, readonly Namesake[]>();
  readonly #buckets = new Map<BucketId, KnownBucket>();

  idOf(register: Register, place: Place, name: string): BucketId | undefined {
    const namesakes = this.#ids.get(name);
    if (namesakes === undefined) return undefined;
    for (const known of namesakes) if (isNamed(known, register, place)) return known.id;
    return undefined;
  }

  rememberId(register: Register, place: Place, name: string, id: BucketId): void {
    const others = this.#othersOf(register, place, name).slice(0, NAMESAKES_MAX - 1);
    dropOldest(this.#ids);
    this.#ids.set(name, [{ register, place, id }, ...others]);
  }

  forgetId(register: Register, place: Place, name: string): void {
    const others = this.#othersOf(register, place, name);
    if (others.length === 0) this.#ids.delete(name);
    else this.#ids.set(name, others);
  }

  #othersOf(register: Register, place: Place, name: string): readonly Namesake[] {
    return this.#ids.get(name)?.filter((known) => !isNamed(known, register, place)) ?? [];
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

function isNamed(known: Namesake, register: Register, place: Place): boolean {
  return known.register === register && known.place === place;
}

function dropOldest<K>(map: Map<K, unknown>): void {
  if (map.size < ENTRIES_MAX) return;
  for (const key of map.keys()) {
    map.delete(key);
    return;
  }
}
