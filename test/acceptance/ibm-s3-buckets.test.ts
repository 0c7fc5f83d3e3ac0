// Buckets of service instances in two places, each at a host name of IBM's form.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { IndependentSigner } from '../support/independent-signer.ts';
import { exchangeSigned } from '../support/raw-http.ts';
import { assertNoFailures, newBucketName } from '../support/s3-client.ts';
import { type ServerProcess, startServer } from '../support/server-process.ts';

const SOUTH = 's3.us-south.cos.test';
const EAST = 's3.us-east.cos.test';

let server: ServerProcess;
before(async () => {
  server = await startServer({
    env: { GOTGAN_REGIONS: `KR1;ibm=us-south;ibm-host=${SOUTH},KR2=kr2.test;ibm=us-east;ibm-host=${EAST}` },
  });
});
after(async () => {
  await server?.dispose();
  assertNoFailures(server);
});

function send(host: string, method: string, path: string, ...query: readonly (readonly [string, string])[]) {
  const { accessKey: accessKeyId, secretKey: secret } = server;
  const signer = new IndependentSigner({ accessKeyId, secret, region: 'anything' }, new Date());
  return exchangeSigned(server.storageUrl, signer.byHeader({ method, host, path, query }));
}

test('ListBucketsExtended shows those of every place, with their location, at every host', async () => {
  const [south, east] = [newBucketName('south'), newBucketName('east')];
  assert.equal((await send(SOUTH, 'PUT', `/${south}`)).status, 200);
  assert.equal((await send(EAST, 'PUT', `/${east}`)).status, 200);
  for (const host of [SOUTH, EAST]) {
    const xml = (await send(host, 'GET', '/', ['extended', ''])).body.toString();
    const shown = xml.matchAll(/<Name>([^<]*)<.*?<LocationConstraint>([^<]*)</g);
    const locations = Object.fromEntries(Array.from(shown, ([, name, location]) => [name, location]));
    assert.deepEqual(locations, { [south]: 'us-south-standard', [east]: 'us-east-standard' });
  }
  const elsewhere = await send(EAST, 'GET', `/${south}`);
  assert.deepEqual([elsewhere.status, elsewhere.element('Code')], [404, 'NoSuchBucket']);
  assert.equal((await send(EAST, 'HEAD', '/', ['extended', ''])).status, 405);
});
