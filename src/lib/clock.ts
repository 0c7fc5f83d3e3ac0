/** The only sources of time. Everything that needs the time gets a `Clock` as an argument, so that tests can move it. */
export interface Clock {
  /** Microseconds since 1970-01-01T00:00:00Z. A safe integer. */
  nowMicros(): number;
}

export const systemClock: Clock = {
  nowMicros: () => Math.round((performance.timeOrigin + performance.now()) * 1000),
};
