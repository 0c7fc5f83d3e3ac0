import type { Check, CommitId, Put, Version } from '../storage/contract/metadata-store.ts';
import type { BucketId } from './model.ts';
import type { Usage } from './object-store.ts';
import { addUsage, NO_USAGE } from './usage.ts';

/** What one attempt of an operation will commit: gathered by the functions that decide, submitted by `commitBelowBucket`. */
export class CommitDraft {
  readonly id: CommitId;
  readonly checks: Check[] = [];
  readonly puts: Put[] = [];
  readonly deletes: Buffer[] = [];
  /** What the commit adds to the counters of buckets. */
  readonly changes = new Map<BucketId, Usage>();
  /** `shrink` lets the commit go on when the disk is full: for deletions and other commits that free space. */
  effect: 'grow' | 'shrink' = 'grow';
  /** The sum of what was counted. */
  counted: Usage = NO_USAGE;

  constructor(id: CommitId) {
    this.id = id;
  }

  /** The commit fails unless the key still has this version; `undefined`: unless it is absent. */
  check(key: Buffer, read: { readonly version: Version } | undefined): void {
    this.checks.push({ key, version: read === undefined ? null : read.version });
  }

  put(key: Buffer, value: Buffer): void {
    this.puts.push({ key, value });
  }

  delete(key: Buffer): void {
    this.deletes.push(key);
  }

  /** Objects: current objects. Bytes: of all stored versions. */
  count(objects: number, bytes: number): void {
    this.counted = addUsage(this.counted, { objects, bytes });
  }

  /** `usage` changes in this bucket. */
  change(bucket: BucketId, usage: Usage): void {
    if (usage.objects === 0 && usage.bytes === 0) return;
    this.changes.set(bucket, addUsage(this.changes.get(bucket) ?? NO_USAGE, usage));
  }

  get isEmpty(): boolean {
    return this.puts.length === 0 && this.deletes.length === 0;
  }
}
