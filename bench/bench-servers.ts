/** The two servers that are compared: ours as an operator starts it, and the floor, filled with what it will be asked for. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { open } from 'lmdb';
import type { FloorPlan } from './floor-server.ts';
import type { PreparedRequest } from './load-generator.ts';
import { HOST, send, sendAll } from './send-requests.ts';
import { type Signer, signHeaders, type UnsignedRequest } from './sign-headers.ts';

export interface ServerUnderLoad {
  readonly port: number;
  readonly pid: number;
}

export interface BenchServer extends ServerUnderLoad {
  readonly controlPort: number;
  readonly dataDirectory: string;
  readonly signer: Signer;
  sign(request: UnsignedRequest): PreparedRequest;
}

/** What the floor holds before it is measured: under each path the same bytes, in its store or in a file. */
export interface FloorFill {
  readonly paths: readonly string[];
  readonly body: Buffer;
}

export type FloorRequest = Pick<FloorPlan, 'work' | 'workers' | 'answer' | 'digests' | 'isSigned'> & {
  readonly fill: FloorFill;
};

export const BUCKET = 'bench';
const ACCESS_KEY = 'bench0123456789abcdef';
export const ROOT_API_KEY = 'bench-api-key-0123456789abcdef-0123456789abcd';
export const ROOT_PASSWORD = 'bench-password-0123456789abcdef';
const SECRET_KEY = 'bench-secret-0123456789abcdef-0123456789abcdef';

/** Our server on a fresh data directory, with an empty bucket. */
export async function withServer<T>(workers: number, use: (server: BenchServer) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'gotgan-bench-'));
  const dataDirectory = join(folder, 'data');
  try {
    return await withServerOn(dataDirectory, workers, async (server) => {
      await sendAll(server.port, [server.sign({ method: 'PUT', path: `/${BUCKET}`, headers: {} })]);
      return use(server);
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Our server on that data directory. */
export async function withServerOn<T>(
  dataDirectory: string,
  workers: number,
  use: (server: BenchServer) => Promise<T>,
): Promise<T> {
  const [port, controlPort] = [await freePort(), await freePort()];
  const child = spawn(process.execPath, ['bin/gotgan.js', 'serve'], {
    env: {
      ...process.env,
      GOTGAN_DATA_DIR: dataDirectory,
      GOTGAN_STORAGE_ADDRESS: `${HOST}:${port}`,
      GOTGAN_CONTROL_ADDRESS: `${HOST}:${controlPort}`,
      GOTGAN_WORKERS: String(workers),
      GOTGAN_LOG_LEVEL: 'fatal',
      GOTGAN_ROOT_ACCESS_KEY: ACCESS_KEY,
      GOTGAN_ROOT_SECRET_KEY: SECRET_KEY,
      GOTGAN_ROOT_API_KEY: ROOT_API_KEY,
      GOTGAN_ROOT_PASSWORD: ROOT_PASSWORD,
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const signer = { host: `${HOST}:${port}`, accessKey: ACCESS_KEY, secretKey: SECRET_KEY, region: 'KR1' };
  try {
    await answering(controlPort, '/readyz');
    const sign = (request: UnsignedRequest) => signHeaders(request, signer);
    return await use({ port, controlPort, pid: child.pid as number, dataDirectory, signer, sign });
  } finally {
    await stop(child);
  }
}

export async function withFloor<T>(
  { fill, ...floor }: FloorRequest,
  use: (server: ServerUnderLoad) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'gotgan-floor-'));
  const directory = join(folder, 'data');
  mkdirSync(directory);
  await (floor.work.endsWith('-file') ? fillFiles(directory, fill) : fillStore(directory, fill));
  const headers = withoutConnectionHeaders(floor.answer.headers);
  const plan: FloorPlan = {
    ...floor,
    directory,
    port: await freePort(),
    answer: { ...floor.answer, headers },
  };
  const child = spawn(process.execPath, ['bench/floor-server.ts', JSON.stringify(plan)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  try {
    await answering(plan.port, undefined);
    return await use({ port: plan.port, pid: child.pid as number });
  } finally {
    await stop(child);
    rmSync(folder, { recursive: true });
  }
}

async function fillStore(directory: string, { paths, body }: FloorFill): Promise<void> {
  if (paths.length === 0) return;
  const store = open<Buffer, string>({
    path: directory,
    encoding: 'binary',
    useVersions: true,
    mapSize: 2 ** 40,
  });
  const BATCH = 10_000;
  for (let start = 0; start < paths.length; start += BATCH) {
    const batch = paths.slice(start, start + BATCH);
    await Promise.all(batch.map((path, index) => store.put(path, body, start + index + 1)));
  }
  await store.close();
}

async function fillFiles(directory: string, { paths, body }: FloorFill): Promise<void> {
  for (const path of paths) writeFileSync(join(directory, encodeURIComponent(path)), body);
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

/** With status 200 at that path, or, without a path, in any way. */
async function answering(port: number, path: string | undefined): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt++) {
    try {
      const { status } = await send(port, { method: 'GET', path: path ?? '/', headers: {} });
      if (path === undefined || status === 200) return;
    } catch {
      // not listening yet
    }
    await sleep(25);
  }
  throw new Error(`nothing answers on port ${port}`);
}

export async function freePort(): Promise<number> {
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
