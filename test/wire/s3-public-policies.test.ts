// What an account's policies give to everybody reaches strangers and other accounts, and nothing beyond what they say.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Grants } from '../../src/identity/grants.ts';
import { compilePolicy } from '../../src/identity/policy-cache.ts';
import { exchange, exchangeSigned } from '../support/raw-http.ts';
import { ACCOUNT, type InProcessS3, type Signatory, serveS3 } from '../support/s3-in-process.ts';

const publicGrants = new Map<string, Grants>();
let s3: InProcessS3;

before(async () => {
  s3 = await serveS3({ publicGrants });
  for (const path of ['/open', '/open/key', '/closed', '/closed/key']) {
    assert.equal((await s3.send({ method: 'PUT', path })).status, 200);
  }
});

after(async () => {
  await s3.stop();
  assert.deepEqual(s3.bugs, []);
});

function give(...actions: readonly string[]): void {
  const Resource = ['arn:aws:s3:::open', 'arn:aws:s3:::open/*'];
  const document = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: actions, Resource }],
  });
  const policy = compilePolicy(document, 'aws');
  publicGrants.set(ACCOUNT, {
    policies: [{ id: 'p', name: '', language: 'aws', via: 'public', policy, document }],
  });
}

const anonymously = async (method: string, target: string) =>
  (await exchange(s3.url, `${method} ${target} HTTP/1.1\r\nhost: ${s3.host}\r\n\r\n`)).status;
const as = async (signatory: Signatory, method: string, path: string) =>
  (await exchangeSigned(s3.url, s3.signer(signatory).byHeader({ method, path, host: s3.host }))).status;

test('nobody gets anything where there are none', async () => {
  publicGrants.clear();
  for (const target of ['/open', '/open/key', '/closed/key']) {
    assert.equal(await anonymously('GET', target), 403, target);
    assert.equal(await as('other', 'GET', target), 403, target);
  }
});

test('strangers and other accounts get what they say', async () => {
  give('s3:GetObject', 's3:ListBucket');
  for (const [target, status] of [
    ['/open', 200],
    ['/open/key', 200],
    ['/open/none', 404],
    ['/closed', 403],
    ['/closed/key', 403],
  ] as const) {
    assert.equal(await anonymously('GET', target), status, target);
    assert.equal(await as('other', 'GET', target), status, target);
  }
  assert.equal(await anonymously('DELETE', '/open/key'), 403);
  assert.equal(await anonymously('GET', '/'), 403);
});

test('who may not list does not learn what is not there', async () => {
  give('s3:GetObject');
  assert.equal(await anonymously('GET', '/open/key'), 200);
  assert.equal(await anonymously('GET', '/open/none'), 403);
  assert.equal(await anonymously('GET', '/open'), 403);
});
