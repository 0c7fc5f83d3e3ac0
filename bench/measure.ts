/** Starts the two servers that are compared, fills them, and measures CPU and wall-clock around one load. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { open } from 'lmdb';
import type { FloorWork } from './floor-server.ts';
import { type LoadPlan, type LoadResult, type PreparedRequest, runLoad } from './load-generator.ts';
import { cpuSeconds, processTree } from './process-cpu.ts';
import { signHeaders } from './sign-headers.ts';

export interface MeasuredSide {
  readonly cpuMicrosPerRequest: number;
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly errors: number;
  readonly generatorCpuSeconds: number;
}

export interface UnsignedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  /** Known digest of the body, so that a hundred thousand requests of one body hash it once. */
  readonly bodySha256?: string;
}

export interface ServerUnderLoad {
  readonly port: number;
  readonly pid: number;
}

export interface BenchServer extends ServerUnderLoad {
  sign(request: UnsignedRequest): PreparedRequest;
}

/** What the floor holds before it is measured. */
export interface FloorFill {
  readonly paths: readonly string[];
  readonly body: Buffer;
}

type Load = Omit<LoadPlan, 'host' | 'port'>;

const HOST = '127.0.0.1';
const WARM_UP_SECONDS = 2;
const TURNS = 5;
const ACCESS_KEY = 'bench0123456789abcdef';
const SECRET_KEY = 'bench-secret-0123456789abcdef-0123456789abcdef';

/** Our server on a fresh data directory, as an operator starts it. */
export async function withServer<T>(workers: number, use: (server: BenchServer) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'gotgan-bench-'));
  const [port, controlPort] = [await freePort(), await freePort()];
  const child = spawn(process.execPath, ['bin/gotgan.js', 'serve'], {
    env: {
      ...process.env,
      GOTGAN_DATA_DIR: join(folder, 'data'),
      GOTGAN_STORAGE_ADDRESS: `${HOST}:${port}`,
      GOTGAN_CONTROL_ADDRESS: `${HOST}:${controlPort}`,
      GOTGAN_WORKERS: String(workers),
      GOTGAN_LOG_LEVEL: 'error',
      GOTGAN_ROOT_ACCESS_KEY: ACCESS_KEY,
      GOTGAN_ROOT_SECRET_KEY: SECRET_KEY,
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  try {
    await answering(controlPort, '/readyz');
    return await use({
      port,
      pid: child.pid as number,
      sign: (request) =>
        signHeaders(request, {
          host: `${HOST}:${port}`,
          accessKey: ACCESS_KEY,
          secretKey: SECRET_KEY,
          region: 'KR1',
        }),
    });
  } finally {
    await stop(child);
    rmSync(folder, { recursive: true });
  }
}

/** The headers of an answer of ours, which the floor then sends too. */
export async function answerHeaders(server: BenchServer, request: PreparedRequest): Promise<string[]> {
  return (await send(server.port, request)).rawHeaders;
}

/** The floor as a running server, filled with what it will be asked for. */
export async function withFloor<T>(
  floor: {
    readonly work: FloorWork;
    readonly workers: number;
    readonly fill: FloorFill;
    readonly responseHeaders: readonly string[];
  },
  use: (server: ServerUnderLoad) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'gotgan-floor-'));
  const port = await freePort();
  const data = join(folder, 'data');
  const { paths, body } = floor.fill;
  if (paths.length > 0) {
    const store = open<Buffer, string>({
      path: data,
      encoding: 'binary',
      useVersions: true,
      mapSize: 2 ** 40,
    });
    await Promise.all(paths.map((path, index) => store.put(path, body, index + 1)));
    await store.close();
  }
  const headers = JSON.stringify(withoutConnectionHeaders(floor.responseHeaders));
  const child = spawn(
    process.execPath,
    ['bench/floor-server.ts', floor.work, data, String(port), String(floor.workers), headers],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  try {
    await answering(port, '/');
    return await use({ port, pid: child.pid as number });
  } finally {
    await stop(child);
    rmSync(folder, { recursive: true });
  }
}

/** Short turns, ours and the floor's by turns, so that whatever else the machine does meets both alike. */
export async function measureByTurns(
  ours: ServerUnderLoad,
  floor: ServerUnderLoad,
  load: Load,
): Promise<{ ours: MeasuredSide; floor: MeasuredSide }> {
  const sides = [ours, floor].map((server) => ({
    server,
    pids: processTree(server.pid),
    turns: [] as Turn[],
  }));
  for (const { server } of sides)
    await runLoad({ ...load, host: HOST, port: server.port, seconds: WARM_UP_SECONDS });
  for (let turn = 0; turn < TURNS; turn++) {
    for (const { server, pids, turns } of sides) {
      const before = cpuSeconds(pids);
      const result = await runLoad({
        ...load,
        host: HOST,
        port: server.port,
        seconds: Math.max(1, Math.round(load.seconds / TURNS)),
      });
      turns.push({ result, cpuSeconds: cpuSeconds(pids) - before });
    }
  }
  const [first, second] = sides.map(({ turns }) => summarise(turns)) as [MeasuredSide, MeasuredSide];
  return { ours: first, floor: second };
}

/** Sends every request once, 64 at a time, and insists on success. */
export async function preload(server: BenchServer, requests: readonly PreparedRequest[]): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  let next = 0;
  const lane = async () => {
    for (let request = requests[next++]; request !== undefined; request = requests[next++]) {
      const response = await send(server.port, request, agent);
      if (response.statusCode !== 200)
        throw new Error(`${request.method} ${request.path} answered ${response.statusCode}`);
    }
  };
  await Promise.all(Array.from({ length: 64 }, lane));
  agent.destroy();
}

interface Turn {
  readonly result: LoadResult;
  readonly cpuSeconds: number;
}

/** CPU per request is the median of the turns; percentiles are the worst of them. */
function summarise(turns: readonly Turn[]): MeasuredSide {
  const sum = (value: (turn: Turn) => number) => turns.reduce((total, turn) => total + value(turn), 0);
  const costs = turns.map((turn) => (turn.cpuSeconds * 1e6) / turn.result.requests).sort((a, b) => a - b);
  return {
    cpuMicrosPerRequest: costs[Math.floor(costs.length / 2)] as number,
    requestsPerSecond: sum(({ result }) => result.requests) / sum(({ result }) => result.seconds),
    p50Ms: Math.max(...turns.map(({ result }) => result.p50Ms)),
    p99Ms: Math.max(...turns.map(({ result }) => result.p99Ms)),
    errors: sum(({ result }) => result.errors),
    generatorCpuSeconds: sum(({ result }) => result.generatorCpuSeconds),
  };
}

/** Node adds these itself. */
function withoutConnectionHeaders(rawHeaders: readonly string[]): string[] {
  const kept: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string;
    if (!/^(connection|keep-alive|date)$/i.test(name)) kept.push(name, rawHeaders[index + 1] as string);
  }
  return kept;
}

function send(port: number, request: PreparedRequest, agent?: Agent): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      {
        host: HOST,
        port,
        method: request.method,
        path: request.path,
        headers: request.headers,
        ...(agent && { agent }),
      },
      (response) => {
        response.resume();
        response.on('end', () => resolve(response));
      },
    );
    outgoing.on('error', reject);
    outgoing.end(request.body);
  });
}

async function answering(port: number, path: string): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    try {
      const { statusCode } = await send(port, { method: 'GET', path, headers: {} });
      if (path === '/' || statusCode === 200) return;
    } catch {
      // not listening yet
    }
    await sleep(50);
  }
  throw new Error(`nothing answers on port ${port}`);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function stop(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}
