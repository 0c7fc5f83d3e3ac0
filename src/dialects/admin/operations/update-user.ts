import { defineOperation } from '../../kernel/define-operation.ts';
import type { AdminCall, AdminServices } from '../admin-call.ts';
import { BODY_BYTES_MAX, readJson } from '../read-json.ts';
import { jsonResponse, userJson } from '../render-json.ts';
import { resolveUser } from '../resolve-names.ts';

/** Takes `{"enabled"}`. */
export const updateUser = defineOperation({
  name: 'UpdateUser',
  summary: 'Disables or enables a user: its keys are refused from the next request on.',
  route: { method: 'PATCH', resource: '/accounts/{account}/users/{user}' },
  permissions: [{ action: 'admin:write', on: 'account' }],
  body: { kind: 'buffered', bytesMax: BODY_BYTES_MAX },
  mutates: true,
  decode: (_call: AdminCall) => ({ enabled: true }),
  decodeBody: (body) => readJson(body, { enabled: 'switch' }),
  async run({ identity }: AdminServices, { enabled }, call) {
    return identity.setUserEnabled((await resolveUser(identity, call)).id, enabled);
  },
  encode: (user) => jsonResponse(200, { user: userJson(user) }),
});
