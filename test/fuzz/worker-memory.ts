/**
 * Memory of a server's processes over a run (Linux). Anonymous memory only: what of the memory map happens to be resident
 * belongs to the page cache.
 */
import { readFileSync } from 'node:fs';
import { childrenOf } from '../support/process-table.ts';

export interface MemorySample {
  readonly requests: number;
  /** All workers together. */
  readonly bytes: number;
}

/** Undefined where there is no /proc. */
export function workersMemory(primaryPid: number): number | undefined {
  try {
    let kib = 0;
    for (const pid of childrenOf(primaryPid)) {
      kib += Number(/RssAnon:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
    }
    return kib * 1024;
  } catch {
    return undefined;
  }
}

/** Bytes per request, by least squares over the samples; undefined when there are too few. */
export function memorySlope(samples: readonly MemorySample[]): number | undefined {
  if (samples.length < 5) return undefined;
  const mean = (value: (sample: MemorySample) => number): number =>
    samples.reduce((sum, sample) => sum + value(sample), 0) / samples.length;
  const [meanRequests, meanBytes] = [mean(({ requests }) => requests), mean(({ bytes }) => bytes)];
  let [above, below] = [0, 0];
  for (const { requests, bytes } of samples) {
    above += (requests - meanRequests) * (bytes - meanBytes);
    below += (requests - meanRequests) ** 2;
  }
  return below === 0 ? undefined : above / below;
}
