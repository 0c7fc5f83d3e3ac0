import { defineOperation } from '../../kernel/define-operation.ts';
import type { AdminCall, AdminServices } from '../admin-call.ts';
import { noContent } from '../render-json.ts';
import { resolveUser } from '../resolve-names.ts';

export const deleteUser = defineOperation({
  name: 'DeleteUser',
  summary: 'Removes a user with its access keys.',
  route: { method: 'DELETE', resource: '/accounts/{account}/users/{user}' },
  permissions: [{ action: 'admin:write', on: 'account' }],
  body: { kind: 'none' },
  mutates: true,
  decode: (_call: AdminCall) => undefined,
  async run({ identity }: AdminServices, _input, call) {
    await identity.removeUser((await resolveUser(identity, call)).id);
  },
  encode: noContent,
});
