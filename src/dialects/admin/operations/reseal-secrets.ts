import { defineOperation } from '../../kernel/define-operation.ts';
import type { AdminCall, AdminServices } from '../admin-call.ts';
import { jsonResponse } from '../render-json.ts';

export const resealSecrets = defineOperation({
  name: 'ResealSecrets',
  summary:
    'Seals a slice of the stored secrets under the newest master key; `next` of the answer is `after` of the next slice.',
  route: { method: 'POST', resource: '/master-keys/resealing' },
  permissions: [{ action: 'admin:write', on: 'account' }],
  body: { kind: 'none' },
  mutates: true,
  decode: ({ query }: AdminCall) => query.get('after') ?? '',
  run: ({ identity }: AdminServices, after) => identity.resealSlice(after),
  encode: (slice) => jsonResponse(200, slice),
});
