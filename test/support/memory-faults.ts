/** What goes wrong in the in-memory engine, decided by a seed alone, so that every run can be replayed. */

/** Probabilities are between 0 and 1 and 0 when left out. */
export interface FaultPlan {
  readonly seed: number;
  /** A commit is answered `conflict` without having been tried. */
  readonly conflict?: number;
  /** A commit is made, and answered `unknown`. */
  readonly unknownCommitted?: number;
  /** A commit is not made, and answered `unknown`. */
  readonly unknownLost?: number;
  /** A growing commit or a new blob is refused with `StorageFull`. */
  readonly full?: number;
  /** A read answers with a promise rather than at once. */
  readonly asyncReads?: number;
  /** Every asynchronous step takes up to this many turns of the microtask queue. */
  readonly turnsMax?: number;
  /**
   * What reads see. `pinned` (default): the state of the last `refresh()`, which finds a forgotten refresh. `drifting`:
   * moves on by itself now and then, which finds reads that believe in one snapshot. `live`: always the newest.
   */
  readonly views?: 'pinned' | 'drifting' | 'live';
  /** Called instead of waiting `turnsMax` turns: a simulation decides here who runs next. */
  readonly pause?: (point: string) => Promise<void>;
}

export interface SeededRandom {
  /** In [0, 1). */
  next(): number;
  /** In [0, bound), an integer. */
  below(bound: number): number;
  chance(probability: number | undefined): boolean;
}

/** A small counter-based generator (a Weyl sequence through a 32-bit mixer); good enough to pick schedules. */
export function seededRandom(seed: number): SeededRandom {
  let state = seed >>> 0;
  function next(): number {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 0x1_0000_0000;
  }
  return {
    next,
    below: (bound) => Math.floor(next() * bound),
    chance: (probability) => probability !== undefined && probability > 0 && next() < probability,
  };
}

export interface Faults {
  readonly plan: FaultPlan;
  readonly random: SeededRandom;
  /** Off after `calm()`: only what is asked for happens from then on. */
  active: boolean;
  chance(probability: number | undefined): boolean;
  pause(point: string): Promise<void>;
}

export function createFaults(plan: FaultPlan): Faults {
  const random = seededRandom(plan.seed);
  return {
    plan,
    random,
    active: true,
    chance(probability) {
      return this.active && random.chance(probability);
    },
    async pause(point) {
      if (plan.pause !== undefined) return plan.pause(point);
      const turns = this.active ? random.below((plan.turnsMax ?? 0) + 1) : 0;
      for (let turn = 0; turn < turns; turn += 1) await null;
    },
  };
}
