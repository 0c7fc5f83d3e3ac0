/**
 * The real server as a child process, for acceptance tests: on free loopback ports, in a directory of its own, gone when
 * the test process is gone, however that ends.
 *
 *     const server = await startServer({ workers: 2 });
 *     after(() => server.dispose());
 *     new S3Client({ endpoint: server.storageUrl, credentials: server.credentials, ... });
 *     await server.kill9();        // every process of it at once, like a power cut
 *     await server.restart();      // same ports, same data
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const COMMAND = join(import.meta.dirname, '..', '..', 'bin', 'gotgan.js');
const START_MILLIS_MAX = 20_000;
const STOP_MILLIS_MAX = 40_000;

export interface ServerOptions {
  /** Added to the environment, which otherwise holds no GOTGAN_ variable of the caller's. `undefined` removes one. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Default 1. */
  readonly workers?: number;
  /** Default: a new temporary directory, removed by `dispose` or at the end of the test process. */
  readonly dataDirectory?: string;
  /** Further arguments of `gotgan serve`. */
  readonly args?: readonly string[];
  /** A command that runs the server's, and in its place: the process it starts as must become the server. */
  readonly under?: readonly string[];
  /** Without a root pair in the environment the server generates one and prints it. Default: a fixed pair. */
  readonly generateRootPair?: boolean;
}

export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ServerProcess {
  readonly storageUrl: string;
  readonly controlUrl: string;
  /** Address of the listener of a region that has one of its own. */
  regionUrl(name: string): string;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly dataDirectory: string;
  /** Of the primary process. */
  readonly pid: number;
  /** SIGTERM, then waits. The data directory stays. Stopping twice is no error. */
  stop(): Promise<ProcessEnd>;
  /** SIGKILL for the primary and all workers at once. */
  kill9(): Promise<ProcessEnd>;
  /** Stops when it runs, and starts again on the same ports and data, with further environment if given. */
  restart(env?: Readonly<Record<string, string | undefined>>): Promise<void>;
  /** Everything the server has written to stderr so far, over all its lives: JSON lines. */
  logs(): string;
  /** Everything it has written to stdout: the banners. */
  output(): string;
  /** Waits for the process to end by itself. */
  ended(): Promise<ProcessEnd>;
  /** Stops and removes the temporary directory. */
  dispose(): Promise<void>;
}

export class ServerDidNotStart extends Error {
  override readonly name = 'ServerDidNotStart';
  readonly end: ProcessEnd;
  readonly output: string;
  readonly logs: string;

  constructor(end: ProcessEnd, output: string, logs: string) {
    super(`the server ended with ${end.code ?? end.signal} before it was ready:\n${output}${logs}`);
    this.end = end;
    this.output = output;
    this.logs = logs;
  }
}

const FIXED_ROOT_PAIR = {
  GOTGAN_ROOT_ACCESS_KEY: 'c0ffee00c0ffee00c0ffee00c0ffee00',
  GOTGAN_ROOT_SECRET_KEY: 'a-secret-for-tests-only-7d1f0b9c2e',
};

const running = new Set<ChildProcess>();
const temporaryDirectories = new Set<string>();

process.on('exit', () => {
  for (const child of running) killGroup(child);
  for (const directory of temporaryDirectories) rmSync(directory, { recursive: true, force: true });
});

/** Resolves when the server is ready. Rejects with `ServerDidNotStart` when it ends before that. */
export async function startServer(options: ServerOptions = {}): Promise<ServerProcess> {
  const server = new SpawnedServer(options);
  await server.start();
  return server;
}

/** Runs one command of the command line tool to its end. `input`: what stands on its standard input. */
export async function runGotgan(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>> = {},
  input = '',
): Promise<ProcessEnd & { readonly stdout: string; readonly stderr: string }> {
  const child = spawn(process.execPath, [COMMAND, ...args], { env: cleanEnvironment(env) });
  running.add(child);
  // A command that does not read it may have ended before.
  child.stdin.on('error', () => undefined).end(input);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const end = await new Promise<ProcessEnd>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  running.delete(child);
  return { ...end, stdout, stderr };
}

class SpawnedServer implements ServerProcess {
  readonly dataDirectory: string;
  readonly #options: ServerOptions;
  #env: Readonly<Record<string, string | undefined>>;
  #child: ChildProcess | undefined;
  #end: Promise<ProcessEnd> = Promise.resolve({ code: 0, signal: null });
  #output = '';
  #logs = '';
  /** Where this life's banner begins in `#output`. */
  #bannerStart = 0;
  #urls = new Map<string, string>();
  #pair: { accessKey: string; secretKey: string } | undefined;

  constructor(options: ServerOptions) {
    this.#options = options;
    this.#env = { ...(options.generateRootPair === true ? {} : FIXED_ROOT_PAIR), ...options.env };
    this.dataDirectory = options.dataDirectory ?? mkdtempSync(join(tmpdir(), 'gotgan-test-'));
    if (options.dataDirectory === undefined) temporaryDirectories.add(this.dataDirectory);
  }

  async start(): Promise<void> {
    this.#bannerStart = this.#output.length;
    const { under = [], args = [] } = this.#options;
    const [program = '', ...rest] = [...under, process.execPath, COMMAND, 'serve', ...args];
    const child = spawn(program, rest, {
      env: this.#environment(),
      // A process group of its own, so that kill9 reaches the workers; the channel ends the server with this process.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    child.channel?.unref();
    this.#child = child;
    running.add(child);
    this.#end = new Promise((resolve) => {
      child.once('close', (code, signal) => {
        running.delete(child);
        resolve({ code, signal });
      });
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#logs += text;
    });
    await this.#untilReady(child);
  }

  async #untilReady(child: ChildProcess): Promise<void> {
    const ready = new Promise<void>((resolve) => {
      child.stdout?.setEncoding('utf8').on('data', (text: string) => {
        this.#output += text;
        if (this.#readBanner()) resolve();
      });
    });
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      killGroup(child);
      late.reject(
        new Error(`the server was not ready after ${START_MILLIS_MAX} ms:\n${this.#output}${this.#logs}`),
      );
    }, START_MILLIS_MAX);
    const tooEarly = this.#end.then((end) => {
      throw new ServerDidNotStart(end, this.#output.slice(this.#bannerStart), this.#logs);
    });
    tooEarly.catch(() => undefined);
    try {
      await Promise.race([ready, late.promise, tooEarly]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** The banner ends with the line to try; addresses stand in lines of their own. */
  #readBanner(): boolean {
    const banner = this.#output.slice(this.#bannerStart);
    if (!/^ *Try: .*\n/m.test(banner)) return false;
    for (const [, label = '', url = ''] of banner.matchAll(
      /^ +(Storage|Control|Region \S+) +(https?:\/\/\S+)/gm,
    )) {
      this.#urls.set(label, url);
    }
    const accessKey = /^ +Access key +(\S+)/m.exec(banner)?.[1];
    const secretKey = /^ +Secret key +(\S+)/m.exec(banner)?.[1];
    if (accessKey !== undefined && secretKey !== undefined) this.#pair = { accessKey, secretKey };
    return true;
  }

  #environment(): NodeJS.ProcessEnv {
    const portOf = (label: string): string => {
      const url = this.#urls.get(label);
      return `127.0.0.1:${url === undefined ? 0 : new URL(url).port}`;
    };
    return cleanEnvironment({
      GOTGAN_DATA_DIR: this.dataDirectory,
      GOTGAN_STORAGE_ADDRESS: portOf('Storage'),
      GOTGAN_CONTROL_ADDRESS: portOf('Control'),
      GOTGAN_WORKERS: String(this.#options.workers ?? 1),
      ...this.#env,
    });
  }

  #url(label: string): string {
    const url = this.#urls.get(label);
    if (url === undefined) throw new Error(`the banner shows no ${label} address:\n${this.#output}`);
    return url;
  }

  get storageUrl(): string {
    return this.#url('Storage');
  }

  get controlUrl(): string {
    return this.#url('Control');
  }

  regionUrl(name: string): string {
    return this.#url(`Region ${name}`);
  }

  get accessKey(): string {
    return this.#env['GOTGAN_ROOT_ACCESS_KEY'] ?? this.#generatedPair().accessKey;
  }

  get secretKey(): string {
    return this.#env['GOTGAN_ROOT_SECRET_KEY'] ?? this.#generatedPair().secretKey;
  }

  #generatedPair(): { accessKey: string; secretKey: string } {
    if (this.#pair === undefined) throw new Error(`no banner showed a root pair:\n${this.#output}`);
    return this.#pair;
  }

  get credentials(): { accessKeyId: string; secretAccessKey: string } {
    return { accessKeyId: this.accessKey, secretAccessKey: this.secretKey };
  }

  get pid(): number {
    const pid = this.#child?.pid;
    if (pid === undefined) throw new Error('the server has no process');
    return pid;
  }

  async stop(): Promise<ProcessEnd> {
    const child = this.#child;
    if (child === undefined || !running.has(child)) return this.#end;
    child.kill('SIGTERM');
    const timer = setTimeout(() => killGroup(child), STOP_MILLIS_MAX);
    const end = await this.#end;
    clearTimeout(timer);
    return end;
  }

  kill9(): Promise<ProcessEnd> {
    if (this.#child !== undefined && running.has(this.#child)) killGroup(this.#child);
    return this.#end;
  }

  async restart(env: Readonly<Record<string, string | undefined>> = {}): Promise<void> {
    await this.stop();
    this.#env = { ...this.#env, ...env };
    await this.start();
  }

  logs(): string {
    return this.#logs;
  }

  output(): string {
    return this.#output;
  }

  ended(): Promise<ProcessEnd> {
    return this.#end;
  }

  async dispose(): Promise<void> {
    await this.stop();
    if (temporaryDirectories.delete(this.dataDirectory)) {
      rmSync(this.dataDirectory, { recursive: true, force: true });
    }
  }
}

function cleanEnvironment(added: Readonly<Record<string, string | undefined>>): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('GOTGAN_'));
  const all = [...inherited, ...Object.entries(added)].filter(([, value]) => value !== undefined);
  return Object.fromEntries(all);
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
}
