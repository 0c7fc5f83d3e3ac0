import type { AccountRole } from '../../../identity/principal.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import type { AdminCall, AdminServices } from '../admin-call.ts';
import { BODY_BYTES_MAX, readJson } from '../read-json.ts';
import { readRole } from '../read-role.ts';
import { jsonResponse, userJson } from '../render-json.ts';
import { resolveAccount } from '../resolve-names.ts';

interface Input {
  readonly name: string;
  readonly displayName: string;
  readonly email: string;
  readonly password?: string;
  readonly role?: AccountRole;
}

/** Takes `{"name", "displayName"?, "email"?, "password"?, "role"?}`. */
export const createUser = defineOperation({
  name: 'CreateUser',
  summary: 'Makes a user of an account.',
  route: { method: 'POST', resource: '/accounts/{account}/users' },
  permissions: [{ action: 'admin:write', on: 'account' }],
  body: { kind: 'buffered', bytesMax: BODY_BYTES_MAX },
  mutates: true,
  decode: (_call: AdminCall): Input => ({ name: '', displayName: '', email: '' }),
  decodeBody(body): Input {
    const sent = readJson(body, {
      name: 'text',
      displayName: 'optional text',
      email: 'optional text',
      password: 'optional text',
      role: 'optional text',
    });
    const { name, displayName = '', email = '', password } = sent;
    return {
      name,
      displayName,
      email,
      ...(password === undefined ? {} : { password }),
      ...(sent.role === undefined ? {} : { role: readRole(sent.role) }),
    };
  },
  async run({ identity }: AdminServices, input: Input, call) {
    const account = await resolveAccount(identity, call);
    const user = await identity.createUser({ ...input, accountId: account.id });
    if (call.audit !== undefined) call.audit.target = { account: account.id, user: user.id };
    return user;
  },
  encode: (user) => jsonResponse(201, { user: userJson(user) }),
});
