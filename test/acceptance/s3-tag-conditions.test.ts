// Policies that ask for tags: of the object that is there (PutObjectTagging, GetObject), and of the one that a request makes.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { addTestAccount } from '../support/add-account.ts';
import { assertNoFailures, assertS3Error, connectS3, newBucketName } from '../support/s3-client.ts';
import { type ServerProcess, startServer } from '../support/server-process.ts';

const DENIED = { code: 'AccessDenied', status: 403 };

let server: ServerProcess;
let owner: S3Client;
let stranger: S3Client;
let strangerId: string;
const Bucket = newBucketName('tag-conditions');

before(async () => {
  server = await startServer();
  owner = connectS3(server);
  const account = await addTestAccount(server, { name: 'strangers', email: 'strangers@example.com' });
  stranger = connectS3(server, { credentials: account.credentials });
  strangerId = account.id;
  await owner.send(new CreateBucketCommand({ Bucket }));
});
after(async () => {
  owner?.destroy();
  stranger?.destroy();
  assertNoFailures(server);
  await server?.dispose();
});

const put = (Key: string, Tagging?: string) => new PutObjectCommand({ Bucket, Key, Body: 'body', Tagging });
const tag = (Key: string, tags: Readonly<Record<string, string>>) =>
  new PutObjectTaggingCommand({
    Bucket,
    Key,
    Tagging: { TagSet: Object.entries(tags).map(([name, Value]) => ({ Key: name, Value })) },
  });

async function setPolicy(...statements: readonly object[]): Promise<void> {
  const Statement = statements.map((statement) => ({
    Effect: 'Allow',
    Principal: { AWS: strangerId },
    Resource: `arn:aws:s3:::${Bucket}/*`,
    ...statement,
  }));
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
  await owner.send(new PutBucketPolicyCommand({ Bucket, Policy }));
}

describe('s3:ExistingObjectTag', () => {
  it('allows what carries the tag, from the moment it does', async () => {
    await setPolicy({
      Action: ['s3:GetObject', 's3:GetObjectTagging'],
      Condition: { StringEquals: { 's3:ExistingObjectTag/Audience': 'partners' } },
    });
    await owner.send(put('tagged', 'Audience=partners'));
    await owner.send(put('untagged'));
    await owner.send(put('other', 'Audience=staff'));
    const got = await stranger.send(new GetObjectCommand({ Bucket, Key: 'tagged' }));
    assert.equal(await got.Body?.transformToString(), 'body');
    await stranger.send(new HeadObjectCommand({ Bucket, Key: 'tagged' }));
    const { TagSet } = await stranger.send(new GetObjectTaggingCommand({ Bucket, Key: 'tagged' }));
    assert.deepEqual(TagSet, [{ Key: 'Audience', Value: 'partners' }]);
    for (const Key of ['untagged', 'other', 'absent']) {
      await assertS3Error(stranger.send(new GetObjectCommand({ Bucket, Key })), DENIED);
    }
    await owner.send(tag('untagged', { audience: 'partners' }));
    await stranger.send(new GetObjectCommand({ Bucket, Key: 'untagged' }));
    await owner.send(tag('tagged', {}));
    await assertS3Error(stranger.send(new GetObjectCommand({ Bucket, Key: 'tagged' })), DENIED);
  });

  it('denies also to the owner, whatever spelling JSON has for it, and not what AWS does not list', async () => {
    await owner.send(put('sealed', 'State=sealed'));
    const Policy = `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::${Bucket}/*",
      "Condition":{"StringEquals":{"s3:Existing\\u004fbjectTag/State":"sealed"}}}]}`;
    await owner.send(new PutBucketPolicyCommand({ Bucket, Policy }));
    await assertS3Error(owner.send(new GetObjectCommand({ Bucket, Key: 'sealed' })), DENIED);
    await assertS3Error(owner.send(tag('sealed', {})), DENIED);
    await owner.send(put('free'));
    await owner.send(new GetObjectCommand({ Bucket, Key: 'free' }));
    await owner.send(new DeleteObjectCommand({ Bucket, Key: 'sealed' }));
  });
});

describe('s3:RequestObjectTag', () => {
  it('allows writing with these tags only, in a header or in a body', async () => {
    await setPolicy(
      {
        Action: ['s3:PutObject', 's3:PutObjectTagging'],
        Condition: {
          StringEquals: { 's3:RequestObjectTag/Project': ['one', 'two'] },
          'ForAllValues:StringEquals': { 's3:RequestObjectTagKeys': ['Project', 'Note'] },
        },
      },
      { Action: 's3:GetObject' },
    );
    await stranger.send(put('made', 'Project=one'));
    await stranger.send(put('made-too', 'Project=two&Note=yes'));
    await assertS3Error(stranger.send(put('bare')), DENIED);
    await assertS3Error(stranger.send(put('wrong', 'Project=three')), DENIED);
    await assertS3Error(stranger.send(put('more', 'Project=one&Cost=high')), DENIED);
    // Not of its own: whoever wrote an object may tag it.
    await owner.send(put('given'));
    await stranger.send(tag('given', { Project: 'two' }));
    await assertS3Error(stranger.send(tag('given', { Project: 'three' })), DENIED);
    await assertS3Error(stranger.send(tag('given', {})), DENIED);
    const { TagSet } = await owner.send(new GetObjectTaggingCommand({ Bucket, Key: 'made-too' }));
    assert.equal(TagSet?.length, 2);
  });
});
