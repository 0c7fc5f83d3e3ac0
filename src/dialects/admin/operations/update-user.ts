import { defineOperation } from '../../kernel/define-operation.ts';
import type { AdminCall, AdminServices } from '../admin-call.ts';
import { BODY_BYTES_MAX, readJson } from '../read-json.ts';
import { readRole } from '../read-role.ts';
import { jsonResponse, userJson } from '../render-json.ts';
import { resolveUser } from '../resolve-names.ts';

/** Takes `{"enabled"?, "role"?}`. */
export const updateUser = defineOperation({
  name: 'UpdateUser',
  summary: 'Disables or enables a user, or gives it another role in its account, from the next request on.',
  route: { method: 'PATCH', resource: '/accounts/{account}/users/{user}' },
  permissions: [{ action: 'admin:write', on: 'account' }],
  body: { kind: 'buffered', bytesMax: BODY_BYTES_MAX },
  mutates: true,
  decode: (
    _call: AdminCall,
  ): { readonly enabled?: boolean | undefined; readonly role?: string | undefined } => ({}),
  decodeBody: (body) => readJson(body, { enabled: 'optional switch', role: 'optional text' }),
  async run({ identity }: AdminServices, { enabled, role }, call) {
    let user = await resolveUser(identity, call);
    if (role !== undefined) user = await identity.setUserRole(user.id, readRole(role));
    if (enabled !== undefined) user = await identity.setUserEnabled(user.id, enabled);
    return user;
  },
  encode: (user) => jsonResponse(200, { user: userJson(user) }),
});
