// A short run of random requests; `npm run fuzz` runs longer ones.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { fuzzAccount, runFuzz } from '../fuzz/run-fuzz.ts';
import { fuzzBuckets } from '../fuzz/wire-values.ts';
import { connectS3 } from '../support/s3-client.ts';
import { type ServerProcess, startServer } from '../support/server-process.ts';

const REQUESTS = 3000;

let server: ServerProcess;

before(async () => {
  server = await startServer({
    workers: 2,
    env: { GOTGAN_LOG_LEVEL: 'error', GOTGAN_ROOT_ACCOUNT: fuzzAccount },
  });
});
after(() => server?.dispose());

test('random requests are answered in the words of the API', async () => {
  const s3 = connectS3(server);
  for (const name of fuzzBuckets) await s3.send(new CreateBucketCommand({ Bucket: name }));
  const seed = Date.now() % 1_000_000;
  const report = await runFuzz({ server, seed, requests: REQUESTS, connections: 8 });
  assert.deepEqual(report.failures, [], `seed ${seed}`);
  assert.equal(report.requests, REQUESTS);
  // Most requests get past the door, or nothing behind it has been tried.
  const succeeded = (report.byStatus.get(200) ?? 0) + (report.byStatus.get(204) ?? 0);
  assert.ok(succeeded > REQUESTS / 5, `${succeeded} succeeded, seed ${seed}`);
  assert.equal(server.logs(), '', `seed ${seed}`);
  assert.equal((await server.stop()).code, 0);
  s3.destroy();
});
