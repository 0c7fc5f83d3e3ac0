// Lifecycle rules by the AWS SDK: set, shown, refused, announced, and carried out (with a day of one second).
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketLifecycleCommand,
  GetBucketLifecycleConfigurationCommand,
  HeadObjectCommand,
  type LifecycleRule,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { openBucket } from '../support/open-bucket.ts';
import { assertS3Error, connectS3, newBucketName } from '../support/s3-client.ts';
import { startServer } from '../support/server-process.ts';

const { s3, Bucket } = await openBucket('lifecycle');

const refused = (call: Promise<unknown>, status: number, code: string) =>
  assertS3Error(call, { status, code });
const set = (Rules: LifecycleRule[], client = s3, bucket = Bucket) =>
  client.send(
    new PutBucketLifecycleConfigurationCommand({ Bucket: bucket, LifecycleConfiguration: { Rules } }),
  );
const shown = async () => (await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }))).Rules;

const rule: LifecycleRule = { ID: 'a', Status: 'Enabled', Filter: { Prefix: 'a/' }, Expiration: { Days: 3 } };

describe('lifecycle rules', () => {
  test('are set, shown as they were given, and removed', async () => {
    await refused(shown(), 404, 'NoSuchLifecycleConfiguration');
    const rules: LifecycleRule[] = [
      rule,
      { ID: 'old form', Status: 'Disabled', Prefix: 'logs/', Expiration: { Date: new Date('2030-01-01') } },
      {
        ID: 'and',
        Status: 'Enabled',
        Filter: {
          And: {
            Prefix: '사진/',
            Tags: [{ Key: 'k', Value: 'v' }],
            ObjectSizeGreaterThan: 500,
            ObjectSizeLessThan: 64000,
          },
        },
        NoncurrentVersionExpiration: { NoncurrentDays: 1, NewerNoncurrentVersions: 5 },
      },
      { ID: 'tag', Status: 'Enabled', Filter: { Tag: { Key: 'k', Value: '' } }, Expiration: { Days: 1 } },
      {
        ID: 'all',
        Status: 'Enabled',
        Filter: {},
        Expiration: { ExpiredObjectDeleteMarker: true },
        AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
      },
    ];
    await set(rules);
    assert.deepEqual(await shown(), rules);
    await s3.send(new DeleteBucketLifecycleCommand({ Bucket }));
    await refused(shown(), 404, 'NoSuchLifecycleConfiguration');
  });

  test('without an id get one', async () => {
    await set([
      { ...rule, ID: undefined },
      { ...rule, ID: undefined },
    ]);
    const ids = (await shown())?.map(({ ID }) => ID) ?? [];
    assert.equal(new Set(ids).size, 2);
    assert.ok(ids.every((id) => id !== undefined && id.length > 8));
  });

  test('that could not be followed are refused', async () => {
    const cases: readonly (readonly [Partial<LifecycleRule>, code: string, status?: number])[] = [
      [{ ID: 'x'.repeat(256) }, 'InvalidArgument'],
      [{ Status: 'enabled' as 'Enabled' }, 'MalformedXML'],
      [{ Filter: undefined }, 'MalformedXML'],
      [{ Prefix: 'a/' }, 'MalformedXML'],
      [{ Filter: { And: { Prefix: 'a' } } }, 'MalformedXML'],
      [{ Filter: { Prefix: 'a', Tag: { Key: 'k', Value: 'v' } } }, 'MalformedXML'],
      [{ Expiration: { Days: 0 } }, 'InvalidArgument'],
      [{ Expiration: { Date: new Date('2030-01-01T01:00:00Z') } }, 'InvalidArgument'],
      [{ Expiration: { Days: 1, ExpiredObjectDeleteMarker: true } }, 'MalformedXML'],
      [{ Expiration: {} }, 'MalformedXML'],
      [{ Expiration: undefined }, 'InvalidRequest'],
      [{ NoncurrentVersionExpiration: { NoncurrentDays: 0 } }, 'InvalidArgument'],
      [
        { NoncurrentVersionExpiration: { NoncurrentDays: 1, NewerNoncurrentVersions: 101 } },
        'InvalidArgument',
      ],
      [{ AbortIncompleteMultipartUpload: { DaysAfterInitiation: 0 } }, 'InvalidArgument'],
      [
        {
          Filter: { Tag: { Key: 'k', Value: 'v' } },
          AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
        },
        'InvalidRequest',
      ],
      [
        { Filter: { ObjectSizeGreaterThan: 1 }, Expiration: { ExpiredObjectDeleteMarker: true } },
        'InvalidRequest',
      ],
      [{ Filter: { And: { ObjectSizeGreaterThan: 5, ObjectSizeLessThan: 5 } } }, 'InvalidArgument'],
      [{ Transitions: [{ Days: 1, StorageClass: 'GLACIER' }] }, 'NotImplemented', 501],
      [
        { NoncurrentVersionTransitions: [{ NoncurrentDays: 1, StorageClass: 'GLACIER' }] },
        'NotImplemented',
        501,
      ],
    ];
    for (const [change, code, status = 400] of cases) {
      await assertS3Error(set([{ ...rule, ...change }]), { code, status }).catch((error: Error) => {
        throw new Error(`${JSON.stringify(change)}: ${error.message}`);
      });
    }
    await refused(set([rule, rule]), 400, 'InvalidArgument');
    await refused(set([]), 400, 'MalformedXML');
    const many = Array.from({ length: 1001 }, (_, index) => ({ ...rule, ID: `${index}` }));
    await refused(set(many), 400, 'MalformedXML');
  });

  test('tell when an object expires', async () => {
    await set([rule, { ...rule, ID: 'sooner & first', Expiration: { Days: 2 } }]);
    const { Expiration } = await s3.send(new PutObjectCommand({ Bucket, Key: 'a/1', Body: 'x' }));
    const [, date = '', id] = /^expiry-date="([^"]+)", rule-id="([^"]+)"$/.exec(Expiration ?? '') ?? [];
    assert.equal(id, 'sooner%20%26%20first');
    const millis = Date.parse(date);
    assert.equal(millis % 86_400_000, 0);
    const days = (millis - Date.now()) / 86_400_000;
    assert.ok(days > 2 && days <= 3, `${days}`);
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'a/1' }));
    assert.equal(head.Expiration, Expiration);
    const other = await s3.send(new PutObjectCommand({ Bucket, Key: 'b', Body: 'x' }));
    assert.equal(other.Expiration, undefined);
  });
});

test('what is due goes by itself', async () => {
  const quick = await startServer({ env: { GOTGAN_LIFECYCLE_DAY_SECONDS: '1' } });
  const client = connectS3(quick);
  try {
    const [plain, versioned] = [newBucketName('quick'), newBucketName('quick')];
    for (const bucket of [plain, versioned]) await client.send(new CreateBucketCommand({ Bucket: bucket }));
    const VersioningConfiguration = { Status: 'Enabled' } as const;
    await client.send(new PutBucketVersioningCommand({ Bucket: versioned, VersioningConfiguration }));
    for (const Key of ['a/1', 'a/2', 'b']) {
      await client.send(new PutObjectCommand({ Bucket: plain, Key, Body: 'x' }));
      await client.send(new PutObjectCommand({ Bucket: versioned, Key, Body: 'x' }));
    }
    await client.send(new CreateMultipartUploadCommand({ Bucket: plain, Key: 'a/3' }));
    const rules: LifecycleRule[] = [
      { ...rule, Expiration: { Days: 1 }, AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } },
      { ...rule, ID: 'b', NoncurrentVersionExpiration: { NoncurrentDays: 1 }, Expiration: undefined },
    ];
    for (const bucket of [plain, versioned]) await set(rules, client, bucket);
    const left = async () => {
      const objects = await client.send(new ListObjectsV2Command({ Bucket: plain }));
      const uploads = await client.send(new ListMultipartUploadsCommand({ Bucket: plain }));
      const { Versions = [], DeleteMarkers = [] } = await client.send(
        new ListObjectVersionsCommand({ Bucket: versioned }),
      );
      return [
        objects.Contents?.map(({ Key }) => Key),
        uploads.Uploads?.length ?? 0,
        Versions.map(({ Key }) => Key),
        DeleteMarkers.length,
      ];
    };
    const wanted = JSON.stringify([['b'], 0, ['b'], 0]);
    for (let look = 0; look < 60; look++) {
      if (JSON.stringify(await left()) === wanted) break;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    assert.equal(JSON.stringify(await left()), wanted);
  } finally {
    client.destroy();
    await quick.dispose();
  }
});
