/**
 * The server with its real engine and listeners in the test's own process, put together as a worker does it, but with a clock that the
 * test moves. For what the calendar decides: sessions to the second they expire, versions of an API. One worker, no background work.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ListenAddress } from '../../src/config/config.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import type { CallObserver } from '../../src/dialects/kernel/observe-call.ts';
import { tempAuthPaths } from '../../src/dialects/keystone/temp-auth-paths.ts';
import { createSystemEntropy } from '../../src/lib/entropy.ts';
import { createControlChooser, createHostChooser } from '../../src/listener/choose-dialect.ts';
import { createNotFound } from '../../src/main/control-endpoints.ts';
import { createLogger } from '../../src/main/create-logger.ts';
import { prepareIdentity } from '../../src/main/first-start.ts';
import { type OpenListeners, openListeners } from '../../src/main/open-listeners.ts';
import { createWhereabouts } from '../../src/main/whereabouts.ts';
import { openWorkerServices, type WorkerServices } from '../../src/main/worker-services.ts';
import { openDataDirectory } from '../../src/storage/embedded/data-directory.ts';

export interface ClockedServer {
  readonly storageUrl: string;
  readonly controlUrl: string;
  readonly clock: { millis: number };
  readonly root: {
    readonly accountId: string;
    readonly accessKeyId: string;
    readonly secretKey: string;
  };
  readonly services: WorkerServices;
  /** Past the wire, with a view of the store as a request has it. */
  inside<T>(work: (services: WorkerServices) => Promise<T>): Promise<T>;
  /** Errors that were bugs: none, if all is well. */
  readonly bugs: unknown[];
  passSeconds(seconds: number): void;
  stop(): Promise<void>;
}

export async function startClockedServer(
  startsAt: Date,
  env: Readonly<Record<string, string>> = {},
): Promise<ClockedServer> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'gotgan-clocked-'));
  const time = { millis: startsAt.getTime() };
  const clock = { nowMicros: () => time.millis * 1000 };
  const entropy = createSystemEntropy();
  const { config, rootSeed } = loadConfig({
    flags: new Map(),
    environment: {
      GOTGAN_DATA_DIR: dataDirectory,
      GOTGAN_STORAGE_ADDRESS: '127.0.0.1:0',
      GOTGAN_CONTROL_ADDRESS: '127.0.0.1:0',
      GOTGAN_WORKERS: '1',
      ...env,
    },
    processorCores: 1,
    workingDirectory: dataDirectory,
  });
  const directory = await openDataDirectory({ path: dataDirectory, entropy });
  const { created } = await prepareIdentity({ dataDirectory, rootSeed, clock, entropy });
  if (created === undefined) throw new Error('the data directory is not new');
  const log = createLogger('silent', 'test');
  const bugs: unknown[] = [];
  let listeners: OpenListeners | undefined;
  const services = await openWorkerServices({
    config,
    clock,
    entropy,
    log,
    whereabouts: createWhereabouts(config, () => listeners?.addresses),
    announce: () => undefined,
    onStorageFailure: (failure) => bugs.push(failure),
  });
  const { scp, keystone, store } = services;
  const observer: CallObserver = {
    completed(_dialect, _operation, _call, response, error) {
      if (response.status >= 500 && response.status !== 501) bugs.push(error);
    },
  };
  const below = (paths: readonly string[], handler: typeof keystone) =>
    paths.map((path) => ({ path, handler }));
  listeners = await openListeners({
    config,
    tls: undefined,
    clock,
    log,
    chooseControl: createHostChooser(
      scp,
      createControlChooser(
        [...below(scp.paths, scp.handler), ...below(['/', '/v2.0/', '/v3/'], keystone)],
        createNotFound({ mintRequestId: () => 'none' }),
      ),
    ),
    handlersOf: services.handlersOf,
    tempAuth: { paths: tempAuthPaths, handler: keystone, domains: config.domains },
    beginExchange(choose) {
      const running = store.beginRequest();
      return {
        respond: (request) => choose(request).handle(request, observer),
        ended: () => running.end(),
      };
    },
    onRefusal: () => undefined,
  });
  const opened = listeners;
  const urlOf = ({ host, port }: ListenAddress) => `http://${host}:${port}`;
  return {
    storageUrl: urlOf(opened.addresses.storage),
    controlUrl: urlOf(opened.addresses.control),
    clock: time,
    root: created,
    services,
    bugs,
    async inside(work) {
      const running = store.beginRequest();
      try {
        return await work(services);
      } finally {
        running.end();
      }
    },
    passSeconds(seconds) {
      time.millis += seconds * 1000;
    },
    async stop() {
      const stopped = opened.stop();
      opened.destroy();
      await stopped;
      await services.engine.close();
      directory.close();
      rmSync(dataDirectory, { recursive: true, force: true });
    },
  };
}
