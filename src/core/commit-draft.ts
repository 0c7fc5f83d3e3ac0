import type { Check, CommitId, Put, Version } from '../storage/contract/metadata-store.ts';

/** What one attempt of an operation will commit: gathered by the functions that decide, submitted by `commitBelowBucket`. */
export class CommitDraft {
  readonly id: CommitId;
  readonly checks: Check[] = [];
  readonly puts: Put[] = [];
  readonly deletes: Buffer[] = [];
  /** `shrink` lets the commit go on when the disk is full: for deletions and other commits that free space. */
  effect: 'grow' | 'shrink' = 'grow';
  objectsDelta = 0;
  bytesDelta = 0;

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

  /** Objects: current objects. Bytes: of all stored versions. A delta record goes with the commit unless both sums are 0. */
  count(objects: number, bytes: number): void {
    this.objectsDelta += objects;
    this.bytesDelta += bytes;
  }

  get isEmpty(): boolean {
    return this.puts.length === 0 && this.deletes.length === 0;
  }
}
