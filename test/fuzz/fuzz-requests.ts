/**
 * `npm run fuzz -- [--requests 100000] [--seed N] [--first N] [--connections 16] [--workers 2]`: random requests against a
 * server of its own (run-fuzz.ts). Prints what came back, by status and operation, how memory went, and every failure with what
 * is needed to send it again. What a request meets depends on those before it: to see that too, run with the same seed from 0.
 */
import { parseArgs } from 'node:util';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { connectS3 } from '../support/s3-client.ts';
import { startServer } from '../support/server-process.ts';
import { fuzzAccount, runFuzz } from './run-fuzz.ts';
import { fuzzBuckets } from './wire-values.ts';
import { memorySlope } from './worker-memory.ts';

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '100000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    first: { type: 'string', default: '0' },
    connections: { type: 'string', default: '16' },
    workers: { type: 'string', default: '2' },
  },
});
const [requests, seed, firstRequest] = [Number(values.requests), Number(values.seed), Number(values.first)];
const MIB = 1024 * 1024;

const server = await startServer({
  workers: Number(values.workers),
  env: { GOTGAN_LOG_LEVEL: 'error', GOTGAN_ROOT_ACCOUNT: fuzzAccount },
});
try {
  const s3 = connectS3(server);
  for (const name of fuzzBuckets) await s3.send(new CreateBucketCommand({ Bucket: name }));
  s3.destroy();
  console.log(`seed ${seed}, ${requests} requests`);
  const report = await runFuzz({
    server,
    seed,
    firstRequest,
    requests,
    connections: Number(values.connections),
    onProgress(done, failures) {
      if (done % Math.max(1, Math.floor(requests / 10)) === 0)
        console.log(`${done} done, ${failures} failures`);
    },
  });
  const logged = server.logs().trim();
  const end = await server.stop();
  const rate = Math.round(report.requests / report.seconds);
  console.log(`\n${report.requests} requests in ${report.seconds.toFixed(1)} s, ${rate}/s`);
  const sorted = <K, V>(map: ReadonlyMap<K, V>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [status, count] of sorted(report.byStatus)) console.log(`${status || 'closed'}: ${count}`);
  for (const [operation, statuses] of sorted(report.byOperation)) {
    const counts = sorted(statuses).map(([status, count]) => `${status}×${count}`);
    console.log(`  ${operation}: ${counts.join(' ')}`);
  }
  const [first, last] = [report.memory[0], report.memory.at(-1)];
  const slope = memorySlope(report.memory);
  if (first !== undefined && last !== undefined && slope !== undefined) {
    const mib = (bytes: number) => (bytes / MIB).toFixed(1);
    console.log(
      `memory of the workers: ${mib(first.bytes)} MiB after the warm-up, ${mib(last.bytes)} MiB at the end`,
    );
    console.log(`slope: ${slope.toFixed(1)} bytes per request`);
  }
  if (logged !== '') console.log(`\nthe server logged:\n${logged.slice(0, 20_000)}`);
  for (const failure of report.failures) console.log(`\n${failure}`);
  console.log(`\n${report.failures.length} failures; the server ended with ${end.code ?? end.signal}`);
  if (report.failures.length > 0 || logged !== '' || end.code !== 0) process.exitCode = 1;
} finally {
  await server.dispose();
}
