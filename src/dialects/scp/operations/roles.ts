/** Roles and whom they trust (build specification scp.md, section 5.3). Deleting a role ends its sessions at once. */
import type { PolicyRecord } from '../../../identity/identity-collections.ts';
import { PolicyError } from '../../../identity/policy-error.ts';
import type { RoleRecord } from '../../../identity/principal.ts';
import { parseTrustPolicy } from '../../../identity/scp-trust-policies.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import type { WireResponse } from '../../kernel/wire.ts';
import { BODY_BYTES_MAX, type BodyMembers, readMembers } from '../body-members.ts';
import { accountIdOf, findPolicy, findRole, policiesOfRole } from '../iam-parties.ts';
import { type IamPage, iamPageDocument, readAll, readIamPage, roleDocument } from '../iam-records.ts';
import { jsonResponse } from '../json-response.ts';
import type { ScpCall, ScpServices } from '../scp-call.ts';
import { texts } from '../scp-texts.ts';

const read = [{ action: 'identity:read', on: 'account' }] as const;
const write = [{ action: 'identity:write', on: 'account' }] as const;
const seconds = { min: 3600, default: 3600, max: 43_200 };
const NAME = { max: 64, pattern: /^[a-zA-Z0-9+=,.@_-]+$/ };
const POLICIES_MAX = 50;
const TRUST_MEMBER = 'assume_role_policy_document';

interface ShownRole {
  readonly offering: string;
  readonly role: RoleRecord;
  readonly policies: readonly PolicyRecord[];
}

const show = async (services: ScpServices, role: RoleRecord): Promise<ShownRole> => ({
  offering: services.settings.offering,
  role,
  policies: await policiesOfRole(services, role),
});

const encodeRole = ({ offering, role, policies }: ShownRole, status = 200): WireResponse =>
  jsonResponse(status, { role: roleDocument(offering, role, policies) });

export const listRoles = defineOperation({
  name: 'ListRoles',
  summary: 'Lists the roles of the account by name.',
  route: { method: 'GET', resource: '/iam/v1/roles' },
  permissions: read,
  body: { kind: 'none' },
  mutates: false,
  decode: (call: ScpCall): { page: IamPage; name: string | undefined } => ({
    page: readIamPage(call),
    name: call.query.get('name')?.[0],
  }),
  async run(services: ScpServices, { page, name }, call) {
    const all = await readAll((request) => services.identity.roles.list(accountIdOf(call), request));
    const roles = all.filter((role) => name === undefined || name === '' || role.name === name);
    return { page, roles: await Promise.all(roles.map((role) => show(services, role))) };
  },
  encode: ({ page, roles }) =>
    jsonResponse(
      200,
      iamPageDocument('roles', roles, page, ({ offering, role, policies }) =>
        roleDocument(offering, role, policies),
      ),
    ),
});

interface NewRole {
  readonly name: string;
  readonly description: string;
  readonly trustPolicy: string;
  readonly maxSessionSeconds: number;
  readonly policyIds: readonly string[];
}

export const createRole = defineOperation({
  name: 'CreateRole',
  summary: 'Makes a role with its trust policy and what it may do.',
  route: { method: 'POST', resource: '/iam/v1/roles' },
  permissions: write,
  body: { kind: 'buffered', bytesMax: BODY_BYTES_MAX },
  mutates: true,
  decode: (_call: ScpCall): NewRole => ({
    name: '',
    description: '',
    trustPolicy: '',
    maxSessionSeconds: seconds.default,
    policyIds: [],
  }),
  decodeBody(body, _input, { request }): NewRole {
    const members = readMembers(body, request);
    const name = members.text('name', NAME);
    const description = members.optionalText('description', { min: 0, max: 1000 }) ?? '';
    const { min, max } = seconds;
    const maxSessionSeconds = members.integer('max_session_duration', min, max) ?? seconds.default;
    members.require('policy_ids');
    const policyIds = members.texts('policy_ids', POLICIES_MAX) ?? [];
    // An empty list made the real service fail.
    if (members.has('policy_ids') && policyIds.length === 0) {
      members.refuse(texts.outOfRange('policy_ids', 1, POLICIES_MAX));
    }
    const trustPolicy = readTrust(members);
    members.finish();
    return { name, description, trustPolicy, maxSessionSeconds, policyIds };
  },
  async run(services: ScpServices, { policyIds, ...input }: NewRole, call) {
    const { identity } = services;
    const policies = await Promise.all(policyIds.map((id) => findPolicy(services, call, id)));
    const { record: role } = await identity.roles.create({ ...input, accountId: accountIdOf(call) });
    if (call.audit !== undefined) call.audit.target = { role: role.id };
    for (const policy of policies) await identity.policies.attach(policy.id, `role:${role.id}`);
    return show(services, role);
  },
  encode: (shown) => encodeRole(shown, 202),
});

export const showRole = defineOperation({
  name: 'ShowRole',
  summary: 'Shows a role with its trust policy and its policies.',
  route: { method: 'GET', resource: '/iam/v1/roles/{role_id}' },
  permissions: read,
  body: { kind: 'none' },
  mutates: false,
  decode: (_call: ScpCall) => undefined,
  run: async (services: ScpServices, _input: undefined, call) =>
    show(services, await findRole(services, call)),
  encode: (shown) => encodeRole(shown),
});

export const setRole = defineOperation({
  name: 'SetRole',
  summary: 'Changes the description of a role and how long its sessions may last.',
  route: { method: 'PUT', resource: '/iam/v1/roles/{role_id}' },
  permissions: write,
  body: { kind: 'buffered', bytesMax: BODY_BYTES_MAX },
  mutates: true,
  decode: (_call: ScpCall): { description?: string; maxSessionSeconds?: number } => ({}),
  decodeBody(body, _input, { request }) {
    const members = readMembers(body, request);
    const description = members.optionalText('description', { min: 0, max: 1000 });
    const maxSessionSeconds = members.integer('max_session_duration', seconds.min, seconds.max);
    members.finish();
    return {
      ...(description !== undefined && { description }),
      ...(maxSessionSeconds !== undefined && { maxSessionSeconds }),
    };
  },
  async run(services: ScpServices, changes, call) {
    const { id } = await findRole(services, call);
    return show(services, (await services.identity.roles.update(id, changes)).record);
  },
  encode: (shown) => encodeRole(shown),
});

export const setRoleTrustPolicy = defineOperation({
  name: 'SetRoleTrustPolicy',
  summary: 'Replaces the trust policy of a role; sessions that there are go on.',
  route: { method: 'PUT', resource: '/iam/v1/roles/{role_id}/trust-policy' },
  permissions: write,
  body: { kind: 'buffered', bytesMax: BODY_BYTES_MAX },
  mutates: true,
  decode: (_call: ScpCall) => '',
  decodeBody(body, _input, { request }) {
    const members = readMembers(body, request);
    const trustPolicy = readTrust(members);
    members.finish();
    return trustPolicy;
  },
  async run(services: ScpServices, trustPolicy: string, call) {
    const { id } = await findRole(services, call);
    return show(services, (await services.identity.roles.update(id, { trustPolicy })).record);
  },
  encode: (shown) => encodeRole(shown),
});

export const deleteRole = defineOperation({
  name: 'DeleteRole',
  summary: 'Deletes a role and ends its sessions at once.',
  route: { method: 'DELETE', resource: '/iam/v1/roles/{role_id}' },
  permissions: write,
  body: { kind: 'none' },
  mutates: true,
  decode: (_call: ScpCall) => undefined,
  async run(services: ScpServices, _input: undefined, call) {
    await services.identity.roles.remove((await findRole(services, call)).id);
  },
  encode: (): WireResponse => ({ status: 204, headers: [], body: null }),
});

function readTrust(members: BodyMembers): string {
  members.require(TRUST_MEMBER);
  const text = JSON.stringify(members.object(TRUST_MEMBER) ?? {});
  if (text === '{}') return text;
  try {
    parseTrustPolicy(text);
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    members.refuse(texts.expected(TRUST_MEMBER, error.message));
  }
  return text;
}
