import { defineOperation } from '../../kernel/define-operation.ts';
import type { AdminCall, AdminServices } from '../admin-call.ts';
import { type PageQuery, readPage } from '../read-page.ts';
import { accountJson, jsonResponse } from '../render-json.ts';

/** `{"accounts": [...], "next": "name"}`; `next` only when there are more. */
export const listAccounts = defineOperation({
  name: 'ListAccounts',
  summary: 'Lists accounts by name.',
  route: { method: 'GET', resource: '/accounts' },
  permissions: [{ action: 'admin:read', on: 'account' }],
  body: { kind: 'none' },
  mutates: false,
  decode: (call: AdminCall): PageQuery => readPage(call),
  run: ({ identity }: AdminServices, { after, limit }: PageQuery) => identity.listAccounts(after, limit),
  encode: ({ accounts, next }) => jsonResponse(200, { accounts: accounts.map(accountJson), next }),
});
