/** What is measured. Each row says what work it is, how much of the floor it must reach, and runs both sides. */
import { createHash, randomBytes } from 'node:crypto';
import type { FloorWork } from './floor-server.ts';
import type { PreparedRequest } from './load-generator.ts';
import {
  answerHeaders,
  type FloorFill,
  type MeasuredSide,
  measureByTurns,
  preload,
  withFloor,
  withServer,
} from './measure.ts';

export interface BenchSettings {
  readonly seconds: number;
  readonly objects: number;
  readonly workers: number;
}

export interface RowResult {
  readonly name: string;
  readonly title: string;
  readonly target: number;
  readonly ratio: number;
  readonly ours: MeasuredSide;
  readonly floor: MeasuredSide;
}

interface Row {
  readonly name: string;
  run(settings: BenchSettings): Promise<RowResult>;
}

const BUCKET = 'bench';

export const rows: readonly Row[] = [
  smallObjectRow({
    name: 'get-4k',
    title: 'GET 4 KiB, 32 connections, signed, distinct keys',
    target: 0.6,
    method: 'GET',
    connections: 32,
    work: 'get',
    bytes: 4096,
  }),
  smallObjectRow({
    name: 'put-4k',
    title: 'PUT 4 KiB, 64 connections, signed, durable',
    target: 0.6,
    method: 'PUT',
    connections: 64,
    work: 'put',
    bytes: 4096,
  }),
];

function smallObjectRow(spec: {
  readonly name: string;
  readonly title: string;
  readonly target: number;
  readonly method: 'GET' | 'PUT';
  readonly connections: number;
  readonly work: FloorWork;
  readonly bytes: number;
}): Row {
  return {
    name: spec.name,
    async run(settings) {
      const body = randomBytes(spec.bytes);
      const bodySha256 = createHash('sha256').update(body).digest('hex');
      const paths = Array.from(
        { length: settings.objects },
        (_, index) => `/${BUCKET}/objects/${index.toString().padStart(8, '0')}`,
      );
      const load = { connections: spec.connections, seconds: settings.seconds, expectedStatus: 200 };
      return withServer(settings.workers, async (server) => {
        const put = (path: string): PreparedRequest =>
          server.sign({ method: 'PUT', path, headers: {}, body, bodySha256 });
        await preload(server, [server.sign({ method: 'PUT', path: `/${BUCKET}`, headers: {} })]);
        const fill: FloorFill = { paths: spec.method === 'GET' ? paths : [], body };
        if (spec.method === 'GET') await preload(server, paths.map(put));
        const requests = paths.map((path) =>
          spec.method === 'PUT' ? put(path) : server.sign({ method: 'GET', path, headers: {} }),
        );
        const responseHeaders = await answerHeaders(server, requests[0] as PreparedRequest);
        const { ours, floor } = await withFloor(
          { work: spec.work, workers: settings.workers, fill, responseHeaders },
          (floorServer) => measureByTurns(server, floorServer, { ...load, requests }),
        );
        return {
          name: spec.name,
          title: spec.title,
          target: spec.target,
          ratio: floor.cpuMicrosPerRequest / ours.cpuMicrosPerRequest,
          ours,
          floor,
        };
      });
    },
  };
}
