// Protection as IBM's SDKs call it, over HTTP: PutBucketProtectionConfiguration, AddLegalHold and the others, with two workers.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { IndependentSigner } from '../support/independent-signer.ts';
import { exchangeSigned, type RawResponse } from '../support/raw-http.ts';
import { assertNoFailures, newBucketName } from '../support/s3-client.ts';
import { type ServerProcess, startServer } from '../support/server-process.ts';

const HOST = 's3.us-south.cos.test';
const DAY_SECONDS = 86_400;

let server: ServerProcess;
const bucket = newBucketName('protected');

before(async () => {
  server = await startServer({ env: { GOTGAN_REGIONS: `KR1;ibm=us-south;ibm-host=${HOST}` }, workers: 2 });
  assert.equal((await send('PUT', `/${bucket}`)).status, 200);
});
after(async () => {
  await server?.dispose();
  assertNoFailures(server);
});

interface Sent {
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

function send(method: string, path: string, { query = {}, headers = {}, body = '' }: Sent = {}) {
  const { accessKey: accessKeyId, secretKey: secret } = server;
  const signer = new IndependentSigner({ accessKeyId, secret, region: 'us-south' }, new Date());
  const request = {
    method,
    host: HOST,
    path,
    query: Object.entries(query),
    headers,
    body: Buffer.from(body),
  };
  return exchangeSigned(server.storageUrl, signer.byHeader(request));
}

const outcome = ({ status, element }: RawResponse) => [status, element('Code')];

test('PutBucketProtectionConfiguration and GetBucketProtectionConfiguration', async () => {
  const body =
    '<ProtectionConfiguration><Status>Retention</Status><MinimumRetention><Days>0</Days></MinimumRetention>' +
    '<DefaultRetention><Days>1</Days></DefaultRetention><MaximumRetention><Days>30</Days></MaximumRetention>' +
    '<EnablePermanentRetention>false</EnablePermanentRetention></ProtectionConfiguration>';
  const query = { protection: '' };
  assert.equal((await send('GET', `/${bucket}`, { query })).element('Status'), 'Disabled');
  const headers = { 'content-md5': createHash('md5').update(body).digest('base64') };
  assert.equal((await send('PUT', `/${bucket}`, { query, headers, body })).status, 200);
  assert.ok((await send('GET', `/${bucket}`, { query })).body.toString().endsWith(body));
});

test('AddLegalHold, ListLegalHolds, ExtendObjectRetention and DeleteLegalHold', async () => {
  const path = `/${bucket}/evidence`;
  const headers = { 'retention-period': '0', 'retention-legal-hold-id': 'first' };
  assert.equal((await send('PUT', path, { headers, body: 'bytes' })).status, 200);
  assert.deepEqual(outcome(await send('DELETE', path)), [403, 'AccessDenied']);
  const hold = (change: string, id: string) => send('POST', path, { query: { legalHold: '', [change]: id } });
  assert.equal((await hold('add', 'second')).status, 200);
  assert.deepEqual(outcome(await hold('add', 'second')), [409, 'OperationAborted']);
  const listed = (await send('GET', path, { query: { legalHold: '' } })).body.toString();
  assert.deepEqual(listed.match(/(?<=<ID>)\w+(?=<)/g), ['first', 'second', 'first', 'second']);
  for (const id of ['first', 'second']) assert.equal((await hold('remove', id)).status, 200);
  const extension = { 'extend-retention-from-current-time': `${DAY_SECONDS}` };
  const extended = await send('POST', path, { query: { extendRetention: '' }, headers: extension });
  assert.equal(extended.status, 200);
  assert.deepEqual(outcome(await send('DELETE', path)), [403, 'AccessDenied']);
});

describe('what is not built answers 501 with its name', () => {
  const shapes: Readonly<Record<string, readonly [method: string, query: string]>> = {
    PutBucketReplicationReattempt: ['PUT', 'ibm-replication-reattempt'],
    ListBucketReplicationFailures: ['GET', 'ibm-replication-failures'],
    GetBucketFaspConnectionInfo: ['GET', 'faspConnectionInfo'],
  };
  for (const [name, [method, parameter]] of Object.entries(shapes)) {
    test(name, async () => {
      const answer = await send(method, `/${bucket}`, { query: { [parameter]: '' } });
      assert.deepEqual(outcome(answer), [501, 'NotImplemented']);
      assert.equal(answer.element('Message'), `${name} is not implemented.`);
    });
  }
});
