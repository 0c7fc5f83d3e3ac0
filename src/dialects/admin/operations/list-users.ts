import { defineOperation } from '../../kernel/define-operation.ts';
import type { AdminCall, AdminServices } from '../admin-call.ts';
import { type PageQuery, readPage } from '../read-page.ts';
import { jsonResponse, userJson } from '../render-json.ts';
import { resolveAccount } from '../resolve-names.ts';

/** `{"users": [...], "next": "name"}`; `next` only when there are more. */
export const listUsers = defineOperation({
  name: 'ListUsers',
  summary: 'Lists the users of an account by name.',
  route: { method: 'GET', resource: '/accounts/{account}/users' },
  permissions: [{ action: 'admin:read', on: 'account' }],
  body: { kind: 'none' },
  mutates: false,
  decode: (call: AdminCall): PageQuery => readPage(call),
  async run({ identity }: AdminServices, { after, limit }: PageQuery, call) {
    return identity.listUsers((await resolveAccount(identity, call)).id, after, limit);
  },
  encode: ({ users, next }) => jsonResponse(200, { users: users.map(userJson), next }),
});
