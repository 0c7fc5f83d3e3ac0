/**
 * Counting calls. The hot path adds to plain arrays; a scrape turns them into the form in which prom-client aggregates
 * metrics of several processes. (Its own histograms cost about a microsecond per observation.)
 */

/** Seconds. Wide, because one operation is a point read and another copies 5 GiB. */
const BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

export interface CountedCall {
  readonly dialect: string;
  readonly operation: string;
  readonly status: number;
  readonly seconds: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

interface OperationCounts {
  readonly dialect: string;
  readonly operation: string;
  readonly byStatus: Map<number, number>;
  /** One more than bounds: the last is everything longer. */
  readonly buckets: number[];
  seconds: number;
  bytesIn: number;
  bytesOut: number;
}

/** A metric as `Registry.getMetricsAsJSON` gives it and `AggregatorRegistry.aggregate` takes it. */
export interface MetricJson {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly aggregator: 'sum' | 'max';
  readonly values: readonly {
    readonly value: number;
    readonly labels: Readonly<Record<string, string | number>>;
    readonly metricName?: string;
  }[];
}

export class CallMetrics {
  readonly #operations = new Map<string, Map<string, OperationCounts>>();
  /** Requests that have begun and not ended. */
  running = 0;
  /** Answered by the listener itself, by status. */
  readonly #refusals = new Map<number, number>();
  readonly #denials = { kept: 0, counted: 0 };

  record(call: CountedCall): void {
    const counts = this.#countsOf(call.dialect, call.operation);
    counts.byStatus.set(call.status, (counts.byStatus.get(call.status) ?? 0) + 1);
    let bucket = 0;
    while (bucket < BOUNDS.length && call.seconds > BOUNDS[bucket]!) bucket += 1;
    counts.buckets[bucket] = (counts.buckets[bucket] ?? 0) + 1;
    counts.seconds += call.seconds;
    counts.bytesIn += call.bytesIn;
    counts.bytesOut += call.bytesOut;
  }

  /** `isKept`: it can be explained; otherwise it was beyond the bound and only counted. */
  recordDenial(isKept: boolean): void {
    if (isKept) this.#denials.kept += 1;
    else this.#denials.counted += 1;
  }

  recordRefusal(status: number): void {
    this.#refusals.set(status, (this.#refusals.get(status) ?? 0) + 1);
  }

  #countsOf(dialect: string, operation: string): OperationCounts {
    let ofDialect = this.#operations.get(dialect);
    if (ofDialect === undefined) {
      ofDialect = new Map();
      this.#operations.set(dialect, ofDialect);
    }
    let counts = ofDialect.get(operation);
    if (counts === undefined) {
      const buckets = new Array<number>(BOUNDS.length + 1).fill(0);
      counts = { dialect, operation, byStatus: new Map(), buckets, seconds: 0, bytesIn: 0, bytesOut: 0 };
      ofDialect.set(operation, counts);
    }
    return counts;
  }

  toJson(): MetricJson[] {
    const all = [...this.#operations.values()].flatMap((ofDialect) => [...ofDialect.values()]);
    const labels = ({ dialect, operation }: OperationCounts) => ({ dialect, operation });
    const sum = (
      name: string,
      help: string,
      type: MetricJson['type'],
      values: MetricJson['values'],
    ): MetricJson => ({
      name,
      help,
      type,
      aggregator: 'sum',
      values,
    });
    return [
      sum(
        'gotgan_requests_total',
        'Requests answered, by operation and status.',
        'counter',
        all.flatMap((counts) =>
          [...counts.byStatus].map(([status, value]) => ({ value, labels: { ...labels(counts), status } })),
        ),
      ),
      sum(
        'gotgan_request_duration_seconds',
        'Arrival to end of response.',
        'histogram',
        all.flatMap(histogramOf),
      ),
      sum(
        'gotgan_received_bytes_total',
        'Bytes of request bodies that were read.',
        'counter',
        all.map((counts) => ({ value: counts.bytesIn, labels: labels(counts) })),
      ),
      sum(
        'gotgan_sent_bytes_total',
        'Bytes of response bodies.',
        'counter',
        all.map((counts) => ({ value: counts.bytesOut, labels: labels(counts) })),
      ),
      sum('gotgan_requests_running', 'Requests being served.', 'gauge', [
        { value: this.running, labels: {} },
      ]),
      sum(
        'gotgan_denials_total',
        'Denied calls: kept for explanations, or beyond the bound of their source and only counted.',
        'counter',
        Object.entries(this.#denials).map(([outcome, value]) => ({ value, labels: { outcome } })),
      ),
      sum(
        'gotgan_refusals_total',
        'Requests that were not well-formed enough for any API.',
        'counter',
        [...this.#refusals].map(([status, value]) => ({ value, labels: { status } })),
      ),
    ];
  }
}

function histogramOf({ dialect, operation, buckets, seconds }: OperationCounts): MetricJson['values'] {
  const name = 'gotgan_request_duration_seconds';
  const labels = { dialect, operation };
  let count = 0;
  const values = buckets.map((inBucket, index) => {
    count += inBucket;
    const le = BOUNDS[index] ?? '+Inf';
    return { value: count, labels: { le, ...labels }, metricName: `${name}_bucket` };
  });
  return [
    ...values,
    { value: seconds, labels, metricName: `${name}_sum` },
    { value: count, labels, metricName: `${name}_count` },
  ];
}
