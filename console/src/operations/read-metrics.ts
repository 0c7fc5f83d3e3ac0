/** What `/metrics` says, in the Prometheus text format, as far as the screen shows it. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;

export function parseMetrics(text: string): readonly Sample[] {
  return text.split('\n').flatMap((line): Sample[] => {
    const match = line.startsWith('#') ? null : LINE.exec(line);
    if (match === null) return [];
    const [, name = '', labels = '', value = ''] = match;
    const pairs = [...labels.matchAll(LABEL)].map(([, key = '', text = '']) => [key, text] as const);
    return [{ name, labels: Object.fromEntries(pairs), value: Number(value) }];
  });
}

/** Totals since the servers' processes began; rates are their differences. */
export interface Totals {
  readonly atMillis: number;
  /** By hundreds of the status. */
  readonly byClass: Readonly<Record<'2' | '3' | '4' | '5', number>>;
  /** Answered with 403. */
  readonly denied: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly running: number;
  /** Requests by upper bound in seconds, each with those below it. */
  readonly durations: readonly (readonly [bound: number, count: number])[];
  /** By operation. */
  readonly operations: ReadonlyMap<string, OperationTotals>;
}

export interface OperationTotals {
  readonly requests: number;
  readonly errors: number;
  readonly seconds: number;
}

/** Scraping and the page's own files would be most of what an idle server does. */
const OWN: ReadonlySet<string> = new Set(['control', 'console']);

export function totalsOf(samples: readonly Sample[], atMillis: number): Totals {
  const byClass = { '2': 0, '3': 0, '4': 0, '5': 0 };
  const durations = new Map<number, number>();
  const operations = new Map<string, { requests: number; errors: number; seconds: number }>();
  const sums = { denied: 0, bytesIn: 0, bytesOut: 0, running: 0 };
  const operationOf = ({ dialect = '', operation = '' }: Sample['labels']) => {
    const name = `${dialect} ${operation}`;
    const found = operations.get(name) ?? { requests: 0, errors: 0, seconds: 0 };
    operations.set(name, found);
    return found;
  };
  for (const { name, labels, value } of samples) {
    if (name === 'gotgan_requests_running') sums.running += value;
    if (OWN.has(labels['dialect'] ?? '')) continue;
    const { status = '' } = labels;
    switch (name) {
      case 'gotgan_requests_total': {
        const hundred = status.slice(0, 1);
        if (hundred === '2' || hundred === '3' || hundred === '4' || hundred === '5')
          byClass[hundred] += value;
        if (status === '403') sums.denied += value;
        operationOf(labels).requests += value;
        if (hundred === '4' || hundred === '5') operationOf(labels).errors += value;
        break;
      }
      case 'gotgan_received_bytes_total':
        sums.bytesIn += value;
        break;
      case 'gotgan_sent_bytes_total':
        sums.bytesOut += value;
        break;
      case 'gotgan_request_duration_seconds_sum':
        operationOf(labels).seconds += value;
        break;
      case 'gotgan_request_duration_seconds_bucket': {
        const bound = labels['le'] === '+Inf' ? Number.POSITIVE_INFINITY : Number(labels['le']);
        durations.set(bound, (durations.get(bound) ?? 0) + value);
        break;
      }
    }
  }
  const sorted = [...durations].sort((a, b) => a[0] - b[0]);
  return { atMillis, byClass, durations: sorted, operations, ...sums };
}

/** What happened between two looks. A counter that has gone back belongs to a process that was replaced. */
export interface Rates {
  readonly atMillis: number;
  readonly okPerSecond: number;
  readonly refusedPerSecond: number;
  readonly failedPerSecond: number;
  readonly deniedPerMinute: number;
  readonly bytesInPerSecond: number;
  readonly bytesOutPerSecond: number;
  /** Undefined when there was no request. */
  readonly medianMillis: number | undefined;
  readonly slowMillis: number | undefined;
}

export function ratesBetween(before: Totals, after: Totals): Rates {
  const seconds = Math.max(0.001, (after.atMillis - before.atMillis) / 1000);
  const per = (now: number, then: number): number => Math.max(0, now - then) / seconds;
  const durations = after.durations.map(
    ([bound, count], index) => [bound, Math.max(0, count - (before.durations[index]?.[1] ?? 0))] as const,
  );
  return {
    atMillis: after.atMillis,
    okPerSecond: per(after.byClass['2'] + after.byClass['3'], before.byClass['2'] + before.byClass['3']),
    refusedPerSecond: per(after.byClass['4'], before.byClass['4']),
    failedPerSecond: per(after.byClass['5'], before.byClass['5']),
    deniedPerMinute: per(after.denied, before.denied) * 60,
    bytesInPerSecond: per(after.bytesIn, before.bytesIn),
    bytesOutPerSecond: per(after.bytesOut, before.bytesOut),
    medianMillis: quantile(durations, 0.5),
    slowMillis: quantile(durations, 0.99),
  };
}

/** By linear interpolation inside the bucket, as Prometheus does. */
function quantile(durations: readonly (readonly [number, number])[], share: number): number | undefined {
  const all = durations.at(-1)?.[1] ?? 0;
  if (all === 0) return undefined;
  const wanted = all * share;
  let lower = 0;
  let below = 0;
  for (const [bound, count] of durations) {
    if (count >= wanted) {
      if (!Number.isFinite(bound)) return lower * 1000;
      const inside = count === below ? 1 : (wanted - below) / (count - below);
      return (lower + (bound - lower) * inside) * 1000;
    }
    lower = bound;
    below = count;
  }
  return undefined;
}
