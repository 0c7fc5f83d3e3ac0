/**
 * T15, T16 and T22 of ibm-cos.md, section 13, with `ibm-cos-sdk`: the two denials that the source notes may be about, and proofs that do
 * not hold; and a multipart upload that is longer than a token lives.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { disposeWithoutSecrets } from '../support/assert-no-secrets.ts';
import { connectCos, cosFailure } from '../support/cos-client.ts';
import {
  accessTokenFor,
  addIbmAccount,
  type IbmAccount,
  type IbmClients,
  ibmClients,
} from '../support/ibm-world.ts';
import { IndependentSigner } from '../support/independent-signer.ts';
import { exchangeSigned } from '../support/raw-http.ts';
import { type ServerProcess, startServer } from '../support/server-process.ts';

const READER = 'crn:v1:bluemix:public:iam::::serviceRole:Reader';
const BUCKET = 'image-with-copywriter';
let server: ServerProcess;
let account: IbmAccount;
let owner: IbmClients;
let guid: string;
let crn: string;
before(async () => {
  server = await startServer({ workers: 2, env: { GOTGAN_LOG_LEVEL: 'trace' } });
  account = await addIbmAccount(server, 'notes');
  owner = ibmClients(server, account.owner.apiKey);
  const { result } = await owner.resources.listResourceInstances({});
  guid = result.resources[0]?.guid ?? '';
  crn = result.resources[0]?.crn ?? '';
  const cos = connectCos(server, account.owner.apiKey, { serviceInstanceId: crn, region: 'us-south' });
  await cos.createBucket({ Bucket: BUCKET }).promise();
  await cos.putObject({ Bucket: BUCKET, Key: '스크린샷 2024-03-13 오전 2.35.25.png', Body: 'png' }).promise();
});
after(() => disposeWithoutSecrets(server));

async function addService(name: string): Promise<{ iamId: string; apiKey: string }> {
  const { result } = await owner.identity.createServiceId({
    accountId: account.id,
    name,
    apikey: { name: 'k' },
  });
  return { iamId: result.iam_id ?? '', apiKey: result.apikey?.apikey ?? '' };
}

const grant = (iamId: string, resource: string) =>
  owner.policies.createPolicy({
    type: 'access',
    subjects: [{ attributes: [{ name: 'iam_id', value: iamId }] }],
    roles: [{ role_id: READER }],
    resources: [
      {
        attributes: [
          { name: 'accountId', value: account.id },
          { name: 'serviceName', value: 'cloud-object-storage' },
          { name: 'serviceInstance', value: guid },
          { name: 'resourceType', value: 'bucket' },
          { name: 'resource', value: resource },
        ],
      },
    ],
  });

async function listWith(token: string): Promise<{ status: number; text: string; headers: Headers }> {
  const response = await fetch(new URL(`/${BUCKET}`, server.storageUrl), {
    headers: { Connection: 'close', Authorization: `Bearer ${token}` },
  });
  return { status: response.status, text: await response.text(), headers: response.headers };
}

describe('T15: the policy names the instance where the bucket belongs', () => {
  test('the denial is the one of the notes, and one word repairs it', async () => {
    const service = await addService('notes-a');
    const { result } = await grant(service.iamId, guid);
    const cos = connectCos(server, service.apiKey, { serviceInstanceId: crn, region: 'us-south' });
    const failure = await cosFailure(cos.listObjects({ Bucket: BUCKET }));
    assert.deepEqual([failure.code, failure.status, failure.message], ['AccessDenied', 403, 'Access Denied']);
    const raw = await listWith(await accessTokenFor(server, service.apiKey));
    const id = raw.headers.get('x-amz-request-id');
    assert.match(failure.requestId ?? '', /^[0-9a-f-]{36}$/);
    assert.equal(
      raw.text,
      `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Error><Code>AccessDenied</Code><Message>Access Denied</Message>` +
        `<Resource>/${BUCKET}/</Resource><RequestId>${id}</RequestId><httpStatusCode>403</httpStatusCode></Error>`,
    );
    assert.equal(raw.headers.get('x-clv-request-id'), id);

    // The owner's own key works, which is what made the notes so puzzling.
    const own = connectCos(server, account.owner.apiKey, { serviceInstanceId: guid, region: 'us-south' });
    assert.equal((await own.listObjects({ Bucket: BUCKET }).promise()).Contents?.length, 1);

    await owner.policies.deletePolicy({ policyId: result.id ?? '' });
    await grant(service.iamId, BUCKET);
    const listed = await cos.listObjects({ Bucket: BUCKET }).promise();
    assert.equal(listed.Contents?.[0]?.Key, '스크린샷 2024-03-13 오전 2.35.25.png');
    assert.equal(listed.Contents?.[0]?.Owner?.ID, guid);
  });
});

describe('T16: the policy was given to the user and not to the service ID', () => {
  test('the user has it, the service ID has not', async () => {
    const service = await addService('notes-b');
    await grant(account.owner.iamId, BUCKET);
    assert.equal((await listWith(await accessTokenFor(server, service.apiKey))).status, 403);
    assert.equal((await listWith(await accessTokenFor(server, account.owner.apiKey))).status, 200);
  });
});

describe('T22: proofs that do not hold', () => {
  const codeOf = (text: string) => /<Code>(\w+)<\/Code>/.exec(text)?.[1];

  test('an expired token, a placeholder and nonsense are 403 AccessDenied', async () => {
    const short = await startServer({ env: { GOTGAN_IAM_ACCESS_TOKEN_SECONDS: '3' } });
    try {
      const { owner: somebody } = await addIbmAccount(short, 'short');
      const token = await accessTokenFor(short, somebody.apiKey);
      await pause(4000);
      const response = await fetch(new URL('/any', short.storageUrl), {
        headers: { Authorization: `Bearer ${token}` },
      });
      assert.deepEqual([response.status, codeOf(await response.text())], [403, 'AccessDenied']);
    } finally {
      await short.dispose();
    }
    for (const token of ['None', 'undefined', 'null', '', 'a.b.c']) {
      const { status, text } = await listWith(token);
      assert.deepEqual([status, codeOf(text)], [403, 'AccessDenied'], token);
    }
    const other = await startServer();
    try {
      const { owner: stranger } = await addIbmAccount(other, 'elsewhere');
      const foreign = await listWith(await accessTokenFor(other, stranger.apiKey));
      assert.deepEqual(
        [foreign.status, codeOf(foreign.text)],
        [403, 'AccessDenied'],
        'a token of another server',
      );
    } finally {
      await other.dispose();
    }
  });

  const signed = async (accessKeyId: string, secret: string, at: Date) => {
    const signer = new IndependentSigner({ accessKeyId, secret, region: 'us-south', service: 's3' }, at);
    const request = signer.byHeader({
      method: 'GET',
      host: new URL(server.storageUrl).host,
      path: `/${BUCKET}`,
      body: Buffer.alloc(0),
    });
    const { status, body } = await exchangeSigned(server.storageUrl, request);
    return [status, codeOf(body.toString())];
  };

  test('an API key where an HMAC key belongs, and a clock that is 20 minutes late', async () => {
    assert.deepEqual(await signed(account.owner.apiKey, 'whatever', new Date()), [403, 'InvalidAccessKeyId']);
    const { result } = await owner.resources.createResourceKey({
      name: 'hmac',
      source: guid,
      role: 'Reader',
      parameters: { HMAC: true } as never,
    });
    const keys = (result.credentials as unknown as { cos_hmac_keys: Record<string, string> }).cos_hmac_keys;
    const [id = '', secret = ''] = [keys['access_key_id'], keys['secret_access_key']];
    assert.deepEqual((await signed(id, secret, new Date()))[0], 200);
    const late = new Date(Date.now() - 20 * 60_000);
    assert.deepEqual(await signed(id, secret, late), [403, 'RequestTimeTooSkewed']);
  });
});

describe('a token that ends during an upload', () => {
  test('is renewed by the SDK, and the upload becomes whole', async () => {
    const short = await startServer({
      env: { GOTGAN_IAM_ACCESS_TOKEN_SECONDS: '20', GOTGAN_LOG_LEVEL: 'debug' },
    });
    try {
      const { owner: writer } = await addIbmAccount(short, 'long-upload');
      const { result } = await ibmClients(short, writer.apiKey).resources.listResourceInstances({});
      const cos = connectCos(short, writer.apiKey, {
        serviceInstanceId: result.resources[0]?.guid ?? '',
        region: 'us-south',
      });
      const [Bucket, Key] = ['long-upload', 'big'];
      await cos.createBucket({ Bucket }).promise();
      const { UploadId = '' } = await cos.createMultipartUpload({ Bucket, Key }).promise();
      const parts: { ETag: string; PartNumber: number }[] = [];
      const body = Buffer.alloc(5 * 1024 * 1024, 7);
      for (let PartNumber = 1; PartNumber <= 4; PartNumber += 1) {
        const part = await cos.uploadPart({ Bucket, Key, UploadId, PartNumber, Body: body }).promise();
        parts.push({ ETag: part.ETag ?? '', PartNumber });
        await pause(8000);
      }
      await cos
        .completeMultipartUpload({ Bucket, Key, UploadId, MultipartUpload: { Parts: parts } })
        .promise();
      const { ContentLength } = await cos.headObject({ Bucket, Key }).promise();
      assert.equal(ContentLength, 4 * body.length);
      const asked = short
        .logs()
        .split('\n')
        .filter((line) => line.includes('"operation":"CreateIamToken"'));
      assert.ok(asked.length >= 5, `${asked.length} tokens were fetched during the upload`);
    } finally {
      await short.dispose();
    }
  });
});
