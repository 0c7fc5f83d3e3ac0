import type { AdminCall } from '../admin-call.ts';
import { AdminError } from '../admin-errors.ts';
import { defineAdminOperation } from '../define-admin-operation.ts';

const LIMIT_DEFAULT = 100;
const LIMIT_MAX = 1000;

/** `{"events": [...], "next": 1234}`, newest first; `?before=1234` goes on behind the last one, `?limit=` is 1 to 1,000. */
export const listAuditEvents = defineAdminOperation({
  name: 'ListAuditEvents',
  summary: 'Lists logins and changes from the audit log, newest first.',
  method: 'GET',
  resource: '/audit',
  async run({ readAuditEvents }, _sent, call) {
    const before = readNumber(call, 'before');
    return readAuditEvents(before, Math.min(readNumber(call, 'limit') ?? LIMIT_DEFAULT, LIMIT_MAX));
  },
});

function readNumber({ query }: AdminCall, name: string): number | undefined {
  const text = query.get(name);
  if (text === undefined) return undefined;
  if (!/^\d{1,15}$/.test(text) || text === '0') {
    throw new AdminError(400, 'InvalidRequest', `${name} must be a number above 0.`);
  }
  return Number(text);
}
