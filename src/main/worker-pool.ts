/**
 * The workers as the primary sees them: forks them, replaces the dead, chooses the one that keeps house, gathers reports.
 *
 * A worker that dies is replaced after a pause that grows with every early death; five early deaths in a row stop the
 * server, since a sixth would die too. A worker that reports a failed store stops the server at once (docs/adr/0005): the
 * other workers share the same files, and what they believe to be on the disk may not be.
 */
import cluster, { type Worker } from 'node:cluster';
import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import { processLimits } from '../config/limits.ts';
import type { Clock } from '../lib/clock.ts';
import type { TlsMaterial } from '../listener/http-listener.ts';
import {
  type BoundAddresses,
  exitCodes,
  type ProcessFigures,
  type ToPrimary,
  type ToWorker,
} from './process-messages.ts';
import { ReportRounds } from './report-rounds.ts';

export interface WorkerPoolOptions {
  readonly config: Config;
  readonly version: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly tls?: TlsMaterial | undefined;
  /** Closes the epochs of a dead worker. */
  closeEpochsOf(pid: number): Promise<void>;
  /** Every worker listens for the first time. */
  onReady(addresses: BoundAddresses): void;
  /** The server cannot go on. One sentence. All workers have ended. */
  onEnd(end: { readonly exitCode: number; readonly reason: string | undefined }): void;
}

interface Member {
  readonly worker: Worker;
  isListening: boolean;
  listeningSinceMicros: number;
  readonly startTimer: NodeJS.Timeout;
}

const MICROS_PER_MILLI = 1000;

export class WorkerPool {
  readonly #options: WorkerPoolOptions;
  readonly #members = new Map<number, Member>();
  readonly #rounds = new ReportRounds(processLimits.metricsMillisMax);
  readonly #startedAtMicros: number;
  #config: Config;
  /** A worker that comes later gets what is valid then, whatever the files hold by then. */
  #tls: TlsMaterial | undefined;
  #bound: BoundAddresses | undefined;
  #isReady = false;
  #housekeeper: number | undefined;
  #earlyDeaths = 0;
  #restarts = 0;
  #end: { exitCode: number; reason: string | undefined } | undefined;

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
    this.#config = options.config;
    this.#tls = options.tls;
    this.#startedAtMicros = options.clock.nowMicros();
    cluster.setupPrimary({
      execArgv: [
        ...process.execArgv,
        `--initial-heap-size=${processLimits.workerHeapMebibytesInitial}`,
        `--max-semi-space-size=${processLimits.workerSemiSpaceMebibytesMax}`,
      ],
    });
    cluster.on('message', (worker, message: ToPrimary) => this.#receive(worker, message));
    cluster.on('exit', (worker, code, signal) => this.#onExit(worker, code, signal));
  }

  start(): void {
    for (let index = 0; index < this.#config.workers; index += 1) this.#fork();
  }

  renewTls(tls: TlsMaterial): void {
    this.#tls = tls;
    this.#tellAll({ kind: 'renew-tls', tls });
  }

  /** Lets running requests end. */
  stop(): void {
    if (this.#end !== undefined) return;
    this.#end = { exitCode: exitCodes.ok, reason: undefined };
    this.#tellAll({ kind: 'stop' });
    setTimeout(() => this.#killAll(), processLimits.drainMillis + processLimits.drainGraceMillis).unref();
    this.#endWhenEmpty();
  }

  /** Lets nothing end. */
  stopAtOnce(exitCode: number, reason: string | undefined): void {
    this.#end = { exitCode, reason };
    this.#killAll();
    this.#endWhenEmpty();
  }

  /**
   * What the system chose for port 0 belongs to the workers that asked for port 0, and whoever joins them must ask in the same
   * way. It is free again, and asked for by its number, when the last of them is gone.
   */
  #fork(): void {
    if (this.#members.size === 0 && this.#bound !== undefined) {
      this.#config = withBoundPorts(this.#config, this.#bound);
    }
    const worker = cluster.fork();
    const startTimer = setTimeout(() => {
      this.#options.log.error({ worker: worker.process.pid }, 'a worker did not begin to listen in time');
      worker.process.kill('SIGKILL');
    }, processLimits.workerStartMillisMax);
    this.#members.set(worker.id, { worker, isListening: false, listeningSinceMicros: 0, startTimer });
    const { version } = this.#options;
    this.#tell(worker, { kind: 'start', config: this.#config, version, tls: this.#tls });
  }

  #receive(worker: Worker, message: ToPrimary): void {
    switch (message.kind) {
      case 'listening':
        this.#onListening(worker, message.addresses);
        break;
      case 'cannot-start':
        if (this.#end === undefined) this.stopAtOnce(exitCodes.failed, message.reason);
        break;
      case 'gather':
        this.#gather(worker, message.id);
        break;
      case 'count':
        for (const member of this.#members.values()) {
          if (member.worker.id !== worker.id) this.#tell(member.worker, message);
        }
        break;
      case 'reported':
        this.#rounds.receive(message.id, message.report);
        break;
    }
  }

  #onListening(worker: Worker, addresses: BoundAddresses): void {
    const member = this.#members.get(worker.id);
    if (member === undefined) return;
    clearTimeout(member.startTimer);
    member.isListening = true;
    member.listeningSinceMicros = this.#options.clock.nowMicros();
    this.#bound = addresses;
    this.#chooseHousekeeper();
    if (this.#isReady) {
      this.#tell(worker, { kind: 'ready' });
    } else if (this.#listening().length === this.#config.workers) {
      this.#isReady = true;
      this.#tellAll({ kind: 'ready' });
      this.#options.onReady(addresses);
    }
  }

  #onExit(worker: Worker, code: number | null, signal: string | null): void {
    const member = this.#members.get(worker.id);
    if (member === undefined) return;
    clearTimeout(member.startTimer);
    this.#members.delete(worker.id);
    if (this.#housekeeper === worker.id) this.#housekeeper = undefined;
    if (this.#end !== undefined) {
      this.#endWhenEmpty();
      return;
    }
    this.#options.log.error({ worker: worker.process.pid, code, signal }, 'a worker has died');
    if (code === exitCodes.storageFailed) {
      this.stopAtOnce(
        exitCodes.storageFailed,
        'The storage has failed and nothing more is acknowledged: see the log, then start again to read what is there.',
      );
      return;
    }
    this.#chooseHousekeeper();
    void this.#replace(member);
  }

  async #replace(dead: Member): Promise<void> {
    const { clock, log, closeEpochsOf } = this.#options;
    const livedMillis = (clock.nowMicros() - dead.listeningSinceMicros) / MICROS_PER_MILLI;
    const diedEarly = !dead.isListening || livedMillis < processLimits.earlyDeathMillis;
    this.#earlyDeaths = diedEarly ? this.#earlyDeaths + 1 : 0;
    if (this.#earlyDeaths >= processLimits.earlyDeathsMax) {
      const reason = `Workers died ${this.#earlyDeaths} times in a row soon after they had begun: see the log.`;
      this.stopAtOnce(exitCodes.failed, reason);
      return;
    }
    const pid = dead.worker.process.pid;
    try {
      if (pid !== undefined) await closeEpochsOf(pid);
    } catch (error) {
      log.error({ err: error, worker: pid }, 'the epoch of a dead worker stays open until the next start');
    }
    const { restartDelayMillisMin, restartDelayMillisMax } = processLimits;
    const delay = diedEarly ? restartDelayMillisMin * 2 ** (this.#earlyDeaths - 1) : restartDelayMillisMin;
    setTimeout(
      () => {
        if (this.#end !== undefined) return;
        this.#restarts += 1;
        this.#fork();
      },
      Math.min(delay, restartDelayMillisMax),
    );
  }

  /** One keeps house, and only one: the next is chosen when it is dead for certain. */
  #chooseHousekeeper(): void {
    if (this.#housekeeper !== undefined) return;
    const [chosen] = this.#listening();
    if (chosen === undefined) return;
    this.#housekeeper = chosen.worker.id;
    this.#tell(chosen.worker, { kind: 'keep-house' });
  }

  #gather(asking: Worker, id: number): void {
    const asked = this.#listening();
    this.#rounds.begin(
      asked.length,
      (round) => {
        for (const { worker } of asked) this.#tell(worker, { kind: 'report', id: round });
      },
      (reports) => this.#tell(asking, { kind: 'gathered', id, reports, figures: this.#figures() }),
    );
  }

  #figures(): ProcessFigures {
    return {
      startedAtMicros: this.#startedAtMicros,
      workersWanted: this.#config.workers,
      workersListening: this.#listening().length,
      workerRestarts: this.#restarts,
    };
  }

  #listening(): Member[] {
    return [...this.#members.values()].filter(({ isListening }) => isListening);
  }

  #tell(worker: Worker, message: ToWorker): void {
    // A worker that has just died has not been seen off yet.
    if (worker.isConnected()) worker.send(message, () => undefined);
  }

  #tellAll(message: ToWorker): void {
    for (const { worker } of this.#members.values()) this.#tell(worker, message);
  }

  #killAll(): void {
    for (const { worker } of this.#members.values()) worker.process.kill('SIGKILL');
  }

  #endWhenEmpty(): void {
    if (this.#end === undefined || this.#members.size > 0) return;
    this.#options.onEnd(this.#end);
  }
}

/** A port that the system chose is kept for the workers that come later. */
function withBoundPorts(config: Config, { storage, control, regions }: BoundAddresses): Config {
  return {
    ...config,
    storageAddress: storage,
    controlAddress: control,
    places: config.places.map((place) => {
      const address = regions[place.name];
      return address === undefined ? place : { ...place, address };
    }),
  };
}
