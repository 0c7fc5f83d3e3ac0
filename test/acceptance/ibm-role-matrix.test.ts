// T21 of ibm-cos.md, section 13: six roles, each on every request of table 7.1. The tables are written down here once more, from the
// specification and not from the server's.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import type COS from 'ibm-cos-sdk';
import { connectCos } from '../support/cos-client.ts';
import { accessTokenFor, addIbmAccount, type IbmAccount, ibmClients } from '../support/ibm-world.ts';
import { assertNoFailures, newBucketName } from '../support/s3-client.ts';
import { type ServerProcess, startServer } from '../support/server-process.ts';

const roles = {
  M: 'crn:v1:bluemix:public:iam::::serviceRole:Manager',
  W: 'crn:v1:bluemix:public:iam::::serviceRole:Writer',
  R: 'crn:v1:bluemix:public:iam::::serviceRole:Reader',
  CR: 'crn:v1:bluemix:public:cloud-object-storage::::serviceRole:ContentReader',
  OR: 'crn:v1:bluemix:public:cloud-object-storage::::serviceRole:ObjectReader',
  OW: 'crn:v1:bluemix:public:cloud-object-storage::::serviceRole:ObjectWriter',
} as const;
type Role = keyof typeof roles;
const roleNames = Object.keys(roles) as readonly Role[];

/** Section 7: who holds what, as far as requests need it. */
const holders: Readonly<Record<string, string>> = {
  'account.get_account_buckets': 'M W R',
  'bucket.get_basic': 'M W R',
  'bucket.get_location': 'M W R CR',
  'bucket.get': 'M W R CR',
  'bucket.head': 'M W R CR',
  'bucket.get_versions': 'M W R CR',
  'object.get': 'M W R CR OR',
  'object.head': 'M W R CR OR',
  'object.get_version': 'M W R CR OR',
  'object.head_version': 'M W R CR OR',
  'object.copy_get_version': 'M W R CR OR',
  'bucket.get_uploads': 'M W R',
  'bucket.get_cors': 'M W R',
  'bucket.get_website': 'M W R',
  'bucket.get_versioning': 'M W R',
  'bucket.get_object_lock_configuration': 'M W R',
  'bucket.get_lifecycle': 'M W R',
  'bucket.get_protection': 'M W R',
  'bucket.get_replication': 'M W R',
  'object.copy_get': 'M W R',
  'object.get_tagging': 'M W R',
  'object.get_tagging_version': 'M W R',
  'object.get_legal_hold': 'M W R',
  'object.get_object_lock_retention': 'M W R',
  'object.get_object_lock_legal_hold': 'M W R',
  'object.get_uploads': 'M W R OW',
  'object.put': 'M W OW',
  'object.delete_upload': 'M W OW',
  'object.put_tagging': 'M W OW',
  'object.delete_tagging': 'M W OW',
  'object.put_object_lock_retention': 'M W OW',
  'object.put_object_lock_legal_hold': 'M W OW',
  'bucket.put_bucket': 'M W',
  'bucket.delete_bucket': 'M W',
  'bucket.put_cors': 'M W',
  'bucket.delete_cors': 'M W',
  'bucket.put_versioning': 'M W',
  'bucket.put_object_lock_configuration': 'M W',
  'bucket.put_lifecycle': 'M W',
  'object.copy': 'M W',
  'object.delete': 'M W',
  'object.delete_version': 'M W',
  'object.post_multi_delete': 'M W',
  'object.post_legal_hold': 'M W',
  'object.post_extend_retention': 'M W',
  'bucket.get_acl': 'M',
  'bucket.put_acl': 'M',
  'bucket.put_protection': 'M',
  'bucket.put_firewall': 'M',
  'bucket.get_public_access_block': 'M',
  'bucket.put_public_access_block': 'M',
  'bucket.delete_public_access_block': 'M',
  'object.get_acl': 'M',
  'object.put_acl': 'M',
};

interface Sent {
  readonly method: string;
  /** `{b}`: the bucket of the test; `{new}`: a name nobody has. */
  readonly target: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

type Row = readonly [request: string | Sent, ...actions: string[]];

const body = (method: string, target: string, text: string): Sent => ({ method, target, body: text });
const withHeaders = (request: string, headers: Readonly<Record<string, string>>): Sent => {
  const [method = '', target = ''] = request.split(' ');
  return { method, target, headers };
};
const CORS = '<CORSConfiguration/>';
const TAGS = '<Tagging><TagSet></TagSet></Tagging>';
const DELETE = '<Delete><Object><Key>none</Key></Object></Delete>';
const copy = (source: string) => ({ 'x-amz-copy-source': source });

/** Section 7.1, as far as there are such operations here: those that answer 501 ask nobody. */
const rows: readonly Row[] = [
  ['GET /', 'account.get_account_buckets'],
  ['GET /?extended', 'account.get_account_buckets'],
  ['PUT /{new}', 'bucket.put_bucket'],
  ['HEAD /{b}', 'bucket.head'],
  ['GET /{b}', 'bucket.get'],
  ['GET /{b}?list-type=2', 'bucket.get'],
  ['GET /{b}?versions', 'bucket.get_versions'],
  ['GET /{b}?uploads', 'bucket.get_uploads'],
  ['GET /{b}?location', 'bucket.get_location'],
  ['GET /{b}?cors', 'bucket.get_cors'],
  [body('PUT', '/{b}?cors', CORS), 'bucket.put_cors'],
  ['DELETE /{b}?cors', 'bucket.delete_cors'],
  ['GET /{b}?lifecycle', 'bucket.get_lifecycle'],
  ['GET /{b}?website', 'bucket.get_website'],
  ['GET /{b}?versioning', 'bucket.get_versioning'],
  [body('PUT', '/{b}?versioning', '<VersioningConfiguration/>'), 'bucket.put_versioning'],
  ['GET /{b}?replication', 'bucket.get_replication'],
  ['GET /{b}?object-lock', 'bucket.get_object_lock_configuration'],
  [body('PUT', '/{b}?object-lock', '<x/>'), 'bucket.put_object_lock_configuration'],
  ['GET /{b}?acl', 'bucket.get_acl'],
  [withHeaders('PUT /{b}?acl', { 'x-amz-acl': 'private' }), 'bucket.put_acl'],
  ['GET /{b}?publicAccessBlock', 'bucket.get_public_access_block'],
  [body('PUT', '/{b}?publicAccessBlock', '<x/>'), 'bucket.put_public_access_block'],
  ['DELETE /{b}?publicAccessBlock', 'bucket.delete_public_access_block'],
  ['GET /{b}?protection', 'bucket.get_protection'],
  [body('PUT', '/{b}?protection', '<x/>'), 'bucket.put_protection'],
  [body('POST', '/{b}?delete', DELETE), 'object.post_multi_delete', 'object.delete'],
  ['GET /{b}/key', 'object.get'],
  ['HEAD /{b}/key', 'object.head'],
  ['GET /{b}/key?versionId=null', 'object.get_version'],
  ['HEAD /{b}/key?versionId=null', 'object.head_version'],
  ['PUT /{b}/written', 'object.put'],
  [withHeaders('PUT /{b}/written', { 'x-amz-tagging': 'a=b' }), 'object.put', 'object.put_tagging'],
  [withHeaders('PUT /{b}/written', { 'x-amz-acl': 'public-read' }), 'object.put', 'object.put_acl'],
  [withHeaders('PUT /{b}/copied', copy('/{b}/key')), 'object.copy', 'object.copy_get'],
  [withHeaders('PUT /{b}/copied', copy('/{b}/key?versionId=null')), 'object.copy', 'object.copy_get_version'],
  ['POST /{b}/parts?uploads', 'object.put'],
  ['PUT /{b}/parts?partNumber=1&uploadId={upload}', 'object.put'],
  [body('POST', '/{b}/parts?uploadId={upload}', '<x/>'), 'object.put'],
  ['GET /{b}/parts?uploadId={upload}', 'object.get_uploads'],
  ['DELETE /{b}/parts?uploadId={upload}', 'object.delete_upload'],
  ['DELETE /{b}/none', 'object.delete'],
  ['DELETE /{b}/none?versionId=null', 'object.delete_version'],
  ['GET /{b}/key?tagging', 'object.get_tagging'],
  ['GET /{b}/key?tagging&versionId=null', 'object.get_tagging_version'],
  [body('PUT', '/{b}/key?tagging', TAGS), 'object.put_tagging'],
  ['DELETE /{b}/key?tagging', 'object.delete_tagging'],
  ['GET /{b}/key?acl', 'object.get_acl'],
  [withHeaders('PUT /{b}/key?acl', { 'x-amz-acl': 'private' }), 'object.put_acl'],
  ['GET /{b}/key?legalHold', 'object.get_legal_hold'],
  ['POST /{b}/key?legalHold&add=a', 'object.post_legal_hold'],
  [
    withHeaders('POST /{b}/key?extendRetention', { 'new-retention-period': '1' }),
    'object.post_extend_retention',
  ],
  ['GET /{b}/key?retention', 'object.get_object_lock_retention'],
  [body('PUT', '/{b}/key?retention', '<Retention/>'), 'object.put_object_lock_retention'],
  ['GET /{b}/key?legal-hold', 'object.get_object_lock_legal_hold'],
  [
    body('PUT', '/{b}/key?legal-hold', '<LegalHold><Status>ON</Status></LegalHold>'),
    'object.put_object_lock_legal_hold',
  ],
  // Last, since it empties what the others need.
  ['DELETE /{b}', 'bucket.delete_bucket'],
];

let server: ServerProcess;
let account: IbmAccount;
let guid: string;
let cos: COS.S3;
const tokens = new Map<Role, string>();
const Bucket = newBucketName('t21');

before(async () => {
  server = await startServer({
    env: { GOTGAN_REGIONS: 'KR1;ibm=us-south', GOTGAN_ROOT_PASSWORD: 'password of root' },
  });
  account = await addIbmAccount(server, 'a');
  const { resources } = ibmClients(server, account.owner.apiKey);
  const { result } = await resources.listResourceInstances({});
  guid = result.resources[0]?.guid ?? '';
  cos = connectCos(server, account.owner.apiKey, { serviceInstanceId: guid });
  await cos.createBucket({ Bucket }).promise();
  await cos.putObject({ Bucket, Key: 'key', Body: 'bytes' }).promise();
  for (const role of roleNames) {
    const key = await resources.createResourceKey({ name: role, source: guid, role: roles[role] });
    tokens.set(role, await accessTokenFor(server, key.result.credentials?.apikey ?? ''));
  }
});
after(async () => {
  await server?.dispose();
  assertNoFailures(server);
});

async function isAllowed(role: Role, sent: Sent): Promise<boolean> {
  const { method, headers = {}, body: text } = sent;
  const upload = sent.target.includes('{upload}')
    ? ((await cos.createMultipartUpload({ Bucket, Key: 'parts' }).promise()).UploadId ?? '')
    : '';
  const fill = (pattern: string) =>
    pattern.replace('{b}', Bucket).replace('{new}', newBucketName('t21-new')).replace('{upload}', upload);
  const response = await fetch(new URL(fill(sent.target), server.storageUrl), {
    method,
    headers: {
      Authorization: `Bearer ${tokens.get(role)}`,
      'ibm-service-instance-id': guid,
      ...(text !== undefined && { 'Content-MD5': createHash('md5').update(text).digest('base64') }),
      ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, fill(value)])),
    },
    ...(text !== undefined && { body: text }),
  });
  const answer = await response.text();
  const what = `${role} ${method} ${sent.target}: ${response.status} ${answer}`;
  assert.notEqual(response.status, 501, what);
  if (response.status !== 403) {
    assert.equal(answer.includes('AccessDenied'), false, what);
    return true;
  }
  if (method !== 'HEAD') assert.match(answer, /<Code>AccessDenied</, what);
  return false;
}

describe('T21: a role', () => {
  for (const [request, ...actions] of rows) {
    const [method = '', target = ''] = typeof request === 'string' ? request.split(' ') : [];
    const sent = typeof request === 'string' ? { method, target } : request;
    const extra = Object.entries(sent.headers ?? {})
      .flat()
      .join(' ');
    test(`with ${actions.join(' and ')} may ${sent.method} ${sent.target} ${extra}`, async () => {
      const wanted = roleNames.filter((role) =>
        actions.every((action) => {
          const held = holders[action];
          assert.ok(held !== undefined, action);
          return held.split(' ').includes(role);
        }),
      );
      const allowed: Role[] = [];
      for (const role of roleNames) if (await isAllowed(role, sent)) allowed.push(role);
      assert.deepEqual(allowed, wanted);
    });
  }
});

test('T21: preflights ask for no role', async () => {
  const headers = { Origin: 'https://example.com', 'Access-Control-Request-Method': 'GET' };
  const response = await fetch(`${server.storageUrl}/${Bucket}/key`, { method: 'OPTIONS', headers });
  assert.match(await response.text(), /<Code>AccessForbidden<|<Code>NoSuchBucket</);
});

test('T21: the resource configuration asks for each part that is changed', async () => {
  const bucket = newBucketName('t21-config');
  await cos.createBucket({ Bucket: bucket }).promise();
  const statuses = async (method: string, text?: string) => {
    const found: Partial<Record<Role, number>> = {};
    for (const role of roleNames) {
      const response = await fetch(`${server.controlUrl}/v1/b/${bucket}`, {
        method,
        headers: { Authorization: `Bearer ${tokens.get(role)}`, 'Content-Type': 'application/json' },
        ...(text !== undefined && { body: text }),
      });
      await response.text();
      found[role] = response.status;
    }
    return found;
  };
  const [ok, no] = [204, 403];
  assert.deepEqual(await statuses('GET'), { M: 200, W: 200, R: 200, CR: no, OR: no, OW: no });
  const others = { R: no, CR: no, OR: no, OW: no };
  assert.deepEqual(await statuses('PATCH', '{"firewall": {}}'), { M: ok, W: no, ...others });
  assert.deepEqual(await statuses('PATCH', '{"hard_quota": 0}'), { M: ok, W: no, ...others });
  assert.deepEqual(await statuses('PATCH', '{"activity_tracking": {}}'), { M: ok, W: ok, ...others });
  assert.deepEqual(await statuses('PATCH', '{"metrics_monitoring": {}}'), { M: ok, W: ok, ...others });
});
