/**
 * The Swift API beside S3 on the same objects: small objects by token against the same signed, and a listing of 10,000 names, which is
 * ten pages of S3. The token's price is measured by itself, in `get-4k-bearer`.
 */
import { randomBytes } from 'node:crypto';
import { type BenchServer, BUCKET, ROOT_PASSWORD, withServer } from './bench-servers.ts';
import { bulkLoad } from './bulk-load.ts';
import { type PreparedRequest, runLoad } from './load-generator.ts';
import { type MeasuredPair, measureTurns, TURNS } from './measure.ts';
import { type BenchSettings, type Row, ratioOf } from './row.ts';
import { HOST, send, sendAll } from './send-requests.ts';

const BYTES = 4096;
const CONNECTIONS = 32;
const WARM_UP_SECONDS = 2;
const LISTED_NAMES = 10_000;
const PAGE_ROWS = 1000;
/** As many as there are connections, at least. */
const LISTINGS = 64;

export const swiftRows: readonly Row[] = [
  {
    name: 'swift-get-4k',
    run: (settings) =>
      withServer(settings.workers, async (server) => {
        const door = await swiftDoor(server);
        const names = namesOf(settings.objects);
        await sendAll(server.port, putsByS3(server, names));
        const ours = names.map((name) => door.request('GET', name));
        const signed = names.map((name) => server.sign({ method: 'GET', path: pathOf(name), headers: {} }));
        const pair = await compare(server, settings, { ours, signed, ourStatus: 200, theirStatus: 200 });
        const title = 'Swift GET 4 KiB, 32 connections, by token, against S3 signed';
        return { name: 'swift-get-4k', title, target: 0.9, ...ratioOf(pair) };
      }),
  },
  {
    name: 'swift-put-4k',
    run: (settings) =>
      withServer(settings.workers, async (server) => {
        const door = await swiftDoor(server);
        const names = namesOf(settings.objects);
        const body = randomBytes(BYTES);
        const ours = names.map((name) => door.request('PUT', `swift-${name}`, body));
        const signed = putsByS3(server, names);
        const pair = await compare(server, settings, { ours, signed, ourStatus: 201, theirStatus: 200 });
        const title = 'Swift PUT 4 KiB, 32 connections, by token, durable, against S3 signed';
        return { name: 'swift-put-4k', title, target: 0.9, ...ratioOf(pair) };
      }),
  },
  {
    name: 'swift-list-10k',
    run: (settings) =>
      withServer(settings.workers, async (server) => {
        const keys = namesOf(LISTED_NAMES);
        await bulkLoad(server.dataDirectory, BUCKET, keys);
        const door = await swiftDoor(server);
        const ours = Array.from({ length: LISTINGS }, () => door.request('GET', '?format=json'));
        const pages = LISTED_NAMES / PAGE_ROWS;
        const starts = Array.from({ length: LISTINGS }, (_, index) => (index % pages) * PAGE_ROWS - 1);
        const signed = starts.map((start) => {
          const after = start < 0 ? '' : `&start-after=${keys[start]}`;
          return server.sign({ method: 'GET', path: `/${BUCKET}?list-type=2${after}`, headers: {} });
        });
        const pair = await compare(server, settings, { ours, signed, ourStatus: 200, theirStatus: 200 });
        const title = 'Swift: a listing of 10,000 names as JSON, against a tenth of them by ListObjectsV2';
        // Ten names of ours for one of theirs: the same rate is a tenth of the requests.
        return { name: 'swift-list-10k', title, target: 0.1, ...ratioOf(pair) };
      }),
  },
];

const namesOf = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `object-${index.toString().padStart(8, '0')}`);
const pathOf = (name: string): string => `/${BUCKET}/${name}`;

function putsByS3(server: BenchServer, names: readonly string[]): PreparedRequest[] {
  const body = randomBytes(BYTES);
  return names.map((name) => server.sign({ method: 'PUT', path: pathOf(name), headers: {}, body }));
}

interface SwiftDoor {
  request(method: string, below: string, body?: Buffer): PreparedRequest;
}

/** The bucket of the root account, with a token of its root user. */
async function swiftDoor(server: BenchServer): Promise<SwiftDoor> {
  const { host } = server.signer;
  const answer = await send(server.port, {
    method: 'GET',
    path: '/auth/v1.0',
    headers: { host, 'x-auth-user': 'root:root', 'x-auth-key': ROOT_PASSWORD },
  });
  const fieldOf = (name: string): string => {
    const index = answer.headers.findIndex((field, at) => at % 2 === 0 && field.toLowerCase() === name);
    const value = answer.headers[index + 1];
    if (index < 0 || value === undefined) throw new Error(`no ${name}: ${answer.status}`);
    return value;
  };
  const token = fieldOf('x-auth-token');
  const container = `${new URL(fieldOf('x-storage-url')).pathname}/${BUCKET}`;
  return {
    request: (method, below, body) => ({
      method,
      path: container + (below.startsWith('?') ? below : `/${below}`),
      headers: { host, 'x-auth-token': token },
      ...(body === undefined ? {} : { body }),
    }),
  };
}

/** One server stands for both sides; the load differs. */
function compare(
  server: BenchServer,
  settings: BenchSettings,
  load: {
    readonly ours: readonly PreparedRequest[];
    readonly signed: readonly PreparedRequest[];
    readonly ourStatus: number;
    readonly theirStatus: number;
  },
): Promise<MeasuredPair> {
  const ours = { port: server.port, pid: server.pid };
  const floor = { port: server.port, pid: server.pid };
  return measureTurns(ours, floor, (side, turn) =>
    runLoad({
      host: HOST,
      port: side.port,
      connections: CONNECTIONS,
      seconds: turn < 0 ? WARM_UP_SECONDS : Math.max(1, Math.round(settings.seconds / TURNS)),
      expectedStatus: side === ours ? load.ourStatus : load.theirStatus,
      requests: side === ours ? load.ours : load.signed,
    }),
  );
}
