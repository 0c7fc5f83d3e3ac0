/**
 * Policies, roles and access groups: T9 and T10 of ibm-cos.md, section 13, with `@ibm-cloud/platform-services`. Operations
 * CreatePolicyV1, CreatePolicyV2, ListPoliciesV1, ListPoliciesV2, GetPolicyV1, GetPolicyV2, ReplacePolicyV1, ReplacePolicyV2,
 * UpdatePolicyState, DeletePolicyV1, DeletePolicyV2, ListRoles, CreateRole, GetRole, ReplaceRole, DeleteRole, CreateAccessGroup,
 * ListAccessGroups, GetAccessGroup, UpdateAccessGroup, DeleteAccessGroup, AddAccessGroupMembers, ListAccessGroupMembers,
 * IsMemberOfAccessGroup, RemoveMemberFromAccessGroup, RemoveMembersFromAccessGroup, GetAccessGroupsSettings and
 * UpdateAccessGroupsSettings.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { disposeWithoutSecrets } from '../support/assert-no-secrets.ts';
import { bearerS3 } from '../support/bearer-s3.ts';
import {
  accessTokenFor,
  addIbmAccount,
  addIbmUser,
  claimsOf,
  failureOf,
  type IbmAccount,
  type IbmClients,
  ibmClients,
} from '../support/ibm-world.ts';
import { type ServerProcess, startServer } from '../support/server-process.ts';

const role = (name: string) => `crn:v1:bluemix:public:iam::::serviceRole:${name}`;
const platform = (name: string) => `crn:v1:bluemix:public:iam::::role:${name}`;

let server: ServerProcess;
let account: IbmAccount;
let owner: IbmClients;
before(async () => {
  server = await startServer({ workers: 2, env: { GOTGAN_LOG_LEVEL: 'trace' } });
  account = await addIbmAccount(server, 'a-policies');
  owner = ibmClients(server, account.owner.apiKey);
  const s3 = bearerS3(server, await accessTokenFor(server, account.owner.apiKey));
  for (const Bucket of ['b1-policies', 'b2-policies']) {
    await s3.send(new CreateBucketCommand({ Bucket }));
    for (const Key of ['a.txt', 'folder/b.txt']) {
      await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'hello' }));
    }
  }
});
after(() => disposeWithoutSecrets(server));

interface Service {
  readonly id: string;
  readonly iamId: string;
  readonly apiKey: string;
}

async function addService(name: string, clients = owner, accountId = account.id): Promise<Service> {
  const { result } = await clients.identity.createServiceId({ accountId, name, apikey: { name: 'key' } });
  return { id: result.id ?? '', iamId: result.iam_id ?? '', apiKey: result.apikey?.apikey ?? '' };
}

const onBucket = (bucket: string) => [
  { name: 'accountId', value: account.id },
  { name: 'serviceName', value: 'cloud-object-storage' },
  { name: 'resourceType', value: 'bucket' },
  { name: 'resource', value: bucket },
];

const grant = (subject: { name: string; value: string }, roleId: string, attributes: object[]) =>
  owner.policies.createPolicy({
    type: 'access',
    subjects: [{ attributes: [subject] }],
    roles: [{ role_id: roleId }],
    resources: [{ attributes: attributes as never }],
  });

/** Status of a listing by a service, or of a read. */
async function tryAs(service: Service, path: string, method = 'GET'): Promise<number> {
  const token = await accessTokenFor(server, service.apiKey);
  const response = await fetch(new URL(path, server.storageUrl), {
    method,
    headers: { Connection: 'close', Authorization: `Bearer ${token}` },
  });
  await response.arrayBuffer();
  return response.status;
}

describe('T9: policies', () => {
  test('v1: created, counted at once, replaced, deleted and had back', async () => {
    const service = await addService('v1');
    assert.equal(await tryAs(service, '/b1-policies'), 403);
    const made = await grant(
      { name: 'iam_id', value: service.iamId },
      role('Reader'),
      onBucket('b1-policies'),
    );
    assert.equal(made.status, 201);
    const { id = '' } = made.result;
    assert.deepEqual([made.result.state, made.result.created_by_id], ['active', account.owner.iamId]);
    assert.equal(await tryAs(service, '/b1-policies'), 200);
    assert.equal(await tryAs(service, '/b2-policies'), 403);
    assert.equal(await tryAs(service, '/b1-policies/new', 'PUT'), 403, 'a Reader does not write');

    const same = await failureOf(
      grant({ name: 'iam_id', value: service.iamId }, role('Reader'), onBucket('b1-policies')),
    );
    assert.deepEqual([same.status, same.body.errors[0].code], [409, 'policy_conflict_error']);
    assert.equal(same.body.errors[0].details.conflicts_with.policy, id);

    const replacement = {
      policyId: id,
      type: 'access',
      subjects: [{ attributes: [{ name: 'iam_id', value: service.iamId }] }],
      roles: [{ role_id: role('Writer') }],
      resources: [{ attributes: onBucket('b2-policies') }],
    };
    const stale = await failureOf(owner.policies.replacePolicy({ ...replacement, ifMatch: '1-1' }));
    assert.equal(stale.status, 409);
    const shown = await owner.policies.getPolicy({ policyId: id });
    const etag = (shown.headers as unknown as Record<string, string>)['etag'] ?? '';
    assert.equal((await owner.policies.replacePolicy({ ...replacement, ifMatch: etag })).status, 200);
    assert.equal(await tryAs(service, '/b1-policies'), 403);
    assert.equal(await tryAs(service, '/b2-policies/new', 'PUT'), 200);

    assert.equal((await owner.policies.deletePolicy({ policyId: id })).status, 204);
    assert.equal(await tryAs(service, '/b2-policies'), 403);
    const gone = await owner.policies.listPolicies({
      accountId: account.id,
      iamId: service.iamId,
      state: 'deleted',
    });
    assert.deepEqual(
      gone.result.policies.map((policy) => policy.id),
      [id],
    );
    assert.equal(
      (await owner.policies.updatePolicyState({ policyId: id, ifMatch: '*', state: 'active' })).status,
      200,
    );
    assert.equal(await tryAs(service, '/b2-policies'), 200);
  });

  const fineGrained = (serviceIamId: string, accountId = account.id) => ({
    type: 'access',
    description: 'one folder',
    subject: { attributes: [{ key: 'iam_id', operator: 'stringEquals', value: serviceIamId }] },
    resource: {
      attributes: [
        { key: 'accountId', operator: 'stringEquals', value: accountId },
        { key: 'serviceName', operator: 'stringEquals', value: 'cloud-object-storage' },
        { key: 'resource', operator: 'stringMatch', value: 'b1-*' },
        { key: 'resourceType', operator: 'stringEquals', value: 'bucket' },
      ],
    },
    control: { grant: { roles: [{ role_id: role('Reader') }] } },
    pattern: 'attribute-based-condition:resource:literal-and-wildcard',
    rule: {
      operator: 'or',
      conditions: [
        { key: '{{resource.attributes.path}}', operator: 'stringMatch', value: 'folder/*' },
        {
          operator: 'and',
          conditions: [
            { key: '{{resource.attributes.prefix}}', operator: 'stringEquals', value: 'folder/' },
            { key: '{{resource.attributes.delimiter}}', operator: 'stringEquals', value: '/' },
          ],
        },
      ],
    },
  });

  test('v2: a fine-grained rule', async () => {
    const service = await addService('v2');
    const made = await owner.policies.createV2Policy(fineGrained(service.iamId) as never);
    assert.equal(made.status, 201);
    const { id = '', version } = made.result as { id?: string; version?: string };
    assert.equal(version, 'v1.0');
    assert.equal(await tryAs(service, '/b1-policies/folder/b.txt'), 200);
    assert.equal(await tryAs(service, '/b1-policies/a.txt'), 403);
    assert.equal(await tryAs(service, '/b1-policies?prefix=folder/&delimiter=/'), 200);
    assert.equal(await tryAs(service, '/b1-policies?prefix=folder/'), 403, 'no delimiter');
    assert.equal(
      await tryAs(service, '/b1-policies?prefix=folder/deeper/&delimiter=/'),
      403,
      'exactly that prefix',
    );
    assert.equal(await tryAs(service, '/b1-policies?location'), 403, 'actions with neither are blocked');
    assert.equal(await tryAs(service, '/b2-policies/folder/b.txt'), 403);

    const asV1 = await owner.policies.getPolicy({ policyId: id });
    assert.equal((asV1.result as { rule?: unknown }).rule, undefined);
    const lost = await failureOf(
      owner.policies.replacePolicy({
        policyId: id,
        ifMatch: '*',
        type: 'access',
        subjects: [{ attributes: [{ name: 'iam_id', value: service.iamId }] }],
        roles: [{ role_id: role('Reader') }],
        resources: [{ attributes: onBucket('b1-policies') }],
      }),
    );
    assert.equal(lost.status, 409, 'v1 never drops a rule');
    const replaced = await owner.policies.replaceV2Policy({
      ...(fineGrained(service.iamId) as never as object),
      id,
      ifMatch: '*',
      description: 'again',
    } as never);
    assert.equal(replaced.status, 200);
    const listed = await owner.policies.listV2Policies({ accountId: account.id, iamId: service.iamId });
    assert.deepEqual(
      listed.result.policies.map((policy) => policy.id),
      [id],
    );
    assert.equal((await owner.policies.getV2Policy({ id })).status, 200);
    assert.equal((await owner.policies.deleteV2Policy({ id })).status, 204);
    assert.equal((await failureOf(owner.policies.deleteV2Policy({ id }))).status, 404);
  });

  test('v2: what has neither path nor prefix passes with stringExists=false, and hours of the day count', async () => {
    const service = await addService('exists');
    const policy = fineGrained(service.iamId);
    const none = (name: string) => ({
      key: `{{resource.attributes.${name}}}`,
      operator: 'stringExists',
      value: false,
    });
    policy.rule = {
      operator: 'or',
      conditions: [
        ...policy.rule.conditions,
        { operator: 'and', conditions: [none('path'), none('prefix'), none('delimiter')] },
      ],
    } as never;
    await owner.policies.createV2Policy(policy as never);
    assert.equal(await tryAs(service, '/b1-policies?location'), 200);
    assert.equal(await tryAs(service, '/b1-policies/a.txt'), 403);

    const clerk = await addService('clerk');
    const hours = fineGrained(clerk.iamId);
    const now = (operator: string, value: string) => ({
      key: '{{environment.attributes.current_date_time}}',
      operator,
      value,
    });
    hours.rule = {
      operator: 'and',
      conditions: [
        now('dateTimeGreaterThan', '2020-01-01T00:00:00+09:00'),
        now('dateTimeLessThan', '2021-01-01T00:00:00+09:00'),
      ],
    } as never;
    const made = await owner.policies.createV2Policy(hours as never);
    assert.equal(await tryAs(clerk, '/b1-policies'), 403);
    hours.rule = {
      operator: 'and',
      conditions: [now('dateTimeGreaterThan', '2020-01-01T00:00:00+09:00')],
    } as never;
    await owner.policies.replaceV2Policy({ ...hours, id: made.result.id ?? '', ifMatch: '*' } as never);
    assert.equal(await tryAs(clerk, '/b1-policies'), 200);
  });

  test('those of the owner are there, and cannot be changed', async () => {
    const { result } = await owner.policies.listPolicies({
      accountId: account.id,
      iamId: account.owner.iamId,
    });
    assert.equal(result.policies.length, 2);
    const [policy] = result.policies;
    assert.deepEqual(
      policy?.roles?.map(({ role_id }) => role_id),
      [platform('Administrator'), role('Manager')],
    );
    assert.equal((await owner.policies.getPolicy({ policyId: policy?.id ?? '' })).status, 200);
    assert.equal((await failureOf(owner.policies.deletePolicy({ policyId: policy?.id ?? '' }))).status, 409);
  });

  test('are refused when they can mean nothing', async () => {
    const service = await addService('refused');
    const subject = { name: 'iam_id', value: service.iamId };
    const refused = async (promise: Promise<unknown>) => {
      const { status, body } = await failureOf(promise);
      return [status, body.errors[0].code];
    };
    assert.deepEqual(await refused(grant(subject, role('Nobody'), onBucket('b'))), [400, 'invalid_body']);
    assert.deepEqual(await refused(grant(subject, role('Reader'), onBucket('b').slice(1))), [
      400,
      'invalid_body',
    ]);
    assert.deepEqual(
      await refused(grant(subject, role('Reader'), [{ name: 'accountId', value: 'f'.repeat(32) }])),
      [400, 'invalid_body'],
    );
    assert.deepEqual(
      await refused(grant({ name: 'iam_id', value: 'iam-ServiceId-none' }, role('Reader'), onBucket('b'))),
      [400, 'invalid_body'],
    );
    assert.deepEqual(await refused(owner.policies.getPolicy({ policyId: 'none' })), [
      404,
      'policy_not_found',
    ]);
    const { policies } = ibmClients(server, service.apiKey);
    const noRight = await failureOf(
      policies.createPolicy({
        type: 'access',
        subjects: [{ attributes: [subject] }],
        roles: [{ role_id: role('Manager') }],
        resources: [{ attributes: onBucket('b1-policies') }],
      }),
    );
    assert.deepEqual([noRight.status, noRight.body.errors[0].code], [403, 'insufficent_permissions']);
    const listed = await failureOf(policies.listPolicies({ accountId: account.id }));
    assert.equal(listed.status, 403);
    assert.equal((await policies.listPolicies({ accountId: account.id, iamId: service.iamId })).status, 200);
  });

  test('say in Warning fields what is probably a mistake', async () => {
    const service = await addService('warned');
    const guid = '123e4567-e89b-42d3-a456-426614174000';
    const made = await grant({ name: 'iam_id', value: service.iamId }, role('Reader'), onBucket(guid));
    const warning = (made.headers as unknown as Record<string, string>)['warning'] ?? '';
    assert.match(warning, /299 gotgan ".*name of the bucket/);
    const viewer = await grant(
      { name: 'iam_id', value: service.iamId },
      platform('Viewer'),
      onBucket('b1-policies'),
    );
    assert.match((viewer.headers as unknown as Record<string, string>)['warning'] ?? '', /open no data/);
  });
});

describe('T9: roles', () => {
  test('of object storage have the actions of the table', async () => {
    const { result } = await owner.policies.listRoles({
      accountId: account.id,
      serviceName: 'cloud-object-storage',
    });
    const names = result.service_roles?.map(({ display_name }) => display_name);
    assert.deepEqual(names?.slice(0, 6), [
      'Manager',
      'Writer',
      'Reader',
      'Content Reader',
      'Object Reader',
      'Object Writer',
    ]);
    assert.deepEqual(
      result.system_roles?.map(({ display_name }) => display_name),
      ['Viewer', 'Operator', 'Editor', 'Administrator'],
    );
    const actionsOf = (name: string) =>
      new Set(result.service_roles?.find(({ display_name }) => display_name === name)?.actions ?? []);
    assert.ok(actionsOf('Reader').has('cloud-object-storage.object.copy_get'));
    assert.ok(!actionsOf('Content Reader').has('cloud-object-storage.object.copy_get'));
    assert.ok(actionsOf('Content Reader').has('cloud-object-storage.object.copy_get_version'));
    assert.ok(!actionsOf('Writer').has('cloud-object-storage.bucket.get_firewall'));
    assert.ok(actionsOf('Object Writer').has('cloud-object-storage.object.put_part'));
    assert.equal(actionsOf('Object Reader').size, 6);
    const platformActions = result.system_roles?.flatMap(({ actions }) => actions ?? []) ?? [];
    assert.ok(platformActions.every((name) => !name.startsWith('cloud-object-storage.')));
  });

  test('of the account: defined, given, changed and removed', async () => {
    const service = await addService('custom');
    const made = await owner.policies.createRole({
      displayName: 'Lister',
      actions: ['cloud-object-storage.bucket.get'],
      name: 'Lister',
      accountId: account.id,
      serviceName: 'cloud-object-storage',
    });
    assert.equal(made.status, 201);
    const { id = '', crn = '' } = made.result;
    assert.equal(crn, `crn:v1:bluemix:public:iam-access-management::a/${account.id}::customRole:Lister`);
    const policy = await grant({ name: 'iam_id', value: service.iamId }, crn, onBucket('b1-policies'));
    assert.equal(await tryAs(service, '/b1-policies'), 200);
    assert.equal(await tryAs(service, '/b1-policies/a.txt'), 403);
    const actions = ['cloud-object-storage.object.get'];
    const changed = await owner.policies.replaceRole({
      roleId: id,
      ifMatch: '*',
      displayName: 'Reader of objects',
      actions,
    });
    assert.equal(changed.status, 200);
    assert.equal(await tryAs(service, '/b1-policies'), 403, 'the policy follows the role');
    assert.equal(await tryAs(service, '/b1-policies/a.txt'), 200);
    const same = {
      displayName: 'Twin',
      name: 'Twin',
      accountId: account.id,
      serviceName: 'cloud-object-storage',
      actions,
    };
    assert.equal((await failureOf(owner.policies.createRole(same))).status, 409);
    assert.equal((await failureOf(owner.policies.createRole({ ...same, name: 'lower' }))).status, 400);
    assert.equal(
      (await failureOf(owner.policies.createRole({ ...same, actions: ['cloud-object-storage.no.such'] })))
        .status,
      400,
    );
    assert.equal(
      (await failureOf(owner.policies.deleteRole({ roleId: id }))).status,
      409,
      'a policy gives it',
    );
    assert.equal((await owner.policies.getRole({ roleId: id })).result.display_name, 'Reader of objects');
    await owner.policies.deletePolicy({ policyId: policy.result.id ?? '' });
    assert.equal((await owner.policies.deleteRole({ roleId: id })).status, 204);
  });
});

describe('T10: access groups', () => {
  test('members have what the group has, as long as they are members', async () => {
    const service = await addService('grouped');
    const { groups } = owner;
    const made = await groups.createAccessGroup({
      accountId: account.id,
      name: 'Readers',
      description: 'of b1',
    });
    assert.equal(made.status, 201);
    const { id = '' } = made.result;
    assert.match(id, /^AccessGroupId-[0-9a-f-]{36}$/);
    const subject = { name: 'access_group_id', value: id };
    assert.equal((await grant(subject, role('Reader'), onBucket('b1-policies'))).status, 201);
    assert.equal(await tryAs(service, '/b1-policies'), 403);
    const members = [
      { iam_id: service.iamId, type: 'service' },
      { iam_id: 'IBMid-0000000000', type: 'user' },
    ];
    const added = await groups.addMembersToAccessGroup({ accessGroupId: id, members });
    assert.equal(added.status, 207);
    assert.deepEqual(
      added.result.members?.map(({ status_code }) => status_code),
      [200, 404],
    );
    assert.equal(await tryAs(service, '/b1-policies'), 200);
    const twice = await groups.addMembersToAccessGroup({ accessGroupId: id, members: members.slice(0, 1) });
    assert.equal(twice.result.members?.[0]?.status_code, 409);
    const listed = await groups.listAccessGroupMembers({ accessGroupId: id });
    assert.deepEqual(
      listed.result.members?.map(({ iam_id }) => iam_id),
      [service.iamId],
    );
    assert.equal(
      (await groups.isMemberOfAccessGroup({ accessGroupId: id, iamId: service.iamId })).status,
      204,
    );
    assert.equal(
      (await groups.removeMemberFromAccessGroup({ accessGroupId: id, iamId: service.iamId })).status,
      204,
    );
    assert.equal(await tryAs(service, '/b1-policies'), 403);
    assert.equal(
      (await failureOf(groups.isMemberOfAccessGroup({ accessGroupId: id, iamId: service.iamId }))).status,
      404,
    );
    await groups.addMembersToAccessGroup({ accessGroupId: id, members: members.slice(0, 1) });
    assert.equal(
      (await failureOf(groups.deleteAccessGroup({ accessGroupId: id }))).status,
      400,
      'it has members',
    );
    const removed = await groups.removeMembersFromAccessGroup({
      accessGroupId: id,
      members: [service.iamId, 'x'],
    });
    assert.deepEqual(
      removed.result.members?.map(({ status_code }) => status_code),
      [204, 404],
    );
    assert.equal((await groups.deleteAccessGroup({ accessGroupId: id })).status, 204);
    assert.equal((await failureOf(groups.getAccessGroup({ accessGroupId: id }))).status, 404);
  });

  test('are listed, changed, and the one of everybody is not', async () => {
    const { groups } = owner;
    const { result } = await groups.createAccessGroup({ accountId: account.id, name: 'Listed' });
    const { id = '' } = result;
    const listed = await groups.listAccessGroups({ accountId: account.id });
    assert.deepEqual(
      listed.result.groups?.map(({ name }) => name),
      ['Public Access', 'Listed'],
    );
    assert.equal(
      (await groups.listAccessGroups({ accountId: account.id, hidePublicAccess: true })).result.total_count,
      1,
    );
    assert.equal(
      (await failureOf(groups.createAccessGroup({ accountId: account.id, name: 'Listed' }))).status,
      409,
    );
    assert.equal(
      (await failureOf(groups.updateAccessGroup({ accessGroupId: id, ifMatch: '1-1', name: 'x' }))).status,
      409,
    );
    const renamed = await groups.updateAccessGroup({ accessGroupId: id, ifMatch: '*', name: 'Renamed' });
    assert.equal(renamed.result.name, 'Renamed');
    const publicId = 'AccessGroupId-PublicAccess';
    assert.equal((await groups.getAccessGroup({ accessGroupId: publicId })).result.name, 'Public Access');
    assert.equal((await failureOf(groups.deleteAccessGroup({ accessGroupId: publicId }))).status, 403);
    const settings = await groups.getAccountSettings({ accountId: account.id });
    assert.equal(settings.result.public_access_enabled, true);
    const off = await groups.updateAccountSettings({ accountId: account.id, publicAccessEnabled: false });
    assert.equal(off.result.public_access_enabled, false);
    assert.equal(
      (await groups.getAccountSettings({ accountId: account.id })).result.public_access_enabled,
      false,
    );
  });

  test('an administrator of object storage gives access to it, and to nothing else', async () => {
    const user = await addIbmUser(server, { id: account.id, name: 'a-policies' }, 'deputy', 'member');
    const service = await addService('of the deputy');
    const attributes = [
      { name: 'accountId', value: account.id },
      { name: 'serviceName', value: 'cloud-object-storage' },
    ];
    await grant({ name: 'iam_id', value: user.iamId }, platform('Administrator'), attributes);
    const { policies } = ibmClients(server, user.apiKey);
    const policy = (resource: object[]) => ({
      type: 'access',
      subjects: [{ attributes: [{ name: 'iam_id', value: service.iamId }] }],
      roles: [{ role_id: role('Reader') }],
      resources: [{ attributes: resource as never }],
    });
    assert.equal((await policies.createPolicy(policy(onBucket('b2-policies')))).status, 201);
    assert.equal(await tryAs(service, '/b2-policies'), 200);
    const wider = await failureOf(policies.createPolicy(policy([{ name: 'accountId', value: account.id }])));
    assert.equal(wider.status, 403);
    assert.equal(claimsOf(await accessTokenFor(server, user.apiKey)).iam_id, user.iamId);
  });
});
