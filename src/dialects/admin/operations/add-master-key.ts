import { defineOperation } from '../../kernel/define-operation.ts';
import type { AdminCall, AdminServices } from '../admin-call.ts';
import { jsonResponse } from '../render-json.ts';

export const addMasterKey = defineOperation({
  name: 'AddMasterKey',
  summary:
    'Makes a new master key, under which secrets are sealed from now on. The older ones stay until nothing needs them.',
  route: { method: 'POST', resource: '/master-keys' },
  permissions: [{ action: 'admin:write', on: 'account' }],
  body: { kind: 'none' },
  mutates: true,
  decode: (_call: AdminCall) => undefined,
  run: ({ identity }: AdminServices) => identity.addMasterKey(),
  encode: (id) => jsonResponse(201, { masterKey: { id } }),
});
