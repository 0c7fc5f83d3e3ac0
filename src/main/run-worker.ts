/**
 * One worker process: opens the store under an epoch of its own, serves all addresses, and does what the primary says.
 * It ends at once when the primary is gone, and without another word to any client when the store has failed.
 */
import type { Config } from '../config/config.ts';
import { processLimits } from '../config/limits.ts';
import type { ObjectStore } from '../core/object-store.ts';
import type { ServerStatus } from '../dialects/admin/admin-call.ts';
import { ADMIN_PATH, createAdminDialect } from '../dialects/admin/admin-dialect.ts';
import { bindDialect } from '../dialects/kernel/request-handler.ts';
import { tempAuthPaths } from '../dialects/keystone/temp-auth-paths.ts';
import { systemClock } from '../lib/clock.ts';
import { createSystemEntropy } from '../lib/entropy.ts';
import {
  type ChooseHandler,
  type ControlEntry,
  createControlChooser,
  createHostChooser,
} from '../listener/choose-dialect.ts';
import type { TlsMaterial } from '../listener/http-listener.ts';
import { DataDirectoryError } from '../storage/embedded/data-directory.ts';
import { createAuditLog } from './audit-log.ts';
import { type BackgroundWork, startBackgroundWork } from './background-work.ts';
import { CallMetrics } from './call-metrics.ts';
import { renderMetrics, WorkerReporter } from './collect-metrics.ts';
import { withConsole } from './console-entry.ts';
import { createControlEndpoints, createNotFound } from './control-endpoints.ts';
import { createCallLogger, createLogger } from './create-logger.ts';
import { DiskMeter } from './disk-figures.ts';
import { ReportGatherer } from './gather-reports.ts';
import { AddressUnavailable, type OpenListeners, openListeners } from './open-listeners.ts';
import { exitCodes, type ToPrimary, type ToWorker } from './process-messages.ts';
import { readAuditLog } from './read-audit-log.ts';
import { ServedCall } from './served-call.ts';
import { StoreFigureCounter } from './store-figures.ts';
import { createWhereabouts } from './whereabouts.ts';
import { openWorkerServices, type WorkerServices } from './worker-services.ts';

/** Never returns to the caller's business: the process ends from here. */
export function runWorker(): void {
  // The primary decides when a worker ends; a terminal sends its signals to everybody.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
  process.once('disconnect', () => process.exit(exitCodes.failed));
  let worker: Worker | undefined;
  process.on('message', (message: ToWorker) => {
    if (message.kind === 'start') worker = new Worker(message.config, message.version, message.tls);
    else worker?.receive(message);
  });
}

const REQUEST_ID_BYTES = 16;

class Worker {
  readonly #config: Config;
  readonly #version: string;
  #tls: TlsMaterial | undefined;
  readonly #log;
  readonly #callLog;
  readonly #clock = systemClock;
  readonly #entropy = createSystemEntropy();
  readonly #metrics = new CallMetrics();
  readonly #reporter = new WorkerReporter(this.#metrics);
  readonly #gatherer = new ReportGatherer(send);
  readonly #whereabouts;
  #isReady = false;
  #services: WorkerServices | undefined;
  #listeners: OpenListeners | undefined;
  #background: BackgroundWork | undefined;

  constructor(config: Config, version: string, tls: TlsMaterial | undefined) {
    this.#config = config;
    this.#version = version;
    this.#tls = tls;
    this.#whereabouts = createWhereabouts(config, () => this.#listeners?.addresses);
    this.#log = createLogger(config.logLevel, 'worker');
    this.#callLog = createCallLogger(config.logLevel, 'worker');
    process.on('uncaughtException', (error) => {
      this.#log.fatal({ err: error }, 'the worker has a bug and ends');
      process.exit(exitCodes.failed);
    });
    this.#start().catch((error: unknown) => this.#failStart(error));
  }

  receive(message: ToWorker): void {
    switch (message.kind) {
      case 'ready':
        this.#isReady = true;
        break;
      case 'keep-house':
        this.#background?.keepHouse();
        break;
      case 'count':
        this.#services?.count(message.event);
        break;
      case 'stop':
        void this.#stop();
        break;
      case 'report':
        void this.#reporter.report().then((report) => send({ kind: 'reported', id: message.id, report }));
        break;
      case 'gathered':
        this.#gatherer.deliver(message.id, message);
        break;
      case 'renew-tls':
        this.#tls = message.tls;
        this.#listeners?.renewTls(message.tls);
        break;
      case 'start':
        break;
    }
  }

  async #start(): Promise<void> {
    const [config, clock, log] = [this.#config, this.#clock, this.#log];
    const services = await openWorkerServices({
      config,
      clock,
      entropy: this.#entropy,
      log,
      whereabouts: this.#whereabouts,
      announce: (event) => send({ kind: 'count', event }),
      onStorageFailure: (failure) => {
        log.fatal({ err: failure }, 'the store can promise nothing any more: the worker ends');
        process.exit(exitCodes.storageFailed);
      },
    });
    this.#services = services;
    const mintRequestId = (): string => this.#entropy.bytes(REQUEST_ID_BYTES).toString('hex');
    const chooseControl = createHostChooser(
      services.scp,
      this.#createControlChooser(services, mintRequestId),
    );
    this.#background = startBackgroundWork(
      services.store,
      { identity: services.identity, iam: services.ibm.iam, denials: services.denials, scp: services.scp },
      log,
    );
    const audit = createAuditLog(config.dataDirectory, log);
    const tls = this.#tls;
    this.#listeners = await openListeners({
      config,
      tls,
      clock,
      log,
      chooseControl,
      handlersOf: services.handlersOf,
      tempAuth: { paths: tempAuthPaths, handler: services.keystone, domains: config.domains },
      beginExchange: (choose) =>
        new ServedCall({
          choose,
          clock,
          log: this.#callLog,
          metrics: this.#metrics,
          audit,
          denials: services.denials.recorder,
          beginRequest: services.store.beginRequest,
        }),
      onRefusal: ({ status, code }) => {
        this.#metrics.recordRefusal(status);
        this.#callLog.debug({ status, error: code }, 'refused before any API');
      },
    });
    // Renewed while the addresses were being opened.
    if (this.#tls !== undefined && this.#tls !== tls) this.#listeners.renewTls(this.#tls);
    send({ kind: 'listening', addresses: this.#listeners.addresses });
  }

  #createControlChooser(services: WorkerServices, mintRequestId: () => string): ChooseHandler {
    const withoutConsole = createControlChooser(
      this.#controlEntries(services, mintRequestId),
      createNotFound({ mintRequestId }),
    );
    return withConsole(withoutConsole, {
      services,
      config: this.#config,
      version: this.#version,
      whereabouts: this.#whereabouts,
      clock: this.#clock,
      entropy: this.#entropy,
      mintRequestId,
    });
  }

  #controlEntries(services: WorkerServices, mintRequestId: () => string): readonly ControlEntry[] {
    const { store, identity, controlVerifier } = services;
    const counter = new StoreFigureCounter(store, identity, this.#clock);
    const meter = new DiskMeter(this.#config.dataDirectory, this.#clock);
    const { regionAliases, places } = this.#config;
    const regionNames = places.flatMap(({ name, ibmName, scpName }) => [
      name,
      ibmName ?? name,
      scpName ?? name,
    ]);
    const admin = createAdminDialect(
      {
        identity,
        store,
        denials: services.denials.reader,
        catalogue: services.catalogue,
        readStatus: () => this.#readStatus(counter, meter, store),
        readAuditEvents: (before, limit) => readAuditLog(this.#config.dataDirectory, before, limit),
      },
      { verifier: controlVerifier, entropy: this.#entropy },
      { regions: [...regionNames, ...regionAliases] },
    );
    const endpoints = createControlEndpoints({
      isReady: () => this.#isReady,
      mintRequestId,
      collectMetrics: async () =>
        renderMetrics(
          await this.#gatherer.gather(),
          await counter.count(),
          await store.scrubReport(),
          this.#clock.nowMicros(),
        ),
    });
    const { keystone, scp, ibm } = services;
    return [
      ...endpoints,
      ...scp.paths.map((path) => ({ path, handler: scp.handler })),
      ...ibm.paths.map((path) => ({ path, handler: ibm.handler })),
      { path: `${ADMIN_PATH}/`, handler: bindDialect(admin) },
      ...['/', '/v2.0/', '/v3/'].map((path) => ({ path, handler: keystone })),
    ];
  }

  async #readStatus(
    counter: StoreFigureCounter,
    meter: DiskMeter,
    reader: Pick<ObjectStore, 'scrubReport'>,
  ): Promise<ServerStatus> {
    const { figures } = await this.#gatherer.gather();
    const { startedAtMicros, workersWanted, workersListening, workerRestarts } = figures;
    return {
      version: this.#version,
      startedAtMicros,
      uptimeSeconds: Math.round((this.#clock.nowMicros() - startedAtMicros) / 1e6),
      workers: { configured: workersWanted, listening: workersListening, restarts: workerRestarts },
      regions: this.#config.places.map(({ name }) => name),
      store: await counter.count(),
      disk: await meter.measure(),
      scrub: await reader.scrubReport(),
    };
  }

  #failStart(error: unknown): void {
    const isExplained = error instanceof AddressUnavailable || error instanceof DataDirectoryError;
    if (!isExplained) {
      this.#log.fatal({ err: error }, 'the worker could not start');
      process.exit(exitCodes.failed);
    }
    process.send?.({ kind: 'cannot-start', reason: error.message } satisfies ToPrimary, () =>
      process.exit(exitCodes.failed),
    );
  }

  async #stop(): Promise<void> {
    this.#isReady = false;
    const timer = setTimeout(() => {
      this.#log.warn('requests that did not end in time are cut off');
      this.#listeners?.destroy();
    }, processLimits.drainMillis);
    await this.#listeners?.stop();
    clearTimeout(timer);
    await this.#background?.stop();
    await this.#services?.engine.close();
    process.exit(exitCodes.ok);
  }
}

function send(message: ToPrimary): void {
  process.send?.(message);
}
