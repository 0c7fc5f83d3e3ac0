/**
 * Reads of bucket configuration that nobody can have set yet. Each answers as AWS does for an unset one: with an error
 * of its own, or with the document of the default. The table is the whole difference between them.
 *
 * Codes: Amazon S3 API Reference, the operation's page and "Error responses". AWS shows default encryption for
 * buckets since 2023, which it has and we do not: we answer as it does where it is absent.
 */
import type { Action } from '../../../identity/actions.ts';
import { defineOperation, type Operation } from '../../kernel/define-operation.ts';
import { resultDocument } from '../result-document.ts';
import type { S3Call, S3Services } from '../s3-call.ts';
import { S3Error } from '../s3-errors.ts';

type AbsenceCode =
  | 'NoSuchWebsiteConfiguration'
  | 'ReplicationConfigurationNotFoundError'
  | 'ServerSideEncryptionConfigurationNotFoundError';

interface UnsetConfiguration {
  readonly name: string;
  readonly summary: string;
  readonly query: string;
  readonly action: Action;
  /** The error, or the default document. */
  readonly answer: AbsenceCode | { readonly root: string; readonly content: string };
}

const table: readonly UnsetConfiguration[] = [
  {
    name: 'GetBucketWebsite',
    summary: 'Shows how a bucket is served as a website.',
    query: 'website',
    action: 'bucket:read-website',
    answer: 'NoSuchWebsiteConfiguration',
  },
  {
    name: 'GetBucketEncryption',
    summary: 'Shows the default encryption of a bucket.',
    query: 'encryption',
    action: 'bucket:read-encryption',
    answer: 'ServerSideEncryptionConfigurationNotFoundError',
  },
  {
    name: 'GetBucketReplication',
    summary: 'Shows where a bucket is replicated to.',
    query: 'replication',
    action: 'bucket:read-replication',
    answer: 'ReplicationConfigurationNotFoundError',
  },
  {
    name: 'GetBucketLogging',
    summary: 'Shows where the accesses to a bucket are logged.',
    query: 'logging',
    action: 'bucket:read-logging',
    answer: { root: 'BucketLoggingStatus', content: '' },
  },
  {
    name: 'GetBucketNotificationConfiguration',
    summary: 'Shows who is told about events in a bucket.',
    query: 'notification',
    action: 'bucket:read-notification',
    answer: { root: 'NotificationConfiguration', content: '' },
  },
  {
    name: 'GetBucketAccelerateConfiguration',
    summary: 'Tells whether transfers are accelerated.',
    query: 'accelerate',
    action: 'bucket:read-acceleration',
    answer: { root: 'AccelerateConfiguration', content: '' },
  },
  {
    name: 'GetBucketRequestPayment',
    summary: 'Tells who pays for requests.',
    query: 'requestPayment',
    action: 'bucket:read-request-payment',
    answer: { root: 'RequestPaymentConfiguration', content: '<Payer>BucketOwner</Payer>' },
  },
];

export const bucketConfigurationReads: readonly Operation<S3Call, S3Services>[] = table.map(
  ({ name, summary, query, action, answer }) =>
    defineOperation<S3Call, S3Services, undefined, { readonly root: string; readonly content: string }>({
      name,
      summary,
      route: { method: 'GET', resource: 'bucket', query: [query] },
      permissions: [{ action, on: 'bucket' }],
      body: { kind: 'none' },
      mutates: false,
      decode: () => undefined,
      async run(_services, _input, { bucket }) {
        if (typeof answer === 'string') throw new S3Error(answer, { BucketName: bucket.name });
        return answer;
      },
      encode: ({ root, content }, call) => resultDocument(call, root, content),
    }),
);
