/** Reading, writing and deleting small objects, against a floor that reads or writes as many records. */
import { createHash, randomBytes } from 'node:crypto';
import { type BenchServer, BUCKET, type ServerUnderLoad, withFloor, withServer } from './bench-servers.ts';
import type { FloorWork } from './floor-server.ts';
import type { PreparedRequest } from './load-generator.ts';
import { type MeasuredPair, measureByTurns, measureTurns, TURNS } from './measure.ts';
import { type BenchSettings, type Row, ratioOf } from './row.ts';
import { runFor, runOnce, send, sendAll } from './send-requests.ts';

interface SmallObjectWork {
  readonly name: string;
  readonly title: string;
  readonly target: number;
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'DELETE';
  readonly status: number;
  readonly connections: number;
  readonly bytes: number;
  readonly isAnonymous?: boolean;
}

/** What a record of an object takes. */
const RECORD_BYTES = 160;

export const smallObjectRows: readonly Row[] = [
  {
    name: 'get-4k',
    title: 'GET 4 KiB, 32 connections, signed, distinct keys',
    target: 0.6,
    method: 'GET',
    status: 200,
    connections: 32,
    bytes: 4096,
  },
  {
    name: 'head',
    title: 'HEAD, 32 connections, signed, distinct keys',
    target: 0.6,
    method: 'HEAD',
    status: 200,
    connections: 32,
    bytes: 4096,
  },
  {
    name: 'denied',
    title: 'GET 4 KiB that is denied, 32 connections, anonymous',
    target: 0.6,
    method: 'GET',
    status: 403,
    connections: 32,
    bytes: 4096,
    isAnonymous: true,
  },
  {
    name: 'delete',
    title: 'DELETE, 64 connections, signed, durable, distinct keys',
    target: 0.6,
    method: 'DELETE',
    status: 204,
    connections: 64,
    bytes: 4096,
  },
  {
    name: 'put-4k',
    title: 'PUT 4 KiB, 64 connections, signed, durable',
    target: 0.6,
    method: 'PUT',
    status: 200,
    connections: 64,
    bytes: 4096,
  },
  {
    name: 'put-64k',
    title: 'PUT 64 KiB, 64 connections, signed, durable',
    target: 0.6,
    method: 'PUT',
    status: 200,
    connections: 64,
    bytes: 65_536,
  },
].map((work) => smallObjectRow(work as SmallObjectWork));

/** The load generator holds all requests with their bodies. */
const UPLOADED_BYTES_MAX = 2 ** 30;

function smallObjectRow(work: SmallObjectWork): Row {
  const { name, title, target } = work;
  return {
    name,
    run: (settings) =>
      withServer(settings.workers, async (server) => {
        const pair = await measureSmallObjects(work, server, settings);
        return { name, title, target, ...ratioOf(pair) };
      }),
  };
}

async function measureSmallObjects(
  work: SmallObjectWork,
  server: BenchServer,
  settings: BenchSettings,
): Promise<MeasuredPair> {
  const { method, status, connections } = work;
  const body = randomBytes(work.bytes);
  const bodySha256 = createHash('sha256').update(body).digest('hex');
  const count =
    method === 'PUT'
      ? Math.min(settings.objects, Math.floor(UPLOADED_BYTES_MAX / work.bytes))
      : settings.objects;
  const paths = Array.from({ length: count }, (_, index) => pathOf(index));
  const puts = paths.map((path) => server.sign({ method: 'PUT', path, headers: {}, body, bodySha256 }));
  if (method !== 'PUT') await sendAll(server.port, puts);
  const requests = paths.map((path, index): PreparedRequest => {
    if (work.isAnonymous) return { method, path, headers: { host: server.signer.host } };
    return method === 'PUT' ? puts[index]! : server.sign({ method, path, headers: {} });
  });
  const answer = await send(server.port, requests.at(-1)!);
  const floorWork = method.toLowerCase() as FloorWork;
  const fill = {
    paths: method === 'PUT' ? [] : paths,
    body: method === 'GET' ? body : Buffer.alloc(RECORD_BYTES),
  };
  const floor = {
    work: floorWork,
    workers: settings.workers,
    isSigned: work.isAnonymous !== true,
    answer: { status, headers: answer.headers, body: status === 403 ? answer.body : undefined },
    fill,
  };
  return withFloor(floor, (floorServer) => {
    if (method === 'DELETE') return measureOnce(server, floorServer, requests, connections, status);
    const load = { connections, seconds: settings.seconds, expectedStatus: status, requests };
    // wrk waits for the body that HEAD announces.
    if (method === 'HEAD')
      return measureTurns(server, floorServer, ({ port }) =>
        runFor(port, { ...load, seconds: settings.seconds / TURNS }),
      );
    return measureByTurns(server, floorServer, load);
  });
}

/** Every turn takes a share of the requests, none of them twice. */
function measureOnce(
  server: ServerUnderLoad,
  floor: ServerUnderLoad,
  requests: readonly PreparedRequest[],
  connections: number,
  expectedStatus: number,
): Promise<MeasuredPair> {
  const share = Math.floor(requests.length / (TURNS + 1));
  return measureTurns(server, floor, ({ port }, turn) => {
    const own = requests.slice((turn + 1) * share, (turn + 2) * share);
    return runOnce(port, { connections, requests: own, expectedStatus });
  });
}

function pathOf(index: number): string {
  return `/${BUCKET}/objects/${index.toString().padStart(8, '0')}`;
}
