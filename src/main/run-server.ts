/** `gotgan serve`, in the primary process: lock, first records, workers, banner, signals. Resolves with the exit code. */
import cluster from 'node:cluster';
import type { Logger } from 'pino';
import type { TlsFiles } from '../config/config.ts';
import type { LoadedConfig } from '../config/load-config.ts';
import { MasterKeyError } from '../identity/master-key.ts';
import { systemClock } from '../lib/clock.ts';
import { createSystemEntropy } from '../lib/entropy.ts';
import type { TlsMaterial } from '../listener/http-listener.ts';
import {
  type DataDirectory,
  DataDirectoryError,
  openDataDirectory,
} from '../storage/embedded/data-directory.ts';
import { renderBanner } from './banner.ts';
import { createLogger } from './create-logger.ts';
import { FirstStartError, type FirstStartResult, prepareIdentity } from './first-start.ts';
import { exitCodes } from './process-messages.ts';
import { describeCertificate, readTlsMaterial, TlsMaterialError } from './tls-material.ts';
import { WorkerPool } from './worker-pool.ts';

export interface RunServerOptions extends LoadedConfig {
  readonly version: string;
  /** For people. */
  readonly write: (text: string) => void;
  readonly complain: (sentence: string) => void;
}

export async function runServer(options: RunServerOptions): Promise<number> {
  const { config, warnings, complain } = options;
  const log = createLogger(config.logLevel, 'primary');
  const opened = await openForServing(options, complain);
  if (opened === undefined) return exitCodes.failed;
  const { directory, identity } = opened;
  for (const warning of [...warnings, ...identity.warnings]) log.warn(warning);

  const ended = Promise.withResolvers<number>();
  const pool = new WorkerPool({
    config,
    version: options.version,
    tls: opened.tls,
    clock: systemClock,
    log,
    closeEpochsOf: (pid) => directory.closeEpochsOf(pid),
    onReady: (addresses) => {
      options.write(renderBanner({ version: options.version, config, addresses, created: identity.created }));
      log.info({ addresses, workers: config.workers }, 'ready');
    },
    onEnd: ({ exitCode, reason }) => {
      if (reason !== undefined) complain(reason);
      ended.resolve(exitCode);
    },
  });
  const stop = stopOnSignals(pool, () => log.info('stopping: running requests may end'));
  if (config.tls === undefined) process.on('SIGHUP', stop);
  else renewTlsOnHangup(pool, config.tls, log);
  cluster.setupPrimary({ args: [] });
  pool.start();
  const exitCode = await ended.promise;
  directory.close();
  log.info({ exitCode }, 'stopped');
  return exitCode;
}

interface Opened {
  readonly directory: DataDirectory;
  readonly identity: FirstStartResult;
  readonly tls: TlsMaterial | undefined;
}

async function openForServing(
  options: RunServerOptions,
  complain: (sentence: string) => void,
): Promise<Opened | undefined> {
  const { config, rootSeed } = options;
  const entropy = createSystemEntropy();
  let directory: DataDirectory | undefined;
  try {
    const tls = config.tls === undefined ? undefined : readTlsMaterial(config.tls);
    directory = await openDataDirectory({ path: config.dataDirectory, entropy });
    const dataDirectory = directory.path;
    const identity = await prepareIdentity({ dataDirectory, rootSeed, clock: systemClock, entropy });
    return { directory, identity, tls };
  } catch (error) {
    directory?.close();
    if (
      error instanceof DataDirectoryError ||
      error instanceof FirstStartError ||
      error instanceof MasterKeyError ||
      error instanceof TlsMaterialError
    ) {
      complain(asSentence(error.message));
      return undefined;
    }
    throw error;
  }
}

function asSentence(message: string): string {
  const sentence = `${message.slice(0, 1).toUpperCase()}${message.slice(1)}`;
  return sentence.endsWith('.') ? sentence : `${sentence}.`;
}

/** The first signal lets running requests end, the second one nothing. So does the end of who started us over a channel. Answers what lets them end. */
function stopOnSignals(pool: WorkerPool, onStop: () => void): () => void {
  let isStopping = false;
  const stop = (): void => {
    if (isStopping) {
      pool.stopAtOnce(exitCodes.failed, undefined);
      return;
    }
    isStopping = true;
    onStop();
    pool.stop();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  process.once('disconnect', stop);
  return () => {
    if (!isStopping) stop();
  };
}

/** A certificate that cannot be used changes nothing but the log. */
function renewTlsOnHangup(pool: WorkerPool, files: TlsFiles, log: Logger): void {
  process.on('SIGHUP', () => {
    try {
      const tls = readTlsMaterial(files);
      pool.renewTls(tls);
      log.info({ certificate: describeCertificate(tls) }, 'the certificate has been renewed');
    } catch (error) {
      log.error({ err: error }, 'the certificate was not renewed: the one in use stays in use');
    }
  });
}
