/**
 * The same loads on ours and on other S3 servers, in one run on one machine:
 *
 *   node bench/peers.ts gotgan minio=/path/to/minio garage=/path/to/garage seaweedfs=/path/to/weed
 *
 * Options: --seconds 5 --objects 20000 --workers 2 --json result.json. Server CPU per request and the rate stand side by side;
 * the generator shares the cores with the server, so both count.
 */
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { type LoadResult, type PreparedRequest, runLoad } from './load-generator.ts';
import { type PeerServer, peerOf } from './peer-servers.ts';
import { cpuSeconds, processTree } from './process-cpu.ts';
import { HOST, sendAll } from './send-requests.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '5' },
    objects: { type: 'string', default: '20000' },
    workers: { type: 'string', default: String(cpus().length) },
    json: { type: 'string' },
  },
});

interface Measured {
  readonly work: string;
  readonly requestsPerSecond: number;
  readonly cpuMicrosPerRequest: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly errors: number;
}

const seconds = Number(values.seconds);
const objects = Number(values.objects);
const results = [];
for (const given of positionals) {
  const peer = peerOf(given, Number(values.workers));
  console.log(`${peer.name}: ${peer.durability}`);
  const measured = await peer.run(measurePeer);
  results.push({ name: peer.name, durability: peer.durability, measured });
}
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(results, null, 2)}\n`);

async function measurePeer(server: PeerServer): Promise<Measured[]> {
  const small = randomBytes(4096);
  const middle = randomBytes(65_536);
  const keys = Array.from({ length: objects }, (_, index) => index.toString().padStart(8, '0'));
  const put = (folder: string, body: Buffer, key: string): PreparedRequest =>
    server.sign({ method: 'PUT', path: `/bench/${folder}/${key}`, headers: {}, body });
  const get = (folder: string, key: string) =>
    server.sign({ method: 'GET', path: `/bench/${folder}/${key}`, headers: {} });
  const puts = keys.map((key) => put('small', small, key));
  const middlePuts = keys.slice(0, 2000).map((key) => put('middle', middle, key));
  await sendAll(server.port, puts);
  await sendAll(server.port, middlePuts);
  const list = (query: string) => server.sign({ method: 'GET', path: `/bench?${query}`, headers: {} });
  const starts = keys.filter((_, index) => index % 100 === 0 && index < objects - 1000);
  const works: readonly (readonly [string, number, readonly PreparedRequest[]])[] = [
    ['GET 4 KiB, 32 connections', 32, keys.map((key) => get('small', key))],
    ['PUT 4 KiB, 64 connections', 64, puts],
    ['GET 64 KiB, 32 connections', 32, middlePuts.map(({ path }) => get('middle', path.slice(-8)))],
    ['PUT 64 KiB, 64 connections', 64, middlePuts],
    [
      'ListObjectsV2, 1,000 keys a page, 8 connections',
      8,
      starts.map((key) => list(`list-type=2&prefix=small%2F&start-after=small%2F${key}`)),
    ],
    ['ListObjectsV2 with delimiter, 8 connections', 8, [list('delimiter=%2F&list-type=2')]],
  ];
  const measured: Measured[] = [];
  for (const [work, connections, requests] of works) {
    measured.push(await measureWork(server, work, connections, requests));
  }
  return measured;
}

async function measureWork(
  server: PeerServer,
  work: string,
  connections: number,
  requests: readonly PreparedRequest[],
): Promise<Measured> {
  const plan = { host: HOST, port: server.port, connections, requests, expectedStatus: 200 };
  await runLoad({ ...plan, seconds: 2 });
  const pids = processTree(server.pid);
  const before = cpuSeconds(pids);
  const load: LoadResult = await runLoad({ ...plan, seconds });
  const measured = {
    work,
    requestsPerSecond: load.requests / load.seconds,
    cpuMicrosPerRequest: ((cpuSeconds(pids) - before) * 1e6) / load.requests,
    p50Ms: load.p50Ms,
    p99Ms: load.p99Ms,
    errors: load.errors,
  };
  console.log(
    `  ${work.padEnd(48)} ${measured.requestsPerSecond.toFixed(0).padStart(7)}/s ` +
      `${measured.cpuMicrosPerRequest.toFixed(0).padStart(6)} us CPU  p50 ${load.p50Ms.toFixed(1)} ms  ` +
      `p99 ${load.p99Ms.toFixed(1)} ms  errors ${load.errors}`,
  );
  return measured;
}
