import type { MeasuredPair } from './measure.ts';

export interface BenchSettings {
  /** Of load on each side, in turns. */
  readonly seconds: number;
  /** Small objects that lie in the bucket. */
  readonly objects: number;
  /** Keys of the listings. */
  readonly keys: number;
  /** How long the mixed load runs. */
  readonly mixedSeconds: number;
  readonly memorySeconds: number;
  /** MiB of a large object. */
  readonly mebibytes: number;
  readonly workers: number;
}

/** Server CPU per request, floor divided by ours: at least `target`. */
export interface RatioResult extends MeasuredPair {
  readonly kind: 'ratio';
  readonly ratio: number;
}

/** A figure with a unit: at most `target`. */
export interface FigureResult {
  readonly kind: 'figure';
  readonly figure: number;
  readonly unit: string;
  readonly errors: number;
  /** What it was calculated from. */
  readonly details: string;
}

export type RowResult = (RatioResult | FigureResult) & {
  readonly name: string;
  readonly title: string;
  readonly target: number;
};

export interface Row {
  readonly name: string;
  run(settings: BenchSettings): Promise<RowResult>;
}

export function ratioOf({ ours, floor }: MeasuredPair): RatioResult {
  return { kind: 'ratio', ratio: floor.cpuMicrosPerRequest / ours.cpuMicrosPerRequest, ours, floor };
}

export function reaches(result: RowResult): boolean {
  return result.kind === 'ratio' ? result.ratio >= result.target : result.figure <= result.target;
}

export function errorsOf(result: RowResult): number {
  return result.kind === 'ratio' ? result.ours.errors + result.floor.errors : result.errors;
}
