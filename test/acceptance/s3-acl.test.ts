// GetBucketAcl, PutBucketAcl, GetObjectAcl, PutObjectAcl, ACL headers of other operations, and who may do what because of
// them: by the AWS SDK of two accounts, and by nobody.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  AbortMultipartUploadCommand,
  type AccessControlPolicy,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketAclCommand,
  GetObjectAclCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  type Grant,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutBucketAclCommand,
  type PutBucketAclCommandInput,
  PutObjectAclCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { addTestAccount } from '../support/add-account.ts';
import { assertS3Error, connectS3, newBucketName } from '../support/s3-client.ts';
import { type ServerProcess, startServer } from '../support/server-process.ts';

const ALL_USERS = 'http://acs.amazonaws.com/groups/global/AllUsers';
const AUTHENTICATED_USERS = 'http://acs.amazonaws.com/groups/global/AuthenticatedUsers';
const LOG_DELIVERY = 'http://acs.amazonaws.com/groups/s3/LogDelivery';
const EMAIL = 'lee@example.com';
const STRANGER_ID = 'f'.repeat(32);
const DENIED = { code: 'AccessDenied', status: 403 };
/** What the SDK computes for parts by default; the upload must be begun with it. */
const CRC32 = { ChecksumAlgorithm: 'CRC32' } as const;
/** HEAD answers without a document. */
const FORBIDDEN = { code: 'Unknown', status: 403 };

let server: ServerProcess;
let url: string;
/** Owner of the buckets. */
let main: S3Client;
let mainId: string;
let mainName: string;
/** Of another account. */
let alt: S3Client;
let altId: string;
let altName: string;

before(async () => {
  server = await startServer();
  url = server.storageUrl;
  const account = await addTestAccount(server, { name: 'team-lee', email: EMAIL });
  main = connectS3(server);
  alt = connectS3(server, { credentials: account.credentials });
  altId = account.id;
  altName = account.name;
  const { Owner } = await main.send(new ListBucketsCommand({}));
  mainId = Owner?.ID ?? '';
  mainName = Owner?.DisplayName ?? '';
});
after(async () => {
  main?.destroy();
  alt?.destroy();
  await server?.dispose();
});

async function newBucket(ACL?: 'private' | 'public-read' | 'public-read-write' | 'authenticated-read') {
  const Bucket = newBucketName('acl');
  await main.send(new CreateBucketCommand({ Bucket, ...(ACL !== undefined && { ACL }) }));
  return Bucket;
}

const put = (client: S3Client, Bucket: string, Key: string, extra: object = {}) =>
  client.send(
    new PutObjectCommand({ Bucket, Key, Body: `by ${client === main ? 'main' : 'alt'}`, ...extra }),
  );
const read = async (client: S3Client, Bucket: string, Key: string) =>
  (await client.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString();
const list = (client: S3Client, Bucket: string) => client.send(new ListObjectsV2Command({ Bucket }));

/** `READ AllUsers`, `FULL_CONTROL team-lee (id)` … */
const shown = (grants: readonly Grant[] | undefined) =>
  (grants ?? []).map(({ Permission, Grantee }) =>
    Grantee?.Type === 'Group'
      ? `${Permission} ${Grantee.URI?.split('/').at(-1)}`
      : `${Permission} ${Grantee?.DisplayName} ${Grantee?.ID}`,
  );
const bucketGrants = async (Bucket: string) =>
  shown((await main.send(new GetBucketAclCommand({ Bucket }))).Grants);
const objectGrants = async (Bucket: string, Key: string, client = main) =>
  shown((await client.send(new GetObjectAclCommand({ Bucket, Key }))).Grants);
const mainHas = (permission: string) => `${permission} ${mainName} ${mainId}`;
const altHas = (permission: string) => `${permission} ${altName} ${altId}`;

const user = (ID: string, Permission: Grant['Permission']): Grant => ({
  Grantee: { Type: 'CanonicalUser', ID },
  Permission,
});
const policy = (...Grants: Grant[]): AccessControlPolicy => ({ Owner: { ID: mainId }, Grants });

describe('GetBucketAcl and PutBucketAcl', () => {
  test('a new bucket is private', async () => {
    const Bucket = await newBucket();
    const { Owner, Grants } = await main.send(new GetBucketAclCommand({ Bucket }));
    assert.deepEqual(Owner, { ID: mainId, DisplayName: mainName });
    assert.deepEqual(shown(Grants), [mainHas('FULL_CONTROL')]);
  });

  test('canned lists, at creation and later', async () => {
    const Bucket = await newBucket('public-read');
    assert.deepEqual(await bucketGrants(Bucket), ['READ AllUsers', mainHas('FULL_CONTROL')]);
    const expected = {
      'public-read-write': ['READ AllUsers', 'WRITE AllUsers'],
      'authenticated-read': ['READ AuthenticatedUsers'],
      private: [],
    } as const;
    for (const ACL of Object.keys(expected) as (keyof typeof expected)[]) {
      await main.send(new PutBucketAclCommand({ Bucket, ACL }));
      assert.deepEqual(await bucketGrants(Bucket), [...expected[ACL], mainHas('FULL_CONTROL')]);
    }
    const logs = 'log-delivery-write' as NonNullable<PutBucketAclCommandInput['ACL']>;
    await main.send(new PutBucketAclCommand({ Bucket, ACL: logs }));
    assert.deepEqual(await bucketGrants(Bucket), [
      'WRITE LogDelivery',
      'READ_ACP LogDelivery',
      mainHas('FULL_CONTROL'),
    ]);
  });

  test('grants in headers, by id, address and URI', async () => {
    const Bucket = newBucketName('acl');
    await main.send(
      new CreateBucketCommand({
        Bucket,
        GrantRead: `id="${altId}"`,
        GrantWrite: `emailAddress=${EMAIL}`,
        GrantReadACP: `uri="${AUTHENTICATED_USERS}"`,
        GrantFullControl: `id=${mainId}`,
      }),
    );
    assert.deepEqual(await bucketGrants(Bucket), [
      'READ_ACP AuthenticatedUsers',
      altHas('READ'),
      altHas('WRITE'),
      mainHas('FULL_CONTROL'),
    ]);
    await main.send(new PutBucketAclCommand({ Bucket, GrantWriteACP: `uri=${LOG_DELIVERY},id=${altId}` }));
    assert.deepEqual(await bucketGrants(Bucket), ['WRITE_ACP LogDelivery', altHas('WRITE_ACP')]);
  });

  test('a document with every kind of grantee', async () => {
    const Bucket = await newBucket();
    const AccessControlPolicy = policy(
      user(mainId, 'FULL_CONTROL'),
      { Grantee: { Type: 'AmazonCustomerByEmail', EmailAddress: EMAIL.toUpperCase() }, Permission: 'READ' },
      { Grantee: { Type: 'Group', URI: ALL_USERS }, Permission: 'READ_ACP' },
    );
    await main.send(new PutBucketAclCommand({ Bucket, AccessControlPolicy }));
    assert.deepEqual(await bucketGrants(Bucket), [
      'READ_ACP AllUsers',
      mainHas('FULL_CONTROL'),
      altHas('READ'),
    ]);
  });

  test('the owner keeps everything when all grants are revoked', async () => {
    const Bucket = await newBucket();
    await put(main, Bucket, 'key');
    await main.send(new PutBucketAclCommand({ Bucket, AccessControlPolicy: policy() }));
    assert.deepEqual(await bucketGrants(Bucket), []);
    assert.equal(await read(main, Bucket, 'key'), 'by main');
    await main.send(new PutBucketAclCommand({ Bucket, ACL: 'private' }));
  });

  test('what is refused, with nothing changed', async () => {
    const Bucket = await newBucket('public-read');
    const refused = (input: Omit<PutBucketAclCommandInput, 'Bucket'>, code: string, fields = {}) =>
      assertS3Error(main.send(new PutBucketAclCommand({ Bucket, ...input })), {
        code,
        status: code === 'AccessDenied' ? 403 : 400,
        fields,
      });
    await refused({ AccessControlPolicy: policy(user('_foo', 'READ')) }, 'InvalidArgument', {
      ArgumentName: 'CanonicalUser/ID',
      ArgumentValue: '_foo',
    });
    await refused({ GrantRead: `id=${STRANGER_ID}` }, 'InvalidArgument', { ArgumentValue: STRANGER_ID });
    await refused({ GrantRead: 'emailAddress=nobody@example.com' }, 'UnresolvableGrantByEmailAddress');
    await refused({ GrantRead: 'uri=http://example.com/all' }, 'InvalidArgument');
    await refused({ GrantRead: altId }, 'InvalidArgument', { ArgumentName: 'x-amz-grant-read' });
    await refused({ ACL: 'private', GrantRead: `id=${altId}` }, 'InvalidRequest');
    await refused({ ACL: 'nonsense' as 'private' }, 'InvalidArgument', { ArgumentName: 'x-amz-acl' });
    await refused({ ACL: 'private', AccessControlPolicy: policy() }, 'UnexpectedContent');
    await refused({}, 'MissingSecurityHeader');
    await refused({ AccessControlPolicy: { Grants: [] } }, 'MalformedACLError');
    await refused({ AccessControlPolicy: policy(user(altId, 'SUDO' as 'READ')) }, 'MalformedACLError');
    const many = Array.from({ length: 101 }, () => user(altId, 'READ'));
    await refused({ AccessControlPolicy: policy(...many) }, 'MalformedACLError');
    await refused({ AccessControlPolicy: { Owner: { ID: altId }, Grants: [] } }, 'AccessDenied');
    assert.deepEqual(await bucketGrants(Bucket), ['READ AllUsers', mainHas('FULL_CONTROL')]);
  });

  test('a hundred grants are kept', async () => {
    const Bucket = await newBucket();
    const many = Array.from({ length: 100 }, () => user(altId, 'READ'));
    await main.send(new PutBucketAclCommand({ Bucket, AccessControlPolicy: policy(...many) }));
    assert.equal((await bucketGrants(Bucket)).length, 100);
  });

  test('many writers at once', async () => {
    const Bucket = await newBucket();
    await Promise.all(
      Array.from({ length: 20 }, () => main.send(new PutBucketAclCommand({ Bucket, ACL: 'public-read' }))),
    );
    assert.deepEqual(await bucketGrants(Bucket), ['READ AllUsers', mainHas('FULL_CONTROL')]);
  });
});

describe('GetObjectAcl and PutObjectAcl', () => {
  test('a new object is private; canned lists and documents replace each other', async () => {
    const Bucket = await newBucket();
    await put(main, Bucket, 'key');
    assert.deepEqual(await objectGrants(Bucket, 'key'), [mainHas('FULL_CONTROL')]);
    const target = { Bucket, Key: 'key' };
    await main.send(new PutObjectAclCommand({ ...target, ACL: 'public-read' }));
    assert.deepEqual(await objectGrants(Bucket, 'key'), ['READ AllUsers', mainHas('FULL_CONTROL')]);
    await main.send(
      new PutObjectAclCommand({ ...target, AccessControlPolicy: policy(user(altId, 'WRITE')) }),
    );
    assert.deepEqual(await objectGrants(Bucket, 'key'), [altHas('WRITE')]);
    await main.send(new PutObjectAclCommand({ ...target, ACL: 'private' }));
    assert.deepEqual(await objectGrants(Bucket, 'key'), [mainHas('FULL_CONTROL')]);
  });

  test('neither bytes nor metadata nor LastModified change', async () => {
    const Bucket = await newBucket();
    await put(main, Bucket, 'key', { Metadata: { a: 'b' }, ContentType: 'text/x-test' });
    const head = async () => {
      const { ETag, LastModified, Metadata, ContentType } = await main.send(
        new HeadObjectCommand({ Bucket, Key: 'key' }),
      );
      return { ETag, LastModified, Metadata, ContentType };
    };
    const earlier = await head();
    await main.send(new PutObjectAclCommand({ Bucket, Key: 'key', ACL: 'public-read' }));
    assert.deepEqual(await head(), earlier);
    assert.equal(await read(main, Bucket, 'key'), 'by main');
  });

  test('headers of PutObject, CopyObject and CreateMultipartUpload; a copy does not take the list along', async () => {
    const Bucket = await newBucket();
    await put(main, Bucket, 'put', { GrantRead: `id=${altId}`, GrantFullControl: `id=${mainId}` });
    assert.deepEqual(await objectGrants(Bucket, 'put'), [altHas('READ'), mainHas('FULL_CONTROL')]);
    const CopySource = `${Bucket}/put`;
    await main.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource }));
    assert.deepEqual(await objectGrants(Bucket, 'copy'), [mainHas('FULL_CONTROL')]);
    await main.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource, ACL: 'public-read' }));
    assert.equal(await read(alt, Bucket, 'copy'), 'by main');
    const target = { Bucket, Key: 'parts' };
    const { UploadId } = await main.send(
      new CreateMultipartUploadCommand({ ...target, ...CRC32, ACL: 'authenticated-read' }),
    );
    const { ETag, ChecksumCRC32 } = await main.send(
      new UploadPartCommand({ ...target, UploadId, PartNumber: 1, Body: 'part' }),
    );
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag, ChecksumCRC32 }] };
    await main.send(new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload }));
    assert.deepEqual(await objectGrants(Bucket, 'parts'), [
      'READ AuthenticatedUsers',
      mainHas('FULL_CONTROL'),
    ]);
  });

  test('a replaced object is private again', async () => {
    const Bucket = await newBucket();
    await put(main, Bucket, 'key', { ACL: 'public-read' });
    await put(main, Bucket, 'key');
    assert.deepEqual(await objectGrants(Bucket, 'key'), [mainHas('FULL_CONTROL')]);
    assert.equal((await fetch(`${url}/${Bucket}/key`)).status, 403);
  });

  test('a canned list in a presigned URL', async () => {
    const Bucket = await newBucket();
    const command = new PutObjectCommand({ Bucket, Key: 'key', ACL: 'public-read' });
    const signed = await getSignedUrl(main, command, { expiresIn: 60 });
    assert.equal((await fetch(signed, { method: 'PUT', body: 'presigned' })).status, 200);
    assert.equal(await (await fetch(`${url}/${Bucket}/key`)).text(), 'presigned');
  });

  test('what is refused', async () => {
    const Bucket = await newBucket();
    const target = { Bucket, Key: 'key' };
    await assertS3Error(main.send(new PutObjectAclCommand({ ...target, ACL: 'private' })), {
      code: 'NoSuchKey',
      status: 404,
    });
    await assertS3Error(main.send(new GetObjectAclCommand(target)), { code: 'NoSuchKey', status: 404 });
    await assertS3Error(put(main, Bucket, 'key', { ACL: 'log-delivery-write' }), {
      code: 'InvalidArgument',
      status: 400,
    });
    await assertS3Error(put(main, Bucket, 'key', { ACL: 'aws-exec-read' }), {
      code: 'NotImplemented',
      status: 501,
    });
    await assertS3Error(put(main, Bucket, 'key', { GrantRead: `id=${STRANGER_ID}` }), {
      code: 'InvalidArgument',
      status: 400,
    });
    await assertS3Error(read(main, Bucket, 'key'), { code: 'NoSuchKey', status: 404 });
  });
});

describe('access by another account', () => {
  const may = async (call: Promise<unknown>) => {
    try {
      await call;
      return true;
    } catch (error) {
      assert.equal((error as { $metadata: { httpStatusCode: number } }).$metadata.httpStatusCode, 403);
      return false;
    }
  };

  test('each permission on a bucket', async () => {
    const expected: [NonNullable<Grant['Permission']>, string][] = [
      ['READ', 'head list'],
      ['WRITE', 'put delete'],
      ['READ_ACP', 'read-acl'],
      ['WRITE_ACP', 'write-acl'],
      ['FULL_CONTROL', 'head list put delete read-acl write-acl'],
    ];
    for (const [permission, allowed] of expected) {
      const Bucket = await newBucket();
      await put(main, Bucket, 'key');
      await put(main, Bucket, 'kept');
      const AccessControlPolicy = policy(user(mainId, 'FULL_CONTROL'), user(altId, permission));
      await main.send(new PutBucketAclCommand({ Bucket, AccessControlPolicy }));
      const calls: Record<string, () => Promise<unknown>> = {
        head: () => alt.send(new HeadBucketCommand({ Bucket })),
        list: () => list(alt, Bucket),
        put: () => put(alt, Bucket, 'new'),
        delete: () => alt.send(new DeleteObjectCommand({ Bucket, Key: 'key' })),
        'read-acl': () => alt.send(new GetBucketAclCommand({ Bucket })),
        'write-acl': () => alt.send(new PutBucketAclCommand({ Bucket, AccessControlPolicy })),
        'read-object': () => read(alt, Bucket, 'kept'),
      };
      const actual: string[] = [];
      for (const [name, call] of Object.entries(calls)) if (await may(call())) actual.push(name);
      assert.equal(actual.join(' '), allowed, permission);
    }
  });

  test('each permission on an object', async () => {
    const Bucket = await newBucket();
    const target = { Bucket, Key: 'key' };
    const expected: [NonNullable<Grant['Permission']>, string][] = [
      ['READ', 'get head attributes copy'],
      ['WRITE', ''],
      ['READ_ACP', 'read-acl'],
      ['WRITE_ACP', 'write-acl'],
      ['FULL_CONTROL', 'get head attributes copy read-acl write-acl'],
    ];
    const own = newBucketName('acl-own');
    await alt.send(new CreateBucketCommand({ Bucket: own }));
    for (const [permission, allowed] of expected) {
      const AccessControlPolicy = policy(user(altId, permission));
      await put(main, Bucket, 'key');
      await main.send(new PutObjectAclCommand({ ...target, AccessControlPolicy }));
      const calls: Record<string, () => Promise<unknown>> = {
        get: () => read(alt, Bucket, 'key'),
        head: () => alt.send(new HeadObjectCommand(target)),
        attributes: () => alt.send(new GetObjectAttributesCommand({ ...target, ObjectAttributes: ['ETag'] })),
        copy: () =>
          alt.send(new CopyObjectCommand({ Bucket: own, Key: 'copy', CopySource: `${Bucket}/key` })),
        'read-acl': () => alt.send(new GetObjectAclCommand(target)),
        'write-acl': () => alt.send(new PutObjectAclCommand({ ...target, AccessControlPolicy })),
        put: () => put(alt, Bucket, 'key'),
        delete: () => alt.send(new DeleteObjectCommand(target)),
      };
      const actual: string[] = [];
      for (const [name, call] of Object.entries(calls)) if (await may(call())) actual.push(name);
      assert.equal(actual.join(' '), allowed, permission);
    }
  });

  test('whoever may write the list does not become the owner', async () => {
    const Bucket = await newBucket();
    const target = { Bucket, Key: 'key' };
    await put(main, Bucket, 'key');
    await main.send(
      new PutObjectAclCommand({ ...target, AccessControlPolicy: policy(user(altId, 'FULL_CONTROL')) }),
    );
    await alt.send(
      new PutObjectAclCommand({ ...target, AccessControlPolicy: policy(user(altId, 'READ_ACP')) }),
    );
    const { Owner } = await alt.send(new GetObjectAclCommand(target));
    assert.equal(Owner?.ID, mainId);
    await assertS3Error(read(alt, Bucket, 'key'), DENIED);
  });

  test('an object that is not there: NoSuchKey for whoever may list, AccessDenied for others', async () => {
    const Bucket = await newBucket();
    await assertS3Error(read(alt, Bucket, 'missing'), DENIED);
    await assertS3Error(alt.send(new HeadObjectCommand({ Bucket, Key: 'missing' })), FORBIDDEN);
    await main.send(new PutBucketAclCommand({ Bucket, ACL: 'authenticated-read' }));
    await assertS3Error(read(alt, Bucket, 'missing'), { code: 'NoSuchKey', status: 404 });
    assert.equal((await fetch(`${url}/${Bucket}/missing`)).status, 403);
    await main.send(new PutBucketAclCommand({ Bucket, ACL: 'public-read' }));
    const answer = await fetch(`${url}/${Bucket}/missing`);
    assert.equal(answer.status, 404);
    assert.match(await answer.text(), /<Code>NoSuchKey<\/Code>/);
  });
});

describe('objects of another account in a bucket', () => {
  test('belong to it: the bucket’s owner may delete them, and reads only what is granted', async () => {
    const Bucket = await newBucket('public-read-write');
    await put(alt, Bucket, 'theirs');
    await put(main, Bucket, 'ours');
    const { Contents } = await main.send(new ListObjectsV2Command({ Bucket, FetchOwner: true }));
    assert.deepEqual(
      Contents?.map(({ Key, Owner }) => [Key, Owner?.ID]),
      [
        ['ours', mainId],
        ['theirs', altId],
      ],
    );
    await assertS3Error(read(main, Bucket, 'theirs'), DENIED);
    await assertS3Error(main.send(new GetObjectAclCommand({ Bucket, Key: 'theirs' })), DENIED);
    const CopySource = `${Bucket}/theirs`;
    await assertS3Error(main.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource })), DENIED);
    assert.equal(await read(alt, Bucket, 'theirs'), 'by alt');
    assert.equal(await read(main, Bucket, 'ours'), 'by main');
    await assertS3Error(read(main, Bucket, 'missing'), { code: 'NoSuchKey', status: 404 });
    assert.deepEqual(await objectGrants(Bucket, 'theirs', alt), [altHas('FULL_CONTROL')]);
    await main.send(new PutBucketAclCommand({ Bucket, ACL: 'private' }));
    await assertS3Error(read(main, Bucket, 'theirs'), DENIED);
    assert.equal(await read(alt, Bucket, 'theirs'), 'by alt');
    await assertS3Error(alt.send(new DeleteObjectCommand({ Bucket, Key: 'theirs' })), DENIED);
    await main.send(new DeleteObjectCommand({ Bucket, Key: 'theirs' }));
  });

  test('bucket-owner-read and bucket-owner-full-control', async () => {
    const Bucket = await newBucket('public-read-write');
    await put(alt, Bucket, 'read', { ACL: 'bucket-owner-read' });
    await put(alt, Bucket, 'full', { ACL: 'bucket-owner-full-control' });
    assert.deepEqual(await objectGrants(Bucket, 'read', alt), [altHas('FULL_CONTROL'), mainHas('READ')]);
    assert.deepEqual(await objectGrants(Bucket, 'full', main), [
      altHas('FULL_CONTROL'),
      mainHas('FULL_CONTROL'),
    ]);
    assert.equal(await read(main, Bucket, 'read'), 'by alt');
    await assertS3Error(main.send(new GetObjectAclCommand({ Bucket, Key: 'read' })), DENIED);
  });

  test('uploads: begun, seen and given up by the account that began them', async () => {
    const Bucket = await newBucket('public-read-write');
    const target = { Bucket, Key: 'parts' };
    const begin = async () =>
      (await alt.send(new CreateMultipartUploadCommand({ ...target, ...CRC32 }))).UploadId;
    const UploadId = await begin();
    const { Owner } = await alt.send(new ListPartsCommand({ ...target, UploadId }));
    assert.equal(Owner?.ID, altId);
    const { ETag, ChecksumCRC32 } = await alt.send(
      new UploadPartCommand({ ...target, UploadId, PartNumber: 1, Body: 'by alt' }),
    );
    await alt.send(
      new CompleteMultipartUploadCommand({
        ...target,
        UploadId,
        MultipartUpload: { Parts: [{ PartNumber: 1, ETag, ChecksumCRC32 }] },
      }),
    );
    await assertS3Error(read(main, Bucket, 'parts'), DENIED);
    const second = await begin();
    await alt.send(new AbortMultipartUploadCommand({ ...target, UploadId: second }));
    const third = await begin();
    await main.send(new AbortMultipartUploadCommand({ ...target, UploadId: third }));
    const ours = (await main.send(new CreateMultipartUploadCommand({ ...target, ...CRC32 }))).UploadId;
    await assertS3Error(alt.send(new AbortMultipartUploadCommand({ ...target, UploadId: ours })), DENIED);
  });

  test('DeleteObjects decides key by key', async () => {
    const Bucket = await newBucket('public-read');
    await put(main, Bucket, 'key');
    const Delete = { Objects: [{ Key: 'key' }, { Key: 'missing' }] };
    const { Errors } = await alt.send(new DeleteObjectsCommand({ Bucket, Delete }));
    assert.deepEqual(
      Errors?.map(({ Key, Code }) => `${Key} ${Code}`),
      ['key AccessDenied', 'missing AccessDenied'],
    );
    await main.send(new PutBucketAclCommand({ Bucket, ACL: 'public-read-write' }));
    const { Deleted } = await alt.send(new DeleteObjectsCommand({ Bucket, Delete }));
    assert.equal(Deleted?.length, 2);
  });

  test('rules of object ownership given to CreateBucket', async () => {
    const create = async (ObjectOwnership: 'BucketOwnerEnforced' | 'BucketOwnerPreferred') => {
      const Bucket = newBucketName('acl-rule');
      await main.send(new CreateBucketCommand({ Bucket, ObjectOwnership }));
      return Bucket;
    };
    const notSupported = { code: 'AccessControlListNotSupported', status: 400 };
    const enforced = await create('BucketOwnerEnforced');
    await put(main, enforced, 'key', { ACL: 'bucket-owner-full-control' });
    await assertS3Error(put(main, enforced, 'key', { ACL: 'private' }), notSupported);
    await assertS3Error(put(main, enforced, 'key', { GrantRead: `id=${altId}` }), notSupported);
    await assertS3Error(
      main.send(new PutBucketAclCommand({ Bucket: enforced, ACL: 'public-read' })),
      notSupported,
    );
    await assertS3Error(
      main.send(new PutObjectAclCommand({ Bucket: enforced, Key: 'key', ACL: 'public-read' })),
      notSupported,
    );
    assert.deepEqual(await objectGrants(enforced, 'key'), [mainHas('FULL_CONTROL')]);
    const preferred = await create('BucketOwnerPreferred');
    await main.send(new PutBucketAclCommand({ Bucket: preferred, ACL: 'public-read-write' }));
    await put(alt, preferred, 'kept');
    await put(alt, preferred, 'given', { ACL: 'bucket-owner-full-control' });
    assert.equal(await read(main, preferred, 'given'), 'by alt');
    await assertS3Error(read(alt, preferred, 'given'), DENIED);
    await assertS3Error(read(main, preferred, 'kept'), DENIED);
    await assertS3Error(
      main.send(
        new CreateBucketCommand({
          Bucket: newBucketName('acl-rule'),
          ObjectOwnership: 'BucketOwnerEnforced',
          ACL: 'public-read',
        }),
      ),
      { code: 'InvalidBucketAclWithObjectOwnership', status: 400 },
    );
  });
});

describe('access by nobody', () => {
  const statusOf = async (path: string, init: RequestInit = {}) => {
    const answer = await fetch(`${url}/${path}`, init);
    await answer.arrayBuffer();
    return answer.status;
  };

  test('only what is granted to AllUsers', async () => {
    const expected = {
      private: { list: 403, get: 200, private: 403, put: 403, remove: 403 },
      'public-read': { list: 200, get: 200, private: 403, put: 403, remove: 403 },
      'authenticated-read': { list: 403, get: 200, private: 403, put: 403, remove: 403 },
      'public-read-write': { list: 200, get: 200, private: 403, put: 200, remove: 204 },
    } as const;
    for (const acl of Object.keys(expected) as (keyof typeof expected)[]) {
      const Bucket = await newBucket(acl);
      await put(main, Bucket, 'public', { ACL: 'public-read' });
      await put(main, Bucket, 'private');
      const actual = {
        list: await statusOf(Bucket),
        get: await statusOf(`${Bucket}/public`),
        private: await statusOf(`${Bucket}/private`),
        put: await statusOf(`${Bucket}/new`, { method: 'PUT', body: 'anybody' }),
        remove: await statusOf(`${Bucket}/public`, { method: 'DELETE' }),
      };
      assert.deepEqual(actual, expected[acl], acl);
      assert.equal(await statusOf(`${Bucket}?acl`), 403);
      assert.equal(await statusOf(Bucket, { method: 'DELETE' }), 403);
    }
  });

  test('what anybody writes belongs to the bucket’s account', async () => {
    const Bucket = await newBucket('public-read-write');
    assert.equal(await statusOf(`${Bucket}/new`, { method: 'PUT', body: 'anybody' }), 200);
    assert.deepEqual(await objectGrants(Bucket, 'new'), [mainHas('FULL_CONTROL')]);
    assert.equal(await read(main, Bucket, 'new'), 'anybody');
    assert.equal(await statusOf(`${Bucket}/new`), 403);
  });

  test('no buckets are listed, created, or given away by a missing name', async () => {
    assert.equal(await statusOf(''), 403);
    assert.equal(await statusOf(newBucketName('acl'), { method: 'PUT' }), 403);
    assert.equal(await statusOf(`${newBucketName('acl')}/key`), 404);
  });
});
