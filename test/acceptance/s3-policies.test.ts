// PutBucketPolicy, GetBucketPolicy, DeleteBucketPolicy, GetBucketPolicyStatus, PutPublicAccessBlock, GetPublicAccessBlock,
// DeletePublicAccessBlock, and who may do what because of them: by the AWS SDK of two accounts and of a user beside the root
// user, and by nobody.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketPolicyCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  DeletePublicAccessBlockCommand,
  GetBucketAclCommand,
  GetBucketPolicyCommand,
  GetBucketPolicyStatusCommand,
  GetObjectCommand,
  GetPublicAccessBlockCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  type PublicAccessBlockConfiguration,
  PutBucketAclCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutObjectAclCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { addTestAccount } from '../support/add-account.ts';
import { assertNoFailures, assertS3Error, connectS3, newBucketName } from '../support/s3-client.ts';
import { runGotgan, type ServerProcess, startServer } from '../support/server-process.ts';

const DENIED = { code: 'AccessDenied', status: 403 };
const EVERYBODY = '*';
const ALL_OFF = {
  BlockPublicAcls: false,
  IgnorePublicAcls: false,
  BlockPublicPolicy: false,
  RestrictPublicBuckets: false,
};

let server: ServerProcess;
let url: string;
/** Root user of the account that owns the buckets. */
let main: S3Client;
let mainId: string;
/** Another user of that account. */
let colleague: S3Client;
/** Of another account. */
let alt: S3Client;
let altId: string;

before(async () => {
  server = await startServer();
  url = server.storageUrl;
  main = connectS3(server);
  const account = await addTestAccount(server, { name: 'team-lee', email: 'lee@example.com' });
  alt = connectS3(server, { credentials: account.credentials });
  altId = account.id;
  mainId = (await main.send(new ListBucketsCommand({}))).Owner?.ID ?? '';
  const run = async (...words: readonly string[]): Promise<Record<string, string>> => {
    const { stdout } = await runGotgan([...words, '--json', '--endpoint', server.controlUrl], {
      GOTGAN_ACCESS_KEY: server.accessKey,
      GOTGAN_SECRET_KEY: server.secretKey,
    });
    return JSON.parse(stdout);
  };
  await run('user', 'add', 'colleague', '--account', mainId, '--email', 'colleague@example.com');
  const key = await run('key', 'add', '--account', mainId, '--user', 'colleague');
  const { accessKey: accessKeyId = '', secretKey: secretAccessKey = '' } = key;
  colleague = connectS3(server, { credentials: { accessKeyId, secretAccessKey } });
});
after(async () => {
  main?.destroy();
  colleague?.destroy();
  alt?.destroy();
  assertNoFailures(server);
  await server?.dispose();
});

type Statement = Readonly<Record<string, unknown>>;

const document = (...statements: Statement[]) =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements });
const allow = (Action: unknown, Resource: unknown, rest: Statement = {}): Statement => ({
  Effect: 'Allow',
  Principal: EVERYBODY,
  Action,
  Resource,
  ...rest,
});
const deny = (Action: unknown, Resource: unknown, rest: Statement = {}): Statement => ({
  ...allow(Action, Resource, rest),
  Effect: 'Deny',
});
const arn = (Bucket: string, rest = '') => `arn:aws:s3:::${Bucket}${rest}`;

async function newBucket(statement?: (Bucket: string) => Statement) {
  const Bucket = newBucketName('policy');
  await main.send(new CreateBucketCommand({ Bucket }));
  if (statement !== undefined) await setPolicy(Bucket, statement(Bucket));
  return Bucket;
}

const setPolicy = (Bucket: string, ...statements: Statement[]) =>
  main.send(new PutBucketPolicyCommand({ Bucket, Policy: document(...statements) }));
const put = (client: S3Client, Bucket: string, Key: string, extra: object = {}) =>
  client.send(new PutObjectCommand({ Bucket, Key, Body: Key, ...extra }));
const read = async (client: S3Client, Bucket: string, Key: string) =>
  (await client.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString();
const list = (client: S3Client, Bucket: string, Prefix?: string) =>
  client.send(new ListObjectsV2Command({ Bucket, ...(Prefix !== undefined && { Prefix }) }));
const block = (Bucket: string, on: PublicAccessBlockConfiguration) =>
  main.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: on }));
const status = async (path: string, init: RequestInit = {}) => {
  const answer = await fetch(`${url}/${path}`, init);
  await answer.arrayBuffer();
  return answer.status;
};

describe('the document', () => {
  test('is given back as sent, replaced, and taken away', async () => {
    const Bucket = await newBucket();
    const absent = { code: 'NoSuchBucketPolicy', status: 404, fields: { BucketName: Bucket } };
    await assertS3Error(main.send(new GetBucketPolicyCommand({ Bucket })), absent);
    await assertS3Error(main.send(new GetBucketPolicyStatusCommand({ Bucket })), absent);
    const Policy = `${document(allow('s3:GetObject', arn(Bucket, '/*')))}\n `;
    const answer = await main.send(new PutBucketPolicyCommand({ Bucket, Policy }));
    assert.equal(answer.$metadata.httpStatusCode, 204);
    assert.equal((await main.send(new GetBucketPolicyCommand({ Bucket }))).Policy, Policy);
    await setPolicy(Bucket, deny('s3:GetObject', arn(Bucket, '/*')));
    assert.notEqual((await main.send(new GetBucketPolicyCommand({ Bucket }))).Policy, Policy);
    const deleted = await main.send(new DeleteBucketPolicyCommand({ Bucket }));
    assert.equal(deleted.$metadata.httpStatusCode, 204);
    await assertS3Error(main.send(new GetBucketPolicyCommand({ Bucket })), absent);
    await main.send(new DeleteBucketPolicyCommand({ Bucket }));
  });

  test('is refused with the reason and the place, and nothing is changed', async () => {
    const Bucket = await newBucket((name) => deny('s3:PutObject', arn(name, '/*')));
    const before = (await main.send(new GetBucketPolicyCommand({ Bucket }))).Policy;
    const all = arn(Bucket, '/*');
    const cases: readonly (readonly [string, RegExp])[] = [
      ['', /first byte must be '\{'/],
      ['{"Version":', /invalid Json/],
      [document(), /Statement is empty/],
      [JSON.stringify({ Version: '2013-01-01', Statement: [] }), /valid version string/],
      [
        document(allow('s3:GetObject', all), { ...allow('s3:GetObject', all), Effect: 'Maybe' }),
        /Invalid effect: statement 2, "Maybe"/,
      ],
      [
        document(allow('s3:GetObject', all, { Sid: 'A', Condtion: {} })),
        /Unknown field: statement 1 \("A"\), "Condtion"/,
      ],
      [document(allow('s3:GetObjekt', all)), /invalid action: statement 1, "s3:GetObjekt"/],
      [document(allow('ec2:RunInstances', all)), /invalid action/],
      [document(allow('s3:GetObject', arn(`${Bucket}x`, '/*'))), /invalid resource/],
      [document(allow('s3:GetObject', arn(Bucket))), /does not apply to any resource/],
      [
        document(allow('s3:GetObject', all, { Principal: { AWS: 'arn:aws:iam::1:user/*' } })),
        /Invalid principal/,
      ],
      [document(allow('s3:GetObject', all, { NotPrincipal: EVERYBODY })), /both Principal and NotPrincipal/],
      [
        document(allow('s3:GetObject', all, { Principal: undefined, NotPrincipal: { AWS: altId } })),
        /NotPrincipal/,
      ],
      [
        document(allow('s3:GetObject', all, { Condition: { StringEquals: { 's3:prefixx': 'a' } } })),
        /invalid condition key/,
      ],
      [
        document(allow('s3:GetObject', all, { Condition: { StringIs: { 's3:prefix': 'a' } } })),
        /Invalid Condition type/,
      ],
      [document(allow('s3:GetObject', all, { Sid: 'x'.repeat(20 * 1024) })), /maximum allowed document size/],
    ];
    for (const [Policy, message] of cases) {
      await assertS3Error(main.send(new PutBucketPolicyCommand({ Bucket, Policy })), {
        code: 'MalformedPolicy',
        status: 400,
        message,
      });
    }
    assert.equal((await main.send(new GetBucketPolicyCommand({ Bucket }))).Policy, before);
  });

  test('says whether it is public', async () => {
    const Bucket = await newBucket();
    const isPublic = async (...statements: Statement[]) => {
      await setPolicy(Bucket, ...statements);
      return (await main.send(new GetBucketPolicyStatusCommand({ Bucket }))).PolicyStatus?.IsPublic;
    };
    const all = arn(Bucket, '/*');
    const from = (range: string) => ({ Condition: { IpAddress: { 'aws:SourceIp': range } } });
    assert.equal(await isPublic(allow('s3:GetObject', all)), true);
    assert.equal(await isPublic(allow('s3:GetObject', all, { Principal: { AWS: altId } })), false);
    assert.equal(await isPublic(allow('s3:GetObject', all, from('192.0.2.0/24'))), false);
    assert.equal(await isPublic(allow('s3:GetObject', all, from('0.0.0.0/1'))), true);
    assert.equal(await isPublic(deny('s3:GetObject', all)), false);
  });
});

describe('what a policy allows', () => {
  test('reading by everybody, by an account, by a user', async () => {
    const Bucket = await newBucket();
    await put(main, Bucket, 'a/open');
    await put(main, Bucket, 'b/closed');
    await assertS3Error(read(alt, Bucket, 'a/open'), DENIED);
    await setPolicy(Bucket, allow('s3:GetObject', arn(Bucket, '/a/*')));
    assert.equal(await read(alt, Bucket, 'a/open'), 'a/open');
    assert.equal(await status(`${Bucket}/a/open`), 200);
    assert.equal(await status(`${Bucket}/b/closed`), 403);
    assert.equal(await status(`${Bucket}/a/missing`), 403, 'who may not list learns nothing');
    await assertS3Error(list(alt, Bucket), DENIED);
    for (const Principal of [
      { AWS: altId },
      { AWS: [`arn:aws:iam::${altId}:root`] },
      { CanonicalUser: altId },
      { AWS: `arn:aws:iam::${altId}:user/somebody` },
    ]) {
      await setPolicy(Bucket, allow('s3:Get*', arn(Bucket, '/*'), { Principal }));
      assert.equal(await read(alt, Bucket, 'b/closed'), 'b/closed');
      assert.equal(await status(`${Bucket}/b/closed`), 403);
    }
    await setPolicy(
      Bucket,
      allow('s3:GetObject', arn(Bucket, '/*'), { Principal: { AWS: `arn:aws:iam::${altId}:user/else` } }),
    );
    await assertS3Error(read(alt, Bucket, 'a/open'), DENIED);
  });

  test('listing below a prefix, and learning what is not there', async () => {
    const Bucket = await newBucket();
    await put(main, Bucket, 'home/lee/1');
    await setPolicy(
      Bucket,
      allow('s3:ListBucket', arn(Bucket), { Condition: { StringLike: { 's3:prefix': 'home/lee/*' } } }),
    );
    assert.equal((await list(alt, Bucket, 'home/lee/')).KeyCount, 1);
    await assertS3Error(list(alt, Bucket, 'home/'), DENIED);
    await assertS3Error(list(alt, Bucket), DENIED);
    await assertS3Error(read(alt, Bucket, 'home/lee/missing'), { code: 'NoSuchKey', status: 404 });
    await assertS3Error(read(alt, Bucket, 'elsewhere'), DENIED);
    await assertS3Error(read(alt, Bucket, 'home/lee/1'), DENIED);
  });

  test('writing and copying under conditions; parts and batches ask the same', async () => {
    const Bucket = await newBucket();
    await put(main, Bucket, 'public/source');
    await put(main, Bucket, 'private/source');
    await setPolicy(
      Bucket,
      allow('s3:GetObject', arn(Bucket, '/*')),
      allow('s3:PutObject', arn(Bucket, '/in/*')),
      deny('s3:PutObject', arn(Bucket, '/*'), {
        Condition: {
          Null: { 's3:x-amz-copy-source': false },
          StringNotLike: { 's3:x-amz-copy-source': `${Bucket}/public/*` },
        },
      }),
      deny('s3:PutObject', arn(Bucket, '/*'), { Condition: { StringLike: { 's3:x-amz-acl': 'public-*' } } }),
      allow('s3:DeleteObject', arn(Bucket, '/in/a*')),
    );
    await put(alt, Bucket, 'in/a1');
    await put(alt, Bucket, 'in/b1');
    await assertS3Error(put(alt, Bucket, 'out/1'), DENIED);
    await assertS3Error(put(alt, Bucket, 'in/2', { ACL: 'public-read' }), DENIED);
    await assertS3Error(put(main, Bucket, 'in/2', { ACL: 'public-read' }), DENIED);
    const copy = (CopySource: string) =>
      alt.send(new CopyObjectCommand({ Bucket, Key: 'in/copy', CopySource }));
    await copy(`${Bucket}/public/source`);
    await copy(`/${Bucket}/public/sourc%65`);
    await assertS3Error(copy(`${Bucket}/private/source`), DENIED);
    const upload = { Bucket, Key: 'in/parts' };
    const { UploadId } = await alt.send(new CreateMultipartUploadCommand(upload));
    await alt.send(new UploadPartCommand({ ...upload, UploadId, PartNumber: 1, Body: 'x' }));
    const outside = { Bucket, Key: 'out/parts' };
    await assertS3Error(alt.send(new CreateMultipartUploadCommand(outside)), DENIED);
    const { Deleted, Errors } = await alt.send(
      new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: 'in/a1' }, { Key: 'in/b1' }] } }),
    );
    assert.deepEqual(
      Deleted?.map(({ Key }) => Key),
      ['in/a1'],
    );
    assert.deepEqual(
      Errors?.map(({ Key, Code }) => [Key, Code]),
      [['in/b1', 'AccessDenied']],
    );
  });

  test('a version by its own action', async () => {
    const Bucket = await newBucket((name) => allow('s3:GetObject', arn(name, '/*')));
    await main.send(
      new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }),
    );
    const { VersionId } = await put(main, Bucket, 'key');
    const version = new GetObjectCommand({ Bucket, Key: 'key', VersionId });
    assert.equal(await read(alt, Bucket, 'key'), 'key');
    await assertS3Error(alt.send(version), DENIED);
    await setPolicy(Bucket, allow('s3:GetObjectVersion', arn(Bucket, '/*')));
    await alt.send(version);
    await assertS3Error(read(alt, Bucket, 'key'), DENIED);
  });

  test('nothing of objects that another account owns', async () => {
    const Bucket = await newBucket((name) => allow('s3:PutObject', arn(name, '/*')));
    await put(alt, Bucket, 'theirs');
    await setPolicy(Bucket, allow('s3:GetObject', arn(Bucket, '/*')));
    assert.equal(await status(`${Bucket}/theirs`), 403);
    await assertS3Error(read(main, Bucket, 'theirs'), DENIED);
    await alt.send(new PutObjectAclCommand({ Bucket, Key: 'theirs', ACL: 'bucket-owner-full-control' }));
    assert.equal(await read(main, Bucket, 'theirs'), 'theirs');
  });

  test('the policy itself to its own account only', async () => {
    const Bucket = await newBucket((name) => allow('s3:*', arn(name)));
    const elsewhere = { code: 'MethodNotAllowed', status: 405 };
    await assertS3Error(alt.send(new GetBucketPolicyCommand({ Bucket })), elsewhere);
    await assertS3Error(alt.send(new DeleteBucketPolicyCommand({ Bucket })), elsewhere);
    const Policy = document(allow('s3:*', arn(Bucket)));
    await assertS3Error(alt.send(new PutBucketPolicyCommand({ Bucket, Policy })), elsewhere);
    assert.equal(await status(`${Bucket}?policy`), 405);
    await colleague.send(new GetBucketPolicyCommand({ Bucket }));
  });
});

describe('what a policy denies', () => {
  test('the owner, too, and what lists grant', async () => {
    const Bucket = await newBucket((name) => deny('s3:GetObject', arn(name, '/secret/*')));
    await put(main, Bucket, 'secret/1', { ACL: 'public-read' });
    await put(main, Bucket, 'shown', { ACL: 'public-read' });
    for (const client of [main, colleague, alt]) {
      await assertS3Error(read(client, Bucket, 'secret/1'), DENIED);
      assert.equal(await read(client, Bucket, 'shown'), 'shown');
    }
    assert.equal(await status(`${Bucket}/secret/1`), 403);
    await assertS3Error(main.send(new HeadObjectCommand({ Bucket, Key: 'secret/1' })), {
      code: 'Unknown',
      status: 403,
    });
  });

  test('everybody but those spared, and not the root user’s way to repair it', async () => {
    const Bucket = await newBucket();
    const everything = [arn(Bucket), arn(Bucket, '/*')];
    const locked = document(deny('s3:*', everything));
    await assertS3Error(colleague.send(new PutBucketPolicyCommand({ Bucket, Policy: locked })), {
      ...DENIED,
      message: /x-amz-confirm-remove-self-bucket-access/,
    });
    await colleague.send(
      new PutBucketPolicyCommand({ Bucket, Policy: locked, ConfirmRemoveSelfBucketAccess: true }),
    );
    await assertS3Error(colleague.send(new GetBucketPolicyCommand({ Bucket })), DENIED);
    await assertS3Error(colleague.send(new DeleteBucketPolicyCommand({ Bucket })), DENIED);
    await assertS3Error(put(main, Bucket, 'key'), DENIED);
    assert.equal((await main.send(new GetBucketPolicyCommand({ Bucket }))).Policy, locked);
    const spared = { Principal: undefined, NotPrincipal: { AWS: `arn:aws:iam::${mainId}:user/colleague` } };
    await setPolicy(Bucket, deny('s3:PutObject', arn(Bucket, '/*'), spared));
    await put(colleague, Bucket, 'key');
    await assertS3Error(put(main, Bucket, 'key'), DENIED);
    await main.send(new DeleteBucketPolicyCommand({ Bucket }));
    await put(main, Bucket, 'key');
    await main.send(new DeleteObjectCommand({ Bucket, Key: 'key' }));
  });

  test('by where a request comes from', async () => {
    const Bucket = await newBucket();
    await put(main, Bucket, 'key', { ACL: 'public-read' });
    const from = (range: string) => ({ Condition: { NotIpAddress: { 'aws:SourceIp': range } } });
    await setPolicy(Bucket, deny('s3:GetObject', arn(Bucket, '/*'), from('192.0.2.0/24')));
    assert.equal(await status(`${Bucket}/key`), 403);
    await setPolicy(Bucket, deny('s3:GetObject', arn(Bucket, '/*'), from('127.0.0.0/8')));
    assert.equal(await status(`${Bucket}/key`), 200);
    const safe = { Condition: { Bool: { 'aws:SecureTransport': false } } };
    await setPolicy(Bucket, deny('s3:*', [arn(Bucket), arn(Bucket, '/*')], safe));
    assert.equal(await status(`${Bucket}/key`), 403);
  });
});

describe('the public access block', () => {
  test('is shown as set, and taken away', async () => {
    const Bucket = await newBucket();
    const absent = { code: 'NoSuchPublicAccessBlockConfiguration', status: 404 };
    await assertS3Error(main.send(new GetPublicAccessBlockCommand({ Bucket })), absent);
    await block(Bucket, { BlockPublicAcls: true, RestrictPublicBuckets: true });
    const shown = await main.send(new GetPublicAccessBlockCommand({ Bucket }));
    assert.deepEqual(shown.PublicAccessBlockConfiguration, {
      ...ALL_OFF,
      BlockPublicAcls: true,
      RestrictPublicBuckets: true,
    });
    await assertS3Error(alt.send(new GetPublicAccessBlockCommand({ Bucket })), DENIED);
    await assertS3Error(alt.send(new DeletePublicAccessBlockCommand({ Bucket })), DENIED);
    await main.send(new DeletePublicAccessBlockCommand({ Bucket }));
    await assertS3Error(main.send(new GetPublicAccessBlockCommand({ Bucket })), absent);
  });

  test('BlockPublicAcls refuses new public lists', async () => {
    const Bucket = await newBucket();
    await put(main, Bucket, 'old', { ACL: 'public-read' });
    await block(Bucket, { BlockPublicAcls: true });
    for (const ACL of ['public-read', 'authenticated-read'] as const) {
      await assertS3Error(main.send(new PutBucketAclCommand({ Bucket, ACL })), DENIED);
      await assertS3Error(main.send(new PutObjectAclCommand({ Bucket, Key: 'old', ACL })), DENIED);
      await assertS3Error(put(main, Bucket, 'new', { ACL }), DENIED);
      const CopySource = `${Bucket}/old`;
      await assertS3Error(main.send(new CopyObjectCommand({ Bucket, Key: 'c', CopySource, ACL })), DENIED);
      await assertS3Error(main.send(new CreateMultipartUploadCommand({ Bucket, Key: 'm', ACL })), DENIED);
    }
    await put(main, Bucket, 'new', { GrantRead: `id=${altId}` });
    assert.equal(await status(`${Bucket}/old`), 200, 'what was granted before stays');
  });

  test('IgnorePublicAcls takes public lists away, and leaves what accounts are granted', async () => {
    const Bucket = await newBucket();
    await main.send(new PutBucketAclCommand({ Bucket, ACL: 'public-read' }));
    await put(main, Bucket, 'public', { ACL: 'public-read' });
    await put(main, Bucket, 'shared', { GrantRead: `id=${altId}` });
    await block(Bucket, { IgnorePublicAcls: true });
    assert.equal(await status(Bucket), 403);
    assert.equal(await status(`${Bucket}/public`), 403);
    await assertS3Error(read(alt, Bucket, 'public'), DENIED);
    assert.equal(await read(alt, Bucket, 'shared'), 'shared');
    assert.equal((await main.send(new GetBucketAclCommand({ Bucket }))).Grants?.length, 2, 'still shown');
    await main.send(new DeletePublicAccessBlockCommand({ Bucket }));
    assert.equal(await status(`${Bucket}/public`), 200);
  });

  test('BlockPublicPolicy refuses public policies only', async () => {
    const Bucket = await newBucket();
    await block(Bucket, { BlockPublicPolicy: true });
    await assertS3Error(setPolicy(Bucket, allow('s3:GetObject', arn(Bucket, '/*'))), DENIED);
    await setPolicy(Bucket, allow('s3:GetObject', arn(Bucket, '/*'), { Principal: { AWS: altId } }));
  });

  test('RestrictPublicBuckets keeps other accounts out while the policy is public', async () => {
    const Bucket = await newBucket();
    await put(main, Bucket, 'key');
    const all = arn(Bucket, '/*');
    const toAlt = allow('s3:GetObject', all, { Principal: { AWS: altId } });
    await setPolicy(Bucket, allow('s3:GetObject', all), toAlt);
    assert.equal(await status(`${Bucket}/key`), 200);
    await block(Bucket, { RestrictPublicBuckets: true });
    assert.equal(await status(`${Bucket}/key`), 403);
    await assertS3Error(read(alt, Bucket, 'key'), DENIED);
    assert.equal(await read(colleague, Bucket, 'key'), 'key');
    await setPolicy(Bucket, toAlt);
    assert.equal(await read(alt, Bucket, 'key'), 'key');
  });
});
