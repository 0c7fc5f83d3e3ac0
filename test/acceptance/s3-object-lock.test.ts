// Object lock by the AWS SDK: retentions, legal holds, defaults of buckets, what they keep, who may bypass them.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  GetObjectLegalHoldCommand,
  GetObjectLockConfigurationCommand,
  GetObjectRetentionCommand,
  HeadObjectCommand,
  type ObjectLockRetention,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectLegalHoldCommand,
  PutObjectLockConfigurationCommand,
  PutObjectRetentionCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { addTestAccount } from '../support/add-account.ts';
import { assertNoFailures, assertS3Error, connectS3, newBucketName } from '../support/s3-client.ts';
import { type ServerProcess, startServer } from '../support/server-process.ts';

const DAY_MILLIS = 86_400_000;

let server: ServerProcess;
let s3: S3Client;
let Bucket: string;

before(async () => {
  server = await startServer();
  s3 = connectS3(server);
  Bucket = newBucketName('lock');
  await s3.send(new CreateBucketCommand({ Bucket, ObjectLockEnabledForBucket: true }));
});
after(async () => {
  s3?.destroy();
  await server?.dispose();
  assertNoFailures(server);
});

const refused = (call: Promise<unknown>, status: number, code: string) =>
  assertS3Error(call, { status, code });
/** Whole seconds, which every form of the date carries. */
const inDays = (days: number) => new Date(Math.floor(Date.now() / 1000) * 1000 + days * DAY_MILLIS);
const put = (Key: string, extra: object = {}) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body: 'bytes', ...extra }));
const erase = (Key: string, VersionId?: string, extra: object = {}) =>
  s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId, ...extra }));
const retain = (Key: string, Retention: ObjectLockRetention, extra: object = {}) =>
  s3.send(new PutObjectRetentionCommand({ Bucket, Key, Retention, ...extra }));
const retentionOf = async (Key: string, extra: object = {}) =>
  (await s3.send(new GetObjectRetentionCommand({ Bucket, Key, ...extra }))).Retention;
const hold = (Key: string, Status: 'ON' | 'OFF') =>
  s3.send(new PutObjectLegalHoldCommand({ Bucket, Key, LegalHold: { Status } }));
const bypass = { BypassGovernanceRetention: true };

describe('the lock of a bucket', () => {
  test('comes with versions, is shown, and is given defaults', async () => {
    const versioning = await s3.send(new GetBucketVersioningCommand({ Bucket }));
    assert.equal(versioning.Status, 'Enabled');
    const name = newBucketName('lock-default');
    await s3.send(new CreateBucketCommand({ Bucket: name, ObjectLockEnabledForBucket: true }));
    const shown = async () =>
      (await s3.send(new GetObjectLockConfigurationCommand({ Bucket: name }))).ObjectLockConfiguration;
    assert.deepEqual(await shown(), { ObjectLockEnabled: 'Enabled' });
    const ObjectLockConfiguration = {
      ObjectLockEnabled: 'Enabled',
      Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Years: 2 } },
    } as const;
    await s3.send(new PutObjectLockConfigurationCommand({ Bucket: name, ObjectLockConfiguration }));
    assert.deepEqual(await shown(), ObjectLockConfiguration);
    await s3.send(new PutObjectCommand({ Bucket: name, Key: 'a', Body: 'x' }));
    const head = await s3.send(new HeadObjectCommand({ Bucket: name, Key: 'a' }));
    assert.equal(head.ObjectLockMode, 'COMPLIANCE');
    const days = ((head.ObjectLockRetainUntilDate?.getTime() ?? 0) - Date.now()) / DAY_MILLIS;
    assert.ok(Math.abs(days - 730) < 0.01, `${days}`);
  });

  test('is enabled later only beside versions, and then keeps them', async () => {
    const name = newBucketName('lock-later');
    await s3.send(new CreateBucketCommand({ Bucket: name }));
    const read = s3.send(new GetObjectLockConfigurationCommand({ Bucket: name }));
    await refused(read, 404, 'ObjectLockConfigurationNotFoundError');
    const enable = () =>
      s3.send(
        new PutObjectLockConfigurationCommand({
          Bucket: name,
          ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled' },
        }),
      );
    await refused(enable(), 409, 'InvalidBucketState');
    const version = (Status: 'Enabled' | 'Suspended') =>
      s3.send(new PutBucketVersioningCommand({ Bucket: name, VersioningConfiguration: { Status } }));
    await version('Enabled');
    await enable();
    await refused(version('Suspended'), 409, 'InvalidBucketState');
  });

  test('is refused when it says nothing that could be kept', async () => {
    const set = (configuration: object) =>
      s3.send(new PutObjectLockConfigurationCommand({ Bucket, ObjectLockConfiguration: configuration }));
    const rule = (DefaultRetention: object) => ({ ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention } });
    await refused(set({ ObjectLockEnabled: 'Disabled' }), 400, 'MalformedXML');
    await refused(set(rule({ Mode: 'abc', Days: 1 })), 400, 'MalformedXML');
    await refused(set(rule({ Mode: 'GOVERNANCE' })), 400, 'MalformedXML');
    await refused(set(rule({ Mode: 'GOVERNANCE', Days: 1, Years: 1 })), 400, 'MalformedXML');
    await refused(set(rule({ Mode: 'GOVERNANCE', Days: 0 })), 400, 'InvalidRetentionPeriod');
    await refused(set(rule({ Mode: 'GOVERNANCE', Years: -1 })), 400, 'InvalidRetentionPeriod');
    await refused(set(rule({ Mode: 'GOVERNANCE', Years: 101 })), 400, 'InvalidArgument');
  });

  test('of a bucket without one, nothing can be locked', async () => {
    const name = newBucketName('lock-none');
    await s3.send(new CreateBucketCommand({ Bucket: name }));
    const target = { Bucket: name, Key: 'a' };
    const locked = { ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: inDays(1) } as const;
    await refused(s3.send(new PutObjectCommand({ ...target, Body: 'x', ...locked })), 400, 'InvalidRequest');
    await s3.send(new PutObjectCommand({ ...target, Body: 'x' }));
    const requests = [
      () => s3.send(new GetObjectRetentionCommand(target)),
      () => s3.send(new GetObjectLegalHoldCommand(target)),
      () => s3.send(new PutObjectLegalHoldCommand({ ...target, LegalHold: { Status: 'ON' } })),
      () => s3.send(new PutObjectRetentionCommand({ ...target, Retention: {} })),
      () => s3.send(new CreateMultipartUploadCommand({ ...target, ObjectLockLegalHoldStatus: 'ON' })),
    ];
    for (const request of requests) await refused(request(), 400, 'InvalidRequest');
  });
});

describe('a retention', () => {
  test('is set with the object and shown with it; the version stays, a marker goes above it', async () => {
    const until = inDays(3);
    const { VersionId } = await put('put', {
      ObjectLockMode: 'GOVERNANCE',
      ObjectLockRetainUntilDate: until,
      ObjectLockLegalHoldStatus: 'OFF',
    });
    for (const command of [GetObjectCommand, HeadObjectCommand]) {
      const shown = await s3.send(new command({ Bucket, Key: 'put' }));
      assert.equal(shown.ObjectLockMode, 'GOVERNANCE');
      assert.deepEqual(shown.ObjectLockRetainUntilDate, until);
      assert.equal(shown.ObjectLockLegalHoldStatus, 'OFF');
    }
    assert.deepEqual(await retentionOf('put'), { Mode: 'GOVERNANCE', RetainUntilDate: until });
    await refused(erase('put', VersionId), 403, 'AccessDenied');
    const marker = await erase('put');
    assert.equal(marker.DeleteMarker, true);
    await put('put');
    assert.deepEqual(await retentionOf('put', { VersionId }), { Mode: 'GOVERNANCE', RetainUntilDate: until });
    await refused(retentionOf('put', { VersionId: marker.VersionId }), 405, 'MethodNotAllowed');
    await refused(retentionOf('put'), 404, 'NoSuchObjectLockConfiguration');
    await erase('put', VersionId, bypass);
  });

  test('is lengthened by anybody who may set it, and shortened by bypassing governance', async () => {
    await put('later');
    await retain('later', { Mode: 'GOVERNANCE', RetainUntilDate: inDays(3) });
    await retain('later', { Mode: 'GOVERNANCE', RetainUntilDate: inDays(4) });
    await refused(retain('later', { Mode: 'GOVERNANCE', RetainUntilDate: inDays(2) }), 403, 'AccessDenied');
    await refused(retain('later', { Mode: 'COMPLIANCE', RetainUntilDate: inDays(5) }), 403, 'AccessDenied');
    await refused(retain('later', {}), 403, 'AccessDenied');
    await retain('later', { Mode: 'GOVERNANCE', RetainUntilDate: inDays(2) }, bypass);
    await retain('later', {}, bypass);
    await refused(retentionOf('later'), 404, 'NoSuchObjectLockConfiguration');
    const past = { Mode: 'GOVERNANCE', RetainUntilDate: inDays(-1) } as const;
    await refused(retain('later', past), 400, 'InvalidArgument');
    const wrong = { Mode: 'GOVERNING' as 'GOVERNANCE', RetainUntilDate: inDays(1) };
    await refused(retain('later', wrong), 400, 'MalformedXML');
    await refused(retain('later', { Mode: 'GOVERNANCE' }), 400, 'MalformedXML');
  });

  test('for compliance yields to nobody', async () => {
    const { VersionId } = await put('kept', {
      ObjectLockMode: 'COMPLIANCE',
      ObjectLockRetainUntilDate: inDays(1),
    });
    await refused(erase('kept', VersionId, bypass), 403, 'AccessDenied');
    const earlier = { Mode: 'COMPLIANCE', RetainUntilDate: inDays(0.5) } as const;
    await refused(retain('kept', earlier, bypass), 403, 'AccessDenied');
    const other = { Mode: 'GOVERNANCE', RetainUntilDate: inDays(2) } as const;
    await refused(retain('kept', other, bypass), 403, 'AccessDenied');
    const { Errors } = await s3.send(
      new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: 'kept', VersionId }] }, ...bypass }),
    );
    assert.deepEqual(
      Errors?.map(({ Key, Code }) => [Key, Code]),
      [['kept', 'AccessDenied']],
    );
  });

  test('ends', async () => {
    const soon = new Date(Math.floor(Date.now() / 1000) * 1000 + 2000);
    const { VersionId } = await put('soon', {
      ObjectLockMode: 'COMPLIANCE',
      ObjectLockRetainUntilDate: soon,
    });
    await refused(erase('soon', VersionId), 403, 'AccessDenied');
    await new Promise((resolve) => setTimeout(resolve, soon.getTime() - Date.now() + 50));
    await erase('soon', VersionId);
  });

  test('comes with uploads in parts and with copies, and is not copied', async () => {
    const lock = { ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: inDays(1) } as const;
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'parts', ...lock }));
    const target = { Bucket, Key: 'parts', UploadId };
    const { ETag } = await s3.send(new UploadPartCommand({ ...target, PartNumber: 1, Body: 'part' }));
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
    const { VersionId } = await s3.send(new CompleteMultipartUploadCommand({ ...target, MultipartUpload }));
    await refused(erase('parts', VersionId), 403, 'AccessDenied');
    const source = { Bucket, CopySource: `${Bucket}/parts` };
    await s3.send(new CopyObjectCommand({ ...source, Key: 'plain-copy' }));
    await refused(retentionOf('plain-copy'), 404, 'NoSuchObjectLockConfiguration');
    await s3.send(new CopyObjectCommand({ ...source, Key: 'locked-copy', ...lock }));
    assert.equal((await retentionOf('locked-copy'))?.Mode, 'GOVERNANCE');
  });

  test('in headers is whole and in the future, or refused', async () => {
    const headers = (ObjectLockMode: string | undefined, ObjectLockRetainUntilDate: Date | undefined) =>
      put('refused', { ObjectLockMode, ObjectLockRetainUntilDate });
    await refused(headers('GOVERNANCE', undefined), 400, 'InvalidArgument');
    await refused(headers(undefined, inDays(1)), 400, 'InvalidArgument');
    await refused(headers('abc', inDays(1)), 400, 'InvalidArgument');
    await refused(headers('GOVERNANCE', inDays(-1)), 400, 'InvalidArgument');
    await refused(put('refused', { ObjectLockLegalHoldStatus: 'abc' }), 400, 'InvalidArgument');
  });
});

test('a legal hold keeps a version until it is taken away', async () => {
  const { VersionId } = await put('held');
  const status = async () =>
    (await s3.send(new GetObjectLegalHoldCommand({ Bucket, Key: 'held' }))).LegalHold?.Status;
  await refused(status(), 404, 'NoSuchObjectLockConfiguration');
  await hold('held', 'ON');
  assert.equal(await status(), 'ON');
  await refused(erase('held', VersionId, bypass), 403, 'AccessDenied');
  await refused(hold('held', 'abc' as 'ON'), 400, 'MalformedXML');
  await hold('held', 'OFF');
  assert.equal(await status(), 'OFF');
  await erase('held', VersionId);
});

test('locking, bypassing and seeing locks take permissions of their own', async () => {
  const other = await addTestAccount(server, { name: 'locker', email: 'locker@example.com' });
  const guest = connectS3(server, { credentials: other.credentials });
  try {
    const Resource = `arn:aws:s3:::${Bucket}/*`;
    const allow = (...Action: string[]) => {
      const Principal = { AWS: other.id };
      const Policy = JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal, Action, Resource }],
      });
      return s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
    };
    const locked = { ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: inDays(1) } as const;
    const target = { Bucket, Key: 'guest' };
    const guestPut = () => guest.send(new PutObjectCommand({ ...target, Body: 'x', ...locked }));
    await allow('s3:PutObject');
    await refused(guestPut(), 403, 'AccessDenied');
    await allow('s3:PutObject', 's3:PutObjectRetention', 's3:GetObject', 's3:DeleteObjectVersion');
    const { VersionId } = await guestPut();
    const shownMode = async () => (await guest.send(new HeadObjectCommand(target))).ObjectLockMode;
    assert.equal(await shownMode(), undefined);
    await allow('s3:GetObject', 's3:GetObjectRetention', 's3:DeleteObjectVersion');
    assert.equal(await shownMode(), 'GOVERNANCE');
    const remove = () => guest.send(new DeleteObjectCommand({ ...target, VersionId, ...bypass }));
    await refused(remove(), 403, 'AccessDenied');
    const release = guest.send(new PutObjectLegalHoldCommand({ ...target, LegalHold: { Status: 'OFF' } }));
    await refused(release, 403, 'AccessDenied');
    await put('owners', locked);
    await allow('s3:GetObject', 's3:DeleteObjectVersion', 's3:BypassGovernanceRetention');
    await remove();
  } finally {
    guest.destroy();
  }
});

test('a body that will be locked must be proven by a digest', async () => {
  const plain = connectS3(server, { requestChecksumCalculation: 'WHEN_REQUIRED' });
  try {
    const locked = { ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: inDays(1) } as const;
    const input = { Bucket, Key: 'unproven', Body: 'x', ...locked };
    await refused(plain.send(new PutObjectCommand(input)), 400, 'InvalidRequest');
    const ContentMD5 = 'nUdYGHgGhlJUyxjRE6m1yQ==';
    await refused(plain.send(new PutObjectCommand({ ...input, ContentMD5 })), 400, 'BadDigest');
  } finally {
    plain.destroy();
  }
});
