// Operations that are recognised and not built answer 501 with their name, and do nothing: above all, none of them is
// taken for a PutObject, DeleteObject, CreateBucket or DeleteBucket. And what browsers ask before they ask.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { IndependentSigner } from '../support/independent-signer.ts';
import { exchange, exchangeSigned } from '../support/raw-http.ts';
import { assertNoFailures, connectS3 } from '../support/s3-client.ts';
import { type ServerProcess, startServer } from '../support/server-process.ts';

const BUCKET = 'not-implemented';
const KEY = 'untouched';
const CONTENT = 'untouched content';

let server: ServerProcess;
let s3: S3Client;
let host: string;

before(async () => {
  server = await startServer();
  s3 = connectS3(server);
  host = new URL(server.storageUrl).host;
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: KEY, Body: CONTENT }));
});
after(async () => {
  s3?.destroy();
  await server?.dispose();
  assertNoFailures(server);
});

type Row = readonly [name: string, method: string, resource: 'service' | 'bucket' | 'object', query: string];

/** As the API reference writes them; whoever builds one moves it to a test of its own. */
const rows: readonly Row[] = [
  ['ListDirectoryBuckets', 'GET', 'service', 'x-id=ListDirectoryBuckets'],
  ['GetBucketAbac', 'GET', 'bucket', 'abac'],
  ['PutBucketAbac', 'PUT', 'bucket', 'abac'],
  ['PutBucketAccelerateConfiguration', 'PUT', 'bucket', 'accelerate'],
  ['ListBucketAnalyticsConfigurations', 'GET', 'bucket', 'analytics'],
  ['GetBucketAnalyticsConfiguration', 'GET', 'bucket', 'analytics&id=1'],
  ['PutBucketAnalyticsConfiguration', 'PUT', 'bucket', 'analytics'],
  ['DeleteBucketAnalyticsConfiguration', 'DELETE', 'bucket', 'analytics'],
  ['PutBucketEncryption', 'PUT', 'bucket', 'encryption'],
  ['DeleteBucketEncryption', 'DELETE', 'bucket', 'encryption'],
  ['ListBucketIntelligentTieringConfigurations', 'GET', 'bucket', 'intelligent-tiering'],
  ['GetBucketIntelligentTieringConfiguration', 'GET', 'bucket', 'intelligent-tiering&id=1'],
  ['PutBucketIntelligentTieringConfiguration', 'PUT', 'bucket', 'intelligent-tiering'],
  ['DeleteBucketIntelligentTieringConfiguration', 'DELETE', 'bucket', 'intelligent-tiering'],
  ['ListBucketInventoryConfigurations', 'GET', 'bucket', 'inventory'],
  ['GetBucketInventoryConfiguration', 'GET', 'bucket', 'inventory&id=1'],
  ['PutBucketInventoryConfiguration', 'PUT', 'bucket', 'inventory'],
  ['DeleteBucketInventoryConfiguration', 'DELETE', 'bucket', 'inventory'],
  ['PutBucketLogging', 'PUT', 'bucket', 'logging'],
  ['CreateBucketMetadataConfiguration', 'POST', 'bucket', 'metadataConfiguration'],
  ['GetBucketMetadataConfiguration', 'GET', 'bucket', 'metadataConfiguration'],
  ['DeleteBucketMetadataConfiguration', 'DELETE', 'bucket', 'metadataConfiguration'],
  ['UpdateBucketMetadataAnnotationTableConfiguration', 'PUT', 'bucket', 'metadataAnnotationTable'],
  ['UpdateBucketMetadataInventoryTableConfiguration', 'PUT', 'bucket', 'metadataInventoryTable'],
  ['UpdateBucketMetadataJournalTableConfiguration', 'PUT', 'bucket', 'metadataJournalTable'],
  ['CreateBucketMetadataTableConfiguration', 'POST', 'bucket', 'metadataTable'],
  ['GetBucketMetadataTableConfiguration', 'GET', 'bucket', 'metadataTable'],
  ['DeleteBucketMetadataTableConfiguration', 'DELETE', 'bucket', 'metadataTable'],
  ['ListBucketMetricsConfigurations', 'GET', 'bucket', 'metrics'],
  ['GetBucketMetricsConfiguration', 'GET', 'bucket', 'metrics&id=1'],
  ['PutBucketMetricsConfiguration', 'PUT', 'bucket', 'metrics'],
  ['DeleteBucketMetricsConfiguration', 'DELETE', 'bucket', 'metrics'],
  ['PutBucketNotificationConfiguration', 'PUT', 'bucket', 'notification'],
  ['PutBucketReplication', 'PUT', 'bucket', 'replication'],
  ['DeleteBucketReplication', 'DELETE', 'bucket', 'replication'],
  ['PutBucketRequestPayment', 'PUT', 'bucket', 'requestPayment'],
  ['CreateSession', 'GET', 'bucket', 'session'],
  ['PutBucketWebsite', 'PUT', 'bucket', 'website'],
  ['DeleteBucketWebsite', 'DELETE', 'bucket', 'website'],
  ['ListObjectAnnotations', 'GET', 'object', 'annotation'],
  ['GetObjectAnnotation', 'GET', 'object', 'annotation&annotationName=a'],
  ['PutObjectAnnotation', 'PUT', 'object', 'annotation'],
  ['DeleteObjectAnnotation', 'DELETE', 'object', 'annotation'],
  ['UpdateObjectEncryption', 'PUT', 'object', 'encryption'],
  ['RenameObject', 'PUT', 'object', 'renameObject'],
  ['RestoreObject', 'POST', 'object', 'restore'],
  ['SelectObjectContent', 'POST', 'object', 'select'],
  ['GetObjectTorrent', 'GET', 'object', 'torrent'],
];
const paths = { service: '/', bucket: `/${BUCKET}`, object: `/${BUCKET}/${KEY}` };

const signer = () =>
  new IndependentSigner(
    { accessKeyId: server.accessKey, secret: server.secretKey, region: 'KR1' },
    new Date(),
  );

describe('501 with its name', () => {
  for (const [name, method, resource, search] of rows) {
    test(name, async () => {
      const query = [...new URLSearchParams(search)];
      const request = signer().byHeader({ method, host, path: paths[resource], query });
      const response = await exchangeSigned(server.storageUrl, request);
      assert.deepEqual([response.status, response.element('Code')], [501, 'NotImplemented']);
      assert.match(response.element('Message') ?? '', new RegExp(`\\b${name}\\b`));
    });
  }

  after(async () => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: KEY }));
    assert.equal(await Body?.transformToString(), CONTENT);
  });

  test('only to callers who are known', async () => {
    const request = signer().byHeader({ method: 'PUT', host, path: paths.bucket, query: [['policy', '']] });
    const signature = /[0-9a-f]$/;
    const authorization = request.headers['authorization'] ?? '';
    request.headers['authorization'] = authorization.replace(signature, (digit) =>
      digit === '0' ? '1' : '0',
    );
    const response = await exchangeSigned(server.storageUrl, request);
    assert.deepEqual([response.status, response.element('Code')], [403, 'SignatureDoesNotMatch']);
  });
});

describe('a browser that asks before it asks', () => {
  for (const [name, path] of [
    ['OptionsBucket', paths.bucket],
    ['OptionsObject', paths.object],
  ] as const) {
    test(`${name}: no bucket allows other origins`, async () => {
      const response = await exchange(
        server.storageUrl,
        `OPTIONS ${path} HTTP/1.1\r\nhost: ${host}\r\norigin: https://app.example\r\n` +
          'access-control-request-method: PUT\r\n\r\n',
      );
      assert.deepEqual([response.status, response.element('Code')], [403, 'AccessForbidden']);
      assert.equal(response.headers.get('access-control-allow-origin'), undefined);
    });

    test(`${name}: the signature of a link is for the request that follows`, async () => {
      for (const proof of ['X-Amz-Algorithm=AWS4-HMAC-SHA256', 'Signature=s']) {
        const response = await exchange(
          server.storageUrl,
          `OPTIONS ${path}?${proof} HTTP/1.1\r\nhost: ${host}\r\norigin: https://app.example\r\n` +
            'access-control-request-method: PUT\r\n\r\n',
        );
        assert.deepEqual([response.status, response.element('Code')], [403, 'AccessForbidden']);
      }
    });

    test(`${name}: without what a preflight says it is none`, async () => {
      for (const header of [
        '',
        'origin: https://app.example\r\n',
        'access-control-request-method: PUT\r\n',
      ]) {
        const request = `OPTIONS ${path} HTTP/1.1\r\nhost: ${host}\r\n${header}\r\n`;
        const response = await exchange(server.storageUrl, request);
        assert.deepEqual([response.status, response.element('Code')], [400, 'BadRequest'], header);
      }
    });
  }
});
