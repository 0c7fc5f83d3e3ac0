import { defineOperation } from '../../kernel/define-operation.ts';
import type { AdminCall, AdminServices } from '../admin-call.ts';
import { accessKeyJson, jsonResponse } from '../render-json.ts';
import { resolveUser } from '../resolve-names.ts';

/** All of them: a user has few. Secrets are not shown. */
export const listAccessKeys = defineOperation({
  name: 'ListAccessKeys',
  summary: 'Lists the access keys of a user, without their secrets.',
  route: { method: 'GET', resource: '/accounts/{account}/users/{user}/keys' },
  permissions: [{ action: 'admin:read', on: 'account' }],
  body: { kind: 'none' },
  mutates: false,
  decode: (_call: AdminCall) => undefined,
  async run({ identity }: AdminServices, _input, call) {
    return identity.listAccessKeys({ userId: (await resolveUser(identity, call)).id });
  },
  encode: (keys) => jsonResponse(200, { keys: keys.map(accessKeyJson) }),
});
