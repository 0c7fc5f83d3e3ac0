import { defineOperation } from '../../kernel/define-operation.ts';
import type { AdminCall, AdminServices } from '../admin-call.ts';
import { BODY_BYTES_MAX, readJson } from '../read-json.ts';
import { jsonResponse, userJson } from '../render-json.ts';
import { resolveUser } from '../resolve-names.ts';

/** Takes `{"password"}`. */
export const setUserPassword = defineOperation({
  name: 'SetUserPassword',
  summary:
    'Gives a user a password for the identity services: tokens from before are refused from the next request on.',
  route: { method: 'PUT', resource: '/accounts/{account}/users/{user}/password' },
  permissions: [{ action: 'admin:write', on: 'account' }],
  body: { kind: 'buffered', bytesMax: BODY_BYTES_MAX },
  mutates: true,
  decode: (_call: AdminCall) => ({ password: '' }),
  decodeBody: (body) => readJson(body, { password: 'text' }),
  async run({ identity }: AdminServices, { password }, call) {
    return identity.setUserPassword((await resolveUser(identity, call)).id, password);
  },
  encode: (user) => jsonResponse(200, { user: userJson(user) }),
});
