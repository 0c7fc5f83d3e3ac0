/** Locks of versions and buckets in the simulation: random ones, and the core's words for those of the model. */
import type { BucketLock, Protection } from '../../src/core/model.ts';
import type { ProtectionRequest } from '../../src/core/protection.ts';
import type { SeededRandom } from './memory-faults.ts';
import type { ModelLock } from './namespace-model.ts';

const HOUR_MICROS = 3_600_000_000;

export function lockOf(days: number): BucketLock {
  if (days === 0) return { kind: 'object-lock' };
  return { kind: 'object-lock', default: { mode: 'compliance', unit: 'days', count: days } };
}

/** Now and then undefined: the bucket's default. */
export function randomLock(random: SeededRandom, nowMicros: number): ModelLock | undefined {
  if (random.chance(0.5)) return undefined;
  if (random.chance(0.2)) return { legalHold: random.chance(0.5) };
  return {
    mode: random.chance(0.5) ? 'governance' : 'compliance',
    untilMicros: nowMicros + 1_000_000 + random.below(HOUR_MICROS / 6),
    ...(random.chance(0.2) ? { legalHold: random.chance(0.5) } : {}),
  };
}

export function protectionOf({ mode, untilMicros, legalHold }: ModelLock): Protection {
  return {
    ...(mode === undefined ? {} : { retention: { mode, until: untilMicros! } }),
    ...(legalHold === undefined ? {} : { legalHold }),
  };
}

export function requestOf({ mode, untilMicros, legalHold }: ModelLock): ProtectionRequest {
  return {
    ...(mode === undefined ? {} : { retention: { mode, until: { kind: 'at', micros: untilMicros! } } }),
    ...(legalHold === undefined ? {} : { legalHold }),
  };
}
