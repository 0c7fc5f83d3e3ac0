/**
 * A primary with workers that die as told, to prove what the pool does about it: run as
 * `node pool-process.ts <what the workers do>`. Prints one line of JSON when it ends, and exits as the server would.
 */
import cluster from 'node:cluster';
import { loadConfig } from '../../src/config/load-config.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createLogger } from '../../src/main/create-logger.ts';
import { WorkerPool } from '../../src/main/worker-pool.ts';

const [, , behaviour = ''] = process.argv;
const closedEpochsOf: number[] = [];
let readyCount = 0;

const pool = new WorkerPool({
  config: loadConfig({
    flags: new Map([['GOTGAN_WORKERS', '2']]),
    environment: {},
    processorCores: 2,
    workingDirectory: '/',
  }).config,
  version: '0.0.0',
  clock: systemClock,
  log: createLogger('info', 'pool'),
  async closeEpochsOf(pid) {
    closedEpochsOf.push(pid);
  },
  onReady() {
    readyCount += 1;
  },
  onEnd({ exitCode, reason }) {
    process.stdout.write(`${JSON.stringify({ exitCode, reason, readyCount, closedEpochsOf })}\n`);
    process.exitCode = exitCode;
  },
});
cluster.setupPrimary({ exec: new URL('./pool-worker.ts', import.meta.url).pathname, args: [behaviour] });
pool.start();
