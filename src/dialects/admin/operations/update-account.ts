import { defineOperation } from '../../kernel/define-operation.ts';
import type { AdminCall, AdminServices } from '../admin-call.ts';
import { BODY_BYTES_MAX, readJson } from '../read-json.ts';
import { accountJson, jsonResponse } from '../render-json.ts';
import { resolveAccount } from '../resolve-names.ts';

/** Takes `{"enabled"}`. */
export const updateAccount = defineOperation({
  name: 'UpdateAccount',
  summary: 'Disables or enables an account: its keys are refused from the next request on, its data stay.',
  route: { method: 'PATCH', resource: '/accounts/{account}' },
  permissions: [{ action: 'admin:write', on: 'account' }],
  body: { kind: 'buffered', bytesMax: BODY_BYTES_MAX },
  mutates: true,
  decode: (_call: AdminCall) => ({ enabled: true }),
  decodeBody: (body) => readJson(body, { enabled: 'switch' }),
  async run({ identity }: AdminServices, { enabled }, call) {
    return identity.setAccountEnabled((await resolveAccount(identity, call)).id, enabled);
  },
  encode: (account) => jsonResponse(200, { account: accountJson(account) }),
});
