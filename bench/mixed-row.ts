/** A mix of everything small and middling for minutes: the rate stays what it was, and nothing fails. */
import { randomBytes } from 'node:crypto';
import { Agent } from 'node:http';
import { type BenchServer, BUCKET, withServer } from './bench-servers.ts';
import type { PreparedRequest } from './load-generator.ts';
import type { Row } from './row.ts';
import { send } from './send-requests.ts';

const CONNECTIONS = 16;
const KEYS_PER_CONNECTION = 40;
const SLICES = 10;
/** In percent; the rest is DELETE. */
const SHARES = { get: 45, head: 30, put: 15 } as const;
/** One object in so many is large. */
const LARGE_EVERY = 8;

export const mixedRow: Row = {
  name: 'mixed',
  run: (settings) => withServer(settings.workers, (server) => measureMix(server, settings.mixedSeconds)),
};

async function measureMix(server: BenchServer, seconds: number) {
  const bodies = [randomBytes(4096), randomBytes(2 ** 20)] as const;
  const begun = performance.now();
  const slices = new Array<number>(SLICES).fill(0);
  let errors = 0;
  const runLane = async (lane: number) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const present = new Set<string>();
    const ask = async (method: string, key: string, expectedStatus: number, body?: Buffer) => {
      const unsigned = { method, path: `/${BUCKET}/mixed-${key}`, headers: {} };
      const request: PreparedRequest = server.sign(body === undefined ? unsigned : { ...unsigned, body });
      const { status } = await send(server.port, request, agent);
      if (status !== expectedStatus) errors += 1;
      const slice = Math.floor(((performance.now() - begun) / 1000 / seconds) * SLICES);
      if (slice < SLICES) slices[slice]! += 1;
    };
    const put = async (index: number) => {
      const key = `${lane}-${index}`;
      await ask('PUT', key, 200, bodies[index % LARGE_EVERY === 0 ? 1 : 0]);
      present.add(key);
    };
    for (let index = 0; index < KEYS_PER_CONNECTION; index++) await put(index);
    while (performance.now() - begun < seconds * 1000) {
      const dice = Math.random() * 100;
      const key = [...present][Math.floor(Math.random() * present.size)];
      if (key === undefined || (dice >= 75 && dice < 75 + SHARES.put)) {
        await put(Math.floor(Math.random() * KEYS_PER_CONNECTION));
      } else if (dice < SHARES.get) await ask('GET', key, 200);
      else if (dice < SHARES.get + SHARES.head) await ask('HEAD', key, 200);
      else {
        present.delete(key);
        await ask('DELETE', key, 204);
      }
    }
    agent.destroy();
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, (_, lane) => runLane(lane)));
  const rates = slices.slice(1).map((count) => (count * SLICES) / seconds);
  const [least, most] = [Math.min(...rates), Math.max(...rates)];
  return {
    kind: 'figure' as const,
    name: 'mixed',
    title: `45% GET 30% HEAD 15% PUT 10% DELETE, 4 KiB and 1 MiB, ${seconds} s: the best tenth against the worst`,
    target: 1.5,
    figure: most / least,
    unit: 'times',
    errors,
    details: `${least.toFixed(0)} to ${most.toFixed(0)} requests/s`,
  };
}
