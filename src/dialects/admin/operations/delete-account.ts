import { defineOperation } from '../../kernel/define-operation.ts';
import type { AdminCall, AdminServices } from '../admin-call.ts';
import { AdminError } from '../admin-errors.ts';
import { noContent } from '../render-json.ts';
import { resolveAccount } from '../resolve-names.ts';

export const deleteAccount = defineOperation({
  name: 'DeleteAccount',
  summary: 'Removes an account with its users and keys. An account that still has buckets is refused.',
  route: { method: 'DELETE', resource: '/accounts/{account}' },
  permissions: [{ action: 'admin:write', on: 'account' }],
  body: { kind: 'none' },
  mutates: true,
  decode: (_call: AdminCall) => undefined,
  async run({ identity, store }: AdminServices, _input, call) {
    const { id, name } = await resolveAccount(identity, call);
    if (await identity.removeAccount(id, () => store.closeAccount(id))) return;
    const { buckets } = await store.listBuckets({ account: id, prefix: '', after: '', limit: 1 });
    const such = buckets[0] === undefined ? '' : `, such as ${buckets[0].name}`;
    const message = `The account ${name} still has buckets${such}: remove them first.`;
    throw new AdminError(409, 'AccountNotEmpty', message);
  },
  encode: noContent,
});
