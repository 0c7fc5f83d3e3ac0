/**
 * T21 of ibm-cos.md, section 13: the six roles of object storage against every row of table 7.1 that S3 offers here. The table below is
 * written from section 7 by hand; it knows nothing of the server's own.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import {
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { assertNoSecrets } from '../support/assert-no-secrets.ts';
import { bearerS3 } from '../support/bearer-s3.ts';
import { accessTokenFor, addIbmAccount, ibmClients } from '../support/ibm-world.ts';
import { type ServerProcess, startServer } from '../support/server-process.ts';

const roles = {
  M: 'crn:v1:bluemix:public:iam::::serviceRole:Manager',
  W: 'crn:v1:bluemix:public:iam::::serviceRole:Writer',
  R: 'crn:v1:bluemix:public:iam::::serviceRole:Reader',
  CR: 'crn:v1:bluemix:public:cloud-object-storage::::serviceRole:ContentReader',
  OR: 'crn:v1:bluemix:public:cloud-object-storage::::serviceRole:ObjectReader',
  OW: 'crn:v1:bluemix:public:cloud-object-storage::::serviceRole:ObjectWriter',
} as const;

type RoleName = keyof typeof roles;

interface Row {
  readonly method: string;
  readonly path: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Who may. */
  readonly by: string;
}

const B = '/t21-bucket';
let server: ServerProcess;
let s3: S3Client;
let versionId = '';
let uploadId = '';
let guid = '';
const tokens = new Map<RoleName, string>();

before(async () => {
  server = await startServer({ env: { GOTGAN_LOG_LEVEL: 'trace' } });
  const account = await addIbmAccount(server, 't21');
  s3 = bearerS3(server, await accessTokenFor(server, account.owner.apiKey));
  const Bucket = 't21-bucket';
  await s3.send(new CreateBucketCommand({ Bucket }));
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
  const put = await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'hello' }));
  versionId = put.VersionId ?? '';
  uploadId = (await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'u' }))).UploadId ?? '';
  const { identity, policies, resources } = ibmClients(server, account.owner.apiKey);
  guid = (await resources.listResourceInstances({})).result.resources[0]?.guid ?? '';
  for (const [name, role_id] of Object.entries(roles)) {
    const { result } = await identity.createServiceId({ accountId: account.id, name, apikey: { name: 'k' } });
    await policies.createPolicy({
      type: 'access',
      subjects: [{ attributes: [{ name: 'iam_id', value: result.iam_id ?? '' }] }],
      roles: [{ role_id }],
      resources: [
        {
          attributes: [
            { name: 'accountId', value: account.id },
            { name: 'serviceName', value: 'cloud-object-storage' },
            { name: 'serviceInstance', value: guid },
          ],
        },
      ],
    });
    tokens.set(name as RoleName, await accessTokenFor(server, result.apikey?.apikey ?? ''));
  }
});
after(() => {
  assertNoSecrets(server);
  return server.dispose();
});

const CORS =
  '<CORSConfiguration><CORSRule><AllowedMethod>GET</AllowedMethod><AllowedOrigin>*</AllowedOrigin></CORSRule></CORSConfiguration>';
const TAGS = '<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>';
const VERSIONING = '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>';
const BLOCK =
  '<PublicAccessBlockConfiguration><BlockPublicAcls>false</BlockPublicAcls></PublicAccessBlockConfiguration>';

const md5 = (body: string) => ({ 'Content-MD5': createHash('md5').update(body).digest('base64') });
const instance = () => ({ 'ibm-service-instance-id': guid });

/** Rows with what they ask for (section 7.1) and who holds that (section 7). */
const rows: Readonly<Record<string, () => Row | Promise<Row>>> = {
  'account.get_account_buckets': () => ({ method: 'GET', path: '/', headers: instance(), by: 'M W R' }),
  'bucket.put_bucket': () => ({ method: 'PUT', path: '/t21-made', headers: instance(), by: 'M W' }),
  'bucket.head': () => ({ method: 'HEAD', path: B, by: 'M W R CR' }),
  'bucket.get': () => ({ method: 'GET', path: B, by: 'M W R CR' }),
  'bucket.get, version 2': () => ({ method: 'GET', path: `${B}?list-type=2`, by: 'M W R CR' }),
  'bucket.get_versions': () => ({ method: 'GET', path: `${B}?versions`, by: 'M W R CR' }),
  'bucket.get_uploads': () => ({ method: 'GET', path: `${B}?uploads`, by: 'M W R' }),
  'bucket.get_location': () => ({ method: 'GET', path: `${B}?location`, by: 'M W R CR' }),
  'bucket.get_cors': () => ({ method: 'GET', path: `${B}?cors`, by: 'M W R' }),
  'bucket.put_cors': () => ({ method: 'PUT', path: `${B}?cors`, body: CORS, headers: md5(CORS), by: 'M W' }),
  'bucket.delete_cors': () => ({ method: 'DELETE', path: `${B}?cors`, by: 'M W' }),
  'bucket.get_versioning': () => ({ method: 'GET', path: `${B}?versioning`, by: 'M W R' }),
  'bucket.put_versioning': () => ({ method: 'PUT', path: `${B}?versioning`, body: VERSIONING, by: 'M W' }),
  'bucket.get_acl': () => ({ method: 'GET', path: `${B}?acl`, by: 'M' }),
  'bucket.get_public_access_block': () => ({ method: 'GET', path: `${B}?publicAccessBlock`, by: 'M' }),
  'bucket.put_public_access_block': () => ({
    method: 'PUT',
    path: `${B}?publicAccessBlock`,
    body: BLOCK,
    by: 'M',
  }),
  'bucket.get_object_lock_configuration': () => ({ method: 'GET', path: `${B}?object-lock`, by: 'M W R' }),
  'bucket.get_protection': () => ({ method: 'GET', path: `${B}?protection`, by: 'M W R' }),
  'object.get': () => ({ method: 'GET', path: `${B}/k`, by: 'M W R CR OR' }),
  'object.head': () => ({ method: 'HEAD', path: `${B}/k`, by: 'M W R CR OR' }),
  'object.get_version': () => ({ method: 'GET', path: `${B}/k?versionId=${versionId}`, by: 'M W R CR OR' }),
  'object.head_version': () => ({ method: 'HEAD', path: `${B}/k?versionId=${versionId}`, by: 'M W R CR OR' }),
  'object.put': () => ({ method: 'PUT', path: `${B}/p`, body: 'x', by: 'M W OW' }),
  'object.copy_get and object.copy': () => ({
    method: 'PUT',
    path: `${B}/c`,
    headers: { 'x-amz-copy-source': `${B}/k` },
    by: 'M W',
  }),
  'object.post_initiate_upload': () => ({ method: 'POST', path: `${B}/u2?uploads`, by: 'M W OW' }),
  'object.put_part': () => ({
    method: 'PUT',
    path: `${B}/u?partNumber=1&uploadId=${uploadId}`,
    body: 'x',
    by: 'M W OW',
  }),
  'object.copy_part': () => ({
    method: 'PUT',
    path: `${B}/u?partNumber=2&uploadId=${uploadId}`,
    headers: { 'x-amz-copy-source': `${B}/k` },
    by: 'M W',
  }),
  'object.get_uploads': () => ({ method: 'GET', path: `${B}/u?uploadId=${uploadId}`, by: 'M W R OW' }),
  'object.delete_upload': async () => {
    const made = await s3.send(new CreateMultipartUploadCommand({ Bucket: B.slice(1), Key: 'gone' }));
    return { method: 'DELETE', path: `${B}/gone?uploadId=${made.UploadId}`, by: 'M W OW' };
  },
  'object.get_tagging': () => ({ method: 'GET', path: `${B}/k?tagging`, by: 'M W R' }),
  'object.put_tagging': () => ({ method: 'PUT', path: `${B}/k?tagging`, body: TAGS, by: 'M W OW' }),
  'object.delete_tagging': () => ({ method: 'DELETE', path: `${B}/k?tagging`, by: 'M W OW' }),
  'object.get_acl': () => ({ method: 'GET', path: `${B}/k?acl`, by: 'M' }),
  'object.get_legal_hold': () => ({ method: 'GET', path: `${B}/k?legalHold`, by: 'M W R' }),
  'object.post_legal_hold': () => ({ method: 'POST', path: `${B}/k?legalHold&add=h1`, by: 'M W' }),
  'object.post_extend_retention': () => ({
    method: 'POST',
    path: `${B}/k?extendRetention`,
    headers: { 'Additional-Retention-Period': '1' },
    by: 'M W',
  }),
  'object.get_object_lock_retention': () => ({ method: 'GET', path: `${B}/k?retention`, by: 'M W R' }),
  'object.delete_version': () => ({ method: 'DELETE', path: `${B}/none?versionId=${versionId}`, by: 'M W' }),
  'object.delete': () => ({ method: 'DELETE', path: `${B}/p`, by: 'M W' }),
  'bucket.delete_bucket': () => ({ method: 'DELETE', path: B, by: 'M W' }),
};

describe('T21: roles', () => {
  for (const [name, row] of Object.entries(rows)) {
    test(name, async () => {
      const allowed: string[] = [];
      let holders = '';
      for (const role of Object.keys(roles) as RoleName[]) {
        const { method, path, body, headers, by } = await row();
        holders = by;
        const response = await fetch(new URL(path, server.storageUrl), {
          method,
          headers: { Connection: 'close', Authorization: `Bearer ${tokens.get(role)}`, ...headers },
          ...(body === undefined ? {} : { body }),
        });
        const text = await response.text();
        assert.notEqual(response.status, 501, text);
        assert.ok(response.status < 500, text);
        if (response.status !== 403) allowed.push(role);
      }
      assert.equal(allowed.join(' '), holders);
    });
  }

  test('deleting several: each key by itself', async () => {
    const body = '<Delete><Object><Key>k</Key></Object></Delete>';
    const denied: string[] = [];
    for (const role of Object.keys(roles) as RoleName[]) {
      const response = await fetch(new URL(`${B}?delete`, server.storageUrl), {
        method: 'POST',
        headers: {
          Connection: 'close',
          Authorization: `Bearer ${tokens.get(role)}`,
          ...md5(body),
        },
        body,
      });
      const text = await response.text();
      if (/AccessDenied/.test(text)) denied.push(role);
    }
    assert.equal(denied.join(' '), 'R CR OR OW');
  });
});
