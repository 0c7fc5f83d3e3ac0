/**
 * `node test/load/idle-and-slow.ts [--idle 10000] [--uploads 64] [--seconds 30]`: idle connections, slow uploads and clients whose
 * headers never end, beside normal traffic. The server and its clients are different processes. Fails when a normal GET fails, a
 * connection is lost that should not be, one is kept that should be closed, or memory grows beyond what connections are worth.
 */
import { execFileSync, spawn } from 'node:child_process';
import { parseArgs } from 'node:util';
import { workersMemory } from '../fuzz/worker-memory.ts';
import { startServer } from '../support/server-process.ts';
import type { PhaseReport, TrafficOptions } from './traffic.ts';

const { values } = parseArgs({
  options: {
    idle: { type: 'string', default: '10000' },
    uploads: { type: 'string', default: '64' },
    seconds: { type: 'string', default: '30' },
    workers: { type: 'string', default: '2' },
  },
});
const SLOW_HEADERS = 100;
const READERS = 8;
/** The header time-out, and how often connections are looked at. */
const CLOSED_SECONDS_MAX = 23;
const MIB = 1024 * 1024;
/** Ours: a socket, its parser and its place in the lists of time-outs. */
const CONNECTION_BYTES_MAX = 48 * 1024;
const problems: string[] = [];

const [idleConnections, slowUploads, seconds] = [values.idle, values.uploads, values.seconds].map(Number) as [
  number,
  number,
  number,
];
needOpenFiles(idleConnections + slowUploads + 1000);
const server = await startServer({ workers: Number(values.workers) });
try {
  const traffic: TrafficOptions = {
    url: server.storageUrl,
    accessKeyId: server.accessKey,
    secret: server.secretKey,
    idleConnections,
    slowUploads,
    slowHeaders: SLOW_HEADERS,
    readers: READERS,
    seconds,
  };
  const memory: (number | undefined)[] = [];
  const child = spawn(process.execPath, [`${import.meta.dirname}/traffic.ts`, JSON.stringify(traffic)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const reports: PhaseReport[] = [];
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
    const lines = text.split('\n');
    text = lines.pop() ?? '';
    for (const line of lines) {
      memory.push(workersMemory(server.pid));
      reports.push(JSON.parse(line));
      console.log(line);
    }
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  if (code !== 0) problems.push(`the clients ended with ${code}`);
  judge(reports, memory);
  const end = await server.stop();
  if (end.code !== 0) problems.push(`the server ended with ${end.code ?? end.signal}`);
} finally {
  await server.dispose();
}
for (const problem of problems) console.log(`problem: ${problem}`);
console.log(problems.length === 0 ? 'all as it should be' : `${problems.length} problems`);
if (problems.length > 0) process.exitCode = 1;

function judge(reports: readonly PhaseReport[], memory: readonly (number | undefined)[]): void {
  const [alone, beside] = reports;
  if (alone === undefined || beside === undefined) {
    problems.push('a phase is missing');
    return;
  }
  for (const { phase, failures, gets } of reports) {
    if (failures > 0 || gets === 0) problems.push(`${phase}: ${failures} of ${gets} GETs failed`);
  }
  if (beside.idleOpen !== idleConnections)
    problems.push(`${idleConnections - beside.idleOpen} idle connections were lost`);
  if (beside.uploadsRunning !== slowUploads)
    problems.push(`${slowUploads - beside.uploadsRunning} uploads were lost`);
  const [, last = 0] = beside.slowHeadersSeconds ?? [];
  if (beside.slowHeadersClosed !== SLOW_HEADERS || last > CLOSED_SECONDS_MAX) {
    problems.push(
      `${beside.slowHeadersClosed} of ${SLOW_HEADERS} slow clients were closed, the last after ${last} s`,
    );
  }
  const [before, after] = memory;
  if (before !== undefined && after !== undefined) {
    const each = (after - before) / (idleConnections + slowUploads + SLOW_HEADERS);
    console.log(
      `memory of the workers: ${(before / MIB).toFixed(0)} MiB, ${(after / MIB).toFixed(0)} MiB beside the crowd, ` +
        `${(each / 1024).toFixed(1)} KiB per connection`,
    );
    if (each > CONNECTION_BYTES_MAX) problems.push(`a connection takes ${each} bytes`);
  }
}

/** Connections are open files on both sides. Node.js raises its own limit as far as the shell's hard limit allows. */
function needOpenFiles(wanted: number): void {
  const allowed = execFileSync('sh', ['-c', 'ulimit -Hn'], { encoding: 'utf8' }).trim();
  if (allowed !== 'unlimited' && Number(allowed) < wanted) {
    throw new Error(`${allowed} open files are allowed here: run \`ulimit -n ${wanted}\` before`);
  }
}
