/**
 * Drives a server with prepared requests over keep-alive connections: `wrk` where it is installed (it costs little beside
 * what it measures), else autocannon. Both are bounded in time. The generator's own CPU is reported, because on shared cores it
 * decides what wall-clock figures mean.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cpuSeconds } from './process-cpu.ts';

export interface PreparedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}

export interface LoadPlan {
  readonly host: string;
  readonly port: number;
  readonly connections: number;
  readonly seconds: number;
  readonly requests: readonly PreparedRequest[];
  /** Responses with another status count as errors. */
  readonly expectedStatus: number;
}

export interface LoadResult {
  readonly generator: string;
  readonly requests: number;
  readonly errors: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly generatorCpuSeconds: number;
}

export function hasWrk(): boolean {
  return spawnSync('wrk', ['--version']).error === undefined;
}

export async function runLoad(plan: LoadPlan): Promise<LoadResult> {
  return hasWrk() ? runWrk(plan) : runAutocannon(plan);
}

/** One raw HTTP request, ready to be written to a socket. */
export function rawRequest(request: PreparedRequest): Buffer {
  const lines = [`${request.method} ${request.path} HTTP/1.1`];
  for (const [name, value] of Object.entries(request.headers)) lines.push(`${name}: ${value}`);
  if (request.body !== undefined) lines.push(`content-length: ${request.body.length}`);
  const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'utf8');
  return request.body === undefined ? head : Buffer.concat([head, request.body]);
}

/** The requests lie in a file of length-prefixed blocks, so that Lua reads bytes rather than parsing text. */
const WRK_SCRIPT = `
local requests = {}
local file = assert(io.open(os.getenv("REQUESTS"), "rb"))
while true do
  local length = file:read("*l")
  if not length then break end
  requests[#requests + 1] = file:read(tonumber(length))
end
file:close()
local expected = tonumber(os.getenv("EXPECTED"))
local index = math.random(#requests)
local threads = {}
failures = 0
function setup(thread) table.insert(threads, thread) end
function init() math.randomseed(os.time() + tonumber(tostring({}):sub(8), 16) % 100000); index = math.random(#requests) end
function request()
  index = index % #requests + 1
  return requests[index]
end
function response(status) if status ~= expected then failures = failures + 1 end end
function done(summary, latency)
  local failed = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  for _, thread in ipairs(threads) do failed = failed + thread:get("failures") end
  io.write(string.format("RESULT %d %d %d %d %d\\n", summary.requests, failed, summary.duration,
    latency:percentile(50), latency:percentile(99)))
end
`;

async function runWrk(plan: LoadPlan): Promise<LoadResult> {
  const folder = mkdtempSync(join(tmpdir(), 'gotgan-bench-'));
  try {
    const blocks: Buffer[] = [];
    for (const request of plan.requests) {
      const raw = rawRequest(request);
      blocks.push(Buffer.from(`${raw.length}\n`), raw);
    }
    writeFileSync(join(folder, 'requests'), Buffer.concat(blocks));
    writeFileSync(join(folder, 'script.lua'), WRK_SCRIPT);
    const child = spawn(
      'wrk',
      [
        '-t1',
        `-c${plan.connections}`,
        `-d${plan.seconds}s`,
        '-s',
        join(folder, 'script.lua'),
        `http://${plan.host}:${plan.port}/`,
      ],
      {
        env: { ...process.env, REQUESTS: join(folder, 'requests'), EXPECTED: String(plan.expectedStatus) },
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    let output = '';
    let generatorCpuSeconds = 0;
    const sampler = setInterval(() => {
      if (child.pid !== undefined && child.exitCode === null) generatorCpuSeconds = cpuSeconds([child.pid]);
    }, 200);
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString('latin1');
    });
    await new Promise<void>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', () => resolve());
    });
    clearInterval(sampler);
    const result = /RESULT (\d+) (\d+) (\d+) (\d+) (\d+)/.exec(output);
    if (result === null) throw new Error(`wrk gave no result:\n${output}`);
    const [requests, errors, micros, p50, p99] = result.slice(1).map(Number) as [
      number,
      number,
      number,
      number,
      number,
    ];
    return {
      generator: 'wrk',
      requests,
      errors,
      seconds: micros / 1e6,
      p50Ms: p50 / 1000,
      p99Ms: p99 / 1000,
      generatorCpuSeconds,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function runAutocannon(plan: LoadPlan): Promise<LoadResult> {
  const { default: autocannon } = await import('autocannon');
  const before = process.cpuUsage();
  const result = await autocannon({
    url: `http://${plan.host}:${plan.port}`,
    connections: plan.connections,
    duration: plan.seconds,
    requests: plan.requests.map((request) => ({
      method: request.method as 'GET',
      path: request.path,
      headers: request.headers,
      ...(request.body === undefined ? {} : { body: request.body }),
    })),
  });
  const used = process.cpuUsage(before);
  const expected = result.statusCodeStats?.[String(plan.expectedStatus) as `${number}`]?.count ?? 0;
  return {
    generator: 'autocannon',
    requests: result.requests.total,
    errors: result.errors + result.timeouts + (result.requests.total - expected),
    seconds: result.duration,
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
    generatorCpuSeconds: (used.user + used.system) / 1e6,
  };
}
