import { defineOperation } from '../../kernel/define-operation.ts';
import type { AdminCall, AdminServices } from '../admin-call.ts';
import { AdminError } from '../admin-errors.ts';
import { jsonResponse } from '../render-json.ts';

const LIMIT_DEFAULT = 100;
const LIMIT_MAX = 1000;

interface Input {
  readonly before: number | undefined;
  readonly limit: number;
}

/** `{"events": [...], "next": 1234}`, newest first; `?before=1234` goes on behind the last one, `?limit=` is 1 to 1,000. */
export const listAuditEvents = defineOperation({
  name: 'ListAuditEvents',
  summary: 'Lists logins and changes from the audit log, newest first.',
  route: { method: 'GET', resource: '/audit' },
  permissions: [{ action: 'admin:read', on: 'account' }],
  body: { kind: 'none' },
  mutates: false,
  decode: (call: AdminCall): Input => ({
    before: readNumber(call, 'before'),
    limit: Math.min(readNumber(call, 'limit') ?? LIMIT_DEFAULT, LIMIT_MAX),
  }),
  run: ({ readAuditEvents }: AdminServices, { before, limit }: Input) => readAuditEvents(before, limit),
  encode: (page) => jsonResponse(200, page),
});

function readNumber({ query }: AdminCall, name: string): number | undefined {
  const text = query.get(name);
  if (text === undefined) return undefined;
  if (!/^\d{1,15}$/.test(text) || text === '0') {
    throw new AdminError(400, 'InvalidRequest', `${name} must be a number above 0.`);
  }
  return Number(text);
}
