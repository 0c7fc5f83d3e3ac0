// Signature Version 2 by header and by link, path style and virtual-hosted; every refusal as S3 words it.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { IndependentSignerV2, type V2Request } from '../support/independent-signer-v2.ts';
import { exchangeSigned, type RawResponse, type SentRequest } from '../support/raw-http.ts';
import { type ServerProcess, startServer } from '../support/server-process.ts';

const BUCKET = 'version-two';

let server: ServerProcess;
let host: string;

before(async () => {
  server = await startServer({ env: { GOTGAN_DOMAIN: 's3.example.com' } });
  host = new URL(server.storageUrl).host;
  assert.equal((await send({ method: 'PUT', path: `/${BUCKET}` })).status, 200);
});
after(() => server?.dispose());

type Asked = Omit<V2Request, 'host'> & { readonly host?: string };

function signer(at = new Date(), identity: { accessKeyId?: string; secret?: string } = {}) {
  return new IndependentSignerV2(
    { accessKeyId: server.accessKey, secret: server.secretKey, ...identity },
    at,
  );
}

function send(request: Asked, changes: SentRequest = {}, by = signer()): Promise<RawResponse> {
  return exchangeSigned(server.storageUrl, by.byHeader({ host, ...request }), changes);
}

function follow(
  request: Asked,
  changes: SentRequest = {},
  seconds = 60,
  by = signer(),
): Promise<RawResponse> {
  return exchangeSigned(server.storageUrl, by.byQuery({ host, ...request }, seconds), changes);
}

function assertRefused(answer: RawResponse, status: number, code: string, message?: RegExp): void {
  assert.deepEqual([answer.status, answer.element('Code')], [status, code], answer.body.toString());
  if (message !== undefined) assert.match(answer.element('Message') ?? '', message);
}

const PUT: Asked = {
  method: 'PUT',
  path: `/${BUCKET}/folder/곳간 +&.txt`,
  headers: { 'content-type': 'text/plain', 'x-amz-meta-color': 'blue' },
  body: Buffer.from('two'),
};

describe('signed by header', () => {
  test('objects are written, read and listed', async () => {
    assert.equal((await send(PUT)).status, 200);
    const read = await send({ method: 'GET', path: PUT.path });
    assert.deepEqual([read.status, read.body.toString()], [200, 'two']);
    assert.equal(read.headers.get('x-amz-meta-color'), 'blue');
    const listing = await send({ method: 'GET', path: `/${BUCKET}/`, query: [['prefix', 'folder/']] });
    assert.equal(listing.element('Key'), 'folder/곳간 +&.txt');
  });

  test('the bucket in the host name is signed as part of the path', async () => {
    const hosted = { host: `${BUCKET}.s3.example.com`, hostedBucket: BUCKET };
    const { body } = await send({ method: 'GET', path: '/folder/곳간 +&.txt', ...hosted });
    assert.equal(body.toString(), 'two');
    const other = { host: 'other.s3.example.com', hostedBucket: BUCKET };
    assertRefused(await send({ method: 'GET', path: '/key', ...other }), 403, 'SignatureDoesNotMatch');
  });

  test('sub-resources are signed', async () => {
    const acl = { method: 'GET', path: `/${BUCKET}`, query: [['acl', '']] } as const;
    assert.equal((await send({ ...acl, subresources: ['acl'] })).element('Permission'), 'FULL_CONTROL');
    assertRefused(await send(acl), 403, 'SignatureDoesNotMatch');
  });
});

describe('links', () => {
  test('are followed until they expire', async () => {
    const query = [['response-content-type', 'text/html; x=y']] as const;
    const read = { method: 'GET', path: PUT.path, query, subresources: ['response-content-type'] };
    const answer = await follow(read);
    assert.deepEqual([answer.status, answer.body.toString()], [200, 'two']);
    assert.equal(answer.headers.get('content-type'), 'text/html; x=y');
    const late = await follow(read, {}, -1);
    assertRefused(late, 403, 'AccessDenied', /^Request has expired$/);
    assert.match(late.element('Expires') ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    assert.equal(late.element('X-Amz-Expires'), undefined);
  });

  test('cannot be turned into other requests', async () => {
    const link = signer().byQuery({ host, method: 'GET', path: PUT.path }, 60);
    for (const added of [
      'acl',
      'versionId=null',
      'uploadId=x',
      'tagging',
      'response-content-type=text%2Fhtml',
    ]) {
      const target = `${link.target}&${added}`;
      const answer = await exchangeSigned(server.storageUrl, link, { target });
      assertRefused(answer, 403, 'SignatureDoesNotMatch');
    }
  });

  test('that are incomplete or unreadable', async () => {
    const link = signer().byQuery({ host, method: 'GET', path: PUT.path }, 60);
    const without = { target: link.target.replace(/&Expires=\d+/, '') };
    assertRefused(
      await exchangeSigned(server.storageUrl, link, without),
      403,
      'AccessDenied',
      /^Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters$/,
    );
    const unreadable = { target: link.target.replace(/Expires=\d+/, 'Expires=soon') };
    assertRefused(
      await exchangeSigned(server.storageUrl, link, unreadable),
      403,
      'AccessDenied',
      /^Invalid date \(should be seconds since epoch\): soon$/,
    );
    const both = { headers: { authorization: 'AWS a:b' } };
    assertRefused(await exchangeSigned(server.storageUrl, link, both), 400, 'InvalidArgument');
  });
});

describe('refusals', () => {
  test('a wrong secret shows what was signed, and no more', async () => {
    const answer = await send(PUT, {}, signer(new Date(), { secret: 'wrong' }));
    assertRefused(answer, 403, 'SignatureDoesNotMatch');
    assert.equal(answer.element('AWSAccessKeyId'), server.accessKey);
    assert.match(
      answer.element('StringToSign') ?? '',
      /^PUT\n\ntext\/plain\n.*\nx-amz-meta-color:blue\n\/version-two\//,
    );
    assert.equal(answer.element('CanonicalRequest'), undefined);
  });

  test('unknown key, skewed clock, no date, no signature', async () => {
    assertRefused(
      await send(PUT, {}, signer(new Date(), { accessKeyId: 'nobody' })),
      403,
      'InvalidAccessKeyId',
    );
    const early = new Date(Date.now() - 16 * 60_000);
    assertRefused(await send(PUT, {}, signer(early)), 403, 'RequestTimeTooSkewed');
    assertRefused(await send(PUT, { headers: { date: undefined } }), 403, 'AccessDenied', /valid Date/);
    const authorization = `AWS ${server.accessKey}`;
    assertRefused(
      await send(PUT, { headers: { authorization } }),
      400,
      'InvalidArgument',
      /Expected AwsAccessKeyId:signature$/,
    );
  });

  test('headers that were added or changed on the way', async () => {
    const changes = { headers: { 'x-amz-acl': 'public-read' } };
    assertRefused(await send(PUT, changes), 403, 'SignatureDoesNotMatch');
    const other = { headers: { 'content-type': 'text/html' } };
    assertRefused(await send(PUT, other), 403, 'SignatureDoesNotMatch');
  });

  test('all of it, when it is switched off', async () => {
    await server.restart({ GOTGAN_SIGNATURE_V2: 'off' });
    const words =
      /^The authorization mechanism you have provided is not supported\. Please use AWS4-HMAC-SHA256\.$/;
    assertRefused(await send(PUT), 400, 'InvalidRequest', words);
    assertRefused(await follow({ method: 'GET', path: PUT.path }), 400, 'InvalidRequest', words);
  });
});
