/** Denials and their explanations, for whoever may know of them (docs/adr/0013). */

import { accountOf, subjectOf } from '../../../identity/principal.ts';
import type { AdminCall } from '../admin-call.ts';
import { AdminError } from '../admin-errors.ts';
import { defineAdminOperation } from '../define-admin-operation.ts';
import { readDrafts } from '../read-drafts.ts';
import { readPage } from '../read-page.ts';
import { resolveSubject } from '../resolve-names.ts';

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

function readConditions(conditions: object): Record<string, string> {
  return Object.fromEntries(
    Object.entries(conditions).map(([name, value]: readonly [string, unknown]) => {
      if (typeof value === 'string') return [name, value];
      throw new AdminError(400, 'InvalidRequest', `The condition ${name} must be a string.`);
    }),
  );
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
  defineAdminOperation({
    name: 'SimulateCall',
    summary:
      'Answers for a call that nobody has made whether it would be allowed, and explains it as a denial: for administrators about everybody of theirs, for others about themselves. `bucketPolicy`, a text, counts in place of the stored one, `policy` in place of the one that `policyId` names; nothing is stored.',
    method: 'POST',
    resource: '/simulate',
    action: 'identity:read',
    members: {
      principal: 'optional text',
      account: 'optional text',
      action: 'text',
      region: 'optional text',
      bucket: 'optional text',
      key: 'optional text',
      versionId: 'optional text',
      conditions: 'optional document',
      bucketPolicy: 'optional text',
      policy: 'optional text',
      policyId: 'optional text',
      language: 'optional text',
    },
    async run({ denials, identity }, sent, call) {
      const { account = ':own', action, region, bucket, key, versionId } = sent;
      const home =
        account === ':own' ? (accountOf(call.caller) ?? '') : (await identity.findAccount(account))?.id;
      const named = sent.principal ?? subjectOf(call.caller.principal);
      const outcome = await denials.simulate(call.caller, {
        principal: await resolveSubject(identity, home ?? '', named),
        action,
        ...(region !== undefined && { place: region }),
        ...(bucket !== undefined && { bucket }),
        ...(key !== undefined && { key }),
        ...(versionId !== undefined && { versionId }),
        conditions: readConditions(sent.conditions ?? {}),
        ...(await readDrafts(identity, call, home ?? '', sent)),
      });
      if (outcome.kind === 'answered') return { simulation: outcome.document };
      if (outcome.kind === 'refused') {
        const reason = `You may not read the policies of the ${outcome.whose}, nor ask about others in their place.`;
        throw new AdminError(403, 'AccessDenied', reason);
      }
      const { what } = outcome;
      throw new AdminError(
        404,
        `NoSuch${what[0]?.toUpperCase()}${what.slice(1)}`,
        `There is no such ${what}, or none that you may know of.`,
      );
    },
  }),
];
