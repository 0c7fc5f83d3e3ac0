// CreateBucket, HeadBucket, ListBuckets, DeleteBucket, GetBucketLocation, and reads of configuration, by the AWS SDK.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetBucketAccelerateConfigurationCommand,
  GetBucketCorsCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketLocationCommand,
  GetBucketLoggingCommand,
  GetBucketNotificationConfigurationCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyCommand,
  GetBucketPolicyStatusCommand,
  GetBucketReplicationCommand,
  GetBucketRequestPaymentCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  GetBucketWebsiteCommand,
  GetObjectLockConfigurationCommand,
  GetObjectTaggingCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  ListMultipartUploadsCommand,
  PutObjectCommand,
  paginateListBuckets,
  type S3Client,
} from '@aws-sdk/client-s3';
import { assertNoFailures, assertS3Error, connectS3, newBucketName } from '../support/s3-client.ts';
import { type ServerProcess, startServer } from '../support/server-process.ts';

let server: ServerProcess;
let s3: S3Client;

before(async () => {
  server = await startServer();
  s3 = connectS3(server);
});
after(async () => {
  s3?.destroy();
  await server?.dispose();
  assertNoFailures(server);
});

const create = (Bucket: string) => s3.send(new CreateBucketCommand({ Bucket }));

describe('CreateBucket', () => {
  test('answers with the location, and the bucket is there', async () => {
    const Bucket = newBucketName('created');
    const answer = await create(Bucket);
    assert.equal(answer.$metadata.httpStatusCode, 200);
    assert.equal(answer.Location, `/${Bucket}`);
    await s3.send(new HeadBucketCommand({ Bucket }));
  });

  test('twice is BucketAlreadyOwnedByYou, and what is inside stays', async () => {
    const Bucket = newBucketName('twice');
    await create(Bucket);
    await s3.send(new PutObjectCommand({ Bucket, Key: 'kept', Body: 'kept' }));
    await assertS3Error(create(Bucket), {
      code: 'BucketAlreadyOwnedByYou',
      status: 409,
      fields: { BucketName: Bucket },
    });
    await assertS3Error(s3.send(new DeleteBucketCommand({ Bucket })), {
      code: 'BucketNotEmpty',
      status: 409,
    });
  });

  const illegalNames = [
    'ab',
    'a'.repeat(64),
    'Upper-case',
    'under_score',
    '-begins',
    'ends-',
    '.begins',
    'two..dots',
    'dot.-hyphen',
    '192.168.5.4',
    'xn--punycode',
    'healthcheck',
  ];
  for (const Bucket of illegalNames) {
    test(`refuses the name ${Bucket}`, async () => {
      await assertS3Error(create(Bucket), {
        code: 'InvalidBucketName',
        status: 400,
        fields: { BucketName: Bucket },
      });
    });
  }

  for (const name of ['abc', 'a'.repeat(63), '0-9', 'with.dot', '1.2.3']) {
    test(`takes the name ${name}`, async () => {
      await create(name);
      await s3.send(new DeleteBucketCommand({ Bucket: name }));
    });
  }

  test('takes the region of the place in any case, and its aliases', async () => {
    for (const LocationConstraint of ['KR1', 'kr1', 'us-east-1', 'kr-west1'] as const) {
      const Bucket = newBucketName('located');
      await s3.send(
        new CreateBucketCommand({
          Bucket,
          CreateBucketConfiguration: { LocationConstraint: LocationConstraint as 'EU' },
        }),
      );
      const { LocationConstraint: shown } = await s3.send(new GetBucketLocationCommand({ Bucket }));
      assert.equal(shown, 'KR1');
    }
  });

  test('refuses another region', async () => {
    const Bucket = newBucketName('elsewhere');
    const CreateBucketConfiguration = { LocationConstraint: 'eu-west-1' } as const;
    await assertS3Error(s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration })), {
      code: 'InvalidLocationConstraint',
      status: 400,
      fields: { LocationConstraint: 'eu-west-1' },
    });
    await assertS3Error(s3.send(new HeadBucketCommand({ Bucket })), { code: 'NotFound', status: 404 });
  });

  test('takes what it can keep, and refuses what it cannot', async () => {
    const Bucket = newBucketName('options');
    await s3.send(
      new CreateBucketCommand({ Bucket, ACL: 'private', ObjectOwnership: 'BucketOwnerPreferred' }),
    );
    const controls = await s3.send(new GetBucketOwnershipControlsCommand({ Bucket }));
    assert.deepEqual(controls.OwnershipControls?.Rules, [{ ObjectOwnership: 'BucketOwnerPreferred' }]);
    const other = newBucketName('options');
    await assertS3Error(
      s3.send(new CreateBucketCommand({ Bucket: other, ObjectOwnership: 'Nobody' as 'ObjectWriter' })),
      { code: 'InvalidArgument', status: 400, fields: { ArgumentName: 'x-amz-object-ownership' } },
    );
    await assertS3Error(s3.send(new HeadBucketCommand({ Bucket: other })), { code: 'NotFound', status: 404 });
  });
});

describe('HeadBucket', () => {
  test('shows the region', async () => {
    const Bucket = newBucketName('headed');
    await create(Bucket);
    const answer = await s3.send(new HeadBucketCommand({ Bucket }));
    assert.equal(answer.BucketRegion, 'KR1');
    assert.equal(answer.AccessPointAlias, false);
  });

  test('of none is 404 without a body', async () => {
    await assertS3Error(s3.send(new HeadBucketCommand({ Bucket: newBucketName('absent') })), {
      code: 'NotFound',
      status: 404,
    });
  });

  test('minds the expected owner', async () => {
    const Bucket = newBucketName('expected');
    await create(Bucket);
    const { Owner } = await s3.send(new ListBucketsCommand({ Prefix: Bucket }));
    await s3.send(new HeadBucketCommand({ Bucket, ExpectedBucketOwner: Owner?.ID }));
    await assertS3Error(
      s3.send(new HeadBucketCommand({ Bucket, ExpectedBucketOwner: '0'.repeat(32) })),
      // The SDK has no name for it where there is no document.
      { code: 'Unknown', status: 403 },
    );
    await assertS3Error(
      s3.send(new GetBucketLocationCommand({ Bucket, ExpectedBucketOwner: '0'.repeat(32) })),
      { code: 'AccessDenied', status: 403 },
    );
  });
});

describe('ListBuckets', () => {
  test('is sorted, dated, and owned', async () => {
    const stem = newBucketName('listed');
    const names = ['c', 'a', 'b.x', 'b-x'].map((end) => `${stem}.${end}`);
    const begun = Date.now();
    for (const name of names) await create(name);
    const { Buckets = [], Owner } = await s3.send(new ListBucketsCommand({}));
    const listed = Buckets.filter(({ Name }) => Name?.startsWith(stem));
    assert.deepEqual(
      listed.map(({ Name }) => Name),
      [...names].sort(),
    );
    assert.deepEqual(
      Buckets.map(({ Name }) => Name),
      Buckets.map(({ Name }) => Name).sort(),
    );
    for (const { CreationDate } of listed) {
      const millis = CreationDate?.getTime() ?? 0;
      assert.ok(millis >= begun - 1000 && millis <= Date.now() + 1000, String(CreationDate));
    }
    assert.match(Owner?.ID ?? '', /^[0-9a-f]{32}$/);
    assert.notEqual(Owner?.DisplayName ?? '', '');
  });

  test('is paged, and says then where buckets are', async () => {
    const stem = newBucketName('paged');
    const names = Array.from({ length: 7 }, (_, index) => `${stem}.${index}`);
    for (const name of names) await create(name);
    const pages: (string | undefined)[][] = [];
    const pager = paginateListBuckets({ client: s3, pageSize: 3 }, { Prefix: `${stem}.` });
    for await (const { Buckets = [], Prefix } of pager) {
      assert.equal(Prefix, `${stem}.`);
      for (const { BucketRegion } of Buckets) assert.equal(BucketRegion, 'KR1');
      pages.push(Buckets.map(({ Name }) => Name));
    }
    assert.deepEqual(pages, [names.slice(0, 3), names.slice(3, 6), names.slice(6)]);
  });

  test('refuses limits, tokens and regions that cannot be', async () => {
    for (const MaxBuckets of [0, -1, 10_001]) {
      await assertS3Error(s3.send(new ListBucketsCommand({ MaxBuckets })), {
        code: 'InvalidArgument',
        status: 400,
        fields: { ArgumentName: 'max-buckets', ArgumentValue: String(MaxBuckets) },
      });
    }
    await assertS3Error(s3.send(new ListBucketsCommand({ ContinuationToken: 'made-up' })), {
      code: 'InvalidArgument',
      status: 400,
      fields: { ArgumentName: 'continuation-token' },
    });
    await s3.send(new ListBucketsCommand({ BucketRegion: 'kr1' }));
    await assertS3Error(s3.send(new ListBucketsCommand({ BucketRegion: 'eu-west-1' })), {
      code: 'InvalidArgument',
      status: 400,
      fields: { ArgumentName: 'bucket-region', ArgumentValue: 'eu-west-1' },
    });
  });
});

describe('DeleteBucket', () => {
  test('removes an empty bucket with its unfinished uploads; the name is free again', async () => {
    const Bucket = newBucketName('deleted');
    await create(Bucket);
    await s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'a' }));
    await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'unfinished' }));
    await assertS3Error(s3.send(new DeleteBucketCommand({ Bucket })), {
      code: 'BucketNotEmpty',
      status: 409,
      fields: { BucketName: Bucket },
    });
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'a' }));
    const answer = await s3.send(new DeleteBucketCommand({ Bucket }));
    assert.equal(answer.$metadata.httpStatusCode, 204);
    await assertS3Error(s3.send(new HeadBucketCommand({ Bucket })), { code: 'NotFound', status: 404 });
    await create(Bucket);
    const { Uploads } = await s3.send(new ListMultipartUploadsCommand({ Bucket }));
    assert.equal(Uploads, undefined);
  });

  test('of none is NoSuchBucket', async () => {
    const Bucket = newBucketName('absent');
    await assertS3Error(s3.send(new DeleteBucketCommand({ Bucket })), {
      code: 'NoSuchBucket',
      status: 404,
      fields: { BucketName: Bucket },
    });
  });
});

describe('configuration that nobody has set', () => {
  let Bucket: string;
  before(async () => {
    Bucket = newBucketName('plain');
    await create(Bucket);
    await s3.send(new PutObjectCommand({ Bucket, Key: 'object', Body: 'x' }));
  });

  const absent = [
    ['NoSuchBucketPolicy', () => s3.send(new GetBucketPolicyCommand({ Bucket }))],
    ['NoSuchBucketPolicy', () => s3.send(new GetBucketPolicyStatusCommand({ Bucket }))],
    ['NoSuchCORSConfiguration', () => s3.send(new GetBucketCorsCommand({ Bucket }))],
    ['NoSuchLifecycleConfiguration', () => s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }))],
    ['NoSuchTagSet', () => s3.send(new GetBucketTaggingCommand({ Bucket }))],
    ['NoSuchWebsiteConfiguration', () => s3.send(new GetBucketWebsiteCommand({ Bucket }))],
    [
      'ServerSideEncryptionConfigurationNotFoundError',
      () => s3.send(new GetBucketEncryptionCommand({ Bucket })),
    ],
    [
      'ObjectLockConfigurationNotFoundError',
      () => s3.send(new GetObjectLockConfigurationCommand({ Bucket })),
    ],
    ['NoSuchPublicAccessBlockConfiguration', () => s3.send(new GetPublicAccessBlockCommand({ Bucket }))],
    ['OwnershipControlsNotFoundError', () => s3.send(new GetBucketOwnershipControlsCommand({ Bucket }))],
    ['ReplicationConfigurationNotFoundError', () => s3.send(new GetBucketReplicationCommand({ Bucket }))],
  ] as const;
  for (const [code, read] of absent) {
    test(`is ${code}`, async () => {
      await assertS3Error(read(), { code, status: 404, fields: { BucketName: Bucket } });
    });
  }

  test('or has a default', async () => {
    assert.equal((await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status, undefined);
    assert.equal((await s3.send(new GetBucketLoggingCommand({ Bucket }))).LoggingEnabled, undefined);
    assert.equal((await s3.send(new GetBucketAccelerateConfigurationCommand({ Bucket }))).Status, undefined);
    assert.equal((await s3.send(new GetBucketRequestPaymentCommand({ Bucket }))).Payer, 'BucketOwner');
    const notifications = await s3.send(new GetBucketNotificationConfigurationCommand({ Bucket }));
    assert.equal(notifications.QueueConfigurations, undefined);
  });

  test('objects have no tags, and absent objects no tag set', async () => {
    const { TagSet } = await s3.send(new GetObjectTaggingCommand({ Bucket, Key: 'object' }));
    assert.deepEqual(TagSet, []);
    await assertS3Error(s3.send(new GetObjectTaggingCommand({ Bucket, Key: 'absent' })), {
      code: 'NoSuchKey',
      status: 404,
      fields: { Key: 'absent' },
    });
  });

  test('of an absent bucket is NoSuchBucket', async () => {
    const none = newBucketName('absent');
    for (const read of [GetBucketPolicyCommand, GetBucketVersioningCommand, GetBucketLoggingCommand]) {
      await assertS3Error(s3.send(new read({ Bucket: none }) as GetBucketPolicyCommand), {
        code: 'NoSuchBucket',
        status: 404,
      });
    }
  });
});
