/**
 * Source documents, 2.1.2; scp.md, sections 4.3 and 7. The assertion is the proof: whoever it vouches for need not have a key. What was
 * wrong with it is in the audit log; the answer tells the kind of fault and no more.
 */
import type { IssuedSession } from '../../../identity/assume-role.ts';
import { evaluateAccess } from '../../../identity/evaluate-access.ts';
import { IdentityError } from '../../../identity/identity-errors.ts';
import { accountOf, type RoleRecord } from '../../../identity/principal.ts';
import { iamSrn } from '../../../identity/srn.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import { BODY_BYTES_MAX, readMembers } from '../body-members.ts';
import { RequestValues } from '../condition-values.ts';
import { formatIndicator, type Indicator, readIndicator } from '../indicators.ts';
import { assumedRoleUser, credentialsDocument, issueSession, sessionSeconds } from '../issue-credentials.ts';
import { jsonResponse } from '../json-response.ts';
import type { Assertion } from '../saml/read-assertion.ts';
import { SamlRefusal } from '../saml/saml-refusal.ts';
import { verifySamlResponse } from '../saml/verify-saml-response.ts';
import type { SamlProviderRecord } from '../saml-providers.ts';
import type { ScpCall, ScpServices } from '../scp-call.ts';
import { forbidden, invalid, notFound, ScpError } from '../scp-errors.ts';
import type { ScpSettings } from '../scp-settings.ts';
import { texts } from '../scp-texts.ts';

interface Input {
  readonly role: Indicator;
  readonly provider: Indicator;
  readonly assertion: string;
  readonly durationSeconds: number;
}

interface Output {
  readonly offering: string;
  readonly issued: IssuedSession;
  readonly assertion: Assertion;
}

const NOBODY: Indicator = { offering: '', account: '', name: '' };
const ASSERTION_CHARACTERS_MAX = 131_072;
const MICROS_PER_SECOND = 1_000_000;
const NAME_FORMATS = 'urn:oasis:names:tc:SAML:2.0:nameid-format:';

export const assumeRoleWithSaml = defineOperation({
  name: 'AssumeRoleWithSAML',
  summary: 'Issues temporary credentials of a role to whom a registered identity provider vouches for.',
  route: { method: 'POST', resource: '/sts/v1/assume-role-with-saml' },
  permissions: 'public',
  body: { kind: 'buffered', bytesMax: BODY_BYTES_MAX },
  mutates: true,
  decode: (_call: ScpCall): Input => ({
    role: NOBODY,
    provider: NOBODY,
    assertion: '',
    durationSeconds: sessionSeconds.default,
  }),
  decodeBody(body, _input, { request }): Input {
    const members = readMembers(body, request);
    const role = readIndicator(members, 'role_indicator');
    const provider = readIndicator(members, 'principal_indicator');
    const assertion = members.text('saml_assertion', { max: ASSERTION_CHARACTERS_MAX });
    const { min, max } = sessionSeconds;
    const durationSeconds = members.integer('duration_seconds', min, max) ?? sessionSeconds.default;
    members.finish();
    if (role.account !== provider.account || role.offering !== provider.offering) {
      throw invalid(texts.expected('principal_indicator', 'a provider of the account of the role'));
    }
    return { role, provider, assertion, durationSeconds };
  },
  async run(services: ScpServices, input: Input, call): Promise<Output> {
    services.samlLimiter.admit(call.request.remoteAddress);
    if (call.audit !== undefined) call.audit.target = { role: `${input.role.account}:${input.role.name}` };
    const { role, provider } = await find(services, input, call);
    const assertion = await verify(services, input, provider, call);
    checkTrust(services.settings, role, provider, assertion, call);
    if (input.durationSeconds > role.maxSessionSeconds) {
      throw invalid(texts.outOfRange('duration_seconds', sessionSeconds.min, role.maxSessionSeconds));
    }
    const issued = await issue(services, input, role, assertion, call);
    return { offering: services.settings.offering, issued, assertion };
  },
  encode: ({ offering, issued, assertion }: Output) =>
    jsonResponse(200, {
      assumed_role_user: assumedRoleUser(offering, issued),
      audience: assertion.recipient,
      credentials: credentialsDocument(issued),
      issuer: assertion.issuer,
      subject: assertion.subject,
      subject_type: subjectTypeOf(assertion),
    }),
});

/** Nobody may try names out who is not known in the account. */
async function find(
  { identity, providers, settings }: ScpServices,
  { role: { offering, account, name }, provider: { name: providerName } }: Input,
  call: ScpCall,
): Promise<{ role: RoleRecord; provider: SamlProviderRecord }> {
  const isOurs = offering === settings.offering && /^[0-9a-f]{32}$/.test(account);
  const role = isOurs ? await identity.roles.findByName(account, name) : undefined;
  const provider = isOurs ? await providers.findByName(account, providerName) : undefined;
  if (role !== undefined && provider !== undefined) return { role: role.record, provider };
  if (accountOf(call.caller) !== account) throw forbidden('sts:assume-role-with-saml');
  throw notFound(role === undefined ? texts.noSuchRole : texts.noSuchProvider);
}

async function verify(
  { settings }: ScpServices,
  { role, provider: named, assertion: text }: Input,
  provider: SamlProviderRecord,
  call: ScpCall,
): Promise<Assertion> {
  const { baseDomain } = settings;
  const rules = {
    issuer: provider.issuer,
    acsUrl: provider.acsUrl,
    destinationAliases: baseDomain === undefined ? [] : [`https://${baseDomain}/saml`],
    audience: settings.spEntityId,
    certificates: provider.certificates,
    clockSkewMicros: settings.clockSkewSeconds * MICROS_PER_SECOND,
    maxAgeMicros: settings.maxAssertionAgeSeconds * MICROS_PER_SECOND,
  };
  try {
    const assertion = await verifySamlResponse(text, rules, call.request.receivedAtMicros);
    if (call.audit !== undefined) {
      call.audit.target = { ...call.audit.target, assertion: assertion.id, issuer: assertion.issuer };
    }
    const pair = [formatIndicator(role), formatIndicator(named)];
    if (settings.samlRequireRoleAttribute && !namesRole(settings, assertion, pair)) {
      throw new SamlRefusal('claim', 'it does not name the role with this provider');
    }
    return assertion;
  } catch (error) {
    if (error instanceof SamlRefusal) throw refusalOf(error);
    throw error;
  }
}

const refusals = {
  invalid: ['InvalidSamlAssertion', texts.invalidSaml],
  expired: ['ExpiredSamlAssertion', texts.expiredSaml],
  claim: ['SamlClaimRejected', texts.samlClaimRejected],
} as const;

function refusalOf({ kind, reason }: SamlRefusal): ScpError {
  const [code, text] = refusals[kind];
  return new ScpError(code, text, { reason });
}

/** `role,provider`, in either order. */
function namesRole(
  { roleAttributeNames }: ScpSettings,
  { attributes }: Assertion,
  pair: readonly string[],
): boolean {
  const accepted = new Set([pair.join(','), pair.toReversed().join(',')]);
  return roleAttributeNames.some((name) =>
    (attributes.get(name) ?? []).some((value) => accepted.has(value.replace(/\s*,\s*/g, ','))),
  );
}

function checkTrust(
  { offering, homeRegion }: ScpSettings,
  role: RoleRecord,
  provider: SamlProviderRecord,
  { recipient, issuer, subject, nameQualifier, ...assertion }: Assertion,
  call: ScpCall,
): void {
  const values = new RequestValues(
    call.request,
    homeRegion,
    new Map([
      ['saml:aud', recipient],
      ['saml:iss', issuer],
      ['saml:sub', subject],
      ['saml:sub_type', subjectTypeOf(assertion)],
      ...(nameQualifier === undefined ? [] : ([['saml:namequalifier', nameQualifier]] as const)),
    ]),
  );
  const action = 'sts:assume-role-with-saml';
  const decision = evaluateAccess({
    principal: call.caller.principal,
    action,
    resource: {
      account: role.accountId,
      named: `iam:role/${role.name}`,
      trustPolicy: role.trustPolicy,
      vouchedFor: iamSrn(offering, provider.accountId, `saml-provider/${provider.name}`),
    },
    request: values,
  });
  if (!decision.allowed) throw forbidden(action, decision);
}

/** The assertion is used up in the same commit that issues the session. */
async function issue(
  services: ScpServices,
  { durationSeconds }: Input,
  role: RoleRecord,
  assertion: Assertion,
  call: ScpCall,
): Promise<IssuedSession> {
  const { id, issuer, subject, sessionEndsAtMicros, usableUntilMicros } = assertion;
  const leftMicros = (sessionEndsAtMicros ?? Number.MAX_SAFE_INTEGER) - call.request.receivedAtMicros;
  const left = Math.floor(leftMicros / MICROS_PER_SECOND);
  if (left < 1) throw refusalOf(new SamlRefusal('expired', 'the session of the subject ends now'));
  try {
    return await issueSession(services, {
      roleId: role.id,
      sessionName: sessionNameOf(services.settings, assertion),
      durationSeconds: Math.min(durationSeconds, left),
      source: `saml:${issuer}#${subject}`,
      alongside: (change) =>
        services.assertions.claimIn(change, role.accountId, `saml ${issuer} ${id}`, usableUntilMicros),
    });
  } catch (error) {
    if (error instanceof IdentityError && error.code === 'RecordTaken') {
      throw refusalOf(new SamlRefusal('invalid', 'it has been used before'));
    }
    throw error;
  }
}

function sessionNameOf({ roleAttributeNames }: ScpSettings, { attributes, subject }: Assertion): string {
  const names = roleAttributeNames.map((name) => name.replace(/Role$/, 'RoleSessionName'));
  const given = names.map((name) => attributes.get(name)?.[0] ?? '').find((value) => value !== '');
  return (given ?? subject).replace(/[^A-Za-z0-9_+=,.@-]/g, '-').slice(0, 64);
}

function subjectTypeOf({ subjectFormat }: Pick<Assertion, 'subjectFormat'>): string {
  if (subjectFormat === undefined) return 'unspecified';
  return subjectFormat.startsWith(NAME_FORMATS) ? subjectFormat.slice(NAME_FORMATS.length) : subjectFormat;
}
