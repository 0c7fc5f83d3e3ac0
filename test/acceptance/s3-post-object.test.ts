// PostObject: forms by the AWS SDK's maker of policies, sent as browsers send them; Version 2 and what is wrong by hand.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, test } from 'node:test';
import {
  CreateBucketCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutBucketAclCommand,
  PutBucketCorsCommand,
} from '@aws-sdk/client-s3';
import { createPresignedPost, type PresignedPostOptions } from '@aws-sdk/s3-presigned-post';
import { openBucket } from '../support/open-bucket.ts';
import { newBucketName } from '../support/s3-client.ts';

const { server, s3, Bucket } = await openBucket('post');

interface Sent {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly code: string | undefined;
}

async function send(
  fields: Readonly<Record<string, string>>,
  file: Blob | undefined,
  options: {
    readonly filename?: string;
    readonly headers?: Record<string, string>;
    readonly bucket?: string;
  } = {},
): Promise<Sent> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  if (file !== undefined) form.append('file', file, options.filename ?? 'photo.txt');
  const response = await fetch(`${server.storageUrl}/${options.bucket ?? Bucket}`, {
    method: 'POST',
    body: form,
    redirect: 'manual',
    ...(options.headers && { headers: options.headers }),
  });
  const text = await response.text();
  const code = /<Code>([^<]*)<\/Code>/.exec(text)?.[1];
  return { status: response.status, headers: response.headers, text, code };
}

const policyFor = async (Key: string, options: Partial<PresignedPostOptions> = {}) =>
  (await createPresignedPost(s3, { Bucket, Key, ...options })).fields;
const textOf = async (Key: string) => {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
  return Body?.transformToString();
};

describe('a form with a signed policy', () => {
  test('stores its file with what its fields say', async () => {
    const Fields = {
      acl: 'public-read',
      'Content-Type': 'text/plain; charset=utf-8',
      'Cache-Control': 'no-store',
      'x-amz-meta-colour': 'green',
      tagging: '<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>',
      success_action_status: '201',
    };
    const fields = await policyFor('사진/${filename}', {
      Fields,
      Conditions: [
        ['starts-with', '$Content-Type', 'text/'],
        ['content-length-range', 1, 100],
      ],
    });
    const sent = await send(fields, new Blob(['from a browser']), { filename: 'C:\\me\\a b.txt' });
    assert.equal(sent.status, 201, sent.text);
    const key = '사진/a b.txt';
    const location = `${server.storageUrl}/${Bucket}/${encodeURIComponent('사진')}/a%20b.txt`;
    assert.match(
      sent.text,
      new RegExp(`<PostResponse><Location>${location}</Location><Bucket>${Bucket}</Bucket>`),
    );
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: key }));
    assert.deepEqual(
      [head.ContentType, head.CacheControl, head.Metadata, head.ETag],
      [Fields['Content-Type'], 'no-store', { colour: 'green' }, sent.headers.get('etag')],
    );
    assert.equal(await textOf(key), 'from a browser');
    const { TagSet } = await s3.send(new GetObjectTaggingCommand({ Bucket, Key: key }));
    assert.deepEqual(TagSet, [{ Key: 'a', Value: 'b' }]);
    assert.equal(await (await fetch(location)).text(), 'from a browser');
  });

  test('answers 204, 200 or a redirect, to pages of allowed origins too', async () => {
    const plain = await send(await policyFor('plain'), new Blob(['x']));
    assert.deepEqual([plain.status, plain.text], [204, '']);
    const Fields = { success_action_status: '200' };
    assert.equal((await send(await policyFor('plain', { Fields }), new Blob(['x']))).status, 200);
    const wrong = await policyFor('plain', { Fields: { success_action_status: '404' } });
    assert.equal((await send(wrong, new Blob(['x']))).status, 204);
    const redirecting = { Fields: { success_action_redirect: 'https://app.example/done?a=1' } };
    const redirected = await send(await policyFor('re&d', redirecting), new Blob(['x']));
    assert.equal(redirected.status, 303);
    const etag = encodeURIComponent(redirected.headers.get('etag') ?? '');
    const expected = `https://app.example/done?a=1&bucket=${Bucket}&key=re%26d&etag=${etag}`;
    assert.equal(redirected.headers.get('location'), expected);
    const script = { Fields: { success_action_redirect: 'javascript:alert(1)' } };
    assert.equal((await send(await policyFor('plain', script), new Blob(['x']))).status, 204);
    const CORSConfiguration = {
      CORSRules: [{ AllowedMethods: ['POST'], AllowedOrigins: ['https://app.example'] }],
    };
    await s3.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration }));
    const headers = { origin: 'https://app.example' };
    const shared = await send(await policyFor('plain'), new Blob(['x']), { headers });
    assert.equal(shared.headers.get('access-control-allow-origin'), 'https://app.example');
  });

  test('streams a file of many megabytes', async () => {
    const bytes = new Uint8Array(12 * 1024 * 1024).map((_, index) => (index * 7) % 251);
    const sent = await send(await policyFor('large'), new Blob([bytes]));
    assert.equal(sent.status, 204, sent.text);
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: 'large' }));
    assert.ok(Buffer.from((await Body?.transformToByteArray()) ?? []).equals(Buffer.from(bytes)));
  });

  test('is held to it', async () => {
    const Conditions: PresignedPostOptions['Conditions'] = [
      ['content-length-range', 3, 5],
      ['starts-with', '$x-amz-meta-a', 'b'],
    ];
    const fields = { ...(await policyFor('bounded', { Conditions })), 'x-amz-meta-a': 'bc' };
    const cases: readonly (readonly [Record<string, string>, string, status: number, code: string])[] = [
      [fields, '12', 400, 'EntityTooSmall'],
      [fields, '123456', 400, 'EntityTooLarge'],
      [{ ...fields, 'x-amz-meta-a': 'c' }, '1234', 403, 'AccessDenied'],
      [{ ...fields, key: 'other' }, '1234', 403, 'AccessDenied'],
      [{ ...fields, acl: 'public-read' }, '1234', 403, 'AccessDenied'],
      [{ ...fields, 'X-Amz-Signature': '0'.repeat(64) }, '1234', 403, 'SignatureDoesNotMatch'],
      [
        { ...fields, 'X-Amz-Credential': 'nobody/20260101/KR1/s3/aws4_request' },
        '1234',
        400,
        'AuthorizationQueryParametersError',
      ],
    ];
    for (const [changed, text, status, code] of cases) {
      const sent = await send(changed, new Blob([text]));
      assert.deepEqual([sent.status, sent.code], [status, code], sent.text);
    }
    assert.equal((await send({ ...fields, 'x-ignore-me': 'x' }, new Blob(['1234']))).status, 204);
    const elsewhere = newBucketName('post');
    await s3.send(new CreateBucketCommand({ Bucket: elsewhere }));
    assert.equal((await send(fields, new Blob(['1234']), { bucket: elsewhere })).code, 'AccessDenied');
    const expired = await policyFor('expired', { Expires: 1 });
    await new Promise((resolve) => setTimeout(resolve, 1100));
    assert.match((await send(expired, new Blob(['x']))).text, /Policy expired/);
  });

  test('by Signature Version 2', async () => {
    const expiration = new Date(Date.now() + 60_000).toISOString();
    const document = JSON.stringify({ expiration, conditions: [{ bucket: Bucket }, ['eq', '$key', 'v2']] });
    const policy = Buffer.from(document).toString('base64');
    const signature = createHmac('sha1', server.secretKey).update(policy).digest('base64');
    const fields = { key: 'v2', AWSAccessKeyId: server.accessKey, policy, signature };
    assert.equal((await send(fields, new Blob(['two']))).status, 204);
    assert.equal(await textOf('v2'), 'two');
    const wrong = await send({ ...fields, signature: signature.replace(/^./, '!') }, new Blob(['two']));
    assert.equal(wrong.code, 'SignatureDoesNotMatch');
    const { signature: _, ...unsigned } = fields;
    assert.deepEqual((await send(unsigned, new Blob(['two']))).code, 'InvalidArgument');
  });
});

test('a form without a policy is anonymous', async () => {
  assert.equal((await send({ key: 'anonymous' }, new Blob(['x']))).code, 'AccessDenied');
  const open = newBucketName('post');
  await s3.send(new CreateBucketCommand({ Bucket: open }));
  await s3.send(new PutBucketAclCommand({ Bucket: open, ACL: 'public-read-write' }));
  assert.equal((await send({ key: 'anonymous' }, new Blob(['x']), { bucket: open })).status, 204);
});

test('what is no form, or not a whole one, is refused', async () => {
  const post = async (body: string, type: string) => {
    const url = `${server.storageUrl}/${Bucket}`;
    const response = await fetch(url, { method: 'POST', body, headers: { 'content-type': type } });
    return [response.status, /<Code>([^<]*)<\/Code>/.exec(await response.text())?.[1]];
  };
  assert.deepEqual(await post('a=b', 'application/x-www-form-urlencoded'), [412, 'PreconditionFailed']);
  const type = 'multipart/form-data; boundary=B0';
  assert.deepEqual(await post('--B0\r\n', type), [400, 'MalformedPOSTRequest']);
  assert.equal((await send({ key: 'a' }, undefined)).code, 'InvalidArgument');
  assert.equal((await send({}, new Blob(['x']))).code, 'InvalidArgument');
  const long = await send({ key: 'a', 'x-ignore-a': 'x'.repeat(21_000) }, new Blob(['x']));
  assert.equal(long.code, 'MaxPostPreDataLengthExceededError');
  const fields = await policyFor('cut');
  const parts = Object.entries(fields).map(
    ([name, value]) => `--B0\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  const file = '--B0\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nsome of it';
  assert.deepEqual(await post(parts.join('') + file, type), [400, 'MalformedPOSTRequest']);
  assert.equal(
    (await s3.send(new HeadObjectCommand({ Bucket, Key: 'cut' })).catch((error) => error)).name,
    'NotFound',
  );
  const policy = Buffer.from('{"conditions":[]}').toString('base64');
  const signature = createHmac('sha1', server.secretKey).update(policy).digest('base64');
  const noEnd = { key: 'a', AWSAccessKeyId: server.accessKey, policy, signature };
  assert.equal((await send(noEnd, new Blob(['x']))).code, 'InvalidPolicyDocument');
});
