/**
 * Other S3 servers, started as their documentation says for one machine, to stand beside ours in the same run. Their programs are
 * named by the caller; nothing of them is part of this project. What each does about durability is said with it, because a
 * server that answers before its data is flushed does less.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, withServer } from './bench-servers.ts';
import type { PreparedRequest } from './load-generator.ts';
import { HOST, send } from './send-requests.ts';
import { type Signer, signHeaders, type UnsignedRequest } from './sign-headers.ts';

export interface PeerServer {
  readonly port: number;
  readonly pid: number;
  sign(request: UnsignedRequest): PreparedRequest;
}

export interface Peer {
  readonly name: string;
  /** What a 200 to a PUT promises with these settings. */
  readonly durability: string;
  /** With an empty bucket `bench`. */
  run<T>(use: (server: PeerServer) => Promise<T>): Promise<T>;
}

interface Started {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly port: number;
  readonly region: string;
  /** Whatever has to be said to it before it takes requests; `ask` runs the program with these arguments. */
  prepare?(ask: (args: readonly string[], input?: string) => string): Promise<void>;
}

interface PeerKind {
  readonly durability: string;
  start(program: string, directory: string): Promise<Started>;
}

const ACCESS_KEY = 'GK0123456789abcdef01234567';
const SECRET_KEY = '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef';
const READY_ATTEMPTS = 400;

const kinds: Readonly<Record<string, PeerKind>> = {
  minio: {
    durability: 'one drive; as it ships: flushes every body and its metadata (fdatasync)',
    async start(program, directory) {
      const [port, console] = [await freePort(), await freePort()];
      return {
        command: program,
        args: [
          'server',
          directory,
          '--address',
          `${HOST}:${port}`,
          '--console-address',
          `${HOST}:${console}`,
        ],
        env: { MINIO_ROOT_USER: ACCESS_KEY, MINIO_ROOT_PASSWORD: SECRET_KEY, MINIO_BROWSER: 'off' },
        port,
        region: 'us-east-1',
      };
    },
  },
  seaweedfs: {
    durability:
      'as it ships: answers before a flush (its fs.configure -fsync changed nothing that strace could see)',
    start: startSeaweed,
  },
  garage: {
    durability: 'as it ships: answers before a flush',
    start: (program, directory) => startGarage(program, directory, false),
  },
  'garage-fsync': {
    durability: 'metadata_fsync and data_fsync on',
    start: (program, directory) => startGarage(program, directory, true),
  },
  s3rver: {
    durability: 'never flushes, verifies signatures; one process',
    async start(program, directory) {
      const port = await freePort();
      return {
        command: process.execPath,
        args: [program, '--directory', directory, '--address', HOST, '--port', String(port), '--silent'],
        port,
        region: 'us-east-1',
      };
    },
  },
};

/** `given`: `name=program`, or `gotgan`. */
export function peerOf(given: string, workers: number): Peer {
  const [name = '', program] = given.split('=');
  if (name === 'gotgan') {
    return {
      name,
      durability: 'data and metadata flushed before every answer',
      run: (use) => withServer(workers, use),
    };
  }
  const kind = kinds[name];
  if (kind === undefined || program === undefined) {
    throw new Error(
      `${given}: expected gotgan, or name=program with one of ${Object.keys(kinds).join(', ')}`,
    );
  }
  return { name, durability: kind.durability, run: (use) => withPeer(kind, name, program, use) };
}

async function withPeer<T>(
  kind: PeerKind,
  name: string,
  program: string,
  use: (server: PeerServer) => Promise<T>,
): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), `gotgan-peer-${name}-`));
  const { command, args, env, port, region, prepare } = await kind.start(program, directory);
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: 'ignore' });
  try {
    const ask = (asked: readonly string[], input?: string) => {
      const answer = spawnSync(program, asked, { input, encoding: 'utf8', env: { ...process.env, ...env } });
      return `${answer.stdout}${answer.stderr}`;
    };
    await prepare?.(ask);
    const accessKey = name === 's3rver' ? 'S3RVER' : ACCESS_KEY;
    const secretKey = name === 's3rver' ? 'S3RVER' : SECRET_KEY;
    const signer: Signer = { host: `${HOST}:${port}`, accessKey, secretKey, region };
    const sign = (request: UnsignedRequest) => signHeaders(request, signer);
    await untilTaken(port, () => sign({ method: 'PUT', path: '/bench', headers: {} }));
    // Some make a bucket before they have where to put an object.
    await untilTaken(port, () =>
      sign({ method: 'PUT', path: '/bench/ready', headers: {}, body: Buffer.from('ready') }),
    );
    return await use({ port, pid: child.pid as number, sign });
  } finally {
    await stop(child);
    rmSync(directory, { recursive: true, force: true });
  }
}

async function startSeaweed(program: string, directory: string): Promise<Started> {
  const ports = await Promise.all(Array.from({ length: 4 }, () => freeLowPort()));
  const [port, master, volume, filer] = ports as [number, number, number, number];
  const config = join(directory, 's3.json');
  const credentials = [{ accessKey: ACCESS_KEY, secretKey: SECRET_KEY }];
  writeFileSync(config, JSON.stringify({ identities: [{ name: 'bench', credentials, actions: ['Admin'] }] }));
  const data = join(directory, 'data');
  mkdirSync(data);
  return {
    command: program,
    args: [
      'server',
      `-dir=${data}`,
      `-ip=${HOST}`,
      `-master.port=${master}`,
      `-volume.port=${volume}`,
      `-filer.port=${filer}`,
      '-volume.max=50',
      '-master.volumeSizeLimitMB=1024',
      '-s3',
      `-s3.port=${port}`,
      `-s3.config=${config}`,
    ],
    port,
    region: 'us-east-1',
  };
}

async function startGarage(program: string, directory: string, fsync: boolean): Promise<Started> {
  const [port, rpc] = [await freePort(), await freePort()];
  const config = join(directory, 'garage.toml');
  writeFileSync(
    config,
    [
      `metadata_dir = "${join(directory, 'meta')}"`,
      `data_dir = "${join(directory, 'data')}"`,
      'db_engine = "lmdb"',
      `metadata_fsync = ${fsync}`,
      `data_fsync = ${fsync}`,
      'replication_factor = 1',
      `rpc_bind_addr = "${HOST}:${rpc}"`,
      `rpc_public_addr = "${HOST}:${rpc}"`,
      `rpc_secret = "${SECRET_KEY}"`,
      '[s3_api]',
      's3_region = "garage"',
      `api_bind_addr = "${HOST}:${port}"`,
      '',
    ].join('\n'),
  );
  return {
    command: program,
    args: ['-c', config, 'server'],
    env: { RUST_LOG: 'error' },
    port,
    region: 'garage',
    async prepare(ask) {
      const tell = (...args: string[]) => ask(['-c', config, ...args]);
      let id: string | undefined;
      for (let attempt = 0; attempt < READY_ATTEMPTS && id === undefined; attempt++) {
        await sleep(100);
        id = /^([0-9a-f]{16})\s/m.exec(tell('status'))?.[1];
      }
      if (id === undefined) throw new Error('Garage does not start');
      tell('layout', 'assign', '-z', 'dc1', '-c', '10G', id);
      tell('layout', 'apply', '--version', '1');
      tell('key', 'import', '--yes', ACCESS_KEY, SECRET_KEY);
      tell('bucket', 'create', 'bench');
      tell('bucket', 'allow', '--read', '--write', '--owner', 'bench', '--key', ACCESS_KEY);
    },
  };
}

/** SeaweedFS listens for its internal calls 10,000 above each port. */
async function freeLowPort(): Promise<number> {
  for (;;) {
    const port = await freePort();
    if (port < 50_000) return port;
  }
}

async function untilTaken(port: number, put: () => PreparedRequest): Promise<void> {
  let last = 'no answer';
  for (let attempt = 0; attempt < READY_ATTEMPTS; attempt++) {
    try {
      const { status, body } = await send(port, put());
      if (status === 200 || status === 409) return;
      last = `${status} ${body.slice(0, 200)}`;
    } catch {
      // not listening yet
    }
    await sleep(100);
  }
  throw new Error(`nothing can be stored: ${last}`);
}

async function stop(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await ended;
  clearTimeout(timer);
}
