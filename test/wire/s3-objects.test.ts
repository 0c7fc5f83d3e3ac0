// Details of reading, writing, copying and deleting objects that only hand-made requests show.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, beforeEach, describe, test } from 'node:test';
import { headOf, openConnection, type RawResponse } from '../support/raw-http.ts';
import { ACCOUNT, type InProcessS3, OTHER_ACCOUNT, serveS3 } from '../support/s3-in-process.ts';

let s3: InProcessS3;

before(async () => {
  s3 = await serveS3();
  await s3.send({ method: 'PUT', path: '/bucket' });
  await s3.send({ method: 'PUT', path: '/others-bucket' }, {}, 'other');
});

beforeEach(async () => {
  await put('/bucket/digits', '0123456789');
});

after(async () => {
  await s3.stop();
  assert.deepEqual(s3.bugs, []);
});

type Headers = Record<string, string>;
const put = (path: string, body: string, headers: Headers = {}) =>
  s3.send({ method: 'PUT', path, body: Buffer.from(body), headers });
const get = (path: string, headers: Headers = {}, query: [string, string][] = []) =>
  s3.send({ method: 'GET', path, headers, query });
const assertError = (answer: RawResponse, status: number, code: string, message?: string) => {
  assert.deepEqual([answer.status, answer.element('Code')], [status, code], answer.body.toString());
  if (message !== undefined) assert.equal(answer.element('Message'), message);
};

describe('response headers asked for in the query', () => {
  test('replace the stored ones', async () => {
    const answer = await get('/bucket/digits', {}, [
      ['response-content-type', 'text/x; charset=utf-8'],
      ['response-content-disposition', 'attachment; filename="ü.txt"'],
      ['response-cache-control', 'no-store'],
      ['response-content-language', 'ko'],
      ['response-content-encoding', 'x'],
      ['response-expires', 'Thu, 01 Dec 1994 16:00:00 GMT'],
    ]);
    assert.equal(answer.status, 200);
    const shown = [
      'content-type',
      'content-disposition',
      'cache-control',
      'content-language',
      'content-encoding',
    ];
    assert.deepEqual(
      shown.map((name) => answer.headers.get(name)),
      ['text/x; charset=utf-8', 'attachment; filename="ü.txt"', 'no-store', 'ko', 'x'],
    );
    assert.equal(answer.headers.get('expires'), 'Thu, 01 Dec 1994 16:00:00 GMT');
  });

  test('cannot make further headers', async () => {
    const value = 'text/plain\r\nx-evil: 1';
    const answer = await get('/bucket/digits', {}, [['response-content-type', value]]);
    assertError(answer, 400, 'InvalidArgument');
    assert.equal(answer.headers.has('x-evil'), false);
    assert.equal(answer.element('ArgumentName'), 'response-content-type');
  });

  test('are not for everybody', async () => {
    const unsigned = {
      target: '/bucket/digits?response-content-type=text/html',
      headers: { authorization: undefined },
    };
    const answer = await s3.send({ method: 'GET', path: '/bucket/digits' }, unsigned);
    assertError(
      answer,
      400,
      'InvalidRequest',
      'Request specific response headers cannot be used for anonymous GET requests.',
    );
  });
});

describe('ranges', () => {
  test('and a part number at once are refused', async () => {
    const answer = await get('/bucket/digits', { range: 'bytes=0-1' }, [['partNumber', '1']]);
    assertError(
      answer,
      400,
      'InvalidRequest',
      'Cannot specify both Range header and partNumber query parameter',
    );
  });

  test('beyond the end say how long the object is', async () => {
    const answer = await get('/bucket/digits', { range: 'bytes=10-' });
    assertError(answer, 416, 'InvalidRange');
    assert.equal(answer.headers.get('content-range'), 'bytes */10');
    assert.equal(answer.element('RangeRequested'), 'bytes=10-');
    assert.equal(answer.element('ActualObjectSize'), '10');
  });

  test('are shown by HEAD', async () => {
    const answer = await s3.send({ method: 'HEAD', path: '/bucket/digits', headers: { range: 'bytes=2-4' } });
    assert.equal(answer.status, 206);
    assert.equal(answer.headers.get('content-range'), 'bytes 2-4/10');
    assert.equal(answer.headers.get('content-length'), '3');
  });

  test('are taken when If-Range names what is there, and the whole object is sent otherwise', async () => {
    const { headers } = await get('/bucket/digits');
    const etag = headers.get('etag') ?? '';
    const modified = headers.get('last-modified') ?? '';
    for (const validator of [etag, modified]) {
      const answer = await get('/bucket/digits', { range: 'bytes=2-4', 'if-range': validator });
      assert.deepEqual([answer.status, answer.body.toString()], [206, '234'], validator);
    }
    const others = ['"0123"', `W/${etag}`, 'Sat, 22 Feb 2020 22:22:22 GMT', 'x'];
    for (const validator of others) {
      for (const range of ['bytes=2-4', 'bytes=100-']) {
        const answer = await get('/bucket/digits', { range, 'if-range': validator });
        assert.deepEqual([answer.status, answer.body.toString()], [200, '0123456789'], validator);
      }
    }
  });
});

describe('metadata', () => {
  test('is shown as encoded words when it is not ASCII, however it was sent', async () => {
    const word = '=?UTF-8?B?6rOz6rCE?=';
    await put('/bucket/words', '', {
      'x-amz-meta-raw': '곳간',
      'x-amz-meta-word': word,
      'x-amz-meta-ascii': 'a = b',
    });
    const { headers } = await get('/bucket/words');
    assert.equal(headers.get('x-amz-meta-raw'), word);
    assert.equal(headers.get('x-amz-meta-word'), word);
    assert.equal(headers.get('x-amz-meta-ascii'), 'a = b');
  });

  test('cannot carry a line end out', async () => {
    const word = `=?UTF-8?B?${Buffer.from('a\r\nx-evil: 1').toString('base64')}?=`;
    await put('/bucket/words', '', { 'x-amz-meta-a': word });
    const { headers } = await get('/bucket/words');
    assert.equal(headers.has('x-evil'), false);
    assert.match(headers.get('x-amz-meta-a') ?? '', /^=\?UTF-8\?/);
  });

  test('of several fields of one name is joined', async () => {
    const path = '/bucket/joined';
    const signed = { method: 'PUT', path, headers: { 'x-amz-meta-a': '1,2' } };
    await s3.send(signed, { headers: { 'x-amz-meta-a': ['1', '2'] } });
    assert.equal((await get(path)).headers.get('x-amz-meta-a'), '1,2');
  });

  test('may be 2 KB of names and values, not more', async () => {
    assert.equal((await put('/bucket/big', '', { 'x-amz-meta-ab': 'x'.repeat(2046) })).status, 200);
    const answer = await put('/bucket/big', '', { 'x-amz-meta-ab': 'x'.repeat(2047) });
    assertError(answer, 400, 'MetadataTooLarge');
    assert.equal(answer.element('Size'), '2049');
    assert.equal(answer.element('MaxSizeAllowed'), '2048');
    // Counted as UTF-8, also when it comes encoded.
    const encoded = `=?UTF-8?B?${Buffer.from('ü'.repeat(1024)).toString('base64')}?=`;
    assertError(await put('/bucket/big', '', { 'x-amz-meta-ab': encoded }), 400, 'MetadataTooLarge');
  });

  test('with names that are no header is counted', async () => {
    await s3.inBucket('bucket', (store, bucket) =>
      store.putObject({
        bucket,
        key: 'swift',
        owner: ACCOUNT,
        metadata: { system: { contentType: 'a/b' }, user: { 'a b': '1', 'c:d': '2', e: '3' }, documents: {} },
        body: { source: { read: async () => null }, size: 0, expected: {} },
        conditions: {},
      }),
    );
    const { headers } = await get('/bucket/swift');
    assert.equal(headers.get('x-amz-missing-meta'), '2');
    assert.equal(headers.get('x-amz-meta-e'), '3');
  });

  test('aws-chunked is not kept as an encoding', async () => {
    for (const [sent, kept] of [
      ['aws-chunked', undefined],
      ['aws-chunked,gzip', 'gzip'],
      ['gzip, aws-chunked', 'gzip'],
    ] as const) {
      await put('/bucket/encoded', 'x', { 'content-encoding': sent });
      assert.equal((await get('/bucket/encoded')).headers.get('content-encoding'), kept, sent);
    }
  });
});

describe('a write is refused', () => {
  const md5 = (text: string) => createHash('md5').update(text).digest('base64');

  test('with a Content-MD5 that is none, and with a wrong one', async () => {
    for (const value of ['', 'x', 'aaaa', `${md5('a')}=`, md5('a').slice(0, -1)]) {
      assertError(await put('/bucket/digits', 'a', { 'content-md5': value }), 400, 'InvalidDigest');
    }
    const answer = await put('/bucket/digits', 'a', { 'content-md5': md5('b') });
    assertError(answer, 400, 'BadDigest', 'The Content-MD5 you specified did not match what we received.');
    assert.equal((await get('/bucket/digits')).body.toString(), '0123456789');
  });

  test('with checksums that are malformed, several, wrong, or of an unknown kind', async () => {
    const crc32OfA = '6Le+Qw==';
    const cases: [Headers, number, string][] = [
      [{ 'x-amz-checksum-crc32': 'x' }, 400, 'InvalidRequest'],
      [{ 'x-amz-checksum-crc32': '6Le+Qw' }, 400, 'InvalidRequest'],
      [{ 'x-amz-checksum-crc32': crc32OfA, 'x-amz-checksum-crc32c': crc32OfA }, 400, 'InvalidRequest'],
      [{ 'x-amz-sdk-checksum-algorithm': 'CRC32' }, 400, 'InvalidRequest'],
      [{ 'x-amz-sdk-checksum-algorithm': 'SHA1', 'x-amz-checksum-crc32': crc32OfA }, 400, 'InvalidRequest'],
      [{ 'x-amz-checksum-crc32c': crc32OfA }, 400, 'BadDigest'],
      [{ 'x-amz-checksum-sha512': 'x' }, 501, 'NotImplemented'],
    ];
    for (const [headers, status, code] of cases)
      assertError(await put('/bucket/digits', 'a', headers), status, code);
    assert.equal((await get('/bucket/digits')).body.toString(), '0123456789');
  });

  test('with a checksum it is stored and shown', async () => {
    const answer = await put('/bucket/sum', 'a', { 'x-amz-checksum-crc32': '6Le+Qw==' });
    assert.equal(answer.headers.get('x-amz-checksum-crc32'), '6Le+Qw==');
    assert.equal(answer.headers.get('x-amz-checksum-type'), 'FULL_OBJECT');
    const shown = await get('/bucket/sum', { 'x-amz-checksum-mode': 'ENABLED' });
    assert.equal(shown.headers.get('x-amz-checksum-crc32'), '6Le+Qw==');
    const range = await get('/bucket/digits', { 'x-amz-checksum-mode': 'ENABLED', range: 'bytes=0-1' });
    assert.equal(range.headers.has('x-amz-checksum-crc32'), false);
  });

  test('when its condition cannot be', async () => {
    const both = await put('/bucket/digits', 'a', { 'if-none-match': '*', 'if-match': '"abc"' });
    assertError(both, 501, 'NotImplemented');
    assert.equal(both.element('Header'), 'If-None-Match');
    assertError(await put('/bucket/none', 'a', { 'if-match': '"abc"' }), 404, 'NoSuchKey');
    const failed = await put('/bucket/digits', 'a', { 'if-none-match': '*' });
    assertError(failed, 412, 'PreconditionFailed');
    assert.equal(failed.element('Condition'), 'If-None-Match');
  });

  test('when it asks for what is not there', async () => {
    const answer = await put('/bucket/digits', 'a', { 'x-amz-server-side-encryption': 'AES256' });
    assertError(
      answer,
      501,
      'NotImplemented',
      'A header you provided implies functionality that is not implemented',
    );
    assert.equal(answer.element('Header'), 'x-amz-server-side-encryption');
    assertError(
      await put('/bucket/digits', 'a', { 'x-amz-storage-class': 'GLACIER' }),
      400,
      'InvalidStorageClass',
    );
  });

  test('when the bucket is somebody else’s', async () => {
    const wrong = { 'x-amz-expected-bucket-owner': OTHER_ACCOUNT };
    assertError(await put('/bucket/digits', 'a', wrong), 403, 'AccessDenied');
    assert.equal((await put('/bucket/digits', 'a', { 'x-amz-expected-bucket-owner': ACCOUNT })).status, 200);
    assertError(await put('/others-bucket/x', 'a'), 403, 'AccessDenied');
    assertError(await put(`/${OTHER_ACCOUNT}:bucket/x`, 'a'), 404, 'NoSuchBucket');
    assert.equal((await put(`/${ACCOUNT}:bucket/x`, 'a')).status, 200);
  });

  test('when the bucket has no legal name', async () => {
    for (const name of ['My_Data', 'ab', '192.168.5.4', 'xn--a']) {
      const answer = await put(`/${name}/x`, 'a');
      assertError(answer, 400, 'InvalidBucketName');
      assert.equal(answer.element('BucketName'), name);
    }
  });

  test('when it is too large, before its body is sent', async () => {
    const bytes = 5 * 1024 ** 3 + 1;
    const connection = await openConnection(s3.url);
    const signed = s3
      .signer()
      .byHeader({ method: 'PUT', host: s3.host, path: '/bucket/x' }, 'UNSIGNED-PAYLOAD');
    connection.write(headOf(signed, { headers: { 'content-length': `${bytes}` } }));
    const answer = await connection.readResponse();
    connection.close();
    assertError(answer, 400, 'EntityTooLarge');
    assert.equal(answer.element('ProposedSize'), `${bytes}`);
    assert.equal(answer.headers.get('connection'), 'close');
  });

  test('when its body stops coming', async () => {
    const connection = await openConnection(s3.url);
    const signed = s3
      .signer()
      .byHeader({ method: 'PUT', host: s3.host, path: '/bucket/digits' }, 'UNSIGNED-PAYLOAD');
    connection.write(headOf(signed, { headers: { 'content-length': '10' } }));
    connection.write('01');
    const answer = await connection.readResponse();
    assertError(answer, 400, 'RequestTimeout');
    assert.equal(answer.headers.get('connection'), 'close');
    connection.close();
  });
});

describe('a copy', () => {
  const copy = (path: string, headers: Headers) => s3.send({ method: 'PUT', path, headers });

  test('finds its source however it is written', async () => {
    await put('/bucket/a b/ü+?&', 'source');
    const sources = [
      '/bucket/a%20b/%C3%BC%2B%3F%26',
      'bucket/a%20b%2F%C3%BC+%3F%26',
      'bucket%2Fa b/ü+?&',
      `${ACCOUNT}:bucket/a b/ü+?&`,
    ];
    for (const source of sources) {
      const answer = await copy('/bucket/copy', { 'x-amz-copy-source': source });
      assert.equal(answer.status, 200, `${source}: ${answer.body}`);
      assert.match(
        answer.body.toString(),
        /<CopyObjectResult xmlns="http:\/\/s3\.amazonaws\.com\/doc\/2006-03-01\/">/,
      );
      assert.equal((await get('/bucket/copy')).body.toString(), 'source');
    }
  });

  test('without a source that can be read is refused', async () => {
    for (const source of [
      '',
      '/',
      'bucket',
      'bucket/',
      '/bucket/',
      'bucket/%zz',
      'bucket/digits?versionId=',
    ]) {
      assertError(await copy('/bucket/copy', { 'x-amz-copy-source': source }), 400, 'InvalidArgument');
    }
  });

  test('needs the right to read its source', async () => {
    await s3.send({ method: 'PUT', path: '/others-bucket/secret', body: Buffer.from('secret') }, {}, 'other');
    assertError(
      await copy('/bucket/copy', { 'x-amz-copy-source': 'others-bucket/secret' }),
      403,
      'AccessDenied',
    );
    assertError(
      await copy('/bucket/copy', { 'x-amz-copy-source': 'no-such-bucket/secret' }),
      404,
      'NoSuchBucket',
    );
  });

  test('minds the expected owner of either bucket', async () => {
    const source = { 'x-amz-copy-source': 'bucket/digits' };
    for (const header of ['x-amz-expected-bucket-owner', 'x-amz-source-expected-bucket-owner']) {
      assertError(await copy('/bucket/copy', { ...source, [header]: OTHER_ACCOUNT }), 403, 'AccessDenied');
      assert.equal((await copy('/bucket/copy', { ...source, [header]: ACCOUNT })).status, 200);
    }
  });

  test('says which of its conditions failed, as an error and not as 304', async () => {
    const { headers } = await get('/bucket/digits');
    const etag = headers.get('etag') ?? '';
    const answer = await copy('/bucket/copy', {
      'x-amz-copy-source': 'bucket/digits',
      'x-amz-copy-source-if-none-match': etag,
    });
    assertError(answer, 412, 'PreconditionFailed');
    assert.equal(answer.element('Condition'), 'x-amz-copy-source-if-none-match');
  });

  test('onto itself needs a change', async () => {
    const source = { 'x-amz-copy-source': 'bucket/digits' };
    assertError(await copy('/bucket/digits', source), 400, 'InvalidRequest');
    const replaced = { ...source, 'x-amz-metadata-directive': 'REPLACE', 'content-type': 'text/new' };
    assert.equal((await copy('/bucket/digits', replaced)).status, 200);
    assert.equal((await get('/bucket/digits')).headers.get('content-type'), 'text/new');
    assertError(
      await copy('/bucket/digits', { ...source, 'x-amz-metadata-directive': 'x' }),
      400,
      'InvalidArgument',
    );
  });
});

describe('DeleteObjects', () => {
  const remove = (document: string, headers: Headers = {}, as?: 'other') => {
    const body = Buffer.from(document);
    const md5 = createHash('md5').update(body).digest('base64');
    const request = { method: 'POST', path: '/bucket', query: [['delete', '']] as const, body };
    return s3.send({ ...request, headers: { 'content-md5': md5, ...headers } }, {}, as);
  };
  const objects = (...rows: string[]) =>
    `<Delete>${rows.map((row) => `<Object>${row}</Object>`).join('')}</Delete>`;
  const keys = (...names: string[]) => objects(...names.map((name) => `<Key>${name}</Key>`));
  const rowsOf = (answer: RawResponse) =>
    [...answer.body.toString().matchAll(/<Key>([^<]*)<\/Key>/g)].map((m) => m[1]);

  test('answers in the order of the request, also for what is not there or named twice', async () => {
    const names = Array.from({ length: 200 }, (_, index) => `key-${(index * 37) % 100}`);
    const answer = await remove(keys(...names));
    assert.equal(answer.status, 200);
    assert.deepEqual(rowsOf(answer), names);
  });

  test('says of each key what went wrong with it', async () => {
    const answer = await remove(keys('digits', 'x'.repeat(1025), 'other'));
    assert.match(
      answer.body.toString(),
      /<Deleted><Key>digits<\/Key><\/Deleted><Error><Key>x+<\/Key><Code>KeyTooLongError<\/Code><Message>[^<]+<\/Message><\/Error><Deleted>/,
    );
    const quiet = await remove('<Delete><Quiet>true</Quiet><Object><Key>a</Key></Object></Delete>');
    assert.match(quiet.body.toString(), /<DeleteResult xmlns="[^"]+"><\/DeleteResult>$/);
  });

  test('heeds conditions of each object', async () => {
    const { headers } = await get('/bucket/digits');
    const etag = headers.get('etag') ?? '';
    const failed = await remove(
      objects('<Key>digits</Key><Size>9</Size>', '<Key>digits</Key><ETag>"x"</ETag>'),
    );
    assert.equal(failed.body.toString().match(/<Code>PreconditionFailed<\/Code>/g)?.length, 2);
    assert.equal((await get('/bucket/digits')).status, 200);
    const time = headers.get('last-modified') ?? '';
    const row = `<Key>digits</Key><ETag>${etag}</ETag><Size>10</Size><LastModifiedTime>${time}</LastModifiedTime>`;
    assert.match((await remove(objects(row))).body.toString(), /<Deleted><Key>digits<\/Key><\/Deleted>/);
    assert.equal((await get('/bucket/digits')).status, 404);
  });

  test('refuses each key to whom it is not allowed', async () => {
    const answer = await remove(keys('digits', 'b'), {}, 'other');
    assert.equal(answer.status, 200);
    assert.equal(answer.body.toString().match(/<Code>AccessDenied<\/Code>/g)?.length, 2);
    assert.equal((await get('/bucket/digits')).status, 200);
  });

  test('refuses documents that are none of its own', async () => {
    const thousand = Array.from({ length: 1000 }, (_, index) => `k${index}`);
    assert.equal((await remove(keys(...thousand))).status, 200);
    const bomb = '<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>';
    const documents = [
      keys(...thousand, 'one-more'),
      '<Delete></Delete>',
      '<Remove><Object><Key>a</Key></Object></Remove>',
      '<Delete><Object></Object></Delete>',
      '<Delete><Object><Key>a</Key><Key>b</Key></Object></Delete>',
      '<Delete><Object><Key>&b;</Key></Object></Delete>',
      `${bomb}<Delete><Object><Key>&b;</Key></Object></Delete>`,
      `${keys('a')}${keys('b')}`,
      keys('a').slice(0, -3),
      `${'<a>'.repeat(100)}`,
      `<?xml version="1.0" encoding="UTF-16"?>${keys('a')}`,
    ];
    for (const document of documents) assertError(await remove(document), 400, 'MalformedXML');
    assertError(await remove(''), 400, 'MissingRequestBodyError');
  });

  test('wants the body to be protected, and checks it', async () => {
    const request = {
      method: 'POST',
      path: '/bucket',
      query: [['delete', '']] as const,
      body: Buffer.from(keys('digits')),
    };
    assertError(
      await s3.send(request),
      400,
      'InvalidRequest',
      'Missing required header for this request: Content-MD5',
    );
    const otherMd5 = createHash('md5').update('x').digest('base64');
    assertError(await remove(keys('digits'), { 'content-md5': otherMd5 }), 400, 'BadDigest');
    assertError(
      await s3.send({ ...request, headers: { 'x-amz-checksum-crc32': 'AAAAAA==' } }),
      400,
      'BadDigest',
    );
    const changed = Buffer.from(keys('digitz'));
    assertError(
      await s3.send({ ...request, headers: { 'x-amz-checksum-crc32': 'AAAAAA==' } }, { body: changed }),
      400,
      'XAmzContentSHA256Mismatch',
    );
    assert.equal((await get('/bucket/digits')).status, 200);
  });

  test('refuses a body of more than 2 MiB', async () => {
    const answer = await remove(`<Delete>${' '.repeat(2 * 1024 ** 2)}</Delete>`);
    assertError(answer, 400, 'MaxMessageLengthExceeded');
    assert.equal(answer.element('MaxMessageLengthBytes'), `${2 * 1024 ** 2}`);
  });
});

describe('anonymous requests', () => {
  const unsigned = {
    headers: { authorization: undefined, 'x-amz-date': undefined, 'x-amz-content-sha256': undefined },
  };

  test('are denied by default, and learn that there is no bucket', async () => {
    assertError(await s3.send({ method: 'GET', path: '/bucket/digits' }, unsigned), 403, 'AccessDenied');
    assertError(await s3.send({ method: 'GET', path: '/bucket/none' }, unsigned), 403, 'AccessDenied');
    assertError(
      await s3.send({ method: 'GET', path: '/no-such-bucket/none' }, unsigned),
      404,
      'NoSuchBucket',
    );
    assertError(await s3.send({ method: 'GET', path: '/' }, unsigned), 403, 'AccessDenied');
  });

  test('are not even looked at when switched off', async () => {
    const strict = await serveS3({ dialect: { anonymousAllowed: false } });
    try {
      const answer = await strict.send({ method: 'GET', path: '/no-such-bucket/none' }, unsigned);
      assertError(answer, 403, 'AccessDenied');
    } finally {
      await strict.stop();
    }
  });

  test('other proofs are refused in words', async () => {
    const bearer = { headers: { authorization: 'Bearer eyJ' } };
    assertError(await s3.send({ method: 'GET', path: '/' }, bearer), 403, 'AccessDenied');
    const unknown = { headers: { authorization: 'Digest x' } };
    assertError(
      await s3.send({ method: 'GET', path: '/' }, unknown),
      400,
      'InvalidArgument',
      'Unsupported Authorization Type',
    );
  });
});
