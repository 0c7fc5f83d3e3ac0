/** Denials and their explanations, for whoever may know of them (docs/adr/0013). */

import type { AdminCall } from '../admin-call.ts';
import { AdminError } from '../admin-errors.ts';
import { defineAdminOperation } from '../define-admin-operation.ts';
import { readPage } from '../read-page.ts';

const MICROS_PER_MILLI = 1000;
const PAGE = /^\d{1,16}$/;

/** ISO 8601. */
function timeIn(call: AdminCall, name: string): number | undefined {
  const text = call.query.get(name);
  if (text === undefined) return undefined;
  const millis = Date.parse(text);
  if (Number.isNaN(millis)) {
    throw new AdminError(400, 'InvalidRequest', `The parameter ${name} must be a time in ISO 8601.`);
  }
  return millis * MICROS_PER_MILLI;
}

export const denialOperations = [
  defineAdminOperation({
    name: 'ListDenials',
    summary:
      'Lists denials, newest first, filtered by `principal`, `bucket`, `cause` and `since`: of the server for its administrators, else those about resources of the own account and about the caller.',
    method: 'GET',
    resource: '/denials',
    action: 'identity:read',
    async run({ denials }, _sent, call) {
      const { after, limit } = readPage(call);
      if (after !== '' && !PAGE.test(after)) {
        throw new AdminError(400, 'InvalidRequest', 'The parameter after must be from an earlier answer.');
      }
      const [principal, bucket, cause] = ['principal', 'bucket', 'cause'].map((name) => call.query.get(name));
      const sinceMicros = timeIn(call, 'since');
      return denials.list(call.caller, {
        limit,
        ...(after !== '' && { beforeMicros: Number(after) }),
        ...(principal !== undefined && { principal }),
        ...(bucket !== undefined && { bucket }),
        ...(cause !== undefined && { cause }),
        ...(sinceMicros !== undefined && { sinceMicros }),
      });
    },
  }),
  defineAdminOperation({
    name: 'GetDenial',
    summary:
      'Explains a denial by its request id: every layer consulted, the statements that matched or nearly did, and the smallest change that would have allowed the call.',
    method: 'GET',
    resource: '/denials/{request}',
    action: 'identity:read',
    async run({ denials }, _sent, call) {
      const denial = await denials.find(call.caller, call.parameter('request'));
      if (denial === undefined) {
        throw new AdminError(404, 'NoSuchDenial', 'There is no such denial, or none that you may know of.');
      }
      return { denial };
    },
  }),
];
