import { defineOperation } from '../../kernel/define-operation.ts';
import type { AdminCall, AdminServices } from '../admin-call.ts';
import { BODY_BYTES_MAX, readJson } from '../read-json.ts';
import { jsonResponse, userJson } from '../render-json.ts';
import { resolveAccount } from '../resolve-names.ts';

/** Takes `{"name", "displayName"?, "email"?}`. */
export const createUser = defineOperation({
  name: 'CreateUser',
  summary: 'Makes a user of an account.',
  route: { method: 'POST', resource: '/accounts/{account}/users' },
  permissions: [{ action: 'admin:write', on: 'account' }],
  body: { kind: 'buffered', bytesMax: BODY_BYTES_MAX },
  mutates: true,
  decode: (_call: AdminCall) => ({ name: '', displayName: '', email: '' }),
  decodeBody(body) {
    const {
      name,
      displayName = '',
      email = '',
    } = readJson(body, {
      name: 'text',
      displayName: 'optional text',
      email: 'optional text',
    });
    return { name, displayName, email };
  },
  async run({ identity }: AdminServices, input, call) {
    return identity.createUser({ ...input, accountId: (await resolveAccount(identity, call)).id });
  },
  encode: (user) => jsonResponse(201, { user: userJson(user) }),
});
