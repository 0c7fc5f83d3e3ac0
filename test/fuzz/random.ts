/** Random values that repeat: everything about a request follows from the seed of the run and the request's number. */

export class Random {
  #state: number;

  constructor(seed: number, index: number) {
    // Two rounds of mixing, so that neighbouring numbers have nothing in common.
    this.#state = mix(mix(seed | 0) ^ Math.imul(index | 0, 0x9e3779b1));
  }

  /** 0 to 2^32 - 1 (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    return mix(this.#state) >>> 0;
  }

  /** 0 to `end` - 1. */
  below(end: number): number {
    return this.next() % end;
  }

  /** True in `percent` of cases. */
  chance(percent: number): boolean {
    return this.below(10_000) < percent * 100;
  }

  pick<T>(list: readonly [T, ...T[]] | readonly T[]): T {
    const picked = list[this.below(list.length)];
    if (picked === undefined && list.length === 0) throw new Error('nothing to pick from');
    return picked as T;
  }

  /** Small sizes mostly, up to `max`. */
  size(max: number): number {
    return this.below(this.below(this.below(max) + 1) + 1);
  }

  bytes(size: number): Buffer {
    const bytes = Buffer.allocUnsafe(size);
    for (let index = 0; index < size; index += 1) bytes[index] = index % 4 === 0 ? this.next() : index;
    return bytes;
  }
}

function mix(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
