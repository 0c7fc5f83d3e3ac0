// A short run of random requests; `npm run fuzz` runs longer ones.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  CreateBucketCommand,
  ListBucketsCommand,
  ListMultipartUploadsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
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
  // Many requests get past the door, or nothing behind it has been tried.
  const succeeded = (report.byStatus.get(200) ?? 0) + (report.byStatus.get(204) ?? 0);
  assert.ok(succeeded > REQUESTS / 10, `${succeeded} succeeded, seed ${seed}`);
  assert.equal(server.logs(), '', `seed ${seed}`);
  s3.destroy();
});

// What a run of a million requests has found.
test('listings may begin behind, or look for, names that are longer than any key', async () => {
  const s3 = connectS3(server);
  const Bucket = fuzzBuckets[0];
  await s3.send(new CreateBucketCommand({ Bucket })).catch(() => undefined);
  await s3.send(new PutObjectCommand({ Bucket, Key: 'x'.repeat(1024), Body: '' }));
  await s3.send(new PutObjectCommand({ Bucket, Key: 'z', Body: '' }));
  for (const length of [1023, 1024, 1025, 1040, 1041, 1969, 1970, 2000, 5000]) {
    const long = 'x'.repeat(length);
    const names = (found: { Contents?: { Key?: string | undefined }[] | undefined }) =>
      (found.Contents ?? []).map(({ Key }) => Key).filter((key) => key === 'z' || key?.startsWith('xxx'));
    const behind = length < 1024 ? ['x'.repeat(1024), 'z'] : ['z'];
    const below = length <= 1024 ? ['x'.repeat(1024)] : [];
    const of = (options: object) => ({ Bucket, ...options });
    assert.deepEqual(names(await s3.send(new ListObjectsV2Command(of({ Prefix: long })))), below);
    assert.deepEqual(
      names(await s3.send(new ListObjectsV2Command(of({ Prefix: long, Delimiter: '/' })))),
      below,
    );
    assert.deepEqual(names(await s3.send(new ListObjectsV2Command(of({ StartAfter: long })))), behind);
    assert.deepEqual(names(await s3.send(new ListObjectsCommand(of({ Marker: long })))), behind);
    const versions = async (options: object) => {
      const { Versions } = await s3.send(new ListObjectVersionsCommand(of(options)));
      return names({ Contents: Versions });
    };
    assert.deepEqual(await versions({ Prefix: long }), below);
    assert.deepEqual(await versions({ KeyMarker: long }), behind);
    assert.deepEqual((await s3.send(new ListBucketsCommand({ Prefix: long }))).Buckets ?? [], []);
    await s3.send(new ListMultipartUploadsCommand(of({ Prefix: long })));
    await s3.send(new ListMultipartUploadsCommand(of({ KeyMarker: long })));
    await s3.send(new ListMultipartUploadsCommand(of({ KeyMarker: long, UploadIdMarker: long })));
  }
  assert.equal(server.logs(), '');
  s3.destroy();
});

test('the server has lived through all of it', async () => {
  assert.equal((await server.stop()).code, 0);
});
