// Answers as NHN Cloud's "API Guide for AWS S3 Compatibility" prints them: which headers, with which values, and nothing else.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { RawResponse } from '../support/raw-http.ts';
import { type InProcessS3, serveS3 } from '../support/s3-in-process.ts';

const LAST_MODIFIED = 'Sat, 22 Feb 2020 22:22:23 GMT';
const MD5_OF_HELLO = '"5d41402abc4b2a76b9719d911017c592"';
const TRANSACTION_ID = /^tx[0-9a-f]{21}-005e51a99e$/;
const ID_HEADERS = ['x-amz-id-2', 'x-amz-request-id', 'x-trans-id', 'x-openstack-request-id'];
/** Of the connection, not of the answer. */
const HOP_HEADERS = ['date', 'connection', 'keep-alive'];

let s3: InProcessS3;

before(async () => {
  s3 = await serveS3();
});

after(async () => {
  await s3.stop();
  assert.deepEqual(s3.bugs, []);
});

/** Headers without ids and connection; asserts that the ids are one transaction id. */
function headersOf({ headers }: RawResponse): Record<string, string> {
  const id = headers.get('x-trans-id') ?? '';
  assert.match(id, TRANSACTION_ID);
  for (const name of ID_HEADERS) assert.equal(headers.get(name), id, name);
  assert.equal(headers.has('server'), false);
  return Object.fromEntries([...headers].filter(([name]) => ![...ID_HEADERS, ...HOP_HEADERS].includes(name)));
}

describe('answers of the guide', () => {
  test('create a bucket', async () => {
    const answer = await s3.send({ method: 'PUT', path: '/new-container' });
    assert.equal(answer.status, 200);
    assert.deepEqual(headersOf(answer), {
      'content-length': '0',
      'content-type': 'text/html; charset=UTF-8',
      location: '/new-container',
    });
  });

  test('upload an object', async () => {
    const answer = await s3.send({
      method: 'PUT',
      path: '/new-container/hello',
      headers: { 'content-type': 'image/jpeg' },
      body: Buffer.from('hello'),
    });
    assert.equal(answer.status, 200);
    assert.deepEqual(headersOf(answer), {
      'content-length': '0',
      'last-modified': LAST_MODIFIED,
      etag: MD5_OF_HELLO,
      'content-type': 'text/html; charset=UTF-8',
    });
  });

  test('download an object', async () => {
    const answer = await s3.send({ method: 'GET', path: '/new-container/hello' });
    assert.equal(answer.status, 200);
    assert.equal(answer.body.toString(), 'hello');
    assert.deepEqual(headersOf(answer), {
      'content-length': '5',
      'last-modified': LAST_MODIFIED,
      etag: MD5_OF_HELLO,
      'accept-ranges': 'bytes',
      'content-type': 'image/jpeg',
    });
  });

  test('list buckets', async () => {
    const answer = await s3.send({ method: 'GET', path: '/' });
    const { 'content-length': length, ...headers } = headersOf(answer);
    assert.deepEqual(headers, { 'content-type': 'application/xml' });
    assert.equal(Number(length), answer.body.length);
    assert.equal(
      answer.body.toString(),
      "<?xml version='1.0' encoding='UTF-8'?>" +
        '<ListAllMyBucketsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">' +
        '<Owner><ID>84c9e9a51aea402e95389c08ac562ac5</ID><DisplayName>owner</DisplayName></Owner>' +
        '<Buckets><Bucket><Name>new-container</Name><CreationDate>2020-02-22T22:22:23.000Z</CreationDate></Bucket>' +
        '</Buckets></ListAllMyBucketsResult>',
    );
  });

  test('delete an object, there or not', async () => {
    for (const path of ['/new-container/hello', '/new-container/hello']) {
      const answer = await s3.send({ method: 'DELETE', path });
      assert.equal(answer.status, 204);
      assert.deepEqual(headersOf(answer), { 'content-type': 'text/html; charset=UTF-8' });
    }
  });
});

describe('errors', () => {
  test('have code, message, resource, their own fields and ids, in no namespace', async () => {
    const answer = await s3.send({ method: 'GET', path: '/new-container/a&b/ü' });
    const id = answer.headers.get('x-trans-id') ?? '';
    assert.equal(answer.status, 404);
    assert.equal(answer.headers.get('content-type'), 'application/xml');
    assert.equal(
      answer.body.toString(),
      "<?xml version='1.0' encoding='UTF-8'?><Error><Code>NoSuchKey</Code>" +
        '<Message>The specified key does not exist.</Message><Resource>/new-container/a%26b/%C3%BC</Resource>' +
        `<Key>a&amp;b/ü</Key><RequestId>${id}</RequestId><HostId>${id}</HostId></Error>`,
    );
  });

  test('have no body after HEAD', async () => {
    const answer = await s3.send({ method: 'HEAD', path: '/new-container/none' });
    assert.equal(answer.status, 404);
    assert.equal(answer.body.length, 0);
    assert.match(answer.headers.get('x-amz-request-id') ?? '', TRANSACTION_ID);
  });

  test('of an address that cannot be read have an id too', async () => {
    const answer = await s3.send({ method: 'GET', path: '/' }, { target: '/new-container/%zz' });
    assert.equal(answer.status, 400);
    assert.equal(answer.element('Code'), 'InvalidURI');
    assert.equal(answer.element('RequestId'), answer.headers.get('x-trans-id'));
  });

  test('name the methods that are allowed', async () => {
    const answer = await s3.send({ method: 'PATCH', path: '/new-container' });
    assert.equal(answer.status, 405);
    assert.equal(answer.element('Code'), 'MethodNotAllowed');
    const allowed = answer.headers.get('allow')?.split(', ') ?? [];
    assert.deepEqual(allowed.toSorted(), ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'POST', 'PUT']);
  });

  test('of a wrong signature show what was signed, in text and in bytes', async () => {
    const answer = await s3.send({ method: 'GET', path: '/new-container' }, { target: '/new-container?a=1' });
    assert.equal(answer.status, 403);
    assert.equal(answer.element('Code'), 'SignatureDoesNotMatch');
    assert.equal(answer.element('AWSAccessKeyId'), 'owner');
    const canonical = answer.element('CanonicalRequest') ?? '';
    assert.match(canonical, /^GET\n\/new-container\na=1\n/);
    const bytes = answer
      .element('CanonicalRequestBytes')
      ?.split(' ')
      .map((hex) => Number.parseInt(hex, 16));
    assert.equal(Buffer.from(bytes ?? []).toString(), canonical);
    assert.match(answer.element('StringToSign') ?? '', /^AWS4-HMAC-SHA256\n/);
  });

  test('of a wrong region name the right one', async () => {
    const signed = s3.signer().byHeader({ method: 'GET', host: s3.host, path: '/' });
    const authorization = signed.headers['authorization']?.replace('/KR1/', '/mars-1/');
    const answer = await s3.send({ method: 'GET', path: '/' }, { headers: { authorization } });
    assert.equal(answer.status, 400);
    assert.equal(answer.element('Code'), 'AuthorizationHeaderMalformed');
    assert.equal(answer.element('Region'), 'KR1');
    assert.equal(
      answer.element('Message'),
      "The authorization header is malformed; the region 'mars-1' is wrong; expecting 'KR1'",
    );
  });
});

describe('the transaction id', () => {
  test('is new with every request', async () => {
    const answers = [
      await s3.send({ method: 'GET', path: '/' }),
      await s3.send({ method: 'GET', path: '/' }),
    ];
    assert.equal(new Set(answers.map(({ headers }) => headers.get('x-trans-id'))).size, 2);
  });

  test('ends with what the client adds, as far as a header can show it', async () => {
    const cases = {
      'my-trace': '-my-trace',
      ['x'.repeat(40)]: `-${'x'.repeat(32)}`,
      'ü<&>': '-%C3%BC%3C%26%3E',
    };
    for (const [extra, shown] of Object.entries(cases)) {
      const answer = await s3.send({ method: 'GET', path: '/' }, { headers: { 'x-trans-id-extra': extra } });
      assert.ok(answer.headers.get('x-amz-request-id')?.endsWith(shown), answer.headers.get('x-trans-id'));
    }
  });
});

test('304 has its validators and no body', async () => {
  await s3.send({ method: 'PUT', path: '/new-container/hello', body: Buffer.from('hello') });
  const answer = await s3.send({
    method: 'GET',
    path: '/new-container/hello',
    headers: { 'if-none-match': MD5_OF_HELLO },
  });
  assert.equal(answer.status, 304);
  assert.deepEqual(headersOf(answer), { etag: MD5_OF_HELLO, 'last-modified': LAST_MODIFIED });
});

test('a preflight is refused as by a bucket without CORS', async () => {
  const ask = (method: string | undefined) =>
    s3.send(
      { method: 'OPTIONS', path: '/new-container/hello' },
      {
        headers: {
          authorization: undefined,
          origin: 'https://example.org',
          'access-control-request-method': method,
        },
      },
    );
  const answer = await ask('GET');
  assert.equal(answer.status, 403);
  assert.equal(answer.element('Code'), 'AccessForbidden');
  const incomplete = await ask(undefined);
  assert.equal(incomplete.status, 400);
  assert.equal(incomplete.element('Code'), 'BadRequest');
});
