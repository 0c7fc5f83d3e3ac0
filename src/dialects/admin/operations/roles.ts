/** Roles of an account, and sessions of them for whoever administers the server. */
import { subjectOf } from '../../../identity/principal.ts';
import type { AdminCall, AdminServices } from '../admin-call.ts';
import { defineAdminOperation } from '../define-admin-operation.ts';
import { readPage } from '../read-page.ts';
import { isoTime, recordJson } from '../render-json.ts';
import { resolveAccount, resolveRole } from '../resolve-names.ts';

const ALL = '/accounts/{account}/roles';
const ONE = `${ALL}/{role}`;
const SESSION_SECONDS_DEFAULT = 3600;

async function findRole({ identity }: AdminServices, call: AdminCall) {
  const { id } = await resolveAccount(identity, call);
  return (await resolveRole(identity, id, call.parameter('role'))).record;
}

/** The trust policy as the object that it is. */
function roleJson({ trustPolicy, ...role }: { readonly trustPolicy: string }) {
  return { ...recordJson(role), trustPolicy: JSON.parse(trustPolicy) as object };
}

export const roleOperations = [
  defineAdminOperation({
    name: 'ListRoles',
    summary: 'Lists the roles of an account by name.',
    method: 'GET',
    resource: ALL,
    async run({ identity }, _sent, call) {
      const { id } = await resolveAccount(identity, call);
      const { items, next } = await identity.roles.list(id, readPage(call));
      return { roles: items.map(({ record }) => roleJson(record)), next };
    },
  }),
  defineAdminOperation({
    name: 'CreateRole',
    summary: 'Makes a role: what is attached to it, its sessions have until they expire.',
    method: 'POST',
    resource: ALL,
    members: {
      name: 'text',
      description: 'optional text',
      trustPolicy: 'optional document',
      maxSessionSeconds: 'optional number',
    },
    status: 201,
    async run({ identity }, { trustPolicy = {}, ...sent }, call) {
      const { id: accountId } = await resolveAccount(identity, call);
      const { record } = await identity.roles.create({
        accountId,
        ...sent,
        trustPolicy: JSON.stringify(trustPolicy),
      });
      if (call.audit !== undefined) call.audit.target = { account: accountId, role: record.id };
      return { role: roleJson(record) };
    },
  }),
  defineAdminOperation({
    name: 'UpdateRole',
    summary: 'Changes a role. Sessions that have begun last as long as they were to.',
    method: 'PATCH',
    resource: ONE,
    members: {
      name: 'optional text',
      description: 'optional text',
      trustPolicy: 'optional document',
      maxSessionSeconds: 'optional number',
    },
    async run(services, { trustPolicy, ...changes }, call) {
      const { id } = await findRole(services, call);
      const { record } = await services.identity.roles.update(id, {
        ...changes,
        ...(trustPolicy !== undefined && { trustPolicy: JSON.stringify(trustPolicy) }),
      });
      return { role: roleJson(record) };
    },
  }),
  defineAdminOperation({
    name: 'DeleteRole',
    summary: 'Removes a role and ends its sessions.',
    method: 'DELETE',
    resource: ONE,
    async run(services, _sent, call) {
      await services.identity.roles.remove((await findRole(services, call)).id);
      return undefined;
    },
  }),
  defineAdminOperation({
    name: 'CreateRoleSession',
    summary: 'Begins a session of a role: a temporary access-key pair with its token, shown this once.',
    method: 'POST',
    resource: `${ONE}/sessions`,
    members: {
      name: 'text',
      durationSeconds: 'optional number',
      policy: 'optional document',
    },
    status: 201,
    async run(services, { name, durationSeconds, policy }, call) {
      const { id, maxSessionSeconds } = await findRole(services, call);
      const issued = await services.identity.assumeRole({
        roleId: id,
        sessionName: name,
        durationSeconds: durationSeconds ?? Math.min(SESSION_SECONDS_DEFAULT, maxSessionSeconds),
        source: subjectOf(call.caller.principal),
        ...(policy !== undefined && {
          sessionPolicy: { language: 'aws' as const, document: JSON.stringify(policy) },
        }),
      });
      if (call.audit !== undefined) call.audit.target = { role: id, session: issued.session.id };
      const { accessKeyId, secretKey, sessionToken, session } = issued;
      return {
        session: {
          accessKey: accessKeyId,
          secretKey,
          sessionToken,
          name: session.name,
          expiresAt: isoTime(session.expiresAtMicros),
        },
      };
    },
  }),
];
