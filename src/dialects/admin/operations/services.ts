/** Service identities of an account, and their access keys. */

import type { AdminCall, AdminServices } from '../admin-call.ts';
import { defineAdminOperation } from '../define-admin-operation.ts';
import { readPage } from '../read-page.ts';
import { accessKeyJson, recordJson } from '../render-json.ts';
import { resolveAccount, resolveService } from '../resolve-names.ts';

const ALL = '/accounts/{account}/services';
const ONE = `${ALL}/{service}`;

async function findService({ identity }: AdminServices, call: AdminCall) {
  const { id } = await resolveAccount(identity, call);
  return (await resolveService(identity, id, call.parameter('service'))).record;
}

export const serviceOperations = [
  defineAdminOperation({
    name: 'ListServices',
    summary: 'Lists the services of an account by name.',
    method: 'GET',
    resource: ALL,
    async run({ identity }, _sent, call) {
      const { id } = await resolveAccount(identity, call);
      const { items, next } = await identity.services.list(id, readPage(call));
      return { services: items.map(({ record }) => recordJson(record)), next };
    },
  }),
  defineAdminOperation({
    name: 'CreateService',
    summary: 'Makes a service of an account: an identity for programs, which has what policies say.',
    method: 'POST',
    resource: ALL,
    members: { name: 'text', description: 'optional text' },
    status: 201,
    async run({ identity }, sent, call) {
      const { id: accountId } = await resolveAccount(identity, call);
      const { record } = await identity.services.create({ accountId, ...sent });
      if (call.audit !== undefined) call.audit.target = { account: accountId, service: record.id };
      return { service: recordJson(record) };
    },
  }),
  defineAdminOperation({
    name: 'UpdateService',
    summary: 'Changes, disables, enables, locks or unlocks a service.',
    method: 'PATCH',
    resource: ONE,
    members: {
      name: 'optional text',
      description: 'optional text',
      enabled: 'optional switch',
      locked: 'optional switch',
    },
    async run(services, changes, call) {
      const { id } = await findService(services, call);
      const { record } = await services.identity.services.update(id, changes);
      return { service: recordJson(record) };
    },
  }),
  defineAdminOperation({
    name: 'DeleteService',
    summary: 'Removes a service with its access keys and API keys.',
    method: 'DELETE',
    resource: ONE,
    async run(services, _sent, call) {
      await services.identity.services.remove((await findService(services, call)).id);
      return undefined;
    },
  }),
  defineAdminOperation({
    name: 'ListServiceKeys',
    summary: 'Lists the access keys of a service, without their secrets.',
    method: 'GET',
    resource: `${ONE}/keys`,
    async run(services, _sent, call) {
      const { id: serviceId } = await findService(services, call);
      return { keys: (await services.identity.listAccessKeys({ serviceId })).map(accessKeyJson) };
    },
  }),
  defineAdminOperation({
    name: 'CreateServiceKey',
    summary: 'Makes an access-key pair for a service and shows its secret, this once.',
    method: 'POST',
    resource: `${ONE}/keys`,
    members: {},
    status: 201,
    async run(services, _sent, call) {
      const { id: serviceId } = await findService(services, call);
      const key = await services.identity.createAccessKey({ holder: { serviceId } });
      return { key: { ...accessKeyJson(key), secretKey: key.secretKey } };
    },
  }),
];
