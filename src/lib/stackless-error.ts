/**
 * An error that is an answer: thrown on purpose, told by its code, and never looked for in the source. It does without its stack,
 * which costs as much as all that is decided about an ordinary refusal.
 */
export class StacklessError extends Error {
  /** `frames`: of those that are failures after all, how much of the stack to keep. */
  constructor(message: string, frames = 0) {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = frames;
    super(message);
    Error.stackTraceLimit = stackTraceLimit;
  }
}
