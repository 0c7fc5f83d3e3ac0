/** What a verification may find wrong, and the list in which it is kept: counted in full, described up to a bound. */

import type { BlobId } from '../../storage/contract/blob-store.ts';
import type { BucketId } from '../model.ts';

export type FindingKind =
  | 'damaged-bytes'
  | 'missing-bytes'
  /** The bytes are there, but reclaiming would take them. */
  | 'missing-reference'
  | 'unreadable-record'
  | 'wrong-directory'
  | 'stray-record'
  | 'stray-reference'
  | 'orphan-blob'
  | 'wrong-counters'
  /** The version will not be removed at its time, or somebody will look for it then in vain. */
  | 'wrong-expiry';

/** What a repair does about a finding. */
export interface Remedy {
  readonly deletes?: readonly Buffer[];
  /** Rows without a value. */
  readonly puts?: readonly Buffer[];
  /** Blobs to be looked at by reclaiming, which removes them when nobody refers to them. */
  readonly candidates?: readonly BlobId[];
  readonly recount?: BucketId;
}

export interface Finding {
  readonly kind: FindingKind;
  /** One sentence without a full stop. */
  readonly what: string;
  /** Name of the bucket, or its id in words when it has none any more. */
  readonly bucket?: string;
  readonly key?: string;
  readonly versionId?: string;
  /** Only on what nobody can reach, on counters and on indexes: data is never repaired away. */
  readonly remedy?: Remedy;
}

const KEPT_MAX = 10_000;

export class FindingList {
  readonly #counts = new Map<FindingKind, number>();
  readonly #kept: Finding[] = [];

  add(finding: Finding): void {
    this.#counts.set(finding.kind, (this.#counts.get(finding.kind) ?? 0) + 1);
    if (this.#kept.length < KEPT_MAX) this.#kept.push(finding);
  }

  /** The first 10,000. */
  get kept(): readonly Finding[] {
    return this.#kept;
  }

  get counts(): Readonly<Partial<Record<FindingKind, number>>> {
    return Object.fromEntries(this.#counts);
  }

  get total(): number {
    let total = 0;
    for (const count of this.#counts.values()) total += count;
    return total;
  }
}
