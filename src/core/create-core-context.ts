import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../lib/clock.ts';
import type { Entropy } from '../lib/entropy.ts';
import type { StorageEngine } from '../storage/contract/storage-engine.ts';
import { BucketCache } from './bucket-cache.ts';
import type { CoreContext } from './core-context.ts';
import { type CoreSettings, defaultCoreSettings } from './core-settings.ts';
import { KeyQueue } from './key-queue.ts';
import { QuotaWatch } from './quotas.ts';
import { RequestRounds } from './request-rounds.ts';
import { UploadNumbers } from './upload-numbers.ts';
import { UsageDeltas } from './usage-deltas.ts';

export interface ObjectStoreOptions {
  readonly engine: StorageEngine;
  readonly clock: Clock;
  readonly entropy: Entropy;
  /** What is left out is as in `defaultCoreSettings`. */
  readonly settings?: Partial<CoreSettings>;
  /** Waits; for simulations. Default: a timer. */
  readonly pause?: (millis: number) => Promise<void>;
}

export function createCoreContext(options: ObjectStoreOptions): CoreContext {
  const { engine, clock, entropy } = options;
  return {
    engine,
    metadata: engine.metadata,
    clock,
    entropy,
    settings: { ...defaultCoreSettings, ...options.settings },
    rounds: new RequestRounds(),
    keyQueue: new KeyQueue(),
    buckets: new BucketCache(),
    uploadNumbers: new UploadNumbers(clock, engine.epoch),
    quotas: new QuotaWatch(),
    usageDeltas: new UsageDeltas(engine.epoch),
    pause: options.pause ?? ((millis) => sleep(millis)),
  };
}
