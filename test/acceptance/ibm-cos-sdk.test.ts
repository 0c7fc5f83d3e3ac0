// T11 to T13 of ibm-cos.md, section 13: IBM's SDK for Node.js, with nothing but its endpoints changed.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import type COS from 'ibm-cos-sdk';
import { connectCos, connectCosByPair, cosFailure, type HmacPair } from '../support/cos-client.ts';
import { addIbmAccount, type IbmAccount, ibmClients } from '../support/ibm-world.ts';
import { IndependentSigner } from '../support/independent-signer.ts';
import { exchangeSigned } from '../support/raw-http.ts';
import { assertNoFailures, newBucketName } from '../support/s3-client.ts';
import { type ServerProcess, startServer } from '../support/server-process.ts';

const ROOT_PASSWORD = 'password of root';
const env = {
  GOTGAN_REGIONS: 'KR1;ibm=us-south',
  GOTGAN_ROOT_PASSWORD: ROOT_PASSWORD,
};

let server: ServerProcess;
let account: IbmAccount;
let instance: { readonly guid: string; readonly crn: string };
let cos: COS.S3;

before(async () => {
  server = await startServer({ env });
  account = await addIbmAccount(server, 'a');
  const { resources } = ibmClients(server, account.owner.apiKey);
  const { result } = await resources.createResourceInstance({
    name: 'x',
    target: 'bluemix-global',
    resourceGroup: (await firstResourceGroup()) ?? '',
    resourcePlanId: '744bfc56-d12c-4866-88d5-dac9139e0e5d',
  });
  instance = { guid: result.guid ?? '', crn: result.crn ?? '' };
  cos = connectCos(server, account.owner.apiKey, { serviceInstanceId: instance.crn });
});
after(async () => {
  await server?.dispose();
  assertNoFailures(server);
});

async function firstResourceGroup(): Promise<string | undefined> {
  const { resourceGroups } = ibmClients(server, account.owner.apiKey);
  const { result } = await resourceGroups.listResourceGroups({ accountId: account.id });
  return result.resources[0]?.id;
}

describe('T11: buckets', () => {
  test('are created with a storage class, found, and listed with their owner and location', async () => {
    const [first, second] = [newBucketName('t11-a'), newBucketName('t11-b')];
    const CreateBucketConfiguration = { LocationConstraint: 'us-south-smart' };
    await cos.createBucket({ Bucket: first, CreateBucketConfiguration }).promise();
    await cos.createBucket({ Bucket: second }).promise();
    await cos.headBucket({ Bucket: first }).promise();
    const location = async (Bucket: string) =>
      (await cos.getBucketLocation({ Bucket }).promise()).LocationConstraint;
    assert.equal(await location(first), 'us-south-smart');
    assert.equal(await location(second), 'us-south-standard');
    for (const serviceInstanceId of [instance.crn, instance.guid]) {
      const client = connectCos(server, account.owner.apiKey, { serviceInstanceId });
      const { Owner, Buckets = [] } = await client.listBuckets().promise();
      assert.deepEqual(Owner, { ID: instance.guid, DisplayName: instance.guid });
      assert.deepEqual(
        Buckets.map(({ Name }) => Name),
        [first, second].toSorted(),
      );
    }
  });

  test('are paged by marker in the extended listing', async () => {
    const names = Array.from({ length: 3 }, () => newBucketName('t11-paged')).toSorted();
    for (const Bucket of names) await cos.createBucket({ Bucket }).promise();
    const found: string[] = [];
    let Marker = '';
    for (;;) {
      const page = await cos.listBucketsExtended({ MaxKeys: 1, Prefix: 't11-paged', Marker }).promise();
      const [bucket, ...others] = page.Buckets ?? [];
      assert.equal(others.length, 0);
      assert.equal(bucket?.LocationConstraint, 'us-south-standard');
      found.push(bucket?.Name ?? '');
      if (page.IsTruncated !== true) break;
      Marker = bucket?.Name ?? '';
    }
    assert.deepEqual(found, names);
    for (const Bucket of names) await cos.deleteBucket({ Bucket }).promise();
  });

  test('of another or of no instance are refused in the words of the specification', async () => {
    const at = (serviceInstanceId: string) =>
      connectCos(server, account.owner.apiKey, { serviceInstanceId }).listBuckets();
    const outcome = async (id: string) => {
      const { status, code } = await cosFailure(at(id));
      return [status, code];
    };
    assert.deepEqual(await outcome('not-an-instance'), [400, 'InvalidArgument']);
    assert.deepEqual(await outcome('ServiceId-2f6cbd3f-9a2b-4d5c-8d0e-1f2a3b4c5d6e'), [403, 'AccessDenied']);
    assert.deepEqual(await outcome('2f6cbd3f-9a2b-4d5c-8d0e-1f2a3b4c5d6e'), [403, 'AccessDenied']);
  });
});

describe('T12: objects', () => {
  const Bucket = newBucketName('t12');
  const Key = '폴더/스크린샷 2024-03-13 오전.png';
  before(() => cos.createBucket({ Bucket }).promise());

  test('are written, read and copied, with a key of many bytes', async () => {
    const body = Buffer.from('bytes of an object');
    await cos.putObject({ Bucket, Key, Body: body, Metadata: { who: 'me' } }).promise();
    const got = await cos.getObject({ Bucket, Key }).promise();
    assert.deepEqual(got.Body, body);
    assert.equal(got.Metadata?.['who'], 'me');
    await cos.copyObject({ Bucket, Key: 'copy', CopySource: encodeURI(`${Bucket}/${Key}`) }).promise();
    const copied = await cos.getObject({ Bucket, Key: 'copy' }).promise();
    assert.deepEqual(copied.Body, body);
    const listed = await cos.listObjectsV2({ Bucket }).promise();
    assert.deepEqual(listed.Contents?.map((row) => row.Key).toSorted(), ['copy', Key].toSorted());
  });

  test('of 12 MB go up by parts', async () => {
    const Body = randomBytes(12_000_000);
    const sent = await cos.upload({ Bucket, Key: 'large', Body }).promise();
    assert.match(sent.ETag, /-3"$/);
    const got = await cos.getObject({ Bucket, Key: 'large' }).promise();
    assert.deepEqual(
      createHash('md5')
        .update(got.Body as Buffer)
        .digest(),
      createHash('md5').update(Body).digest(),
    );
  });

  test('are refused when their Content-MD5 is another', async () => {
    const ContentMD5 = createHash('md5').update('other').digest('base64');
    const { status, code } = await cosFailure(
      cos.putObject({ Bucket, Key: 'md5', Body: 'bytes', ContentMD5 }),
    );
    assert.deepEqual([status, code], [400, 'BadDigest']);
  });

  test('are kept in versions, and deleted many at once with an answer for each', async () => {
    const versioned = newBucketName('t12-versions');
    await cos.createBucket({ Bucket: versioned }).promise();
    const VersioningConfiguration = { Status: 'Enabled' };
    await cos.putBucketVersioning({ Bucket: versioned, VersioningConfiguration }).promise();
    for (const Body of ['one', 'two']) await cos.putObject({ Bucket: versioned, Key, Body }).promise();
    await cos.deleteObject({ Bucket: versioned, Key }).promise();
    const { Versions = [], DeleteMarkers = [] } = await cos
      .listObjectVersions({ Bucket: versioned })
      .promise();
    assert.deepEqual([Versions.length, DeleteMarkers.length], [2, 1]);
    const old = await cos
      .getObject({ Bucket: versioned, Key, VersionId: Versions[1]?.VersionId ?? '' })
      .promise();
    assert.equal(String(old.Body), 'one');
    const Objects = [...Versions, ...DeleteMarkers].map(({ VersionId = '' }) => ({ Key, VersionId }));
    const Delete = { Objects: [...Objects, { Key, VersionId: 'not-a-version' }] };
    const { Deleted = [], Errors = [] } = await cos.deleteObjects({ Bucket: versioned, Delete }).promise();
    assert.deepEqual([Deleted.length, Errors.map(({ Code }) => Code)], [3, ['InvalidArgument']]);
    await cos.deleteBucket({ Bucket: versioned }).promise();
  });
});

describe('T13: HMAC pairs', () => {
  const Bucket = newBucketName('t13');
  let pair: HmacPair;
  before(async () => {
    const { resources } = ibmClients(server, account.owner.apiKey);
    const parameters = { HMAC: true };
    const { result } = await resources.createResourceKey({
      name: 'pair',
      source: instance.guid,
      role: 'Writer',
      parameters,
    });
    pair = result.credentials?.['cos_hmac_keys'];
  });

  test('sign in Version 4 for any region, and in Version 2', async () => {
    const byV4 = connectCosByPair(server, pair, { region: 'anything' });
    await byV4.createBucket({ Bucket, CreateBucketConfiguration: { LocationConstraint: '' } }).promise();
    await byV4.putObject({ Bucket, Key: 'key', Body: 'bytes' }).promise();
    const byV2 = connectCosByPair(server, pair, { signatureVersion: 'v2' });
    assert.equal(String((await byV2.getObject({ Bucket, Key: 'key' }).promise()).Body), 'bytes');
    const { Owner, Buckets } = await byV4.listBuckets().promise();
    assert.equal(Owner?.ID, instance.guid);
    assert.ok(Buckets?.some(({ Name }) => Name === Bucket));
  });

  test('make links of more than a week', async () => {
    const Expires = 10 * 86_400;
    const byV2 = connectCosByPair(server, pair, { signatureVersion: 'v2' });
    const answer = await fetch(byV2.getSignedUrl('getObject', { Bucket, Key: 'key', Expires }));
    assert.deepEqual([answer.status, await answer.text()], [200, 'bytes']);
    // In Version 4 the SDK makes none, as AWS takes none.
    const { access_key_id: accessKeyId, secret_access_key: secret } = pair;
    const signer = new IndependentSigner({ accessKeyId, secret, region: 'anything' }, new Date());
    const request = { method: 'GET', host: new URL(server.storageUrl).host, path: `/${Bucket}/key` };
    const byV4 = await exchangeSigned(server.storageUrl, signer.byQuery(request, Expires));
    assert.deepEqual([byV4.status, byV4.body.toString()], [200, 'bytes']);
  });

  test('are refused in Version 2 when that is switched off', async () => {
    const strict = await startServer({ env: { ...env, GOTGAN_SIGNATURE_V2: 'off' } });
    try {
      const byV2 = connectCosByPair(strict, pair, { signatureVersion: 'v2' });
      const { status, code } = await cosFailure(byV2.listBuckets());
      assert.deepEqual([status, code], [400, 'InvalidRequest']);
    } finally {
      await strict.dispose();
    }
  });
});

describe('T19: protection', () => {
  const Bucket = newBucketName('t19');
  const Key = 'evidence';

  test('is set on a bucket, and holds keep an object after its retention', async () => {
    await cos.createBucket({ Bucket }).promise();
    const days = (Days: number) => ({ Days });
    const ProtectionConfiguration = {
      Status: 'Retention',
      MinimumRetention: days(0),
      DefaultRetention: days(1),
      MaximumRetention: days(100),
      EnablePermanentRetention: true,
    };
    await cos.putBucketProtectionConfiguration({ Bucket, ProtectionConfiguration }).promise();
    const shown = await cos.getBucketProtectionConfiguration({ Bucket }).promise();
    assert.deepEqual(shown, ProtectionConfiguration);
    await cos.putObject({ Bucket, Key, Body: 'bytes', RetentionPeriod: 0 }).promise();
    const hold = (RetentionLegalHoldId: string) => cos.addLegalHold({ Bucket, Key, RetentionLegalHoldId });
    await hold('case-1').promise();
    const again = await cosFailure(hold('case-1'));
    assert.deepEqual([again.status, again.code], [409, 'OperationAborted']);
    const held = await cosFailure(cos.deleteObject({ Bucket, Key }));
    assert.deepEqual([held.status, held.code], [403, 'AccessDenied']);
    const { LegalHolds = [], RetentionPeriod } = await cos.listLegalHolds({ Bucket, Key }).promise();
    assert.deepEqual([LegalHolds.map(({ ID }) => ID), RetentionPeriod], [['case-1'], 0]);
    await cos.deleteLegalHold({ Bucket, Key, RetentionLegalHoldId: 'case-1' }).promise();
  });

  test('is extended, and shown with the object', async () => {
    const period = 86_400;
    await cos.extendObjectRetention({ Bucket, Key, NewRetentionPeriod: period }).promise();
    const head = await cos.headObject({ Bucket, Key }).promise();
    assert.deepEqual([head.RetentionPeriod, head.RetentionLegalHoldCount], [period, 0]);
    const expires = head.RetentionExpirationDate?.getTime() ?? 0;
    assert.ok(Math.abs(expires - Date.now() - period * 1000) < 60_000, String(head.RetentionExpirationDate));
    assert.equal((await cosFailure(cos.putObject({ Bucket, Key, Body: 'other' }))).status, 403);
    await cos.putObject({ Bucket, Key: 'for ever', Body: 'bytes', RetentionPeriod: -2 }).promise();
    assert.equal((await cos.headObject({ Bucket, Key: 'for ever' }).promise()).RetentionPeriod, -2);
  });
});
