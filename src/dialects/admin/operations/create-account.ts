import { defineOperation } from '../../kernel/define-operation.ts';
import type { AdminCall, AdminServices } from '../admin-call.ts';
import { BODY_BYTES_MAX, readJson } from '../read-json.ts';
import { accountJson, jsonResponse, userJson } from '../render-json.ts';

interface Input {
  readonly name: string;
  readonly id?: string;
}

/** Takes `{"name", "id"?}`. */
export const createAccount = defineOperation({
  name: 'CreateAccount',
  summary: 'Makes an account together with its root user.',
  route: { method: 'POST', resource: '/accounts' },
  permissions: [{ action: 'admin:write', on: 'account' }],
  body: { kind: 'buffered', bytesMax: BODY_BYTES_MAX },
  mutates: true,
  decode: (_call: AdminCall): Input => ({ name: '' }),
  decodeBody(body): Input {
    const { name, id } = readJson(body, { name: 'text', id: 'optional text' });
    return { name, ...(id === undefined ? {} : { id }) };
  },
  async run({ identity, store }: AdminServices, input: Input) {
    const created = await identity.createAccount(input);
    await store.openAccount(created.account.id);
    return created;
  },
  encode: ({ account, rootUser }) =>
    jsonResponse(201, { account: accountJson(account), rootUser: userJson(rootUser) }),
});
