import type { Clock } from '../lib/clock.ts';
import type { Entropy } from '../lib/entropy.ts';
import type { MetadataStore } from '../storage/contract/metadata-store.ts';
import type { StorageEngine } from '../storage/contract/storage-engine.ts';
import type { BucketCache } from './bucket-cache.ts';
import type { CoreSettings } from './core-settings.ts';
import type { KeyQueue } from './key-queue.ts';
import type { QuotaWatch } from './quotas.ts';
import type { RequestRounds } from './request-rounds.ts';
import type { UploadNumbers } from './upload-numbers.ts';
import type { UsageDeltas } from './usage-deltas.ts';

/** What every operation of the core works with. One per worker, made by `createCoreContext`. */
export interface CoreContext {
  readonly engine: StorageEngine;
  /** `engine.metadata`. */
  readonly metadata: MetadataStore;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly settings: CoreSettings;
  readonly rounds: RequestRounds;
  /** Lets one writer of a key at a time decide and commit. */
  readonly keyQueue: KeyQueue;
  readonly buckets: BucketCache;
  readonly uploadNumbers: UploadNumbers;
  readonly quotas: QuotaWatch;
  readonly usageDeltas: UsageDeltas;
  /** Waits. A simulation decides here how long that is. */
  readonly pause: (millis: number) => Promise<void>;
}
