// Bad input by hand-made requests from the independent signer: each has its exact error, and nothing is lost by it.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, afterEach, before, describe, test } from 'node:test';
import { crc32 } from 'node:zlib';
import {
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { IndependentSigner, type UnsignedRequest } from '../support/independent-signer.ts';
import {
  exchange,
  exchangeSigned,
  headOf,
  openConnection,
  type RawResponse,
  type SentRequest,
} from '../support/raw-http.ts';
import { assertNoFailures, connectS3 } from '../support/s3-client.ts';
import { type ServerProcess, startServer } from '../support/server-process.ts';

const BUCKET = 'bad-input';
const KEY = 'protected';
const EARLIER = 'the earlier object';
const NEW_BODY = Buffer.from('the object that must not come to be');

const sha256Hex = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const base64 = (algorithm: string, bytes: Uint8Array) => createHash(algorithm).update(bytes).digest('base64');

let server: ServerProcess;
let s3: S3Client;
let host: string;

before(async () => {
  server = await startServer();
  s3 = connectS3(server);
  host = new URL(server.storageUrl).host;
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: KEY, Body: EARLIER }));
});

// Whatever was tried: the earlier object is there, whole, and the server answers.
afterEach(async () => {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: KEY }));
  assert.equal(await Body?.transformToString(), EARLIER);
});

after(async () => {
  s3?.destroy();
  await server?.dispose();
  assertNoFailures(server);
});

interface Signing {
  readonly accessKeyId?: string;
  readonly secret?: string;
  readonly region?: string;
  readonly at?: Date;
}

function signer({ accessKeyId, secret, region = 'KR1', at = new Date() }: Signing = {}): IndependentSigner {
  const identity = {
    accessKeyId: accessKeyId ?? server.accessKey,
    secret: secret ?? server.secretKey,
    region,
  };
  return new IndependentSigner(identity, at);
}

const put = (options: Partial<UnsignedRequest> = {}): UnsignedRequest => ({
  method: 'PUT',
  host,
  path: `/${BUCKET}/${KEY}`,
  body: NEW_BODY,
  ...options,
});

const get = (
  path = `/${BUCKET}/${KEY}`,
  query: readonly (readonly [string, string])[] = [],
): UnsignedRequest => ({
  method: 'GET',
  host,
  path,
  query,
});

/** Signs, changes what is sent, and sends. */
const sendByHeader = (request: UnsignedRequest, signing: Signing = {}, changes: SentRequest = {}) =>
  exchangeSigned(server.storageUrl, signer(signing).byHeader(request), changes);

function assertError(
  response: RawResponse,
  status: number,
  code: string,
  elements: Readonly<Record<string, string | RegExp>> = {},
): void {
  assert.deepEqual(
    { status: response.status, code: response.element('Code') },
    { status, code },
    response.body.toString(),
  );
  assert.equal(response.headers.get('content-type'), 'application/xml');
  assert.match(response.element('RequestId') ?? '', /^tx[0-9a-f]{21}-[0-9a-f]{10}$/);
  for (const header of ['x-amz-request-id', 'x-amz-id-2', 'x-trans-id', 'x-openstack-request-id']) {
    assert.equal(response.headers.get(header), response.element('RequestId'), header);
  }
  for (const [name, expected] of Object.entries(elements)) {
    if (typeof expected === 'string') assert.equal(response.element(name), expected, name);
    else assert.match(response.element(name) ?? '', expected, name);
  }
}

describe('signatures', () => {
  test('a wrong secret', async () => {
    const response = await sendByHeader(put(), { secret: 'wrong' });
    assertError(response, 403, 'SignatureDoesNotMatch', {
      AWSAccessKeyId: server.accessKey,
      SignatureProvided: /^[0-9a-f]{64}$/,
      StringToSign: /^AWS4-HMAC-SHA256\n\d{8}T\d{6}Z\n\d{8}\/KR1\/s3\/aws4_request\n[0-9a-f]{64}$/,
      CanonicalRequest: /^PUT\n\/bad-input\/protected\n\nhost:/,
      StringToSignBytes: /^41 57 53 34 /,
    });
  });

  test('an unknown key', async () => {
    const accessKeyId = 'f'.repeat(32);
    assertError(await sendByHeader(put(), { accessKeyId }), 403, 'InvalidAccessKeyId', {
      AWSAccessKeyId: accessKeyId,
    });
  });

  test('a clock that is wrong, either way', async () => {
    for (const minutes of [-16, 16]) {
      const at = new Date(Date.now() + minutes * 60_000);
      const response = await sendByHeader(put(), { at });
      assertError(response, 403, 'RequestTimeTooSkewed', {
        MaxAllowedSkewMilliseconds: '900000',
        RequestTime: at.toISOString().replaceAll(/[-:]|\.\d+/g, ''),
        ServerTime: /^\d{4}-/,
      });
    }
    assert.equal((await sendByHeader(get(), { at: new Date(Date.now() - 14 * 60_000) })).status, 200);
  });

  test('another region, with the one that is expected', async () => {
    assertError(await sendByHeader(put(), { region: 'eu-west-1' }), 400, 'AuthorizationHeaderMalformed', {
      Region: 'KR1',
      Message: /the region 'eu-west-1' is wrong; expecting 'KR1'/,
    });
  });

  test('a change after signing: target, header, body', async () => {
    const request = signer().byHeader(put({ headers: { 'x-amz-meta-a': '1' } }));
    const changes: readonly SentRequest[] = [
      { target: `/${BUCKET}/${KEY}?x=1` },
      { target: `/${BUCKET}/other` },
      { headers: { 'x-amz-meta-a': '2' } },
    ];
    for (const change of changes) {
      assertError(await exchangeSigned(server.storageUrl, request, change), 403, 'SignatureDoesNotMatch');
    }
    const body = Buffer.from(NEW_BODY).fill('x');
    assertError(
      await exchangeSigned(server.storageUrl, request, { body }),
      400,
      'XAmzContentSHA256Mismatch',
      { ClientComputedContentSHA256: sha256Hex(NEW_BODY), S3ComputedContentSHA256: sha256Hex(body) },
    );
  });

  test('an x-amz header that is not signed', async () => {
    const request = put({ headers: { 'x-amz-meta-a': '1' }, unsigned: ['x-amz-meta-a'] });
    assertError(await sendByHeader(request), 403, 'AccessDenied', { HeadersNotSigned: 'x-amz-meta-a' });
  });

  test('none at all', async () => {
    assertError(
      await exchange(
        server.storageUrl,
        `PUT /${BUCKET}/${KEY} HTTP/1.1\r\nhost: ${host}\r\ncontent-length: 3\r\n\r\nbad`,
      ),
      403,
      'AccessDenied',
    );
  });

  test('no payload hash, and one that is none', async () => {
    const request = signer().byHeader(put({ unsigned: ['x-amz-content-sha256'] }));
    assertError(
      await exchangeSigned(server.storageUrl, request, { headers: { 'x-amz-content-sha256': undefined } }),
      400,
      'InvalidRequest',
      { Message: /x-amz-content-sha256/ },
    );
    const wrong = signer().byHeader(put(), 'SHA-OF-SOMETHING');
    assertError(await exchangeSigned(server.storageUrl, wrong), 400, 'InvalidArgument', {
      ArgumentName: 'x-amz-content-sha256',
    });
  });
});

describe('presigned requests', () => {
  test('expired, and not valid yet', async () => {
    const expired = signer({ at: new Date(Date.now() - 100_000) }).byQuery(get(), 60);
    assertError(await exchangeSigned(server.storageUrl, expired), 403, 'AccessDenied', {
      Message: 'Request has expired',
      'X-Amz-Expires': '60',
      Expires: /^\d{4}-/,
      ServerTime: /^\d{4}-/,
    });
    const early = signer({ at: new Date(Date.now() + 20 * 60_000) }).byQuery(get(), 60);
    assertError(await exchangeSigned(server.storageUrl, early), 403, 'AccessDenied', {
      Message: 'Request is not valid yet',
    });
  });

  test('for longer than a week, or for no time', async () => {
    for (const seconds of [604_801, -1]) {
      const request = signer().byQuery(get(), seconds);
      assertError(
        await exchangeSigned(server.storageUrl, request),
        400,
        'AuthorizationQueryParametersError',
        { Message: /X-Amz-Expires/ },
      );
    }
  });

  test('with a wrong signature, for another method or another key', async () => {
    const request = signer().byQuery(get(), 60);
    const wrong = request.target.replace(/Signature=[0-9a-f]{8}/, 'Signature=00000000');
    assertError(
      await exchangeSigned(server.storageUrl, request, { target: wrong }),
      403,
      'SignatureDoesNotMatch',
    );
    const deletion = { ...request, method: 'DELETE' };
    assertError(await exchangeSigned(server.storageUrl, deletion), 403, 'SignatureDoesNotMatch');
    const other = request.target.replace(KEY, 'other');
    assertError(
      await exchangeSigned(server.storageUrl, request, { target: other }),
      403,
      'SignatureDoesNotMatch',
    );
  });
});

describe('bodies', () => {
  test('a chunk whose signature is wrong', async () => {
    const request = signer().byChunks(put({ body: Buffer.alloc(20_000, 'a') }), {
      chunkBytes: 8192,
      isSigned: true,
    });
    const body = Buffer.from(request.body);
    // The second chunk's first byte.
    body[body.indexOf('\r\n', 8192 + 100) + 4 + 110] = 0x62;
    assertError(await exchangeSigned(server.storageUrl, request, { body }), 403, 'SignatureDoesNotMatch');
  });

  test('a chunk cut off, and a chunk too many', async () => {
    const whole = signer().byChunks(put({ body: Buffer.alloc(20_000, 'a') }), {
      chunkBytes: 8192,
      isSigned: true,
    });
    const short = { ...whole, headers: { ...whole.headers, 'x-amz-decoded-content-length': '20001' } };
    // The declared length is signed, so that it has to be declared wrong before signing.
    const declared = signer().byChunks(
      put({ body: Buffer.alloc(20_000, 'a'), headers: { 'x-amz-decoded-content-length': '20001' } }),
      { chunkBytes: 8192, isSigned: true },
    );
    assertError(await exchangeSigned(server.storageUrl, declared), 400, 'IncompleteBody', {
      NumberBytesExpected: '20001',
      NumberBytesProvided: '20000',
    });
    assertError(await exchangeSigned(server.storageUrl, short), 403, 'SignatureDoesNotMatch');
  });

  test('a trailer that does not fit its chunk signatures or its bytes', async () => {
    const right = Buffer.alloc(4);
    right.writeUInt32BE(crc32(NEW_BODY));
    const trailers = (value: string) => [['x-amz-checksum-crc32', value]] as const;
    const wrongSum = signer().byChunks(put(), {
      chunkBytes: 8192,
      isSigned: true,
      trailers: trailers('AAAAAA=='),
    });
    assertError(await exchangeSigned(server.storageUrl, wrongSum), 400, 'BadDigest', {
      CalculatedDigest: right.toString('base64'),
      ExpectedDigest: 'AAAAAA==',
    });
    const signed = signer().byChunks(put(), {
      chunkBytes: 8192,
      isSigned: true,
      trailers: trailers(right.toString('base64')),
    });
    const body = Buffer.from(
      signed.body.toString('latin1').replace(/trailer-signature:.{8}/, 'trailer-signature:00000000'),
      'latin1',
    );
    assertError(await exchangeSigned(server.storageUrl, signed, { body }), 403, 'SignatureDoesNotMatch');
  });

  test('a body that ends early, and its connection', async () => {
    const request = signer().byHeader(put());
    const connection = await openConnection(server.storageUrl);
    connection.write(headOf(request, { headers: { 'content-length': String(NEW_BODY.length + 10) } }));
    connection.write(NEW_BODY);
    connection.socket.end();
    const response = await connection.readResponse().catch(() => undefined);
    // Who hangs up may not get an answer; if there is one it says why.
    if (response !== undefined) assertError(response, 400, 'IncompleteBody');
    connection.close();
  });

  test('no length', async () => {
    const request = signer().byHeader(put(), 'UNSIGNED-PAYLOAD');
    const head = headOf(request, { headers: { 'content-length': undefined } });
    assertError(await exchange(server.storageUrl, head), 411, 'MissingContentLength');
    const chunked = headOf(request, {
      headers: { 'content-length': undefined, 'transfer-encoding': 'chunked' },
    });
    assertError(
      await exchange(server.storageUrl, chunked, '3\r\nbad\r\n0\r\n\r\n'),
      411,
      'MissingContentLength',
    );
  });

  test('a length that nobody may send', async () => {
    const request = signer().byHeader(put(), 'UNSIGNED-PAYLOAD');
    const bytes = 5 * 1024 ** 3 + 1;
    const head = headOf(request, { headers: { 'content-length': String(bytes) } });
    assertError(await exchange(server.storageUrl, head), 400, 'EntityTooLarge', {
      ProposedSize: String(bytes),
      MaxSizeAllowed: String(5 * 1024 ** 3),
    });
    for (const length of ['-1', '1e3', '12abc']) {
      const wrong = headOf(request, { headers: { 'content-length': length } });
      assert.equal((await exchange(server.storageUrl, wrong)).status, 400, length);
    }
  });

  const wrongDigests: readonly [
    string,
    Readonly<Record<string, string>>,
    string,
    Readonly<Record<string, string>>,
  ][] = [
    [
      'MD5',
      { 'content-md5': base64('md5', Buffer.from('other')) },
      'BadDigest',
      { CalculatedDigest: base64('md5', NEW_BODY), ExpectedDigest: base64('md5', Buffer.from('other')) },
    ],
    ['MD5 that is none', { 'content-md5': 'not base64!' }, 'InvalidDigest', { 'Content-MD5': 'not base64!' }],
    ['MD5 of a wrong length', { 'content-md5': 'AAAA' }, 'InvalidDigest', {}],
    ['CRC32', { 'x-amz-checksum-crc32': 'AAAAAA==' }, 'BadDigest', {}],
    ['CRC32C', { 'x-amz-checksum-crc32c': 'AAAAAA==' }, 'BadDigest', {}],
    ['CRC64NVME', { 'x-amz-checksum-crc64nvme': 'AAAAAAAAAAA=' }, 'BadDigest', {}],
    ['SHA-1', { 'x-amz-checksum-sha1': base64('sha1', Buffer.from('other')) }, 'BadDigest', {}],
    ['SHA-256', { 'x-amz-checksum-sha256': base64('sha256', Buffer.from('other')) }, 'BadDigest', {}],
    ['checksum of a wrong length', { 'x-amz-checksum-sha256': 'AAAA' }, 'InvalidRequest', {}],
    [
      'checksum beside another',
      { 'x-amz-checksum-crc32': 'AAAAAA==', 'x-amz-checksum-crc32c': 'AAAAAA==' },
      'InvalidRequest',
      {},
    ],
  ];
  for (const [what, headers, code, elements] of wrongDigests) {
    test(`a wrong ${what}`, async () => {
      assertError(await sendByHeader(put({ headers })), 400, code, elements);
    });
  }
});

describe('documents', () => {
  const deletion = (body: Buffer): UnsignedRequest => ({
    method: 'POST',
    host,
    path: `/${BUCKET}`,
    query: [['delete', '']],
    headers: { 'content-md5': base64('md5', body) },
    body,
  });

  const laughs = Buffer.from(
    `<!DOCTYPE lolz [<!ENTITY a "lol">${'bcdefghij'
      .split('')
      .map((name, index) => `<!ENTITY ${name} "${`&${'abcdefghi'[index]};`.repeat(10)}">`)
      .join('')}]><Delete><Object><Key>&j;</Key></Object></Delete>`,
  );
  const malformed: readonly [string, Buffer][] = [
    ['billion laughs', laughs],
    [
      'an external entity',
      Buffer.from(
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hosts">]><Delete><Object><Key>&x;</Key></Object></Delete>',
      ),
    ],
    ['no document', Buffer.from('{}')],
    ['an unfinished document', Buffer.from(`<Delete><Object><Key>${KEY}</Key></Object>`)],
    ['another document', Buffer.from(`<Remove><Object><Key>${KEY}</Key></Object></Remove>`)],
    ['bytes that are not UTF-8', Buffer.from([0x3c, 0x44, 0xff, 0xfe, 0x3e])],
    ['nothing to delete', Buffer.from('<Delete></Delete>')],
    [
      'a thousand and one',
      Buffer.from(`<Delete>${`<Object><Key>${KEY}</Key></Object>`.repeat(1001)}</Delete>`),
    ],
  ];
  for (const [what, body] of malformed) {
    test(`${what} is MalformedXML`, async () => {
      assertError(await sendByHeader(deletion(body)), 400, 'MalformedXML');
    });
  }

  test('one that is far too long is refused before it is read', async () => {
    const request = signer().byHeader(deletion(Buffer.from('<Delete/>')));
    const head = headOf(request, { headers: { 'content-length': String(100 * 1024 ** 2) } });
    assertError(await exchange(server.storageUrl, head), 400, 'MaxMessageLengthExceeded', {
      MaxMessageLengthBytes: String(2 * 1024 ** 2),
    });
  });

  test('CompleteMultipartUpload and CreateBucket read with the same eyes', async () => {
    const upload = await s3.send(new CreateMultipartUploadCommand({ Bucket: BUCKET, Key: KEY }));
    const body = Buffer.from(
      '<CompleteMultipartUpload><Part><PartNumber>1</PartNumber></Part></CompleteMultipartUpload>',
    );
    const query = [['uploadId', upload.UploadId ?? '']] as const;
    for (const document of [body, laughs, Buffer.alloc(0)]) {
      const request = { method: 'POST', host, path: `/${BUCKET}/${KEY}`, query, body: document };
      assertError(await sendByHeader(request), 400, 'MalformedXML');
    }
    for (const document of [
      laughs,
      Buffer.from('<CreateBucketConfiguration><Region>KR1</Region></CreateBucketConfiguration>'),
    ]) {
      const request = { method: 'PUT', host, path: '/never-created', body: document };
      assertError(await sendByHeader(request), 400, 'MalformedXML');
    }
    assertError(await sendByHeader(get('/never-created')), 404, 'NoSuchBucket', {
      BucketName: 'never-created',
    });
  });
});

describe('targets and headers', () => {
  test('bad percent-encoding', async () => {
    for (const path of ['%zz', 'a%', 'a%2', '%ff%fe', '%c0%af']) {
      const target = `/${BUCKET}/${path}`;
      const response = await sendByHeader(put(), {}, { target });
      assertError(response, 400, 'InvalidURI');
    }
  });

  test('NUL in a key', async () => {
    const response = await sendByHeader(put({ path: `/${BUCKET}/a\0b` }));
    assertError(response, 400, 'InvalidURI');
  });

  test('a key of 1,025 bytes; one of 1,024 is taken', async () => {
    const long = '곳'.repeat(341);
    assert.equal(Buffer.byteLength(long), 1023);
    assert.equal((await sendByHeader(put({ path: `/${BUCKET}/${long}x` }))).status, 200);
    assertError(await sendByHeader(put({ path: `/${BUCKET}/${long}xy` })), 400, 'KeyTooLongError', {
      Size: '1025',
      MaxSizeAllowed: '1024',
    });
    assertError(await sendByHeader(get(`/${BUCKET}/${long}xy`)), 400, 'KeyTooLongError');
  });

  test('headers that may be there once, twice', async () => {
    const request = signer().byHeader(put());
    const authorization = request.headers['authorization'] ?? '';
    const date = request.headers['x-amz-date'] ?? '';
    const twice: readonly [SentRequest['headers'], number, string][] = [
      [{ 'content-length': ['3', '4'] }, 400, 'BadRequest'],
      [{ host: [host, 'other.example'] }, 400, 'BadRequest'],
      [{ authorization: [authorization, authorization] }, 400, 'InvalidRequest'],
      [{ 'x-amz-date': [date, '20200101T000000Z'] }, 400, 'InvalidRequest'],
      [{ 'content-md5': ['AAAA', 'BBBB'] }, 403, 'AccessDenied'],
    ];
    for (const [headers, status, code] of twice) {
      const response = await exchangeSigned(server.storageUrl, request, { headers: headers ?? {} });
      assert.deepEqual([response.status, response.element('Code')], [status, code], JSON.stringify(headers));
    }
  });

  test('headers too large', async () => {
    const request = put({ headers: { 'x-amz-meta-large': 'x'.repeat(70 * 1024) } });
    const response = await sendByHeader(request);
    assert.deepEqual([response.status, response.element('Code')], [431, 'RequestHeaderSectionTooLarge']);
    const metadata = put({ headers: { 'x-amz-meta-large': 'x'.repeat(2049) } });
    assertError(await sendByHeader(metadata), 400, 'MetadataTooLarge', { MaxSizeAllowed: '2048' });
  });

  test('a part without its number is no PutObject', async () => {
    const upload = await s3.send(new CreateMultipartUploadCommand({ Bucket: BUCKET, Key: KEY }));
    const response = await sendByHeader(put({ query: [['uploadId', upload.UploadId ?? '']] }));
    assertError(response, 400, 'InvalidArgument', { ArgumentName: 'partNumber' });
  });

  test('ranges and dates that are none are taken for none', async () => {
    for (const headers of [
      { range: 'bytes=a-b' },
      { range: 'lines=1-2' },
      { range: 'bytes=5-2' },
      { 'if-modified-since': 'yesterday' },
      { 'if-unmodified-since': '2020-13-45' },
    ]) {
      const response = await sendByHeader({ ...get(), headers });
      assert.equal(response.status, 200, JSON.stringify(headers));
      assert.equal(response.body.toString(), EARLIER);
    }
    assertError(await sendByHeader({ ...get(), headers: { range: 'bytes=1000-' } }), 416, 'InvalidRange', {
      RangeRequested: 'bytes=1000-',
      ActualObjectSize: String(EARLIER.length),
    });
  });

  test('lines that are not HTTP', async () => {
    for (const lines of [
      'nonsense\r\n\r\n',
      'GET / HTTP/9.9\r\n\r\n',
      `GET / HTTP/1.1\r\nhost: ${host}\r\nbad header\r\n\r\n`,
    ]) {
      assert.equal((await exchange(server.storageUrl, lines)).status, 400, lines);
    }
  });
});
