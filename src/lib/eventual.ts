/**
 * What is at hand, or will be. The hot path does not wait for what is at hand: every `await` makes a promise and takes a
 * turn of the microtask queue.
 */
export type Eventual<T> = T | Promise<T>;

/** What `next` makes of the value: at once when that is at hand. */
export function whenKnown<T, R>(value: Eventual<T>, next: (value: T) => Eventual<R>): Eventual<R> {
  return value instanceof Promise ? value.then(next) : next(value);
}
