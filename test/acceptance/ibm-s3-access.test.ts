// T14, T18 and T20 of ibm-cos.md, section 13: the calls of the source notes, the firewall of a bucket, and access for everybody.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';
import type COS from 'ibm-cos-sdk';
import { connectCos, cosFailure } from '../support/cos-client.ts';
import { accessTokenFor, addIbmAccount, type IbmAccount, ibmClients } from '../support/ibm-world.ts';
import { assertNoFailures, newBucketName } from '../support/s3-client.ts';
import { type ServerProcess, startServer } from '../support/server-process.ts';

// The package brings its sources along, which the compiler would take for ours.
// biome-ignore lint/suspicious/noExplicitAny: and so it has no types here
const ResourceConfigurationV1: any = createRequire(import.meta.url)(
  'ibm-cos-sdk-config/resource-configuration/v1.js',
);

let server: ServerProcess;
let account: IbmAccount;
let guid: string;
let cos: COS.S3;

before(async () => {
  server = await startServer({
    env: { GOTGAN_REGIONS: 'KR1;ibm=us-south', GOTGAN_ROOT_PASSWORD: 'password of root' },
  });
  account = await addIbmAccount(server, 'a');
  const { result } = await ibmClients(server, account.owner.apiKey).resources.listResourceInstances({});
  guid = result.resources[0]?.guid ?? '';
  cos = connectCos(server, account.owner.apiKey, { serviceInstanceId: guid });
});
after(async () => {
  await server?.dispose();
  assertNoFailures(server);
});

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly requestId: string;
}

async function ask(path: string, token?: string, method = 'GET'): Promise<Answer> {
  const headers = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  const response = await fetch(new URL(path, server.storageUrl), { method, headers });
  return {
    status: response.status,
    text: await response.text(),
    requestId: response.headers.get('x-amz-request-id') ?? '',
  };
}

describe('T14: the calls of the notes', () => {
  const bucket = 'image-with-copywriter';
  const key = '스크린샷 2024-03-13 오전 2.35.25.png';

  test('a token by API key lists the objects of a bucket', async () => {
    await cos.createBucket({ Bucket: bucket }).promise();
    await cos.putObject({ Bucket: bucket, Key: key, Body: 'bytes' }).promise();
    const token = await accessTokenFor(server, account.owner.apiKey);
    const { status, text } = await ask(`/${bucket}`, token);
    assert.equal(status, 200);
    const time = /<LastModified>(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)<\/LastModified>/.exec(text)?.[1];
    assert.equal(
      text,
      '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>' +
        '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">' +
        `<Name>${bucket}</Name><Prefix></Prefix><Marker></Marker><MaxKeys>1000</MaxKeys><Delimiter></Delimiter>` +
        `<IsTruncated>false</IsTruncated><Contents><Key>${key}</Key><LastModified>${time}</LastModified>` +
        '<ETag>&quot;4b3a6218bb3e3a7303e8a171a60fcf92&quot;</ETag><Size>5</Size>' +
        `<Owner><ID>${guid}</ID><DisplayName>${guid}</DisplayName></Owner>` +
        '<StorageClass>STANDARD</StorageClass></Contents></ListBucketResult>',
    );
  });

  test('a service ID without a right is refused in the very words', async () => {
    const { identity } = ibmClients(server, account.owner.apiKey);
    const { result } = await identity.createServiceId({
      accountId: account.id,
      name: 'without rights',
      apikey: { name: 'key' },
    });
    const token = await accessTokenFor(server, result.apikey?.apikey ?? '');
    const { status, text, requestId } = await ask(`/${bucket}`, token);
    assert.equal(status, 403);
    assert.match(requestId, UUID);
    assert.equal(
      text,
      '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Error><Code>AccessDenied</Code>' +
        `<Message>Access Denied</Message><Resource>/${bucket}/</Resource><RequestId>${requestId}</RequestId>` +
        '<httpStatusCode>403</httpStatusCode></Error>',
    );
    assert.match((await ask('/', token)).text, /<Code>InvalidArgument</);
  });

  test('a token that was taken back, and one of another account, open nothing', async () => {
    const other = await addIbmAccount(server, 'b');
    const foreign = await accessTokenFor(server, other.owner.apiKey);
    assert.equal((await ask(`/${bucket}`, foreign)).status, 403);
    const { identity } = ibmClients(server, account.owner.apiKey);
    const { result } = await identity.createApiKey({ name: 'short', iamId: account.owner.iamId });
    const token = await accessTokenFor(server, result.apikey ?? '');
    assert.equal((await ask(`/${bucket}`, token)).status, 200);
    await identity.deleteApiKey({ id: result.id ?? '' });
    assert.equal((await ask(`/${bucket}`, token)).status, 403);
  });
});

describe('T18: the firewall of a bucket, by GetBucketConfiguration and UpdateBucketConfiguration', () => {
  const Bucket = newBucketName('t18');
  // biome-ignore lint/suspicious/noExplicitAny: as above
  let config: any;
  before(async () => {
    await cos.createBucket({ Bucket }).promise();
    await cos.putObject({ Bucket, Key: 'key', Body: 'bytes' }).promise();
    config = new ResourceConfigurationV1({
      version: 'v1',
      url: `${server.controlUrl}/v1`,
      iam_apikey: account.owner.apiKey,
      iam_url: `${server.controlUrl}/identity/token`,
    });
  });
  // biome-ignore lint/suspicious/noExplicitAny: as above
  const shown = async (): Promise<any> => {
    const answer = await config.getBucketConfig({ bucket: Bucket });
    return answer.result ?? answer.data ?? answer;
  };
  const restrict = (allowed_ip: readonly string[]) =>
    config.updateBucketConfig({ bucket: Bucket, firewall: { allowed_ip: [...allowed_ip] } });

  test('shows what the bucket is and holds', async () => {
    const { time_created, time_updated, ...rest } = await shown();
    assert.ok(Date.parse(time_created) > 0 && time_updated === time_created, time_created);
    const crn = `crn:v1:bluemix:public:cloud-object-storage:global:a/${account.id}:${guid}`;
    assert.deepEqual(rest, {
      name: Bucket,
      crn: `${crn}:bucket:${Bucket}`,
      service_instance_id: guid,
      service_instance_crn: `${crn}::`,
      object_count: 1,
      bytes_used: 5,
      noncurrent_object_count: 0,
      noncurrent_bytes_used: 0,
      delete_marker_count: 0,
    });
  });

  test('shuts out everybody elsewhere, but for the listing of buckets and for undoing it', async () => {
    await restrict(['192.0.2.0/24']);
    const refused = await cosFailure(cos.getObject({ Bucket, Key: 'key' }));
    assert.deepEqual([refused.status, refused.code], [403, 'AccessDenied']);
    assert.equal((await cosFailure(cos.listObjects({ Bucket }))).status, 403);
    assert.equal((await cosFailure(cos.putObject({ Bucket, Key: 'new' }))).status, 403);
    const Delete = { Objects: [{ Key: 'key' }] };
    assert.equal((await cosFailure(cos.deleteObjects({ Bucket, Delete }))).status, 403);
    const { Buckets = [] } = await cos.listBuckets().promise();
    assert.ok(Buckets.some(({ Name }) => Name === Bucket));
    assert.deepEqual((await shown()).firewall, { allowed_ip: ['192.0.2.0/24'] });
    await restrict(['127.0.0.0/8', '::1']);
    assert.equal(String((await cos.getObject({ Bucket, Key: 'key' }).promise()).Body), 'bytes');
    await restrict([]);
    assert.equal((await shown()).firewall, undefined);
  });

  test('is changed as it was read, by whoever may, and never to nonsense', async () => {
    const patch = async (
      body: string,
      headers: Readonly<Record<string, string>> = {},
      key = account.owner.apiKey,
    ) => {
      const token = await accessTokenFor(server, key);
      const response = await fetch(`${server.controlUrl}/v1/b/${Bucket}`, {
        method: 'PATCH',
        headers: {
          Authorization: `Bearer ${token}`,
          'Content-Type': 'application/merge-patch+json',
          ...headers,
        },
        body,
      });
      return [
        response.status,
        response.status === 204 ? undefined : ((await response.json()) as { error: string }).error,
      ];
    };
    const token = await accessTokenFor(server, account.owner.apiKey);
    const get = () =>
      fetch(`${server.controlUrl}/v1/b/${Bucket}`, { headers: { Authorization: `Bearer ${token}` } });
    const tag = (await get()).headers.get('etag') ?? '';
    const tracking = JSON.stringify({
      activity_tracking: { read_data_events: true, activity_tracker_crn: 'crn:x' },
    });
    assert.deepEqual(await patch(tracking, { 'If-Match': tag }), [204, undefined]);
    assert.deepEqual(await patch(tracking, { 'If-Match': tag }), [412, 'precondition_failed']);
    const before = await shown();
    assert.deepEqual(before.activity_tracking, { read_data_events: true, activity_tracker_crn: 'crn:x' });
    assert.deepEqual(await patch('{"activity_tracking": null}'), [204, undefined]);
    assert.equal((await shown()).activity_tracking, undefined);
    assert.deepEqual(await patch('{"firewall": {"allowed_ip": ["nonsense"]}}'), [400, 'invalid']);
    assert.deepEqual(await patch('{"firewall": []}'), [400, 'invalid']);
    assert.deepEqual(await patch('{}', { 'Content-Type': 'text/plain' }), [415, 'unsupported_type']);
    assert.deepEqual(await patch('{"hard_quota": -1}'), [400, 'invalid']);
    assert.deepEqual(await patch('{"hard_quota": 10}'), [204, undefined]);
    assert.equal((await shown()).hard_quota, 10);
    const full = await cosFailure(cos.putObject({ Bucket, Key: 'large', Body: 'more than ten bytes' }));
    assert.deepEqual([full.status, full.code], [400, 'EntityTooLarge']);
    assert.deepEqual(await patch('{"hard_quota": 0}'), [204, undefined]);
    assert.equal((await shown()).hard_quota, undefined);
    const other = await addIbmAccount(server, 'c');
    assert.deepEqual(await patch('{}', {}, other.owner.apiKey), [403, 'forbidden']);
  });
});

describe('T20: access for everybody', () => {
  const Bucket = newBucketName('t20');
  before(async () => {
    await cos.createBucket({ Bucket }).promise();
    await cos.putObject({ Bucket, Key: 'key', Body: 'bytes' }).promise();
  });
  const statuses = async () => [
    (await ask(`/${Bucket}`)).status,
    (await ask(`/${Bucket}/key`)).status,
    (await ask(`/${Bucket}/key`, undefined, 'DELETE')).status,
  ];

  test('comes with a policy of the public group, as long as the account lets it', async () => {
    assert.deepEqual(await statuses(), [403, 403, 403]);
    const { policies, groups } = ibmClients(server, account.owner.apiKey);
    await policies.createPolicy({
      type: 'access',
      subjects: [{ attributes: [{ name: 'access_group_id', value: 'AccessGroupId-PublicAccess' }] }],
      roles: [{ role_id: 'crn:v1:bluemix:public:cloud-object-storage::::serviceRole:ContentReader' }],
      resources: [
        {
          attributes: [
            { name: 'accountId', value: account.id },
            { name: 'serviceName', value: 'cloud-object-storage' },
            { name: 'serviceInstance', value: guid },
            { name: 'resourceType', value: 'bucket' },
            { name: 'resource', value: Bucket },
          ],
        },
      ],
    });
    assert.deepEqual(await statuses(), [200, 200, 403]);
    const toggle = (publicAccessEnabled: boolean) =>
      groups.updateAccountSettings({ accountId: account.id, publicAccessEnabled });
    await toggle(false);
    assert.deepEqual(await statuses(), [403, 403, 403]);
    await toggle(true);
    assert.deepEqual(await statuses(), [200, 200, 403]);
  });

  test('comes with a public object, unless the bucket ignores that', async () => {
    const open = newBucketName('t20-acl');
    await cos.createBucket({ Bucket: open }).promise();
    await cos.putObject({ Bucket: open, Key: 'key', Body: 'bytes', ACL: 'public-read' }).promise();
    assert.deepEqual([(await ask(`/${open}/key`)).status, (await ask(`/${open}`)).status], [200, 403]);
    const PublicAccessBlockConfiguration = { IgnorePublicAcls: true };
    await cos.putPublicAccessBlock({ Bucket: open, PublicAccessBlockConfiguration }).promise();
    assert.equal((await ask(`/${open}/key`)).status, 403);
  });
});

test('a policy on a resource group reaches the buckets of its instances, wherever those are moved', async () => {
  const clients = ibmClients(server, account.owner.apiKey);
  const { result: group } = await clients.resourceGroups.createResourceGroup({
    name: 'second',
    accountId: account.id,
  });
  const groupId = group.id ?? '';
  const { result: instance } = await clients.resources.createResourceInstance({
    name: 'in the second group',
    target: 'bluemix-global',
    resourceGroup: groupId,
    resourcePlanId: '744bfc56-d12c-4866-88d5-dac9139e0e5d',
  });
  const [inside, outside] = [newBucketName('grouped'), newBucketName('ungrouped')];
  const ofInstance = { serviceInstanceId: instance.guid ?? '' };
  await connectCos(server, account.owner.apiKey, ofInstance).createBucket({ Bucket: inside }).promise();
  await cos.createBucket({ Bucket: outside }).promise();
  const { result: service } = await clients.identity.createServiceId({
    accountId: account.id,
    name: 'of the group',
    apikey: { name: 'key' },
  });
  const apiKey = service.apikey?.apikey ?? '';
  await clients.policies.createPolicy({
    type: 'access',
    subjects: [{ attributes: [{ name: 'iam_id', value: service.iam_id ?? '' }] }],
    roles: [{ role_id: 'crn:v1:bluemix:public:iam::::serviceRole:Reader' }],
    resources: [
      {
        attributes: [
          { name: 'accountId', value: account.id },
          { name: 'serviceName', value: 'cloud-object-storage' },
          { name: 'resourceGroupId', value: groupId },
        ],
      },
    ],
  });
  const token = await accessTokenFor(server, apiKey);
  assert.equal((await ask(`/${inside}`, token)).status, 200);
  assert.equal((await ask(`/${outside}`, token)).status, 403);
  // The one instance that it may list needs no naming.
  const { text } = await ask('/', token);
  assert.ok(text.includes(`<Name>${inside}</Name>`) && !text.includes(outside), text);
  const config = (bucket: string) =>
    fetch(`${server.controlUrl}/v1/b/${bucket}`, { headers: { Authorization: `Bearer ${token}` } });
  assert.deepEqual([(await config(inside)).status, (await config(outside)).status], [200, 403]);
});

test('ListEndpoints names the hosts of this server', async () => {
  const response = await fetch(`${server.controlUrl}/v2/endpoints`);
  const { host } = new URL(server.storageUrl);
  const hosts = { 'us-south': host };
  assert.deepEqual(await response.json(), {
    'identity-endpoints': {
      'iam-token': new URL(server.controlUrl).host,
      'iam-policy': new URL(server.controlUrl).host,
    },
    'service-endpoints': {
      'cross-region': {},
      regional: { 'us-south': { public: hosts, private: hosts, direct: hosts } },
      'single-site': {},
    },
  });
});
