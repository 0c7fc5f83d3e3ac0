/**
 * The numbers by which the server as a whole is bounded: each with its unit and where it comes from. Limits of the APIs
 * stand with their dialect, limits of the namespace in the core, limits of storage in the engine.
 */

export const configurationLimits = {
  /** Processes. More than any machine this is meant for has cores; a typing error should not fork thousands. */
  workersMax: 256,
  /** Thirty days; NHN has twelve hours. A token is a password that nobody chose to write down. */
  tokenLifetimeSecondsMax: 2_592_000,
  /** Faster than any disk. Ours. */
  scrubBytesPerSecondMax: 100 * 1024 ** 3,
  /** A day. */
  lifecycleDaySecondsMax: 86_400,
  /** A day: beyond it a signature is no proof of freshness. Ours. */
  scpSignatureWindowMillisMax: 86_400_000,
  /** An hour, as at IBM: until then a token holds for those who only look at it. */
  iamAccessSecondsMax: 3600,
  /** Three days, as at IBM. */
  iamRefreshSecondsMax: 259_200,
  /** A year. Ours. */
  iamKeyRotationSecondsMax: 31_536_000,
  /** An hour, for clocks and ages of SAML assertions. Ours. */
  samlSecondsMax: 3600,
  /** Ours. */
  stsCallsPerSecondMax: 10_000,
} as const;

/** Settings of the listeners (design, section 8). Milliseconds and bytes. */
export interface ListenerLimits {
  /** 0: an upload may take hours; the idle time-out below bounds it. Design, section 8. */
  readonly requestTimeoutMillis: number;
  /** From the first byte of a request to the end of its headers, against slow-loris clients. Design, section 8. */
  readonly headersTimeoutMillis: number;
  /** How often Node looks for connections beyond the time-outs above. Design, section 8. */
  readonly connectionsCheckMillis: number;
  /** Longest silence while a body is being read. Design, section 8. */
  readonly bodyIdleMillis: number;
  /** Longest silence of a client that does not take its response: beyond it the bytes it holds could not be reclaimed. Ours. */
  readonly responseIdleMillis: number;
  /** Longer than the pools of common SDKs keep connections (5 s races them). Design, section 8. */
  readonly keepAliveMillis: number;
  /** All header fields of a request together, and its target. Design, section 8. */
  readonly headerBytesMax: number;
  /** What is read after a refusal so that the connection may be kept: one socket buffer. Ours; design, section 4 step 2. */
  readonly drainBytesMax: number;
  /** What is discarded after a refusal that closes the connection. Design, section 4 step 2. */
  readonly discardBytesMax: number;
  readonly discardMillis: number;
  /** Bytes of a body that are held ready before the socket is told to wait: four reads of a socket. Ours. */
  readonly bodyBufferBytes: number;
}

export const listenerLimits: ListenerLimits = {
  requestTimeoutMillis: 0,
  headersTimeoutMillis: 20_000,
  connectionsCheckMillis: 1_000,
  bodyIdleMillis: 60_000,
  responseIdleMillis: 300_000,
  keepAliveMillis: 75_000,
  headerBytesMax: 64 * 1024,
  drainBytesMax: 64 * 1024,
  discardBytesMax: 16 * 1024 * 1024,
  discardMillis: 5_000,
  bodyBufferBytes: 256 * 1024,
};

/** How the primary treats its workers. Milliseconds. All ours. */
export const processLimits = {
  /** Running requests get this long to end after SIGTERM or Ctrl-C; orchestrators kill after 30 s by default. */
  drainMillis: 25_000,
  /** A worker that is still there this long after it should have drained is killed. */
  drainGraceMillis: 3_000,
  /** A worker that dies sooner than this after it began to listen died early. */
  earlyDeathMillis: 10_000,
  /** This many early deaths in a row stop the server. */
  earlyDeathsMax: 5,
  restartDelayMillisMin: 100,
  restartDelayMillisMax: 5_000,
  /** A worker that does not listen by then has failed: opening a store after a crash reads no bodies. */
  workerStartMillisMax: 60_000,
  /** Rounds of reclaiming are published about this often (docs/adr/0002). */
  publishRoundMillis: 1_000,
  /** Pause of housekeeping when there was nothing to do, and after a failure of it. */
  housekeepingIdleMillis: 1_000,
  /** Between two looks for denials that are too old. */
  denialSweepIdleMillis: 3_600_000,
  /** Tokens that have expired are refused anyway: they only take room. */
  tokenSweepIdleMillis: 60_000,
  /** How often is looked whether the keys of access tokens are due to change. */
  iamHousekeepingIdleMillis: 1_000,
  housekeepingRetryMillis: 5_000,
  /** How long a line of the access log may wait for others. */
  callLogMillis: 250,
  /** Lines of the access log that wait for their reader; beyond it they are dropped. Bytes. */
  callLogBytesMax: 1024 * 1024,
  /** How often is looked whether a new pass of the scrub is due. */
  scrubIdleMillis: 60_000,
  /** Answers of workers to a scrape of /metrics. */
  metricsMillisMax: 2_000,
  /**
   * MiB that a worker's heap may reach before V8 first looks through all of it. A worker's lasting objects fill about 16, and
   * with V8's own guess it looked twice a second under load, for a tenth of the CPU (docs/performance.md).
   */
  workerHeapMebibytesInitial: 64,
  /**
   * MiB of one half of a worker's heap of young objects. V8's own bound is twice that, and no faster here: 26 MiB more for every worker
   * that has had large transfers.
   */
  workerSemiSpaceMebibytesMax: 16,
} as const;

/** The log of denials (docs/adr/0013). */
export const denialLimits = {
  /** Of all segments together; the oldest go first. */
  bytesMax: 256 * 1024 * 1024,
  secondsMax: 30 * 86_400,
  /** Small beside all, so that what goes is little at a time. */
  segmentBytesMax: 4 * 1024 * 1024,
  segmentSecondsMax: 3600,
  /** Written, of one source and principal, by one worker; what is beyond is counted. */
  perSecondMax: 20,
  /** Of all sources together, by one worker. */
  perSecondOfAllMax: 1000,
  /** One line; of a longer one only what people ask for first is kept. */
  lineBytesMax: 128 * 1024,
} as const;
