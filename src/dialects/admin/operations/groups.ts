/** Groups of an account and who is in them. */

import type { AdminCall, AdminServices } from '../admin-call.ts';
import { defineAdminOperation } from '../define-admin-operation.ts';
import { readPage } from '../read-page.ts';
import { recordJson } from '../render-json.ts';
import { resolveAccount, resolveGroup, resolveSubject } from '../resolve-names.ts';

const ALL = '/accounts/{account}/groups';
const ONE = `${ALL}/{group}`;
const MEMBER = `${ONE}/members/{subject}`;

async function findGroup({ identity }: AdminServices, call: AdminCall) {
  const { id } = await resolveAccount(identity, call);
  return (await resolveGroup(identity, id, call.parameter('group'))).record;
}

async function findMember({ identity }: AdminServices, call: AdminCall, accountId: string) {
  return resolveSubject(identity, accountId, call.parameter('subject'));
}

export const groupOperations = [
  defineAdminOperation({
    name: 'ListGroups',
    summary: 'Lists the groups of an account by name.',
    method: 'GET',
    resource: ALL,
    async run({ identity }, _sent, call) {
      const { id } = await resolveAccount(identity, call);
      const { items, next } = await identity.groups.list(id, readPage(call));
      return { groups: items.map(({ record }) => recordJson(record)), next };
    },
  }),
  defineAdminOperation({
    name: 'CreateGroup',
    summary: 'Makes a group: what is attached to it, its members have.',
    method: 'POST',
    resource: ALL,
    members: { name: 'text', description: 'optional text' },
    status: 201,
    async run({ identity }, sent, call) {
      const { id: accountId } = await resolveAccount(identity, call);
      const { record } = await identity.groups.create({ accountId, ...sent });
      if (call.audit !== undefined) call.audit.target = { account: accountId, group: record.id };
      return { group: recordJson(record) };
    },
  }),
  defineAdminOperation({
    name: 'UpdateGroup',
    summary: 'Gives a group another name or description.',
    method: 'PATCH',
    resource: ONE,
    members: { name: 'optional text', description: 'optional text' },
    async run(services, changes, call) {
      const { id } = await findGroup(services, call);
      const { record } = await services.identity.groups.update(id, changes);
      return { group: recordJson(record) };
    },
  }),
  defineAdminOperation({
    name: 'DeleteGroup',
    summary: 'Removes a group: its members lose what it gave them from the next request on.',
    method: 'DELETE',
    resource: ONE,
    async run(services, _sent, call) {
      await services.identity.groups.remove((await findGroup(services, call)).id);
      return undefined;
    },
  }),
  defineAdminOperation({
    name: 'ListGroupMembers',
    summary: 'Lists the members of a group as `user:id` and `service:id`.',
    method: 'GET',
    resource: `${ONE}/members`,
    async run(services, _sent, call) {
      const { id } = await findGroup(services, call);
      const { items, next } = await services.identity.groups.listMembers(id, readPage(call));
      const members = items.map(({ record: { member, addedAtMicros } }) =>
        recordJson({ member, addedAtMicros }),
      );
      return { members, next };
    },
  }),
  defineAdminOperation({
    name: 'AddGroupMember',
    summary: 'Adds a user or service, named as `user:kim` or `service:builds`, to a group.',
    method: 'PUT',
    resource: MEMBER,
    async run(services, _sent, call) {
      const { id, accountId } = await findGroup(services, call);
      const member = await findMember(services, call, accountId);
      const isNew = await services.identity.groups.addMember(id, member);
      return { member, isNew };
    },
  }),
  defineAdminOperation({
    name: 'RemoveGroupMember',
    summary: 'Takes somebody out of a group.',
    method: 'DELETE',
    resource: MEMBER,
    async run(services, _sent, call) {
      const { id, accountId } = await findGroup(services, call);
      await services.identity.groups.removeMember(id, await findMember(services, call, accountId));
      return undefined;
    },
  }),
];
