/** Roles: those that there are, and those that an account defines (ibm-cos.md, 6.1 and 7). */
import { COS_SERVICE, customRoleCrn } from '../../../identity/ibm-crn.ts';
import { readIbmPolicy } from '../../../identity/ibm-policies.ts';
import type { CustomRoleRecord } from '../../../identity/ibm-records.ts';
import { type IbmRole, isKnownActionName, platformRoles, serviceRoles } from '../../../identity/ibm-roles.ts';
import type { Versioned } from '../../../identity/record-collection.ts';
import { mintUuid } from '../../../lib/uuid.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import { expectedVersion, tagOf } from '../entity-tags.ts';
import type { ControlTarget, IbmCall, IbmServices } from '../ibm-call.ts';
import { IbmError, invalid, notFound } from '../ibm-errors.ts';
import { listPolicies } from '../policy-store.ts';
import { BODY_BYTES_MAX, type JsonObject, optionalTextIn, parseJson, textIn, textsIn } from '../read-json.ts';
import { isoMillis, jsonResponse, noContent } from '../render-json.ts';
import { assertOwnAccount } from './service-ids.ts';

const ROLE_TARGET: ControlTarget = { serviceName: 'iam-access-management', serviceType: 'platform_service' };
/** Of one account (IBM). */
const CUSTOM_ROLES_MAX = 40;
const ACTIONS_MAX = 200;
const NAME = /^[A-Z][A-Za-z0-9]{0,29}$/;
const DISPLAY_LENGTH_MAX = 50;
const DESCRIPTION_LENGTH_MAX = 250;

function roleDocument({ displayName, description, actions, crn }: IbmRole): object {
  return { display_name: displayName, description, actions, crn };
}

function customRoleDocument({ record }: Versioned<CustomRoleRecord>, url: string) {
  return {
    id: record.id,
    crn: customRoleCrn(record.accountId, record.name),
    name: record.name,
    display_name: record.displayName,
    description: record.description,
    account_id: record.accountId,
    service_name: record.serviceName,
    actions: record.actions,
    href: `${url}/v2/roles/${record.id}`,
    created_at: isoMillis(record.createdAtMicros),
    created_by_id: record.createdBy,
    last_modified_at: isoMillis(record.modifiedAtMicros),
    last_modified_by_id: record.modifiedBy,
  };
}

export const listRoles = defineOperation({
  name: 'ListRoles',
  summary: 'Lists platform roles, the roles of a service, and roles of the account, with their actions.',
  route: { method: 'GET', resource: '/v2/roles' },
  permissions: [{ action: 'iam:use', on: 'account' }],
  body: { kind: 'none' },
  mutates: false,
  decode: ({ query }: IbmCall) => query.get('service_name'),
  async run({ records, whereabouts }: IbmServices, serviceName, call) {
    assertOwnAccount(call.query.get('account_id'), call);
    const { items } = await records.customRoles.list('name', [call.accountId], { limit: CUSTOM_ROLES_MAX });
    const url = whereabouts.identityUrl(call.request);
    const isOfService = ({ record }: Versioned<CustomRoleRecord>) =>
      serviceName === undefined || record.serviceName === serviceName;
    // Roles that every service has are listed without one, as IBM does.
    const ofService = serviceName === COS_SERVICE ? serviceRoles : serviceRoles.slice(0, 3);
    return {
      custom_roles: items.filter(isOfService).map((role) => customRoleDocument(role, url)),
      service_roles: ofService.map(roleDocument),
      system_roles: platformRoles.map(roleDocument),
    };
  },
  encode: (document) => jsonResponse(200, document),
});

interface RoleParts {
  readonly displayName: string;
  readonly description: string;
  readonly serviceName: string;
  readonly actions: readonly string[];
}

function readParts(body: JsonObject, serviceName: string): RoleParts {
  const actions = [...new Set(textsIn(body, 'actions', ACTIONS_MAX))].sort();
  if (actions.length === 0) throw invalid('"actions" must name at least one action.');
  const stranger = actions.find((name) => !isKnownActionName(name));
  if (stranger !== undefined) throw invalid(`"actions": there is no action ${stranger.slice(0, 100)}.`);
  if (actions.some((name) => !name.startsWith(`${serviceName}.`))) {
    throw invalid(`"actions" must all be of the service ${serviceName.slice(0, 60)}.`);
  }
  return {
    displayName: textIn(body, 'display_name', DISPLAY_LENGTH_MAX),
    description: optionalTextIn(body, 'description', DESCRIPTION_LENGTH_MAX) ?? '',
    serviceName,
    actions,
  };
}

/** Two roles with the same actions are one too many. Throws IbmError. */
async function assertNew(
  { records }: IbmServices,
  accountId: string,
  { actions }: RoleParts,
  exceptId: string | undefined,
): Promise<void> {
  const { items } = await records.customRoles.list('name', [accountId], { limit: CUSTOM_ROLES_MAX });
  const same = items.find(({ record }) => record.id !== exceptId && record.actions.join() === actions.join());
  if (same === undefined) {
    if (exceptId === undefined && items.length >= CUSTOM_ROLES_MAX) {
      throw new IbmError('conflict', `An account has at most ${CUSTOM_ROLES_MAX} roles of its own.`);
    }
    return;
  }
  throw new IbmError('conflict', `The role ${same.record.name} has the same actions.`, {
    conflictsWith: { etag: tagOf(same.version), role: same.record.id, policy: '' },
  });
}

export const createRole = defineOperation({
  name: 'CreateRole',
  summary: 'Defines a role of the account: a set of actions of one service.',
  route: { method: 'POST', resource: '/v2/roles' },
  permissions: [{ action: 'iam:write-role', on: 'record' }],
  body: { kind: 'buffered', bytesMax: BODY_BYTES_MAX },
  mutates: true,
  decode: (_call: IbmCall): JsonObject => ({}),
  decodeBody: (body) => parseJson(body),
  async run(services: IbmServices, body, call) {
    call.demand('iam:write-role', ROLE_TARGET);
    assertOwnAccount(textIn(body, 'account_id'), call);
    const name = textIn(body, 'name');
    if (!NAME.test(name)) {
      throw invalid('"name" must begin with a capital letter and have at most 30 letters and digits.');
    }
    const parts = readParts(body, textIn(body, 'service_name'));
    await assertNew(services, call.accountId, parts, undefined);
    const { records, clock, entropy, whereabouts } = services;
    const now = clock.nowMicros();
    const made = await records.customRoles.create({
      id: mintUuid(entropy),
      accountId: call.accountId,
      name,
      ...parts,
      createdAtMicros: now,
      createdBy: call.iamId,
      modifiedAtMicros: now,
      modifiedBy: call.iamId,
    });
    return {
      tag: tagOf(made.version),
      document: customRoleDocument(made, whereabouts.identityUrl(call.request)),
    };
  },
  encode: ({ tag, document }) => jsonResponse(201, document, ['ETag', tag]),
});

/** Throws 404 for what is not there, or is another account's. */
async function findRole({ records }: IbmServices, call: IbmCall): Promise<Versioned<CustomRoleRecord>> {
  const found = await records.customRoles.get(call.parameter('id'));
  if (found === undefined || found.record.accountId !== call.accountId) throw notFound('role');
  return found;
}

export const getRole = defineOperation({
  name: 'GetRole',
  summary: 'Shows a role that the account has defined.',
  route: { method: 'GET', resource: '/v2/roles/{id}' },
  permissions: [{ action: 'iam:use', on: 'account' }],
  body: { kind: 'none' },
  mutates: false,
  decode: (_call: IbmCall) => undefined,
  async run(services: IbmServices, _input: undefined, call) {
    const found = await findRole(services, call);
    const url = services.whereabouts.identityUrl(call.request);
    return { tag: tagOf(found.version), document: customRoleDocument(found, url) };
  },
  encode: ({ tag, document }) => jsonResponse(200, document, ['ETag', tag]),
});

export const replaceRole = defineOperation({
  name: 'ReplaceRole',
  summary: 'Changes a role of the account, and with it every policy that gives it.',
  route: { method: 'PUT', resource: '/v2/roles/{id}' },
  permissions: [{ action: 'iam:write-role', on: 'record' }],
  body: { kind: 'buffered', bytesMax: BODY_BYTES_MAX },
  mutates: true,
  decode: (_call: IbmCall): JsonObject => ({}),
  decodeBody: (body) => parseJson(body),
  async run(services: IbmServices, body, call) {
    call.demand('iam:write-role', ROLE_TARGET);
    const before = await findRole(services, call);
    const parts = readParts(body, before.record.serviceName);
    await assertNew(services, call.accountId, parts, before.record.id);
    const { records, clock, whereabouts } = services;
    const after = await records.customRoles.update(
      before.record.id,
      (role) => ({ ...role, ...parts, modifiedAtMicros: clock.nowMicros(), modifiedBy: call.iamId }),
      expectedVersion(call),
    );
    await spreadActions(services, after.record);
    return {
      tag: tagOf(after.version),
      document: customRoleDocument(after, whereabouts.identityUrl(call.request)),
    };
  },
  encode: ({ tag, document }) => jsonResponse(200, document, ['ETag', tag]),
});

/** Policies keep the actions of the role beside its name. */
async function spreadActions(
  services: IbmServices,
  { accountId, name, actions }: CustomRoleRecord,
): Promise<void> {
  const crn = customRoleCrn(accountId, name);
  for (const { id } of await policiesWith(services, accountId, crn)) {
    const found = await services.identity.policies.get(id);
    if (found === undefined) continue;
    const document = readIbmPolicy(found.record.document);
    const roles = document.roles.map((role) => (role.role_id === crn ? { role_id: crn, actions } : role));
    await services.identity.policies.update(
      id,
      { document: JSON.stringify({ ...document, roles }) },
      found.version,
    );
  }
}

async function policiesWith(services: IbmServices, accountId: string, crn: string) {
  const all = await listPolicies(services, accountId);
  return all.filter(({ document }) => document.roles.some(({ role_id }) => role_id === crn));
}

export const deleteRole = defineOperation({
  name: 'DeleteRole',
  summary: 'Removes a role of the account that no policy gives.',
  route: { method: 'DELETE', resource: '/v2/roles/{id}' },
  permissions: [{ action: 'iam:write-role', on: 'record' }],
  body: { kind: 'none' },
  mutates: true,
  decode: (_call: IbmCall) => undefined,
  async run(services: IbmServices, _input: undefined, call) {
    call.demand('iam:write-role', ROLE_TARGET);
    const { record } = await findRole(services, call);
    const crn = customRoleCrn(record.accountId, record.name);
    const used = (await policiesWith(services, call.accountId, crn)).find(({ state }) => state === 'active');
    if (used !== undefined) {
      throw new IbmError('conflict', `The policy ${used.id} gives this role: delete it first.`, {
        conflictsWith: { etag: tagOf(used.version), role: record.id, policy: used.id },
      });
    }
    await services.records.customRoles.remove(record.id);
  },
  encode: () => noContent(),
});
