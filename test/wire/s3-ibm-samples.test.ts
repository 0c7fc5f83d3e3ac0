// Answers of IBM Cloud Object Storage as they were printed by people who used it (ibm-cos.md, sections 9.2 to 9.6): the very bytes, and
// which headers.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { exchangeSigned, type RawResponse } from '../support/raw-http.ts';
import { type InProcessS3, PAIR_INSTANCE, serveS3 } from '../support/s3-in-process.ts';

const HOST = 's3.us-south.cloud-object-storage.appdomain.test';
const DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';
const NAMESPACE = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const KEY = '스크린샷 2024-03-13 오전 2.35.25.png';
const BUCKET = 'image-with-copywriter';
/** Of the connection, not of the answer. */
const HOP_HEADERS = ['connection', 'keep-alive'];

let s3: InProcessS3;

before(async () => {
  s3 = await serveS3({
    instances: {
      defaultOf: () => PAIR_INSTANCE,
      find: async (account, guid) =>
        guid === PAIR_INSTANCE ? { account, guid, resourceGroup: 'group' } : undefined,
      list: async (account) => [{ account, guid: PAIR_INSTANCE, resourceGroup: 'group' }],
    },
    dialect: {
      flavourHosts: [{ host: HOST, flavour: 'ibm' }],
      ibmNames: new Map([['KR1', 'us-south']]),
    },
  });
  assert.equal((await send('PUT', `/${BUCKET}`)).status, 200);
  assert.equal((await send('PUT', `/${BUCKET}/${KEY}`, [], Buffer.from('hello'))).status, 200);
});

after(async () => {
  await s3.stop();
  assert.deepEqual(s3.bugs, []);
});

function send(
  method: string,
  path: string,
  query: readonly (readonly [string, string])[] = [],
  body: Uint8Array = Buffer.alloc(0),
): Promise<RawResponse> {
  return exchangeSigned(s3.url, s3.signer('ibm-pair').byHeader({ method, path, query, host: HOST, body }));
}

const contentsOf = (owner: string) =>
  `<Contents><Key>${KEY}</Key><LastModified>2020-02-22T22:22:22.250Z</LastModified>` +
  '<ETag>&quot;5d41402abc4b2a76b9719d911017c592&quot;</ETag><Size>5</Size>' +
  `${owner}<StorageClass>STANDARD</StorageClass></Contents>`;
const OWNER = `<Owner><ID>${PAIR_INSTANCE}</ID><DisplayName>${PAIR_INSTANCE}</DisplayName></Owner>`;

describe('documents', () => {
  test('list objects, as in the notes', async () => {
    const { status, body } = await send('GET', `/${BUCKET}`);
    assert.equal(status, 200);
    assert.equal(
      body.toString(),
      `${DECLARATION}<ListBucketResult ${NAMESPACE}><Name>${BUCKET}</Name><Prefix></Prefix><Marker></Marker>` +
        '<MaxKeys>1000</MaxKeys><Delimiter></Delimiter><IsTruncated>false</IsTruncated>' +
        `${contentsOf(OWNER)}</ListBucketResult>`,
    );
  });

  test('list objects, version 2: owners when they are asked for', async () => {
    const page = async (...query: readonly (readonly [string, string])[]) =>
      (await send('GET', `/${BUCKET}`, [['list-type', '2'], ...query])).body.toString();
    const start = `${DECLARATION}<ListBucketResult ${NAMESPACE}><Name>${BUCKET}</Name><Prefix></Prefix>`;
    const counts =
      '<KeyCount>1</KeyCount><MaxKeys>1000</MaxKeys><Delimiter></Delimiter><IsTruncated>false</IsTruncated>';
    assert.equal(await page(), `${start}${counts}${contentsOf('')}</ListBucketResult>`);
    const owned = `${start}${counts}${contentsOf(OWNER)}</ListBucketResult>`;
    assert.equal(await page(['fetch-owner', 'true']), owned);
  });

  test('list buckets, and where one is', async () => {
    const listed = await send('GET', '/');
    assert.equal(
      listed.body.toString(),
      `${DECLARATION}<ListAllMyBucketsResult ${NAMESPACE}>${OWNER}<Buckets><Bucket><Name>${BUCKET}</Name>` +
        '<CreationDate>2020-02-22T22:22:22.250Z</CreationDate></Bucket></Buckets></ListAllMyBucketsResult>',
    );
    const location = await send('GET', `/${BUCKET}`, [['location', '']]);
    assert.equal(
      location.body.toString(),
      `${DECLARATION}\n<LocationConstraint ${NAMESPACE}>us-south-standard</LocationConstraint>`,
    );
  });
});

describe('headers', () => {
  /** Without the id, which is a uuid in both places. */
  const headersOf = ({ headers }: RawResponse) => {
    const id = headers.get('x-amz-request-id') ?? '';
    assert.match(id, UUID);
    assert.equal(headers.get('x-clv-request-id'), id);
    const left = [...headers].filter(
      ([name]) => ![...HOP_HEADERS, 'x-amz-request-id', 'x-clv-request-id', 'date'].includes(name),
    );
    assert.ok(headers.has('date'));
    return Object.fromEntries(left);
  };
  const always = { 'accept-ranges': 'bytes', server: 'Gotgan', 'x-clv-s3-version': '2.5' };

  test('of documents, errors, objects, and answers without a body', async () => {
    const location = await send('GET', `/${BUCKET}`, [['location', '']]);
    const { 'content-length': length, ...shown } = headersOf(location);
    assert.equal(Number(length), location.body.length);
    assert.deepEqual(shown, { ...always, 'content-type': 'application/xml' });
    const missing = headersOf(await send('GET', '/no-such-bucket'));
    assert.deepEqual(
      { ...missing, 'content-length': '' },
      { ...always, 'content-type': 'application/xml', 'content-length': '' },
    );
    assert.deepEqual(headersOf(await send('HEAD', `/${BUCKET}`)), { ...always, 'content-length': '0' });
    assert.deepEqual(headersOf(await send('HEAD', `/${BUCKET}/${KEY}`)), {
      ...always,
      'content-length': '5',
      'content-type': 'binary/octet-stream',
      etag: '"5d41402abc4b2a76b9719d911017c592"',
      'last-modified': 'Sat, 22 Feb 2020 22:22:23 GMT',
    });
    assert.deepEqual(headersOf(await send('PUT', `/${BUCKET}/new`)), {
      ...always,
      'content-length': '0',
      etag: '"d41d8cd98f00b204e9800998ecf8427e"',
    });
    assert.deepEqual(headersOf(await send('DELETE', `/${BUCKET}/new`)), always);
  });
});
