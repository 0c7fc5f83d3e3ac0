import { defineOperation } from '../../kernel/define-operation.ts';
import type { AdminCall, AdminServices } from '../admin-call.ts';
import { noContent } from '../render-json.ts';

export const deleteAccessKey = defineOperation({
  name: 'DeleteAccessKey',
  summary: 'Removes an access key.',
  route: { method: 'DELETE', resource: '/keys/{accessKey}' },
  permissions: [{ action: 'admin:write', on: 'account' }],
  body: { kind: 'none' },
  mutates: true,
  decode: (_call: AdminCall) => undefined,
  run: ({ identity }: AdminServices, _input, call) => identity.removeAccessKey(call.parameter('accessKey')),
  encode: noContent,
});
