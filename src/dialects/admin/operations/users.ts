/** Users of an account. */
import { defineAdminOperation } from '../define-admin-operation.ts';
import { readPage } from '../read-page.ts';
import { readRole } from '../read-role.ts';
import { userJson } from '../render-json.ts';
import { resolveAccount, resolveUser } from '../resolve-names.ts';

const ALL = '/accounts/{account}/users';
const ONE = `${ALL}/{user}`;

export const userOperations = [
  defineAdminOperation({
    name: 'ListUsers',
    summary: 'Lists the users of an account by name.',
    method: 'GET',
    resource: ALL,
    async run({ identity }, _sent, call) {
      const { id } = await resolveAccount(identity, call);
      const { after, limit } = readPage(call);
      const { users, next } = await identity.listUsers(id, after, limit);
      return { users: users.map(userJson), next };
    },
  }),
  defineAdminOperation({
    name: 'CreateUser',
    summary: 'Makes a user of an account.',
    method: 'POST',
    resource: ALL,
    members: {
      name: 'text',
      displayName: 'optional text',
      email: 'optional text',
      password: 'optional text',
      role: 'optional text',
    },
    status: 201,
    async run({ identity }, { role, ...sent }, call) {
      const given = role === undefined ? sent : { ...sent, role: readRole(role) };
      const { id: account } = await resolveAccount(identity, call);
      const user = await identity.createUser({ displayName: '', email: '', ...given, accountId: account });
      if (call.audit !== undefined) call.audit.target = { account, user: user.id };
      return { user: userJson(user) };
    },
  }),
  defineAdminOperation({
    name: 'UpdateUser',
    summary: 'Disables or enables a user, or gives it another role in its account, from the next request on.',
    method: 'PATCH',
    resource: ONE,
    members: { enabled: 'optional switch', role: 'optional text' },
    async run({ identity }, { enabled, role }, call) {
      let user = await resolveUser(identity, call);
      if (role !== undefined) user = await identity.setUserRole(user.id, readRole(role));
      if (enabled !== undefined) user = await identity.setUserEnabled(user.id, enabled);
      return { user: userJson(user) };
    },
  }),
  defineAdminOperation({
    name: 'SetUserPassword',
    summary:
      'Gives a user a password for the identity services: tokens from before are refused from the next request on.',
    method: 'PUT',
    resource: `${ONE}/password`,
    members: { password: 'text' },
    async run({ identity }, { password }, call) {
      const { id } = await resolveUser(identity, call);
      return { user: userJson(await identity.setUserPassword(id, password)) };
    },
  }),
  defineAdminOperation({
    name: 'DeleteUser',
    summary: 'Removes a user with its access keys.',
    method: 'DELETE',
    resource: ONE,
    async run({ identity }, _sent, call) {
      await identity.removeUser((await resolveUser(identity, call)).id);
      return undefined;
    },
  }),
];
