/** Listings of a bucket with very many keys: against scanning as many rows into minimal XML, and against each other. */
import { type BenchServer, BUCKET, withFloor, withServer } from './bench-servers.ts';
import { bulkLoad } from './bulk-load.ts';
import type { PreparedRequest } from './load-generator.ts';
import { type MeasuredPair, measureByTurns } from './measure.ts';
import { type BenchSettings, type Row, ratioOf } from './row.ts';

const CONNECTIONS = 8;
const PAGE_ROWS = 1000;
const PAGES = 200;
const PREFIX = 'many/';
/** Of a stored record of an object. */
const RECORD_BYTES = 140;

export const listingRows: readonly Row[] = [
  { name: 'list-pages', run: (settings) => onManyKeys(settings, measurePages) },
  {
    name: 'list-last-page',
    run: (settings) =>
      onManyKeys(settings, async (server, keys) => ({
        name: 'list-last-page',
        title: 'a full page of ListObjectsV2 at the end, against the first',
        target: 1.2,
        ...timesOf(
          await compare(server, settings, listing(server, keys.at(-PAGE_ROWS - 1)!), listing(server, '')),
        ),
      })),
  },
  {
    name: 'list-delimiter',
    run: (settings) =>
      onManyKeys(settings, async (server) => ({
        name: 'list-delimiter',
        title: 'a page with delimiter, all keys under one prefix, against an empty page',
        target: 2,
        ...timesOf(
          await compare(
            server,
            settings,
            page(server, 'delimiter=%2F&list-type=2'),
            page(server, 'list-type=2&prefix=none'),
          ),
        ),
      })),
  },
];

async function measurePages(server: BenchServer, keys: readonly string[], settings: BenchSettings) {
  const step = Math.max(1, Math.floor((keys.length - PAGE_ROWS) / PAGES));
  const starts = Array.from({ length: PAGES }, (_, index) => keys[(index * step) % keys.length]!);
  const requests = starts.map((key) => listing(server, key));
  const floor = {
    work: 'list' as const,
    workers: settings.workers,
    isSigned: true,
    answer: { status: 200, headers: [] },
    fill: { paths: keys, body: Buffer.alloc(RECORD_BYTES) },
  };
  const load = { connections: CONNECTIONS, seconds: settings.seconds, expectedStatus: 200, requests };
  const pair = await withFloor(floor, (floorServer) => measureByTurns(server, floorServer, load));
  const title = `ListObjectsV2, full pages over ${keys.length} keys, ${CONNECTIONS} connections`;
  return { name: 'list-pages', title, target: 0.5, ...ratioOf(pair) };
}

function onManyKeys<T>(
  settings: BenchSettings,
  use: (server: BenchServer, keys: readonly string[], settings: BenchSettings) => Promise<T>,
): Promise<T> {
  const keys = Array.from(
    { length: settings.keys },
    (_, index) => `${PREFIX}${index.toString().padStart(10, '0')}`,
  );
  return withServer(settings.workers, async (server) => {
    await bulkLoad(server.dataDirectory, BUCKET, keys);
    return use(server, keys, settings);
  });
}

const page = (server: BenchServer, query: string): PreparedRequest =>
  server.sign({ method: 'GET', path: `/${BUCKET}?${query}`, headers: {} });

const listing = (server: BenchServer, startAfter: string): PreparedRequest =>
  page(server, `list-type=2&start-after=${encodeURIComponent(startAfter)}`);

/** Two requests at one server: the first takes the place of ours, the second that of the floor. */
async function compare(
  server: BenchServer,
  { seconds }: BenchSettings,
  ...[first, second]: readonly [PreparedRequest, PreparedRequest]
): Promise<MeasuredPair> {
  const load = { connections: CONNECTIONS, seconds, expectedStatus: 200 };
  const pairOf = (request: PreparedRequest) =>
    measureByTurns(server, server, { ...load, requests: [request] }).then(({ ours }) => ours);
  return { ours: await pairOf(first), floor: await pairOf(second) };
}

function timesOf({ ours, floor }: MeasuredPair) {
  const details = `${ours.cpuMicrosPerRequest.toFixed(0)} and ${floor.cpuMicrosPerRequest.toFixed(0)} us CPU/request`;
  return {
    kind: 'figure' as const,
    figure: ours.cpuMicrosPerRequest / floor.cpuMicrosPerRequest,
    unit: 'times',
    errors: ours.errors + floor.errors,
    details,
  };
}
