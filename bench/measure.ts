/** Measures CPU and wall-clock of two servers around the same load, by turns. */
import type { ServerUnderLoad } from './bench-servers.ts';
import { type LoadPlan, type LoadResult, runLoad } from './load-generator.ts';
import { cpuSeconds, processTree } from './process-cpu.ts';
import { HOST } from './send-requests.ts';

export interface MeasuredSide {
  readonly cpuMicrosPerRequest: number;
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly errors: number;
  readonly generatorCpuSeconds: number;
}

export interface MeasuredPair {
  readonly ours: MeasuredSide;
  readonly floor: MeasuredSide;
}

/** V8 is still compiling for the first seconds of a load. */
const WARM_UP_SECONDS = 10;
export const TURNS = 5;

/** Requests by wrk or autocannon, over and over. */
export function measureByTurns(
  ours: ServerUnderLoad,
  floor: ServerUnderLoad,
  load: Omit<LoadPlan, 'host' | 'port'>,
): Promise<MeasuredPair> {
  const turnSeconds = Math.max(1, Math.round(load.seconds / TURNS));
  return measureTurns(ours, floor, (server, turn) =>
    runLoad({ ...load, host: HOST, port: server.port, seconds: turn < 0 ? WARM_UP_SECONDS : turnSeconds }),
  );
}

/**
 * Short turns, ours and the floor's by turns, so that whatever else the machine does meets both alike. Turn -1 warms both up
 * and is not counted.
 */
export async function measureTurns(
  ours: ServerUnderLoad,
  floor: ServerUnderLoad,
  run: (server: ServerUnderLoad, turn: number) => Promise<LoadResult>,
): Promise<MeasuredPair> {
  const sides = [ours, floor].map((server) => ({
    server,
    pids: processTree(server.pid),
    turns: [] as Turn[],
  }));
  for (const { server } of sides) await run(server, -1);
  for (let turn = 0; turn < TURNS; turn++) {
    for (const { server, pids, turns } of sides) {
      const before = cpuSeconds(pids);
      const result = await run(server, turn);
      turns.push({ result, cpuSeconds: cpuSeconds(pids) - before });
    }
  }
  const [first, second] = sides.map(({ turns }) => summarise(turns)) as [MeasuredSide, MeasuredSide];
  return { ours: first, floor: second };
}

interface Turn {
  readonly result: LoadResult;
  readonly cpuSeconds: number;
}

/** CPU per request is the median of the turns; percentiles are the worst of them. */
function summarise(turns: readonly Turn[]): MeasuredSide {
  const sum = (value: (turn: Turn) => number) => turns.reduce((total, turn) => total + value(turn), 0);
  const costs = turns.map((turn) => (turn.cpuSeconds * 1e6) / turn.result.requests).sort((a, b) => a - b);
  return {
    cpuMicrosPerRequest: costs[Math.floor(costs.length / 2)] as number,
    requestsPerSecond: sum(({ result }) => result.requests) / sum(({ result }) => result.seconds),
    p50Ms: Math.max(...turns.map(({ result }) => result.p50Ms)),
    p99Ms: Math.max(...turns.map(({ result }) => result.p99Ms)),
    errors: sum(({ result }) => result.errors),
    generatorCpuSeconds: sum(({ result }) => result.generatorCpuSeconds),
  };
}
