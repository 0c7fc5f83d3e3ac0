// CORS: configurations by the AWS SDK, and what browsers are answered (by plain requests, which are what they send).
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import {
  type CORSRule,
  DeleteBucketCorsCommand,
  GetBucketCorsCommand,
  GetObjectCommand,
  PutBucketAclCommand,
  PutBucketCorsCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { openBucket } from '../support/open-bucket.ts';
import { assertS3Error, connectS3 } from '../support/s3-client.ts';

const { server, s3, Bucket } = await openBucket('cors');

before(async () => {
  await s3.send(new PutBucketAclCommand({ Bucket, ACL: 'public-read' }));
  await s3.send(new PutObjectCommand({ Bucket, Key: 'public', Body: 'x', ACL: 'public-read' }));
  await s3.send(new PutObjectCommand({ Bucket, Key: 'private', Body: 'x' }));
});

const refused = (call: Promise<unknown>, status: number, code: string) =>
  assertS3Error(call, { status, code });
const allow = (...CORSRules: CORSRule[]) =>
  s3.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules } }));

/** Status, and the headers that browsers look at. */
async function browse(
  method: string,
  path: string,
  headers: Record<string, string>,
): Promise<{ status: number; allowed: Record<string, string>; vary: string | null; text: string }> {
  const response = await fetch(`${server.storageUrl}/${Bucket}${path}`, { method, headers });
  const allowed: Record<string, string> = {};
  for (const [name, value] of response.headers) {
    if (name.startsWith('access-control-')) allowed[name.slice('access-control-'.length)] = value;
  }
  const text = await response.text();
  return { status: response.status, allowed, vary: response.headers.get('vary'), text };
}

const preflight = (path: string, Origin: string, method: string, asked?: string) =>
  browse('OPTIONS', path, {
    Origin,
    'Access-Control-Request-Method': method,
    ...(asked !== undefined && { 'Access-Control-Request-Headers': asked }),
  });

describe('a CORS configuration', () => {
  const rules: CORSRule[] = [
    {
      ID: 'app',
      AllowedMethods: ['GET', 'PUT'],
      AllowedOrigins: ['https://*.example', 'http://localhost:3000'],
      AllowedHeaders: ['x-amz-*', 'content-type'],
      ExposeHeaders: ['ETag', 'x-amz-version-id'],
      MaxAgeSeconds: 3000,
    },
    { AllowedMethods: ['HEAD'], AllowedOrigins: ['*'] },
  ];

  test('is set, shown and removed', async () => {
    const shown = async () => (await s3.send(new GetBucketCorsCommand({ Bucket }))).CORSRules;
    await refused(shown(), 404, 'NoSuchCORSConfiguration');
    await allow(...rules);
    assert.deepEqual(await shown(), rules);
    await s3.send(new DeleteBucketCorsCommand({ Bucket }));
    await refused(shown(), 404, 'NoSuchCORSConfiguration');
    await s3.send(new DeleteBucketCorsCommand({ Bucket }));
  });

  test('that could not be followed is refused', async () => {
    const rule: CORSRule = { AllowedMethods: ['GET'], AllowedOrigins: ['*'] };
    await refused(allow(), 400, 'MalformedXML');
    await refused(allow({ ...rule, AllowedMethods: [] }), 400, 'MalformedXML');
    await refused(allow({ ...rule, AllowedOrigins: [] }), 400, 'MalformedXML');
    await refused(allow({ ...rule, AllowedMethods: ['OPTIONS'] }), 400, 'InvalidRequest');
    await refused(allow({ ...rule, AllowedOrigins: ['http://*.*'] }), 400, 'InvalidRequest');
    await refused(allow({ ...rule, AllowedHeaders: ['a*b*'] }), 400, 'InvalidRequest');
    await refused(allow({ ...rule, ExposeHeaders: ['x-*'] }), 400, 'InvalidRequest');
    await refused(allow({ ...rule, ID: 'x'.repeat(256) }), 400, 'InvalidArgument');
    await refused(allow(...Array.from({ length: 101 }, () => rule)), 400, 'InvalidRequest');
  });

  test('must be proven by a digest', async () => {
    const plain = connectS3(server, { requestChecksumCalculation: 'WHEN_REQUIRED' });
    plain.middlewareStack.add(
      (next) => (args) => {
        const { headers } = args.request as { headers: Record<string, string> };
        for (const name of Object.keys(headers)) if (/checksum|content-md5/i.test(name)) delete headers[name];
        return next(args);
      },
      { step: 'build', priority: 'low' },
    );
    const CORSConfiguration = { CORSRules: [{ AllowedMethods: ['GET'], AllowedOrigins: ['*'] }] };
    await refused(plain.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration })), 400, 'InvalidRequest');
    plain.destroy();
  });

  test('answers preflights', async () => {
    await allow(...rules);
    const first = await preflight('/any/key', 'https://app.example', 'PUT', 'X-Amz-Date, content-type');
    assert.equal(first.status, 200);
    assert.deepEqual(first.allowed, {
      'allow-origin': 'https://app.example',
      'allow-methods': 'GET, PUT',
      'allow-headers': 'x-amz-date, content-type',
      'expose-headers': 'ETag, x-amz-version-id',
      'max-age': '3000',
      'allow-credentials': 'true',
    });
    assert.equal(first.text, '');
    assert.match(first.vary ?? '', /Origin/);
    const second = await preflight('', 'https://elsewhere.test', 'HEAD');
    assert.deepEqual(second.allowed, { 'allow-origin': '*', 'allow-methods': 'HEAD' });
    for (const answer of [
      await preflight('/key', 'https://elsewhere.test', 'GET'),
      await preflight('/key', 'https://app.example', 'DELETE'),
      await preflight('/key', 'https://app.example', 'PUT', 'x-other'),
    ]) {
      assert.equal(answer.status, 403);
      assert.match(
        answer.text,
        /<Code>AccessForbidden<\/Code><Message>CORSResponse: This CORS request is not allowed\./,
      );
      assert.deepEqual(answer.allowed, {});
    }
    const absent = await fetch(`${server.storageUrl}/no-such-bucket-here/key`, {
      method: 'OPTIONS',
      headers: { Origin: 'https://app.example', 'Access-Control-Request-Method': 'GET' },
    });
    assert.equal(absent.status, 403);
    assert.match(await absent.text(), /CORSResponse: Bucket not found/);
  });

  test('is told in every answer, errors included', async () => {
    await allow(...rules);
    const Origin = 'http://localhost:3000';
    const got = await browse('GET', '/public', { Origin });
    assert.equal(got.status, 200);
    assert.equal(got.allowed['allow-origin'], Origin);
    assert.equal(got.allowed['expose-headers'], 'ETag, x-amz-version-id');
    for (const [method, path, status] of [
      ['GET', '/private', 403],
      ['GET', '/absent', 404],
      ['PUT', '/key', 403],
      ['GET', '/key?partNumber=x', 400],
    ] as const) {
      const answer = await browse(method, path, { Origin });
      assert.equal(answer.status, status, path);
      assert.equal(answer.allowed['allow-origin'], Origin, path);
    }
    const wrongKey = {
      Origin,
      Authorization: 'AWS nobody:c2lnbmF0dXJlc2lnbmF0dXJlc2ln',
      Date: new Date().toUTCString(),
    };
    const unknown = await browse('GET', '/public', wrongKey);
    assert.equal(unknown.status, 403);
    assert.equal(unknown.allowed['allow-origin'], Origin, 'a refusal before the bucket is looked at');
  });

  test('says nothing to others, but lets caches tell them apart', async () => {
    await allow(...rules);
    for (const headers of [{ Origin: 'https://elsewhere.test' }, {}]) {
      const got = await browse('GET', '/public', headers);
      assert.equal(got.status, 200);
      assert.deepEqual(got.allowed, {});
      assert.match(got.vary ?? '', /Origin/);
    }
    await s3.send(new DeleteBucketCorsCommand({ Bucket }));
    const got = await browse('GET', '/public', { Origin: 'https://app.example' });
    assert.deepEqual([got.status, got.allowed, got.vary], [200, {}, null]);
  });

  test('lets a page use a link', async () => {
    await allow({ AllowedMethods: ['GET'], AllowedOrigins: ['https://app.example'] });
    const url = await getSignedUrl(s3, new GetObjectCommand({ Bucket, Key: 'private' }));
    const headers = { Origin: 'https://app.example', 'Access-Control-Request-Method': 'GET' };
    const asked = await fetch(url, { method: 'OPTIONS', headers });
    assert.equal(asked.status, 200);
    const got = await fetch(url, { headers: { Origin: 'https://app.example' } });
    assert.equal(got.headers.get('access-control-allow-origin'), 'https://app.example');
    assert.equal(await got.text(), 'x');
  });
});
