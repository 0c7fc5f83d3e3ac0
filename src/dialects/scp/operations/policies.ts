/** Policies of identities in the language of the platform, and which roles have them (build specification scp.md, section 5.3). */
import type { PolicyRecord } from '../../../identity/identity-collections.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import type { WireResponse } from '../../kernel/wire.ts';
import { BODY_BYTES_MAX, type BodyMembers, isJsonObject, readMembers } from '../body-members.ts';
import { accountIdOf, findPolicy, findRole, policiesOfRole } from '../iam-parties.ts';
import { type IamPage, iamPageDocument, policyDocument, readAll, readIamPage } from '../iam-records.ts';
import { jsonResponse } from '../json-response.ts';
import type { ScpCall, ScpServices } from '../scp-call.ts';
import { texts } from '../scp-texts.ts';

const read = [{ action: 'identity:read', on: 'account' }] as const;
const write = [{ action: 'identity:write', on: 'account' }] as const;
const NAME = { min: 3, max: 128, pattern: /^[a-zA-Z0-9\-.,_+=@ㄱ-ㅎㅏ-ㅣ가-힣]+$/ };
const POLICIES_MAX = 50;

interface Changes {
  readonly name?: string;
  readonly description?: string;
  readonly document?: string;
}

interface ShownPolicy {
  readonly offering: string;
  readonly policy: PolicyRecord;
}

const encodePolicy = ({ offering, policy }: ShownPolicy, status = 200) =>
  jsonResponse(status, policyDocument(offering, policy));

const encodePolicies = ({ offering, policies }: { offering: string; policies: readonly PolicyRecord[] }) =>
  jsonResponse(200, { policies: policies.map((policy) => policyDocument(offering, policy)) });

export const listPolicies = defineOperation({
  name: 'ListPolicies',
  summary: 'Lists the policies of the account that are in the language of the platform.',
  route: { method: 'GET', resource: '/iam/v1/policies' },
  permissions: read,
  body: { kind: 'none' },
  mutates: false,
  decode: (call: ScpCall): { page: IamPage; name: string | undefined } => ({
    page: readIamPage(call),
    name: call.query.get('policy_name')?.[0],
  }),
  async run({ identity, settings }: ScpServices, { page, name }, call) {
    const all = await readAll((request) => identity.policies.list(accountIdOf(call), request));
    const policies = all.filter(
      (policy) => policy.language === 'scp' && (name === undefined || name === '' || policy.name === name),
    );
    return { page, policies, offering: settings.offering };
  },
  encode: ({ page, policies, offering }) =>
    jsonResponse(
      200,
      iamPageDocument('policies', policies, page, (policy) => policyDocument(offering, policy)),
    ),
});

export const createPolicy = defineOperation({
  name: 'CreatePolicy',
  summary: 'Makes a policy in the language of the platform.',
  route: { method: 'POST', resource: '/iam/v1/policies' },
  permissions: write,
  body: { kind: 'buffered', bytesMax: BODY_BYTES_MAX },
  mutates: true,
  decode: (_call: ScpCall): Changes => ({}),
  decodeBody(body, _input, { request }): Changes {
    const members = readMembers(body, request);
    members.require('policy_name');
    members.require('policy_version');
    const changes = readChanges(members);
    members.finish();
    return changes;
  },
  async run({ identity, settings }: ScpServices, { name = '', description = '', document = '' }, call) {
    const { record: policy } = await identity.policies.create({
      accountId: accountIdOf(call),
      language: 'scp',
      name,
      description,
      document,
    });
    if (call.audit !== undefined) call.audit.target = { policy: policy.id };
    return { offering: settings.offering, policy };
  },
  encode: (shown) => encodePolicy(shown, 201),
});

export const showPolicy = defineOperation({
  name: 'ShowPolicy',
  summary: 'Shows a policy with its document.',
  route: { method: 'GET', resource: '/iam/v1/policies/{policy_id}' },
  permissions: read,
  body: { kind: 'none' },
  mutates: false,
  decode: (_call: ScpCall) => undefined,
  run: async (services: ScpServices, _input: undefined, call) => ({
    offering: services.settings.offering,
    policy: await findPolicy(services, call),
  }),
  encode: (shown) => encodePolicy(shown),
});

export const setPolicy = defineOperation({
  name: 'SetPolicy',
  summary: 'Changes the name, the description or the document of a policy, for whoever has it at once.',
  route: { method: 'PUT', resource: '/iam/v1/policies/{policy_id}' },
  permissions: write,
  body: { kind: 'buffered', bytesMax: BODY_BYTES_MAX },
  mutates: true,
  decode: (_call: ScpCall): Changes => ({}),
  decodeBody(body, _input, { request }): Changes {
    const members = readMembers(body, request);
    const changes = readChanges(members);
    members.finish();
    return changes;
  },
  async run(services: ScpServices, changes: Changes, call) {
    const { id } = await findPolicy(services, call);
    const { record: policy } = await services.identity.policies.update(id, changes);
    return { offering: services.settings.offering, policy };
  },
  encode: (shown) => encodePolicy(shown),
});

export const deletePolicy = defineOperation({
  name: 'DeletePolicy',
  summary: 'Deletes a policy, whoever has it.',
  route: { method: 'DELETE', resource: '/iam/v1/policies/{policy_id}' },
  permissions: write,
  body: { kind: 'none' },
  mutates: true,
  decode: (_call: ScpCall) => undefined,
  async run(services: ScpServices, _input: undefined, call) {
    await services.identity.policies.remove((await findPolicy(services, call)).id);
  },
  encode: (): WireResponse => ({ status: 204, headers: [], body: null }),
});

export const listRolePolicyBindings = defineOperation({
  name: 'ListRolePolicyBindings',
  summary: 'Lists the policies of a role.',
  route: { method: 'GET', resource: '/iam/v1/roles/{role_id}/policy-bindings' },
  permissions: read,
  body: { kind: 'none' },
  mutates: false,
  decode: (_call: ScpCall) => undefined,
  run: async (services: ScpServices, _input: undefined, call) => ({
    offering: services.settings.offering,
    policies: await policiesOfRole(services, await findRole(services, call)),
  }),
  encode: encodePolicies,
});

export const addRolePolicyBindings = defineOperation({
  name: 'AddRolePolicyBindings',
  summary: 'Gives a role further policies, for its running sessions too.',
  route: { method: 'POST', resource: '/iam/v1/roles/{role_id}/policy-bindings' },
  permissions: write,
  body: { kind: 'buffered', bytesMax: BODY_BYTES_MAX },
  mutates: true,
  decode: (_call: ScpCall): readonly string[] => [],
  decodeBody(body, _input, { request }) {
    const members = readMembers(body, request);
    members.require('policy_ids');
    const ids = members.texts('policy_ids', POLICIES_MAX) ?? [];
    members.finish();
    return ids;
  },
  async run(services: ScpServices, ids: readonly string[], call) {
    const role = await findRole(services, call);
    const policies = await Promise.all(ids.map((id) => findPolicy(services, call, id)));
    for (const { id } of policies) await services.identity.policies.attach(id, `role:${role.id}`);
    return {
      offering: services.settings.offering,
      policies: await policiesOfRole(services, role),
    };
  },
  encode: encodePolicies,
});

export const removeRolePolicyBinding = defineOperation({
  name: 'RemoveRolePolicyBinding',
  summary: 'Takes a policy from a role, and from its running sessions.',
  route: { method: 'DELETE', resource: '/iam/v1/roles/{role_id}/policy-bindings/{policy_id}' },
  permissions: write,
  body: { kind: 'none' },
  mutates: true,
  decode: (_call: ScpCall) => undefined,
  async run(services: ScpServices, _input: undefined, call) {
    const role = await findRole(services, call);
    const policy = await findPolicy(services, call);
    await services.identity.policies.detach(policy.id, `role:${role.id}`);
  },
  encode: (): WireResponse => ({ status: 204, headers: [], body: null }),
});

function readChanges(members: BodyMembers): Changes {
  const name = members.optionalText('policy_name', NAME);
  const description = members.optionalText('description', { min: 0, max: 1000 });
  const version = members.object('policy_version');
  const document = version?.['policy_document'];
  if (version !== undefined && !isJsonObject(document)) {
    members.refuse(texts.required('policy_version.policy_document'));
  }
  return {
    ...(name !== undefined && { name }),
    ...(description !== undefined && { description }),
    ...(isJsonObject(document) && { document: JSON.stringify(document) }),
  };
}
