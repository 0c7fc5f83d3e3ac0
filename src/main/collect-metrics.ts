/** /metrics: what every worker has counted, summed, with the figures of the processes and of the store beside it. */
import { AggregatorRegistry, collectDefaultMetrics, Registry } from 'prom-client';
import type { ScrubReport } from '../core/verification/scrub-store.ts';
import type { CallMetrics, MetricJson } from './call-metrics.ts';
import type { Gathered } from './gather-reports.ts';
import type { StoreFigures } from './store-figures.ts';

/** What one worker reports: its calls, and its process as prom-client sees it. */
export class WorkerReporter {
  readonly #calls: CallMetrics;
  readonly #process = new Registry();

  constructor(calls: CallMetrics) {
    this.#calls = calls;
    collectDefaultMetrics({ register: this.#process });
  }

  async report(): Promise<unknown> {
    return [...this.#calls.toJson(), ...(await this.#process.getMetricsAsJSON())];
  }
}

export interface MetricsText {
  readonly contentType: string;
  readonly text: string;
}

export async function renderMetrics(
  { reports, figures }: Gathered,
  store: StoreFigures,
  scrub: ScrubReport,
  nowMicros: number,
): Promise<MetricsText> {
  const own = [
    gauge('gotgan_workers_configured', 'Workers that should be running.', figures.workersWanted),
    gauge('gotgan_workers', 'Workers that are listening.', figures.workersListening),
    counter('gotgan_worker_restarts_total', 'Workers that were replaced.', figures.workerRestarts),
    gauge('gotgan_uptime_seconds', 'Since the start.', (nowMicros - figures.startedAtMicros) / 1e6),
    gauge('gotgan_store_accounts', 'Accounts.', store.accounts),
    gauge('gotgan_store_buckets', 'Buckets that were counted.', store.buckets),
    gauge('gotgan_store_objects', 'Objects in these buckets.', store.objects),
    gauge('gotgan_store_bytes', 'Bytes of these objects, all versions.', store.bytes),
    gauge('gotgan_scrub_findings', 'What the scrub has found damaged or missing.', scrub.findings.length),
    counter('gotgan_scrub_bytes_total', 'Bytes that the scrub has read again.', scrub.bytesTotal),
    counter('gotgan_scrub_passes_total', 'Times that the scrub has read everything.', scrub.passes),
    gauge(
      'gotgan_scrub_completed_timestamp_seconds',
      'When it last had read everything; 0: never.',
      scrub.completedAtMicros / 1e6,
    ),
  ];
  const registry = AggregatorRegistry.aggregate([...reports.filter(Array.isArray), own]);
  return { contentType: registry.contentType, text: await registry.metrics() };
}

function gauge(name: string, help: string, value: number): MetricJson {
  return { name, help, type: 'gauge', aggregator: 'max', values: [{ value, labels: {} }] };
}

function counter(name: string, help: string, value: number): MetricJson {
  return { name, help, type: 'counter', aggregator: 'max', values: [{ value, labels: {} }] };
}
