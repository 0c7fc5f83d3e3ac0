/**
 * Operations of the S3 API that are known by their shape and not built: each answers 501 NotImplemented with its name, once
 * the caller is authenticated. Without this table a `PUT /bucket/key?encryption` would be taken for a PutObject and destroy the object.
 *
 * Shapes: Amazon S3 API Reference, "Amazon S3" actions; compared with the AWS SDK's own model in the unit test. Whoever builds
 * one takes its row out.
 */
import { defineOperation, type Operation } from '../kernel/define-operation.ts';
import type { S3Call, S3Services } from './s3-call.ts';
import { S3Error } from './s3-errors.ts';

type Row = readonly [
  name: string,
  method: string,
  resource: 'service' | 'bucket' | 'object',
  ...query: string[],
];

const rows: readonly Row[] = [
  ['ListDirectoryBuckets', 'GET', 'service', 'x-id=ListDirectoryBuckets'],

  ['GetBucketAbac', 'GET', 'bucket', 'abac'],
  ['PutBucketAbac', 'PUT', 'bucket', 'abac'],
  ['PutBucketAccelerateConfiguration', 'PUT', 'bucket', 'accelerate'],
  ['ListBucketAnalyticsConfigurations', 'GET', 'bucket', 'analytics'],
  ['GetBucketAnalyticsConfiguration', 'GET', 'bucket', 'analytics', 'id'],
  ['PutBucketAnalyticsConfiguration', 'PUT', 'bucket', 'analytics'],
  ['DeleteBucketAnalyticsConfiguration', 'DELETE', 'bucket', 'analytics'],
  ['PutBucketEncryption', 'PUT', 'bucket', 'encryption'],
  ['DeleteBucketEncryption', 'DELETE', 'bucket', 'encryption'],
  ['ListBucketIntelligentTieringConfigurations', 'GET', 'bucket', 'intelligent-tiering'],
  ['GetBucketIntelligentTieringConfiguration', 'GET', 'bucket', 'intelligent-tiering', 'id'],
  ['PutBucketIntelligentTieringConfiguration', 'PUT', 'bucket', 'intelligent-tiering'],
  ['DeleteBucketIntelligentTieringConfiguration', 'DELETE', 'bucket', 'intelligent-tiering'],
  ['ListBucketInventoryConfigurations', 'GET', 'bucket', 'inventory'],
  ['GetBucketInventoryConfiguration', 'GET', 'bucket', 'inventory', 'id'],
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
  ['GetBucketMetricsConfiguration', 'GET', 'bucket', 'metrics', 'id'],
  ['PutBucketMetricsConfiguration', 'PUT', 'bucket', 'metrics'],
  ['DeleteBucketMetricsConfiguration', 'DELETE', 'bucket', 'metrics'],
  ['PutBucketNotificationConfiguration', 'PUT', 'bucket', 'notification'],
  // IBM's own (ibm-cos.md, section 9.7).
  ['PutBucketReplicationReattempt', 'PUT', 'bucket', 'ibm-replication-reattempt'],
  ['ListBucketReplicationFailures', 'GET', 'bucket', 'ibm-replication-failures'],
  ['GetBucketFaspConnectionInfo', 'GET', 'bucket', 'faspConnectionInfo'],
  ['PutBucketReplication', 'PUT', 'bucket', 'replication'],
  ['DeleteBucketReplication', 'DELETE', 'bucket', 'replication'],
  ['PutBucketRequestPayment', 'PUT', 'bucket', 'requestPayment'],
  ['CreateSession', 'GET', 'bucket', 'session'],
  ['PutBucketWebsite', 'PUT', 'bucket', 'website'],
  ['DeleteBucketWebsite', 'DELETE', 'bucket', 'website'],

  ['ListObjectAnnotations', 'GET', 'object', 'annotation'],
  ['GetObjectAnnotation', 'GET', 'object', 'annotation', 'annotationName'],
  ['PutObjectAnnotation', 'PUT', 'object', 'annotation'],
  ['DeleteObjectAnnotation', 'DELETE', 'object', 'annotation'],
  ['UpdateObjectEncryption', 'PUT', 'object', 'encryption'],
  ['RenameObject', 'PUT', 'object', 'renameObject'],
  ['RestoreObject', 'POST', 'object', 'restore'],
  ['SelectObjectContent', 'POST', 'object', 'select'],
  ['GetObjectTorrent', 'GET', 'object', 'torrent'],
];

export const notImplementedOperations: readonly Operation<S3Call, S3Services>[] = rows.map(
  ([name, method, resource, ...query]) =>
    defineOperation<S3Call, S3Services, never, never>({
      name,
      summary: 'Not implemented: answers 501.',
      route: { method, resource, query },
      permissions: 'public',
      body: { kind: 'none' },
      mutates: false,
      decode() {
        throw new S3Error('NotImplemented', { Operation: name }, `${name} is not implemented.`);
      },
      run: () => Promise.reject(new Error('decode always throws')),
      encode: () => ({ status: 501, headers: [], body: null }),
    }),
);
