import type { IssuedSession } from '../../../identity/assume-role.ts';
import { type AccessDecision, evaluateAccess } from '../../../identity/evaluate-access.ts';
import { accountOf, type RoleRecord, subjectOf } from '../../../identity/principal.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import { BODY_BYTES_MAX, readMembers } from '../body-members.ts';
import { RequestValues } from '../condition-values.ts';
import { type Indicator, readIndicator } from '../indicators.ts';
import { assumedRoleUser, credentialsDocument, issueSession, sessionSeconds } from '../issue-credentials.ts';
import { jsonResponse } from '../json-response.ts';
import type { ScpCall, ScpServices } from '../scp-call.ts';
import { forbidden, invalid, notFound } from '../scp-errors.ts';
import { texts } from '../scp-texts.ts';

interface Input {
  readonly role: Indicator;
  readonly sessionName: string;
  readonly durationSeconds: number;
}

interface Output {
  readonly offering: string;
  readonly issued: IssuedSession;
}

/** Source documents, 2.1.1; scp.md, section 4.2. */
export const assumeRole = defineOperation({
  name: 'AssumeRole',
  summary: 'Issues temporary credentials of a role to whom its trust policy allows.',
  route: { method: 'POST', resource: '/sts/v1/assume-role' },
  permissions: [{ action: 'sts:assume-role', on: 'account' }],
  body: { kind: 'buffered', bytesMax: BODY_BYTES_MAX },
  mutates: true,
  decode: (_call: ScpCall): Input => ({
    role: { offering: '', account: '', name: '' },
    sessionName: '',
    durationSeconds: sessionSeconds.default,
  }),
  decodeBody(body, _input, { request }): Input {
    const members = readMembers(body, request);
    const role = readIndicator(members, 'role_indicator');
    const sessionName = members.text('role_session_name', { max: 64, pattern: /^[A-Za-z0-9_+=,.@-]+$/ });
    const { min, max } = sessionSeconds;
    const durationSeconds = members.integer('duration_seconds', min, max) ?? sessionSeconds.default;
    members.finish();
    return { role, sessionName, durationSeconds };
  },
  async run(services: ScpServices, { role: named, sessionName, durationSeconds }: Input, call) {
    const { principal } = call.caller;
    if (call.audit !== undefined) call.audit.target = { role: `${named.account}:${named.name}` };
    const role = await findRole(services, named, accountOf(call.caller));
    const decision = decide(services, role, call);
    if (!decision.allowed) {
      throw forbidden('sts:assume-role', decision);
    }
    const isChained = principal.kind === 'role-session';
    const most = isChained
      ? Math.min(sessionSeconds.chainedMax, role.maxSessionSeconds)
      : role.maxSessionSeconds;
    if (durationSeconds > most) {
      throw invalid(texts.outOfRange('duration_seconds', sessionSeconds.min, most));
    }
    const issued = await issueSession(services, {
      roleId: role.id,
      sessionName,
      durationSeconds,
      source: subjectOf(principal),
    });
    return { offering: services.settings.offering, issued };
  },
  encode: ({ offering, issued }: Output) =>
    jsonResponse(200, {
      assumed_role_user: assumedRoleUser(offering, issued),
      credentials: credentialsDocument(issued),
    }),
});

/** What is not there is told within the caller's own account only; elsewhere nobody may try names out. */
async function findRole(
  { identity, settings }: ScpServices,
  { offering, account, name }: Indicator,
  ownAccount: string | undefined,
): Promise<RoleRecord> {
  if (offering !== settings.offering) throw notFound(texts.noSuchRole);
  const found = /^[0-9a-f]{32}$/.test(account) ? await identity.roles.findByName(account, name) : undefined;
  if (found !== undefined) return found.record;
  throw account === ownAccount ? notFound(texts.noSuchRole) : forbidden('sts:assume-role');
}

function decide(
  { settings }: ScpServices,
  { accountId, name, trustPolicy }: RoleRecord,
  call: ScpCall,
): AccessDecision {
  return evaluateAccess({
    principal: call.caller.principal,
    action: 'sts:assume-role',
    resource: { account: accountId, named: `iam:role/${name}`, trustPolicy },
    request: new RequestValues(call.request, settings.homeRegion),
  });
}
