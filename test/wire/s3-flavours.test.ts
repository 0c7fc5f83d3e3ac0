// Which flavour of S3 answers: by host name, by what only clients of IBM send, and by where a key pair was made.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { exchangeSigned, type RawResponse } from '../support/raw-http.ts';
import { type InProcessS3, type Signatory, serveS3 } from '../support/s3-in-process.ts';

const IBM_HOST = 's3.us-south.cos.example';
const SCP_HOST = 'object-store.kr-west1.e.example';
const TRANSACTION_ID = /^tx[0-9a-f]{21}-[0-9a-f]{10}$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

let s3: InProcessS3;

before(async () => {
  s3 = await serveS3({
    dialect: {
      domains: [IBM_HOST, SCP_HOST],
      flavourHosts: [
        { host: IBM_HOST, flavour: 'ibm' },
        { host: SCP_HOST, flavour: 'scp' },
      ],
    },
  });
});

after(async () => {
  await s3.stop();
  assert.deepEqual(s3.bugs, []);
});

const flavourOf = ({ headers }: RawResponse): string => {
  const id = headers.get('x-amz-request-id') ?? '';
  if (headers.has('x-clv-request-id')) {
    assert.match(id, UUID);
    assert.equal(headers.get('x-clv-request-id'), id);
    assert.equal(headers.get('x-clv-s3-version'), '2.5');
    assert.equal(headers.has('x-amz-id-2'), false);
    return 'ibm';
  }
  assert.match(id, TRANSACTION_ID);
  // Ordinary answers without a body name a type at NHN only (nhn-openstack.md, section 23.6).
  return headers.get('content-type') === 'text/html; charset=UTF-8' ? 'nhn' : 'scp';
};

const createAt = (host: string, bucket: string, as?: Signatory) =>
  exchangeSigned(s3.url, s3.signer(as).byHeader({ method: 'PUT', path: `/${bucket}`, host }));

describe('the flavour of an answer', () => {
  test('follows the host name, with or without a port, in any case, and with a bucket before it', async () => {
    assert.equal(flavourOf(await createAt(s3.host, 'plain')), 'nhn');
    assert.equal(flavourOf(await createAt(IBM_HOST, 'at-ibm')), 'ibm');
    assert.equal(flavourOf(await createAt(`${IBM_HOST.toUpperCase()}:9000`, 'at-ibm-2')), 'ibm');
    assert.equal(flavourOf(await createAt(SCP_HOST, 'at-scp')), 'scp');
    const hosted = s3.signer().byHeader({ method: 'HEAD', path: '/', host: `at-ibm.${IBM_HOST}` });
    const answer = await exchangeSigned(s3.url, hosted);
    assert.equal(answer.status, 200);
    assert.equal(flavourOf(answer), 'ibm');
  });

  test('follows the key pair where the host says nothing', async () => {
    assert.equal(flavourOf(await createAt(s3.host, 'ibm-pair', 'ibm-pair')), 'ibm');
    assert.equal(flavourOf(await createAt(s3.host, 'scp-pair', 'scp-pair')), 'scp');
    assert.equal(flavourOf(await createAt(SCP_HOST, 'scp-host', 'ibm-pair')), 'scp');
    assert.equal(flavourOf(await createAt(IBM_HOST, 'ibm-host', 'scp-pair')), 'ibm');
  });

  test('follows the key pair also when the signature is wrong, in Version 4 and in Version 2', async () => {
    const v4 = s3.signer('ibm-pair').byHeader({ method: 'GET', path: '/', host: s3.host });
    const wrong = await exchangeSigned(s3.url, v4, { target: '/elsewhere' });
    assert.equal(wrong.element('Code'), 'SignatureDoesNotMatch');
    assert.equal(flavourOf(wrong), 'ibm');
    const v2 = await exchangeSigned(s3.url, v4, {
      headers: { authorization: 'AWS ibm-pair:c2lnbmF0dXJl', 'x-amz-content-sha256': undefined },
    });
    assert.equal(v2.element('Code'), 'SignatureDoesNotMatch');
    assert.equal(flavourOf(v2), 'ibm');
  });

  test('follows what only clients of IBM send', async () => {
    const signed = s3.signer().byHeader({
      method: 'GET',
      path: '/no-such-bucket',
      host: s3.host,
      headers: { 'ibm-service-instance-id': 'c3a1b2d4-0000-4000-8000-000000000000' },
    });
    assert.equal(flavourOf(await exchangeSigned(s3.url, signed)), 'ibm');
    const bearer = await exchangeSigned(s3.url, signed, { headers: { authorization: 'bearer x.y.z' } });
    assert.equal(flavourOf(bearer), 'ibm');
  });

  test('decides about the region of a signature and how long a link may hold', async () => {
    const wrongRegion = (as: Signatory) =>
      s3.signer(as, 'anything').byHeader({ method: 'GET', path: '/plain', host: s3.host });
    assert.equal((await exchangeSigned(s3.url, wrongRegion('owner'))).status, 400);
    assert.equal((await exchangeSigned(s3.url, wrongRegion('ibm-pair'))).status, 200);
    assert.equal((await exchangeSigned(s3.url, wrongRegion('scp-pair'))).status, 200);
    const link = (as: Signatory) =>
      s3.signer(as).byQuery({ method: 'GET', path: '/plain', host: s3.host }, 864_000);
    assert.equal((await exchangeSigned(s3.url, link('owner'))).status, 400);
    assert.equal((await exchangeSigned(s3.url, link('ibm-pair'))).status, 200);
  });
});

describe('errors as IBM writes them', () => {
  const errorOf = async (path: string, host = IBM_HOST) => {
    const signed = s3.signer('other').byHeader({ method: 'GET', path, host });
    const { headers, body } = await exchangeSigned(s3.url, signed);
    return body.toString().replaceAll(headers.get('x-amz-request-id') ?? '', 'ID');
  };

  test('name the resource with a slash behind a bucket, in path and in host style', async () => {
    const denied = (resource: string) =>
      '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Error><Code>AccessDenied</Code>' +
      `<Message>Access Denied</Message><Resource>${resource}</Resource>` +
      '<RequestId>ID</RequestId><httpStatusCode>403</httpStatusCode></Error>';
    assert.equal(await errorOf('/plain'), denied('/plain/'));
    assert.equal(await errorOf('/', `plain.${IBM_HOST}`), denied('/plain/'));
    assert.equal(await errorOf('/key', `plain.${IBM_HOST}`), denied('/plain/key'));
  });

  test("have IBM's word where it differs", async () => {
    assert.match(await errorOf(`/plain/${'k'.repeat(1025)}`), /<Code>KeyTooLong<\/Code>/);
    assert.match(await errorOf(`/plain/${'k'.repeat(1025)}`, s3.host), /<Code>KeyTooLongError<\/Code>/);
  });
});
