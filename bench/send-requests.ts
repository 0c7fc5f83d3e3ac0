/** Requests over Node's own client: to prepare servers, and for loads that wrk cannot make (large bodies, one pass). */
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import type { LoadResult, PreparedRequest } from './load-generator.ts';

export const HOST = '127.0.0.1';

export interface Answer {
  readonly status: number;
  readonly headers: readonly string[];
  /** The first 64 KiB. */
  readonly body: string;
}

const KEPT_BYTES = 64 * 1024;

export async function send(port: number, request: PreparedRequest, agent?: Agent): Promise<Answer> {
  const response = await begin(port, request, agent);
  let body = '';
  for await (const chunk of response) if (body.length < KEPT_BYTES) body += (chunk as Buffer).toString();
  return { status: response.statusCode as number, headers: response.rawHeaders, body };
}

/** Sends every request once, 64 at a time, and insists on success. */
export async function sendAll(port: number, requests: readonly PreparedRequest[]): Promise<void> {
  const { errors } = await runOnce(port, { connections: 64, requests, expectedStatus: 200 });
  if (errors > 0) throw new Error(`${errors} of ${requests.length} requests failed`);
}

export interface SendPlan {
  readonly connections: number;
  readonly requests: readonly PreparedRequest[];
  readonly expectedStatus: number;
}

/** Sends every request once. */
export function runOnce(port: number, plan: SendPlan): Promise<LoadResult> {
  let next = 0;
  return runLanes(port, plan, () => plan.requests[next++]);
}

/** Sends the requests over and over; each connection has its own. `index` of a connection chooses where it begins. */
export function runFor(port: number, plan: SendPlan & { readonly seconds: number }): Promise<LoadResult> {
  const until = performance.now() + plan.seconds * 1000;
  const { requests, connections } = plan;
  const sent = new Array<number>(connections).fill(0);
  return runLanes(port, plan, (lane) => {
    if (performance.now() > until) return undefined;
    sent[lane]! += 1;
    return requests[(lane + (sent[lane]! - 1) * connections) % requests.length];
  });
}

async function runLanes(
  port: number,
  { connections, expectedStatus }: SendPlan,
  next: (lane: number) => PreparedRequest | undefined,
): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const usedBefore = process.cpuUsage();
  const begun = performance.now();
  const millis: number[] = [];
  let errors = 0;
  const runLane = async (lane: number) => {
    for (let request = next(lane); request !== undefined; request = next(lane)) {
      const sentAt = performance.now();
      const response = await begin(port, request, agent);
      response.resume();
      await new Promise((resolve) => response.once('close', resolve));
      millis.push(performance.now() - sentAt);
      if (response.statusCode !== expectedStatus || !response.complete) errors += 1;
    }
  };
  await Promise.all(Array.from({ length: connections }, (_, lane) => runLane(lane)));
  agent.destroy();
  const used = process.cpuUsage(usedBefore);
  millis.sort((a, b) => a - b);
  return {
    generator: 'node',
    requests: millis.length,
    errors,
    seconds: (performance.now() - begun) / 1000,
    p50Ms: millis[Math.floor(millis.length * 0.5)] ?? 0,
    p99Ms: millis[Math.floor(millis.length * 0.99)] ?? 0,
    generatorCpuSeconds: (used.user + used.system) / 1e6,
  };
}

function begin(port: number, request: PreparedRequest, agent?: Agent): Promise<IncomingMessage> {
  const { method, path, headers, body } = request;
  return new Promise((resolve, reject) => {
    const options = { host: HOST, port, method, path, headers, ...(agent && { agent }) };
    const outgoing = httpRequest(options, resolve);
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
