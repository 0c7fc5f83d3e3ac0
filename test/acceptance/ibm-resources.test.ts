/**
 * The resource controller: T7 and T8 of ibm-cos.md, section 13, with `@ibm-cloud/platform-services`. Operations CreateResourceInstance,
 * ListResourceInstances, GetResourceInstance, UpdateResourceInstance, DeleteResourceInstance, LockResourceInstance,
 * UnlockResourceInstance, ListResourceKeysForInstance, CreateResourceKey, ListResourceKeys, GetResourceKey, UpdateResourceKey,
 * DeleteResourceKey, ListReclamations, RunReclamationAction, ListResourceGroups, CreateResourceGroup, GetResourceGroup,
 * UpdateResourceGroup and DeleteResourceGroup.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { CreateBucketCommand, ListBucketsCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { disposeWithoutSecrets } from '../support/assert-no-secrets.ts';
import { bearerS3 } from '../support/bearer-s3.ts';
import {
  APIKEY_GRANT,
  accessTokenFor,
  addIbmAccount,
  addIbmUser,
  askToken,
  failureOf,
  type IbmAccount,
  type IbmClients,
  ibmClients,
} from '../support/ibm-world.ts';
import { type ServerProcess, startServer } from '../support/server-process.ts';

const PLAN = '744bfc56-d12c-4866-88d5-dac9139e0e5d';
const role = (name: string) => `crn:v1:bluemix:public:iam::::serviceRole:${name}`;
const platform = (name: string) => `crn:v1:bluemix:public:iam::::role:${name}`;

let server: ServerProcess;
let account: IbmAccount;
let other: IbmAccount;
let owner: IbmClients;
let group: string;
before(async () => {
  server = await startServer({ workers: 2, env: { GOTGAN_LOG_LEVEL: 'trace' } });
  account = await addIbmAccount(server, 'a-resources');
  other = await addIbmAccount(server, 'b-resources');
  owner = ibmClients(server, account.owner.apiKey);
  const { result } = await owner.resourceGroups.listResourceGroups({ accountId: account.id, _default: true });
  group = result.resources[0]?.id ?? '';
});
after(() => disposeWithoutSecrets(server));

async function makeInstance(name: string): Promise<{ guid: string; crn: string }> {
  const made = await owner.resources.createResourceInstance({
    name,
    target: 'bluemix-global',
    resourceGroup: group,
    resourcePlanId: PLAN,
  });
  assert.equal(made.status, 201);
  const { guid = '', crn = '' } = made.result;
  return { guid, crn };
}

interface Credentials {
  readonly apikey: string;
  readonly cos_hmac_keys?: { readonly access_key_id: string; readonly secret_access_key: string };
  readonly [name: string]: unknown;
}

const credentialsIn = (result: object) => (result as { credentials: Credentials }).credentials;

describe('T7: instances and their keys', () => {
  test('a key with role and HMAC has everything that programs need', async () => {
    const { guid, crn } = await makeInstance('X');
    assert.match(guid, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.equal(crn, `crn:v1:bluemix:public:cloud-object-storage:global:a/${account.id}:${guid}::`);
    const s3 = bearerS3(server, await accessTokenFor(server, account.owner.apiKey), {
      'ibm-service-instance-id': crn,
    });
    await s3.send(new CreateBucketCommand({ Bucket: 'x-resources' }));

    const made = await owner.resources.createResourceKey({
      name: 'writer-key',
      source: guid,
      role: role('Writer'),
      parameters: { HMAC: true } as never,
    });
    assert.equal(made.status, 201);
    const { id = '', guid: keyGuid = '' } = made.result;
    assert.equal(id, `${crn.slice(0, -2)}:resource-key:${keyGuid}`);
    const credentials = credentialsIn(made.result);
    assert.deepEqual(Object.keys(credentials), [
      'apikey',
      'cos_hmac_keys',
      'endpoints',
      'iam_apikey_description',
      'iam_apikey_id',
      'iam_apikey_name',
      'iam_role_crn',
      'iam_serviceid_crn',
      'resource_instance_id',
      'iam_auth_endpoint',
    ]);
    assert.equal(credentials['resource_instance_id'], crn);
    assert.equal(credentials['endpoints'], `${server.controlUrl}/v2/endpoints`);
    assert.equal(credentials['iam_auth_endpoint'], `${server.controlUrl}/identity/token`);
    assert.match(credentials.cos_hmac_keys?.access_key_id ?? '', /^[0-9a-f]{32}$/);
    assert.match(credentials.cos_hmac_keys?.secret_access_key ?? '', /^[0-9a-f]{48}$/);

    const serviceIamId = `iam-${String(credentials['iam_serviceid_crn']).split(':').at(-1)}`;
    const { result } = await owner.policies.listPolicies({ accountId: account.id, iamId: serviceIamId });
    assert.deepEqual(
      result.policies[0]?.resources?.[0]?.attributes?.map(({ name, value }) => [name, value]),
      [
        ['accountId', account.id],
        ['serviceName', 'cloud-object-storage'],
        ['serviceInstance', guid],
      ],
    );

    const hmac = new S3Client({
      endpoint: server.storageUrl,
      region: 'us-south',
      forcePathStyle: true,
      credentials: {
        accessKeyId: credentials.cos_hmac_keys?.access_key_id ?? '',
        secretAccessKey: credentials.cos_hmac_keys?.secret_access_key ?? '',
      },
    });
    await hmac.send(new PutObjectCommand({ Bucket: 'x-resources', Key: 'by hmac', Body: 'x' }));
    const listed = await hmac.send(new ListBucketsCommand({}));
    assert.deepEqual([listed.Owner?.ID, listed.Buckets?.map(({ Name }) => Name)], [guid, ['x-resources']]);
    const bearer = bearerS3(server, await accessTokenFor(server, credentials.apikey));
    await bearer.send(new PutObjectCommand({ Bucket: 'x-resources', Key: 'by token', Body: 'x' }));

    const byCrn = await owner.resources.listResourceKeysForInstance({ id: crn });
    assert.deepEqual(
      byCrn.result.resources.map(({ name }) => name),
      ['writer-key'],
    );
    const again = await owner.resources.getResourceKey({ id });
    assert.deepEqual(credentialsIn(again.result), credentials, 'shown again to administrators');

    const viewer = await addIbmUser(server, { id: account.id, name: 'a-resources' }, 'viewer', 'member');
    const asViewer = ibmClients(server, viewer.apiKey).resources;
    assert.equal((await failureOf(asViewer.getResourceKey({ id }))).status, 403);
    await owner.policies.createPolicy({
      type: 'access',
      subjects: [{ attributes: [{ name: 'iam_id', value: viewer.iamId }] }],
      roles: [{ role_id: platform('Viewer') }],
      resources: [
        {
          attributes: [
            { name: 'accountId', value: account.id },
            { name: 'serviceName', value: 'cloud-object-storage' },
            { name: 'serviceInstance', value: guid },
          ],
        },
      ],
    });
    const redacted = await asViewer.getResourceKey({ id });
    assert.deepEqual(credentialsIn(redacted.result), { REDACTED: 'REDACTED' });
    assert.equal((await failureOf(asViewer.deleteResourceKey({ id }))).status, 403);
    assert.deepEqual(
      (await asViewer.listResourceInstances({})).result.resources.map((instance) => instance.guid),
      [guid],
      'the default instance is not the viewer’s to see',
    );

    const renamed = await owner.resources.updateResourceKey({ id, name: 'renamed' });
    assert.equal(renamed.result.name, 'renamed');
    assert.equal((await owner.resources.listResourceKeys({ name: 'renamed' })).result.rows_count, 1);
    assert.equal((await owner.resources.deleteResourceKey({ id })).status, 204);
    assert.equal((await failureOf(owner.resources.getResourceKey({ id }))).status, 410);
    await assert.rejects(hmac.send(new ListBucketsCommand({})), { name: 'InvalidAccessKeyId' });
    await assert.rejects(bearer.send(new ListBucketsCommand({})), { name: 'AccessDenied' });
    const gone = await askToken(server, { grant_type: APIKEY_GRANT, apikey: credentials.apikey });
    assert.equal(gone.json.errorCode, 'BXNIM0415E');
    const service = serviceIamId.slice('iam-'.length);
    assert.equal(
      (await failureOf(owner.identity.getServiceId({ id: service }))).status,
      404,
      'it was made for the key',
    );
  });
});

describe('T8: a key of a service ID that is there, without a role', () => {
  test('makes no policy, and leaves the service ID when it goes', async () => {
    const { guid } = await makeInstance('T8');
    const service = (await owner.identity.createServiceId({ accountId: account.id, name: 'kept' })).result;
    const made = await owner.resources.createResourceKey({
      name: 'none',
      source: guid,
      role: 'NONE',
      parameters: { serviceid_crn: service.crn, HMAC: 'true' } as never,
    });
    const credentials = credentialsIn(made.result);
    assert.equal(credentials['iam_role_crn'], undefined);
    assert.ok(credentials.cos_hmac_keys);
    const { result } = await owner.policies.listPolicies({
      accountId: account.id,
      iamId: service.iam_id ?? '',
    });
    assert.deepEqual(result.policies, []);
    await owner.resources.deleteResourceKey({ id: made.result.guid ?? '' });
    assert.equal((await owner.identity.getServiceId({ id: service.id ?? '' })).status, 200);
    // Whoever administers the instance gets no key of a service ID that it does not manage.
    const deputy = await addIbmUser(server, { id: account.id, name: 'a-resources' }, 'deputy', 'member');
    await owner.policies.createPolicy({
      type: 'access',
      subjects: [{ attributes: [{ name: 'iam_id', value: deputy.iamId }] }],
      roles: [{ role_id: platform('Administrator') }],
      resources: [
        {
          attributes: [
            { name: 'accountId', value: account.id },
            { name: 'serviceName', value: 'cloud-object-storage' },
          ],
        },
      ],
    });
    const asDeputy = ibmClients(server, deputy.apiKey).resources;
    const borrowed = asDeputy.createResourceKey({
      name: 'borrowed',
      source: guid,
      role: 'NONE',
      parameters: { serviceid_crn: service.crn } as never,
    });
    assert.equal((await failureOf(borrowed)).status, 403);
    assert.equal(
      (await asDeputy.createResourceKey({ name: 'own', source: guid, role: 'Reader' })).status,
      201,
    );
    const refused = await failureOf(
      owner.resources.createResourceKey({ name: 'x', source: guid, role: 'Emperor' }),
    );
    assert.deepEqual([refused.status, refused.body.error_code], [400, 'RC-BadRequest']);
  });
});

describe('instances', () => {
  test('are found by GUID and CRN, changed, locked, deleted and had back', async () => {
    const { guid, crn } = await makeInstance('life');
    const byCrn = await owner.resources.getResourceInstance({ id: crn });
    assert.deepEqual(
      [byCrn.result.id, byCrn.result.region_id, byCrn.result.state],
      [crn, 'global', 'active'],
    );
    assert.equal((await owner.resources.getResourceInstance({ id: guid })).result.name, 'life');
    assert.equal(
      (await owner.resources.updateResourceInstance({ id: guid, name: 'lives' })).result.name,
      'lives',
    );
    assert.equal((await owner.resources.lockResourceInstance({ id: guid })).result.locked, true);
    assert.equal((await failureOf(owner.resources.deleteResourceInstance({ id: guid }))).status, 409);
    assert.equal((await owner.resources.unlockResourceInstance({ id: guid })).result.locked, false);
    await owner.resources.createResourceKey({ name: 'k', source: crn, role: 'Reader' });
    const refused = await failureOf(owner.resources.deleteResourceInstance({ id: guid }));
    assert.deepEqual([refused.status, refused.body.error_code], [400, 'RC-InstanceHasKeys']);
    assert.ok(refused.body.transaction_id);
    assert.equal((await owner.resources.deleteResourceInstance({ id: guid, recursive: true })).status, 204);
    assert.equal(
      (await owner.resources.getResourceInstance({ id: guid })).result.state,
      'pending_reclamation',
    );
    const pending = await owner.resources.listReclamations({ accountId: account.id });
    assert.deepEqual(
      pending.result.resources?.map(({ id }) => id),
      [guid],
    );
    await owner.resources.runReclamationAction({ id: guid, actionName: 'restore' });
    assert.equal((await owner.resources.getResourceInstance({ id: guid })).result.state, 'active');
    await owner.resources.deleteResourceInstance({ id: guid });
    await owner.resources.runReclamationAction({ id: guid, actionName: 'reclaim' });
    assert.equal((await failureOf(owner.resources.getResourceInstance({ id: guid }))).status, 410);
  });

  test('that hold buckets are not ended for good', async () => {
    const { guid } = await makeInstance('full');
    const s3 = bearerS3(server, await accessTokenFor(server, account.owner.apiKey), {
      'ibm-service-instance-id': guid,
    });
    await s3.send(new CreateBucketCommand({ Bucket: 'full-resources' }));
    await owner.resources.deleteResourceInstance({ id: guid });
    const refused = await failureOf(
      owner.resources.runReclamationAction({ id: guid, actionName: 'reclaim' }),
    );
    assert.equal(refused.status, 409);
  });

  test('are listed in pages, the one that every account has among them', async () => {
    const { result } = await ibmClients(server, other.owner.apiKey).resources.listResourceInstances({});
    assert.deepEqual(
      result.resources.map(({ name }) => name),
      ['default'],
    );
    const first = await owner.resources.listResourceInstances({ limit: 1 });
    assert.equal(first.result.rows_count, 1);
    const next = new URL(first.result.next_url ?? '', server.controlUrl).searchParams.get('start') ?? '';
    const second = await owner.resources.listResourceInstances({ limit: 1, start: next });
    assert.notEqual(second.result.resources[0]?.guid, first.result.resources[0]?.guid);
    const foreign = ibmClients(server, other.owner.apiKey).resources;
    const mine = first.result.resources[0]?.guid ?? '';
    assert.equal((await failureOf(foreign.getResourceInstance({ id: mine }))).status, 404);
  });

  test('need a plan, a target and a resource group that there are', async () => {
    const { resources } = owner;
    const good = { name: 'x', target: 'global', resourceGroup: group, resourcePlanId: PLAN };
    for (const bad of [
      { target: 'us-south' },
      { resourceGroup: 'f'.repeat(32) },
      { resourcePlanId: 'gold' },
    ]) {
      assert.equal((await failureOf(resources.createResourceInstance({ ...good, ...bad }))).status, 400);
    }
    const member = await addIbmUser(server, { id: account.id, name: 'a-resources' }, 'lee', 'member');
    const refused = await failureOf(ibmClients(server, member.apiKey).resources.createResourceInstance(good));
    assert.deepEqual([refused.status, refused.body.error_code], [403, 'RC-Forbidden']);
  });
});

describe('resource groups', () => {
  test('one is there from the start, others are made, named and removed', async () => {
    const { resourceGroups } = owner;
    const listed = await resourceGroups.listResourceGroups({});
    assert.deepEqual(
      listed.result.resources.map(({ name, default: isDefault }) => [name, isDefault]),
      [['Default', true]],
    );
    const made = await resourceGroups.createResourceGroup({ name: 'team', accountId: account.id });
    assert.equal(made.status, 201);
    const id = made.result.id ?? '';
    assert.equal((await resourceGroups.getResourceGroup({ id })).result.name, 'team');
    assert.equal((await resourceGroups.updateResourceGroup({ id, name: 'crew' })).result.name, 'crew');
    const inside = await owner.resources.createResourceInstance({
      name: 'inside',
      target: 'bluemix-global',
      resourceGroup: id,
      resourcePlanId: PLAN,
    });
    assert.equal(inside.result.resource_group_id, id);
    assert.equal((await failureOf(resourceGroups.deleteResourceGroup({ id }))).status, 400);
    await owner.resources.deleteResourceInstance({ id: inside.result.guid ?? '' });
    await owner.resources.runReclamationAction({ id: inside.result.guid ?? '', actionName: 'reclaim' });
    assert.equal((await resourceGroups.deleteResourceGroup({ id })).status, 204);
    assert.equal((await failureOf(resourceGroups.getResourceGroup({ id }))).status, 404);
    assert.equal((await failureOf(resourceGroups.deleteResourceGroup({ id: group }))).status, 403);
  });
});
