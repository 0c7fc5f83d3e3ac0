// Rules of object ownership by the AWS SDK: set, shown, followed, removed, and what is refused.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  CreateBucketCommand,
  DeleteBucketOwnershipControlsCommand,
  GetBucketOwnershipControlsCommand,
  GetObjectAclCommand,
  type ObjectOwnership,
  PutBucketAclCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { addTestAccount, type TestAccount } from '../support/add-account.ts';
import { assertNoFailures, assertS3Error, connectS3, newBucketName } from '../support/s3-client.ts';
import { type ServerProcess, startServer } from '../support/server-process.ts';

let server: ServerProcess;
let s3: S3Client;
let other: S3Client;
let account: TestAccount;

before(async () => {
  server = await startServer();
  s3 = connectS3(server);
  account = await addTestAccount(server, { name: 'other', email: 'other@example.com' });
  other = connectS3(server, { credentials: account.credentials });
});
after(async () => {
  s3?.destroy();
  other?.destroy();
  await server?.dispose();
  assertNoFailures(server);
});

async function newBucket(extra: object = {}) {
  const Bucket = newBucketName('ownership');
  await s3.send(new CreateBucketCommand({ Bucket, ...extra }));
  return Bucket;
}

const setRules = (Bucket: string, ...rules: readonly string[]) => {
  const Rules = rules.map((rule) => ({ ObjectOwnership: rule as ObjectOwnership }));
  return s3.send(new PutBucketOwnershipControlsCommand({ Bucket, OwnershipControls: { Rules } }));
};
const ruleOf = async (Bucket: string) => {
  const { OwnershipControls } = await s3.send(new GetBucketOwnershipControlsCommand({ Bucket }));
  return OwnershipControls?.Rules?.[0]?.ObjectOwnership;
};

test('a rule is set, shown, replaced and removed', async () => {
  const Bucket = await newBucket();
  const none = { code: 'OwnershipControlsNotFoundError', status: 404 };
  await assertS3Error(ruleOf(Bucket), none);
  for (const rule of ['BucketOwnerPreferred', 'ObjectWriter', 'BucketOwnerEnforced']) {
    await setRules(Bucket, rule);
    assert.equal(await ruleOf(Bucket), rule);
  }
  for (let time = 0; time < 2; time++) {
    const removed = await s3.send(new DeleteBucketOwnershipControlsCommand({ Bucket }));
    assert.equal(removed.$metadata.httpStatusCode, 204);
    await assertS3Error(ruleOf(Bucket), none);
  }
});

test('ACLs cannot be switched off while the bucket grants something, and not be set when they are off', async () => {
  const Bucket = await newBucket({ ACL: 'public-read' });
  await assertS3Error(setRules(Bucket, 'BucketOwnerEnforced'), {
    code: 'InvalidBucketAclWithObjectOwnership',
    status: 400,
  });
  await setRules(Bucket, 'BucketOwnerPreferred');
  await s3.send(new PutBucketAclCommand({ Bucket, ACL: 'private' }));
  await setRules(Bucket, 'BucketOwnerEnforced');
  await assertS3Error(s3.send(new PutBucketAclCommand({ Bucket, ACL: 'public-read' })), {
    code: 'AccessControlListNotSupported',
    status: 400,
  });
});

test('the rule decides who owns what others write', async () => {
  const Bucket = await newBucket();
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: '*', Action: 's3:*', Resource: `arn:aws:s3:::${Bucket}/*` }],
  });
  await s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
  const rows = [
    ['ObjectWriter', 'other'],
    ['BucketOwnerEnforced', 'root'],
  ] as const;
  for (const [rule, owner] of rows) {
    await setRules(Bucket, rule);
    await other.send(new PutObjectCommand({ Bucket, Key: rule, Body: 'bytes' }));
    const acl = await other.send(new GetObjectAclCommand({ Bucket, Key: rule }));
    assert.equal(acl.Owner?.ID === account.id, owner === 'other', rule);
  }
  await setRules(Bucket, 'BucketOwnerPreferred');
  const given = { Bucket, Key: 'given', ACL: 'bucket-owner-full-control' } as const;
  await other.send(new PutObjectCommand({ ...given, Body: 'bytes' }));
  const acl = await s3.send(new GetObjectAclCommand({ Bucket, Key: 'given' }));
  assert.notEqual(acl.Owner?.ID, account.id);
});

test('what is malformed, and somebody else, are refused', async () => {
  const Bucket = await newBucket();
  const malformed = { code: 'MalformedXML', status: 400 };
  await assertS3Error(setRules(Bucket, 'Nobody'), malformed);
  await assertS3Error(setRules(Bucket), malformed);
  await assertS3Error(setRules(Bucket, 'ObjectWriter', 'ObjectWriter'), malformed);
  const denied = { code: 'AccessDenied', status: 403 };
  const OwnershipControls = { Rules: [{ ObjectOwnership: 'ObjectWriter' as const }] };
  await assertS3Error(
    other.send(new PutBucketOwnershipControlsCommand({ Bucket, OwnershipControls })),
    denied,
  );
  await assertS3Error(other.send(new DeleteBucketOwnershipControlsCommand({ Bucket })), denied);
});
