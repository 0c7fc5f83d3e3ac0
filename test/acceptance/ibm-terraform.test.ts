/**
 * The calls of Terraform's IBM provider for object storage, in its order and by IBM's SDKs (ibm-cos.md, section 10): catalogue, resource
 * group, instance, key, policies, bucket and everything that it reads of one. Operations ListCatalogEntries, GetCatalogEntry and
 * ListCatalogChildren. And the report that its users make most often: a service ID for one bucket cannot manage it with Terraform.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import GlobalCatalogV1 from '@ibm-cloud/platform-services/global-catalog/v1.js';
import { NoAuthAuthenticator } from 'ibm-cloud-sdk-core';
import { disposeWithoutSecrets } from '../support/assert-no-secrets.ts';
import { connectCos, cosFailure } from '../support/cos-client.ts';
import {
  APIKEY_GRANT,
  addIbmAccount,
  askToken,
  claimsOf,
  type IbmAccount,
  type IbmClients,
  ibmClients,
} from '../support/ibm-world.ts';
import { type ServerProcess, startServer } from '../support/server-process.ts';

const COS = 'cloud-object-storage';
let server: ServerProcess;
let account: IbmAccount;
let owner: IbmClients;
before(async () => {
  server = await startServer({ env: { GOTGAN_REGIONS: 'KR1;ibm=us-south', GOTGAN_LOG_LEVEL: 'trace' } });
  account = await addIbmAccount(server, 'terraform');
  owner = ibmClients(server, account.owner.apiKey);
});
after(() => disposeWithoutSecrets(server));

test('the provider logs in as bx and renews its token', async () => {
  const { json } = await askToken(
    server,
    { grant_type: APIKEY_GRANT, apikey: account.owner.apiKey },
    { client: 'bx:bx' },
  );
  const { id, account: bound, iss } = claimsOf(json.access_token);
  assert.ok(id && bound.bss && iss, 'without these three it panics');
  const renewed = await askToken(
    server,
    { grant_type: 'refresh_token', refresh_token: json.refresh_token },
    { client: 'bx:bx' },
  );
  assert.equal(renewed.status, 200);
});

async function applyInstance(): Promise<{ guid: string; crn: string }> {
  const catalog = new GlobalCatalogV1({
    authenticator: new NoAuthAuthenticator(),
    serviceUrl: `${server.controlUrl}/globalcatalog/api/v1`,
  });
  const found = await catalog.listCatalogEntries({ q: COS, include: '*' });
  const [service] = found.result.resources ?? [];
  assert.equal(service?.name, COS);
  const { result } = await catalog.getCatalogEntry({ id: service?.id ?? '' });
  assert.equal(result.kind, 'service');
  const plans = await catalog.getChildObjects({ id: service?.id ?? '', kind: 'plan', include: '*' });
  const plan = plans.result.resources?.find(({ name }) => name === 'standard');
  const deployments = await catalog.getChildObjects({ id: plan?.id ?? '', kind: 'deployment', include: '*' });
  const [deployment] = deployments.result.resources ?? [];
  assert.equal(deployment?.metadata?.deployment?.location, 'global');
  assert.equal((await catalog.listCatalogEntries({ q: 'databases-for-redis' })).result.resource_count, 0);
  await assert.rejects(catalog.getCatalogEntry({ id: 'none' }), { status: 404 });

  const groups = await owner.resourceGroups.listResourceGroups({ accountId: account.id, _default: true });
  const made = await owner.resources.createResourceInstance({
    name: 'by terraform',
    target: deployment?.catalog_crn ?? '',
    resourceGroup: groups.result.resources[0]?.id ?? '',
    resourcePlanId: plan?.id ?? '',
  });
  const { guid = '', crn = '', id = '' } = made.result;
  assert.equal((await owner.resources.getResourceInstance({ id })).result.state, 'active');
  return { guid, crn };
}

test('instance, key, policy and bucket, as `terraform apply` makes them and `plan` reads them', async () => {
  const { guid, crn } = await applyInstance();
  const roles = await owner.policies.listRoles({ serviceName: COS });
  const writer = roles.result.service_roles?.find(({ display_name }) => display_name === 'Writer');
  const key = await owner.resources.createResourceKey({
    name: 'tf-key',
    source: crn,
    role: writer?.crn ?? '',
    parameters: { role_crn: writer?.crn, HMAC: true } as never,
  });
  const apikey = (key.result.credentials as unknown as { apikey: string }).apikey;
  assert.equal((await owner.resources.getResourceKey({ id: key.result.id ?? '' })).result.state, 'active');

  const cos = connectCos(server, apikey, { serviceInstanceId: crn, region: 'us-south' });
  const Bucket = 'tf-bucket';
  const location = { CreateBucketConfiguration: { LocationConstraint: 'us-south-smart' } };
  await cos.createBucket({ Bucket, ...location }).promise();
  await cos.headBucket({ Bucket }).promise();
  const extended = await cos.listBucketsExtended({}).promise();
  const [bucket] = extended.Buckets ?? [];
  assert.deepEqual([bucket?.Name, bucket?.LocationConstraint?.split('-').at(-1)], [Bucket, 'smart']);
  const config = (method: string, body?: object) =>
    fetch(new URL(`/v1/b/${Bucket}`, server.controlUrl), {
      method,
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const { json } = await askToken(server, { grant_type: APIKEY_GRANT, apikey: account.owner.apiKey });
  const token: string = json.access_token;
  const read = (await (await config('GET')).json()) as { service_instance_id: string };
  assert.equal(read.service_instance_id, guid);
  assert.equal((await config('PATCH', { hard_quota: 1_000_000_000 })).status, 204);
  // What the provider reads of every bucket; each may be unset and none may be an error of ours.
  const reads = [
    cos.getBucketVersioning({ Bucket }),
    cos.getBucketLifecycleConfiguration({ Bucket }),
    cos.getBucketProtectionConfiguration({ Bucket }),
    cos.getObjectLockConfiguration({ Bucket }),
  ];
  for (const request of reads) {
    const status = await request.promise().then(
      () => 200,
      (error: { statusCode: number }) => error.statusCode,
    );
    assert.ok(status === 200 || status === 404, String(status));
  }
  await cos.deleteBucket({ Bucket }).promise();
  assert.equal((await owner.resources.deleteResourceKey({ id: key.result.id ?? '' })).status, 204);
  assert.equal((await owner.resources.deleteResourceInstance({ id: guid })).status, 204);
});

test('a service ID that has a role on one bucket only cannot list buckets, which the provider does', async () => {
  const { resources } = (await owner.resources.listResourceInstances({})).result;
  const guid = resources[0]?.guid ?? '';
  const service = await owner.identity.createServiceId({
    accountId: account.id,
    name: 'one bucket',
    apikey: { name: 'k' },
  });
  await owner.policies.createPolicy({
    type: 'access',
    subjects: [{ attributes: [{ name: 'iam_id', value: service.result.iam_id ?? '' }] }],
    roles: [{ role_id: 'crn:v1:bluemix:public:iam::::serviceRole:Manager' }],
    resources: [
      {
        attributes: [
          { name: 'accountId', value: account.id },
          { name: 'serviceName', value: COS },
          { name: 'serviceInstance', value: guid },
          { name: 'resourceType', value: 'bucket' },
          { name: 'resource', value: 'tf-one' },
        ],
      },
    ],
  });
  const cos = connectCos(server, service.result.apikey?.apikey ?? '', {
    serviceInstanceId: guid,
    region: 'us-south',
  });
  await cos.createBucket({ Bucket: 'tf-one' }).promise();
  const { status, code } = await cosFailure(cos.listBucketsExtended({}));
  assert.deepEqual([status, code], [403, 'AccessDenied']);
});
