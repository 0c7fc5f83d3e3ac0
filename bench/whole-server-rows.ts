/** What has no floor: one busy key, reading beside uploads, memory, starting. Each against a bound of its own. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BenchServer, BUCKET, withServer, withServerOn } from './bench-servers.ts';
import { type LoadResult, type PreparedRequest, runLoad } from './load-generator.ts';
import { processTree } from './process-cpu.ts';
import type { BenchSettings, Row } from './row.ts';
import { HOST, runFor, runOnce, sendAll } from './send-requests.ts';

const MIB = 2 ** 20;
const TRANSFERS = 64;
const UPLOADS_BESIDE = 16;

export const wholeServerRows: readonly Row[] = [
  { name: 'one-key', run: (settings) => withServer(settings.workers, (s) => measureOneKey(s, settings)) },
  {
    name: 'beside-uploads',
    run: (settings) => withServer(settings.workers, (s) => measureBeside(s, settings)),
  },
  { name: 'memory', run: (settings) => withServer(settings.workers, (s) => measureMemory(s, settings)) },
  { name: 'second-start', run: measureSecondStart },
];

async function measureOneKey(server: BenchServer, { seconds }: BenchSettings) {
  const body = randomBytes(1024);
  const putsOn = (keys: number) =>
    Array.from({ length: keys }, (_, index) =>
      server.sign({ method: 'PUT', path: `/${BUCKET}/busy-${index}`, headers: {}, body }),
    );
  const apart = await load(server, putsOn(TRANSFERS), TRANSFERS, seconds);
  const together = await load(server, putsOn(1), TRANSFERS, seconds);
  return {
    name: 'one-key',
    title: `${TRANSFERS} writers of 1 KiB on one key: p99 against ${TRANSFERS} keys`,
    target: 10,
    ...p99Times(together, apart),
  };
}

async function measureBeside(server: BenchServer, settings: BenchSettings) {
  const body = randomBytes(4096);
  const paths = Array.from({ length: 1000 }, (_, index) => `/${BUCKET}/small-${index}`);
  await sendAll(
    server.port,
    paths.map((path) => server.sign({ method: 'PUT', path, headers: {}, body })),
  );
  const reads = paths.map((path) => server.sign({ method: 'GET', path, headers: {} }));
  const alone = await load(server, reads, UPLOADS_BESIDE, settings.seconds);
  const uploading = runFor(server.port, {
    connections: UPLOADS_BESIDE,
    seconds: settings.seconds,
    expectedStatus: 200,
    requests: uploadsOf(server, UPLOADS_BESIDE, settings.mebibytes),
  });
  const beside = await load(server, reads, UPLOADS_BESIDE, settings.seconds);
  const uploads = await uploading;
  const times = p99Times(beside, alone);
  return {
    name: 'beside-uploads',
    title: `GET 4 KiB p99 while ${UPLOADS_BESIDE} uploads of ${settings.mebibytes} MiB run, against unloaded`,
    target: 5,
    ...times,
    errors: times.errors + uploads.errors,
  };
}

/** Uploads, then downloads, over and over; each round has a peak of its own. */
async function measureMemory(server: BenchServer, settings: BenchSettings) {
  const pids = processTree(server.pid);
  const idleMiB = memoryMiB(pids);
  const peaksMiB: number[] = [];
  let peakMiB = 0;
  const look = setInterval(() => {
    peakMiB = Math.max(peakMiB, memoryMiB(pids));
  }, 50);
  const uploads = uploadsOf(server, TRANSFERS, settings.mebibytes);
  const downloads = uploads.map(({ path }) => server.sign({ method: 'GET', path, headers: {} }));
  const plan = { connections: TRANSFERS, expectedStatus: 200 };
  const begun = performance.now();
  let errors = 0;
  do {
    for (const requests of [uploads, downloads]) {
      errors += (await runOnce(server.port, { ...plan, requests })).errors;
    }
    peaksMiB.push(peakMiB);
    peakMiB = 0;
  } while ((performance.now() - begun) / 1000 < settings.memorySeconds);
  clearInterval(look);
  const [first, last] = [peaksMiB[0]!, peaksMiB.at(-1)!];
  return {
    kind: 'figure' as const,
    name: 'memory',
    title:
      `RssAnon + RssShmem of all processes, ${TRANSFERS} uploads of ${settings.mebibytes} MiB at once, ` +
      `then downloads, for ${settings.memorySeconds} s`,
    target: 400,
    figure: Math.max(...peaksMiB),
    unit: 'MiB',
    errors,
    details:
      `${idleMiB.toFixed(0)} MiB before, at most ${first.toFixed(0)} in the first ` +
      `and ${last.toFixed(0)} in the last of ${peaksMiB.length} rounds`,
  };
}

async function measureSecondStart({ workers }: BenchSettings) {
  const folder = mkdtempSync(join(tmpdir(), 'gotgan-bench-'));
  const dataDirectory = join(folder, 'data');
  const start = async () => {
    const begun = performance.now();
    return withServerOn(dataDirectory, workers, async () => (performance.now() - begun) / 1000);
  };
  try {
    const first = await start();
    const later = [await start(), await start(), await start()].sort((a, b) => a - b);
    return {
      kind: 'figure' as const,
      name: 'second-start',
      title: 'second start, to the first 200 on /readyz',
      target: 1.5,
      figure: later[1]!,
      unit: 's',
      errors: 0,
      details: `${first.toFixed(2)} s the first time`,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function uploadsOf(server: BenchServer, count: number, mebibytes: number): PreparedRequest[] {
  const body = randomBytes(mebibytes * MIB);
  return Array.from({ length: count }, (_, index) => {
    const path = `/${BUCKET}/upload-${index}`;
    const signed = server.sign({ method: 'PUT', path, headers: {}, body, bodySha256: 'UNSIGNED-PAYLOAD' });
    return { ...signed, headers: { ...signed.headers, 'content-length': `${body.length}` } };
  });
}

function load(
  { port }: BenchServer,
  requests: readonly PreparedRequest[],
  connections: number,
  seconds: number,
): Promise<LoadResult> {
  return runLoad({ host: HOST, port, connections, seconds, expectedStatus: 200, requests });
}

function p99Times(loaded: LoadResult, unloaded: LoadResult) {
  return {
    kind: 'figure' as const,
    figure: loaded.p99Ms / unloaded.p99Ms,
    unit: 'times',
    errors: loaded.errors + unloaded.errors,
    details: `${loaded.p99Ms.toFixed(1)} and ${unloaded.p99Ms.toFixed(1)} ms`,
  };
}

function memoryMiB(pids: readonly number[]): number {
  let kib = 0;
  for (const pid of pids) {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    for (const [, value] of status.matchAll(/^(?:RssAnon|RssShmem):\s+(\d+) kB/gm)) kib += Number(value);
  }
  return kib / 1024;
}
