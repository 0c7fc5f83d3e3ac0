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
import { type LoadPlan, type PreparedRequest, runLoad } from './load-generator.ts';
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

export interface BenchServer {
  readonly port: number;
  readonly pid: number;
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

export async function measureOurs(
  server: BenchServer,
  load: Load,
): Promise<{ side: MeasuredSide; responseHeaders: string[] }> {
  const first = load.requests[0] as PreparedRequest;
  const responseHeaders = (await send(server.port, first)).rawHeaders;
  return { side: await measure(server.pid, server.port, load), responseHeaders };
}

export async function measureFloor(
  work: FloorWork,
  workers: number,
  fill: FloorFill,
  responseHeaders: readonly string[],
  load: Load,
): Promise<MeasuredSide> {
  const folder = mkdtempSync(join(tmpdir(), 'gotgan-floor-'));
  const port = await freePort();
  const data = join(folder, 'data');
  if (fill.paths.length > 0) {
    const store = open<Buffer, string>({
      path: data,
      encoding: 'binary',
      useVersions: true,
      mapSize: 2 ** 40,
    });
    await Promise.all(fill.paths.map((path, index) => store.put(path, fill.body, index + 1)));
    await store.close();
  }
  const child = spawn(
    process.execPath,
    [
      'bench/floor-server.ts',
      work,
      data,
      String(port),
      String(workers),
      JSON.stringify(withoutConnectionHeaders(responseHeaders)),
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  try {
    await answering(port, '/');
    return await measure(child.pid as number, port, load);
  } finally {
    await stop(child);
    rmSync(folder, { recursive: true });
  }
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

async function measure(root: number, port: number, load: Load): Promise<MeasuredSide> {
  await runLoad({ ...load, host: HOST, port, seconds: WARM_UP_SECONDS });
  const pids = processTree(root);
  const before = cpuSeconds(pids);
  const result = await runLoad({ ...load, host: HOST, port });
  const used = cpuSeconds(pids) - before;
  return {
    cpuMicrosPerRequest: (used * 1e6) / result.requests,
    requestsPerSecond: result.requests / result.seconds,
    p50Ms: result.p50Ms,
    p99Ms: result.p99Ms,
    errors: result.errors,
    generatorCpuSeconds: result.generatorCpuSeconds,
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
